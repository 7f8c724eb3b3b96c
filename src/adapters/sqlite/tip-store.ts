import { and, asc, eq, gt } from 'drizzle-orm';
import type { TipStore } from '../../ports/stores.js';
import type { Database } from './database.js';
import { tip } from './schema.js';
import { talliesOf } from './tally.js';
import { openTipList } from './tip-list.js';

/** The tips, oldest first. */
export function openTipStore(db: Database): TipStore {
  const { orm, sqlite } = db;
  const counts = sqlite.prepare<[number], { total: number; unjudged: number }>(
    'SELECT count(*) AS total, count(*) - count(useful) AS unjudged FROM tip WHERE action_id = ?',
  );
  const tallies = talliesOf(db);
  return {
    add(fresh) {
      const added = orm.insert(tip).values(fresh).returning().get();
      tallies.tip(added.actionId, added.createdAt);
      return added;
    },
    update(id, columns) {
      if (Object.keys(columns).length === 0) return orm.select().from(tip).where(eq(tip.id, id)).get();
      return orm.update(tip).set(columns).where(eq(tip.id, id)).returning().get();
    },
    list: ({ actionId, participantId, inboundId, after = 0, offset = 0, limit = -1 }) =>
      orm
        .select()
        .from(tip)
        .where(
          and(
            gt(tip.id, after),
            actionId === undefined ? undefined : eq(tip.actionId, actionId),
            participantId === undefined ? undefined : eq(tip.participantId, participantId),
            inboundId === undefined ? undefined : eq(tip.inboundId, inboundId),
          ),
        )
        .orderBy(asc(tip.id))
        .limit(limit)
        .offset(offset)
        .all(),
    ...openTipList(db),
    count: (actionId) => counts.get(actionId) ?? { total: 0, unjudged: 0 },
  };
}
