import { and, asc, desc, eq, gt, isNotNull, isNull, sql } from 'drizzle-orm';
import type { InboundCall } from '../../domain/tip.js';
import type { InboundStore } from '../../ports/stores.js';
import type { Database } from './database.js';
import { inboundCall } from './schema.js';

/** Every call to the tip line, oldest first. */
export function openInboundStore({ orm }: Database): InboundStore {
  return {
    add: ({ from, ...call }) =>
      toCall(
        orm
          .insert(inboundCall)
          .values({ ...call, fromNumber: from })
          .returning()
          .get(),
      ),
    update(id, { from, ...change }) {
      const columns = { ...change, ...(from !== undefined && { fromNumber: from }) };
      if (Object.keys(columns).length === 0) return;
      orm.update(inboundCall).set(columns).where(eq(inboundCall.id, id)).run();
    },
    end: (id, result, endedAt) =>
      orm
        .update(inboundCall)
        .set({ result, endedAt })
        .where(and(eq(inboundCall.id, id), isNull(inboundCall.result)))
        .run().changes === 1,
    get(id) {
      const row = orm.select().from(inboundCall).where(eq(inboundCall.id, id)).get();
      return row && toCall(row);
    },
    byCallId(callId) {
      const row = orm.select().from(inboundCall).where(eq(inboundCall.callId, callId)).get();
      return row && toCall(row);
    },
    list: ({ actionId, after = 0, offset = 0, limit = -1 }) =>
      orm
        .select()
        .from(inboundCall)
        .where(and(gt(inboundCall.id, after), actionId === undefined ? undefined : eq(inboundCall.actionId, actionId)))
        .orderBy(asc(inboundCall.id))
        .limit(limit)
        .offset(offset)
        .all()
        .map(toCall),
    offlineWithoutAction: (limit) =>
      orm
        .select()
        .from(inboundCall)
        // The value is in the SQL text, so that SQLite uses the partial index `inbound_call_left`.
        .where(and(sql`${inboundCall.reason} = 'controller_down'`, isNotNull(inboundCall.recordingId)))
        .orderBy(desc(inboundCall.id))
        .limit(limit)
        .all()
        .map(toCall),
    open: () =>
      orm.select().from(inboundCall).where(isNull(inboundCall.result)).orderBy(asc(inboundCall.id)).all().map(toCall),
  };
}

export function toCall({ fromNumber, ...row }: typeof inboundCall.$inferSelect): InboundCall {
  return { ...row, from: fromNumber };
}
