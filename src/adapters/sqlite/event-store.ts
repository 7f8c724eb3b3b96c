import type { ActionId } from '../../domain/action.js';
import type { ActionEvent, EventStore } from '../../ports/stores.js';
import type { Database } from './database.js';

interface EventRow extends Omit<ActionEvent, 'data'> {
  data: string;
}

/** What happened in an action. A view of what the other stores hold, so it does not wait for the disk. */
export function openEventStore({ sqlite, unhurried }: Database): EventStore {
  const insert = sqlite.prepare<[ActionId, string, string, number]>(
    'INSERT INTO event (action_id, type, data, at) VALUES (?, ?, ?, ?)',
  );
  const after = sqlite.prepare<[ActionId, number, number], EventRow>(
    `SELECT id, action_id AS actionId, type, data, at FROM event
     WHERE action_id = ? AND id > ? ORDER BY id LIMIT ?`,
  );
  const since = sqlite.prepare<[number, number], EventRow>(
    'SELECT id, action_id AS actionId, type, data, at FROM event WHERE id > ? ORDER BY id LIMIT ?',
  );
  const newest = sqlite.prepare<[], { id: number | null }>('SELECT max(id) AS id FROM event');
  return {
    add(event) {
      const { actionId, type, data, at } = event;
      const { lastInsertRowid } = unhurried(() => insert.run(actionId, type, JSON.stringify(data), at));
      return { id: Number(lastInsertRowid), actionId, type, data, at };
    },
    after: (actionId, id, limit) => after.all(actionId, id, limit).map(eventOf),
    since: (id, limit) => since.all(id, limit).map(eventOf),
    newest: () => newest.get()?.id ?? 0,
  };
}

const eventOf = (row: EventRow): ActionEvent => ({ ...row, data: JSON.parse(row.data) as ActionEvent['data'] });
