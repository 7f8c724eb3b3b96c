import { inArray } from 'drizzle-orm';
import type { ActionId } from '../../domain/action.js';
import type { TipStore } from '../../ports/stores.js';
import type { Database } from './database.js';
import { toCall } from './inbound-store.js';
import { inboundCall, tip } from './schema.js';

interface Place {
  tipId: number | null;
  inboundId: number;
}

/** Calls without a tip. Each kind has a partial index in the order of the list. */
const noTip = (which: string): string =>
  `SELECT received_at AS at, NULL AS tipId, id AS inboundId FROM inbound_call
   WHERE action_id = @id AND ${which} AND NOT EXISTS (SELECT 1 FROM tip WHERE tip.inbound_id = inbound_call.id)
   ORDER BY received_at DESC, id DESC LIMIT @most`;
const ABANDONED = `result = 'abandoned'`;
/** A centralist answered, but the caller hung up before the two could talk. */
const UNSPOKEN = `result = 'connected' AND connected_at IS NULL`;

/**
 * The tips of an action, and the calls that left none. Reading a page costs the same in an action of any
 * size.
 */
export function openTipList({ orm, sqlite }: Database): Pick<TipStore, 'newest' | 'missed'> {
  const places = sqlite.prepare<[{ id: ActionId; limit: number; offset: number; most: number }], Place>(
    `SELECT tipId, inboundId FROM (
       SELECT * FROM (
         SELECT created_at AS at, id AS tipId, inbound_id AS inboundId FROM tip
         WHERE action_id = @id ORDER BY created_at DESC, id DESC LIMIT @most
       )
       UNION ALL SELECT * FROM (${noTip(ABANDONED)})
       UNION ALL SELECT * FROM (${noTip(UNSPOKEN)})
     ) ORDER BY at DESC, inboundId DESC, tipId DESC LIMIT @limit OFFSET @offset`,
  );
  const missed = sqlite
    .prepare<[ActionId], number>(
      `SELECT count(*) FROM inbound_call WHERE action_id = ? AND ${ABANDONED}
         AND NOT EXISTS (SELECT 1 FROM tip WHERE tip.inbound_id = inbound_call.id)`,
    )
    .pluck();
  return {
    newest(id, { limit, offset }) {
      const found = places.all({ id, limit, offset, most: offset + limit });
      const tipIds = found.flatMap(({ tipId }) => tipId ?? []);
      const callIds = [...new Set(found.map(({ inboundId }) => inboundId))];
      const tips = new Map(
        orm
          .select()
          .from(tip)
          .where(inArray(tip.id, tipIds))
          .all()
          .map((one) => [one.id, one]),
      );
      const calls = new Map(
        orm
          .select()
          .from(inboundCall)
          .where(inArray(inboundCall.id, callIds))
          .all()
          .map((one) => [one.id, toCall(one)]),
      );
      return found.flatMap(({ tipId, inboundId }) => {
        const call = calls.get(inboundId);
        return call === undefined ? [] : { tip: (tipId === null ? undefined : tips.get(tipId)) ?? null, call };
      });
    },
    missed: (actionId) => missed.get(actionId) ?? 0,
  };
}
