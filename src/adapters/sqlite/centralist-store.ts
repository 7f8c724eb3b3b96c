import { and, asc, eq, gt, isNull } from 'drizzle-orm';
import type { CentralistId } from '../../domain/action.js';
import { Problem } from '../../domain/problem.js';
import type { Centralist, CentralistStore } from '../../ports/stores.js';
import type { Database } from './database.js';
import { isDuplicate } from './problems.js';
import { centralist } from './schema.js';

/** The centralists, in the order in which they were added. */
export function openCentralistStore({ orm }: Database): CentralistStore {
  const get = (id: CentralistId): Centralist | undefined =>
    orm.select().from(centralist).where(eq(centralist.id, id)).get();
  const active = (id: CentralistId): Centralist | undefined => {
    const found = get(id);
    return found?.removedAt === null ? found : undefined;
  };
  return {
    add(fresh) {
      try {
        return orm.insert(centralist).values(fresh).returning().get();
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        const message = `extension ${fresh.extension} belongs to another centralist; choose a free one`;
        throw new Problem('conflict', message, [{ field: 'extension', message: 'is taken' }]);
      }
    },
    get,
    active,
    all: ({ after = 0, offset = 0, limit = -1 } = {}) =>
      orm
        .select()
        .from(centralist)
        .where(and(gt(centralist.id, after), isNull(centralist.removedAt)))
        .orderBy(asc(centralist.id))
        .limit(limit)
        .offset(offset)
        .all(),
    update(id, change) {
      if (Object.keys(change).length === 0) return active(id);
      return orm
        .update(centralist)
        .set(change)
        .where(and(eq(centralist.id, id), isNull(centralist.removedAt)))
        .returning()
        .get();
    },
  };
}
