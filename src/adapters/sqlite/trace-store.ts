import type { CallId } from '../../ports/call.js';
import type { TraceStore } from '../../ports/stores.js';
import type { Database } from './database.js';

/** Where the flow of each call was. Many rows that decide nothing after a loss of power, so they do not wait for the disk. */
export function openTraceStore({ sqlite, unhurried }: Database): TraceStore {
  const insert = sqlite.prepare<[CallId, string, number]>(
    'INSERT INTO call_trace (call_id, step, at) VALUES (?, ?, ?)',
  );
  const ofCall = sqlite.prepare<[CallId], { step: string; at: number }>(
    'SELECT step, at FROM call_trace WHERE call_id = ? ORDER BY id',
  );
  return {
    add(callId, step, at) {
      unhurried(() => insert.run(callId, step, at));
    },
    of: (callId) => ofCall.all(callId),
  };
}
