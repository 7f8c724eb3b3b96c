import { and, asc, eq } from 'drizzle-orm';
import type { TipStore } from '../../ports/stores.js';
import type { Database } from './database.js';
import { tip } from './schema.js';

/** What people came to say, oldest first. */
export function openTipStore({ orm }: Database): TipStore {
  return {
    add: (fresh) => orm.insert(tip).values(fresh).returning().get(),
    update(id, columns) {
      if (Object.keys(columns).length === 0) return orm.select().from(tip).where(eq(tip.id, id)).get();
      return orm.update(tip).set(columns).where(eq(tip.id, id)).returning().get();
    },
    list: ({ actionId, participantId, inboundId }) =>
      orm
        .select()
        .from(tip)
        .where(
          and(
            actionId === undefined ? undefined : eq(tip.actionId, actionId),
            participantId === undefined ? undefined : eq(tip.participantId, participantId),
            inboundId === undefined ? undefined : eq(tip.inboundId, inboundId),
          ),
        )
        .orderBy(asc(tip.id))
        .all(),
  };
}
