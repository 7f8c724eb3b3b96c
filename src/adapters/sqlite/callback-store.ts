import { and, asc, eq, gt, inArray, isNull } from 'drizzle-orm';
import type { CallbackStore } from '../../ports/stores.js';
import type { Database } from './database.js';
import { callback } from './schema.js';

/** Callbacks to callers of the tip line, oldest first. */
export function openCallbackStore({ orm }: Database): CallbackStore {
  return {
    add: (fresh) => orm.insert(callback).values(fresh).returning().get(),
    get: (id) => orm.select().from(callback).where(eq(callback.id, id)).get(),
    update(id, change) {
      if (Object.keys(change).length === 0) return;
      orm.update(callback).set(change).where(eq(callback.id, id)).run();
    },
    end: (id, result, endedAt) =>
      orm
        .update(callback)
        .set({ result, endedAt })
        .where(and(eq(callback.id, id), isNull(callback.result)))
        .run().changes === 1,
    list: ({ inboundId, actionId, after = 0, offset = 0, limit = -1 }) =>
      orm
        .select()
        .from(callback)
        .where(
          and(
            gt(callback.id, after),
            inboundId === undefined ? undefined : eq(callback.inboundId, inboundId),
            actionId === undefined ? undefined : eq(callback.actionId, actionId),
          ),
        )
        .orderBy(asc(callback.id))
        .limit(limit)
        .offset(offset)
        .all(),
    ofCalls: (inboundIds) =>
      orm
        .select()
        .from(callback)
        .where(inArray(callback.inboundId, [...inboundIds]))
        .orderBy(asc(callback.id))
        .all(),
    open: () => orm.select().from(callback).where(isNull(callback.result)).orderBy(asc(callback.id)).all(),
  };
}
