import type { CallId } from '../../ports/call.js';
import type { TraceStore } from '../../ports/stores.js';
import type { Database } from './database.js';

/**
 * The steps of each call. These rows are many and decide nothing after a loss of power, so they do not wait
 * for the disk.
 */
export function openTraceStore({ sqlite, withoutSync }: Database): TraceStore {
  const insert = sqlite.prepare<[{ callId: CallId; step: string; at: number }]>(
    `INSERT INTO call_trace (call_id, step, at) SELECT @callId, @step, @at
     WHERE NOT EXISTS (SELECT 1 FROM call_trace WHERE call_id = @callId AND step = @step AND at = @at)`,
  );
  const ofCall = sqlite.prepare<[CallId, number, number], { step: string; at: number }>(
    'SELECT step, at FROM call_trace WHERE call_id = ? ORDER BY at, id LIMIT ? OFFSET ?',
  );
  return {
    add(callId, steps) {
      withoutSync(() => {
        for (const { step, at } of steps) insert.run({ callId, step, at });
      });
    },
    of: (callId, { limit = -1, offset = 0 } = {}) => ofCall.all(callId, limit, offset),
  };
}
