import type { ActionId } from '../../domain/action.js';
import type { ActionEvent, EventStore } from '../../ports/stores.js';
import type { Database } from './database.js';
import { isEventData, type JsonColumns } from './json-columns.js';

interface EventRow extends Omit<ActionEvent, 'data'> {
  data: string;
}

/** The events of actions. Events show what other stores hold, so they do not wait for the disk. */
export function openEventStore({ sqlite, withoutSync }: Database, json: JsonColumns): EventStore {
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
  const eventOf = (row: EventRow): ActionEvent | undefined => {
    const data = json.read(row.data, isEventData, { table: 'event', column: 'data', id: row.id });
    return data && { ...row, data };
  };
  /** Leaves out a damaged event and still fills the page, because a short page means the last page. */
  const page = (read: (from: number, most: number) => EventRow[], id: number, limit: number): ActionEvent[] => {
    const events: ActionEvent[] = [];
    for (let from = id; ;) {
      const asked = limit - events.length;
      const rows = read(from, asked);
      for (const row of rows) {
        from = row.id;
        const event = eventOf(row);
        if (event) events.push(event);
      }
      if (rows.length < asked || events.length === limit) return events;
    }
  };
  return {
    add(event) {
      const { actionId, type, data, at } = event;
      const { lastInsertRowid } = withoutSync(() => insert.run(actionId, type, JSON.stringify(data), at));
      return { id: Number(lastInsertRowid), actionId, type, data, at };
    },
    after: (actionId, id, limit) => page((from, most) => after.all(actionId, from, most), id, limit),
    since: (id, limit) => page((from, most) => since.all(from, most), id, limit),
    newest: () => newest.get()?.id ?? 0,
  };
}
