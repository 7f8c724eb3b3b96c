import { asc, eq } from 'drizzle-orm';
import type { TipStore } from '../../ports/stores.js';
import type { Database } from './database.js';
import { tip } from './schema.js';

/** What people came to say, oldest first. */
export function openTipStore({ orm }: Database): TipStore {
  return {
    add: (fresh) => orm.insert(tip).values(fresh).returning().get(),
    update(id, { note, useful }) {
      const columns = { ...(note !== undefined && { note }), ...(useful !== undefined && { useful }) };
      if (Object.keys(columns).length === 0) return orm.select().from(tip).where(eq(tip.id, id)).get();
      return orm.update(tip).set(columns).where(eq(tip.id, id)).returning().get();
    },
    list: ({ actionId }) =>
      orm
        .select()
        .from(tip)
        .where(actionId === undefined ? undefined : eq(tip.actionId, actionId))
        .orderBy(asc(tip.id))
        .all(),
  };
}
