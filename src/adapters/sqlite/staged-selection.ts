import type { ActionId, ActionState } from '../../domain/action.js';
import type { Selection } from '../../domain/selection.js';
import { ROWS_A_TURN } from '../../lib/each-in-turn.js';
import type { Database } from './database.js';
import type { SelectionRows } from './selection-rows.js';

/** The selection of a draft. Each step is a transaction of its own. */
export interface StagedSelection {
  /** Stores the selection, and removes whatever an earlier start left behind. */
  stage(id: ActionId, selection: Selection): Generator<undefined>;
  unstage(id: ActionId): Generator<undefined>;
}

/**
 * Makes a large start all or nothing, although the selection is written in slices. The selection of a draft
 * does not count, and only the start reads it. The start stores all slices, and then moves the action from
 * draft to running in one statement: from that commit on the whole selection counts. If the process dies
 * before that commit, the action is still a draft, and the next start deletes the rows that it finds. The
 * commits of the slices do not wait for the disk. The commit of the move does, and it syncs everything before
 * it in the log.
 */
export function openStagedSelection({ sqlite, withoutSync }: Database, rows: SelectionRows): StagedSelection {
  const stateOf = sqlite.prepare<[ActionId], ActionState>('SELECT state FROM action WHERE id = ?').pluck();
  const isStaged = sqlite
    .prepare<[ActionId, ActionId], number>(
      `SELECT EXISTS (SELECT 1 FROM selection WHERE action_id = ?) OR EXISTS (SELECT 1 FROM exclusion WHERE action_id = ?)`,
    )
    .pluck();
  const slice = `SELECT participant_id FROM selection WHERE action_id = @id LIMIT ${ROWS_A_TURN}`;
  const deleteExcluded = sqlite.prepare<[{ id: ActionId }]>(
    `DELETE FROM exclusion WHERE action_id = @id AND participant_id IN (
       SELECT participant_id FROM exclusion WHERE action_id = @id LIMIT ${ROWS_A_TURN})`,
  );
  const deletePeople = sqlite.prepare<[{ id: ActionId }]>(
    `DELETE FROM selection WHERE action_id = @id AND participant_id IN (${slice})`,
  );
  const lastOfPart = sqlite
    .prepare<[string], string>(
      `SELECT number FROM selection_phone WHERE number > ? ORDER BY number LIMIT 1 OFFSET ${ROWS_A_TURN * 4}`,
    )
    .pluck();
  const deleteNumbers = sqlite.prepare<[{ id: ActionId; after: string; to: string }]>(
    'DELETE FROM selection_phone WHERE number > @after AND number <= @to AND action_id = @id',
  );
  const transaction = sqlite.transaction((work: () => unknown) => work());
  const step = <T>(work: () => T): T => withoutSync(() => transaction.immediate(work) as T);

  /**
   * There are rows to delete only after the process died during a start, or when a failed start could not
   * clean up.
   */
  function* unstage(id: ActionId): Generator<undefined> {
    if (stateOf.get(id) !== 'draft' || isStaged.get(id, id) !== 1) return;
    // The index of numbers is not ordered by action, so all of it is read.
    for (let after = ''; ;) {
      const to = lastOfPart.get(after) ?? '\uffff';
      yield void step(() => deleteNumbers.run({ id, after, to }));
      if (to === '\uffff') break;
      after = to;
    }
    while (withoutForeignKeys(() => step(() => deletePeople.run({ id }).changes)) > 0) yield;
    while (step(() => deleteExcluded.run({ id }).changes) > 0) yield;
  }

  /**
   * With foreign keys on, SQLite would search all numbers for each deleted person. Nothing is lost without
   * them, because no numbers refer to these people any more.
   */
  function withoutForeignKeys<T>(work: () => T): T {
    sqlite.pragma('foreign_keys = OFF');
    try {
      return work();
    } finally {
      sqlite.pragma('foreign_keys = ON');
    }
  }

  return {
    unstage,
    *stage(id, selection) {
      if (stateOf.get(id) !== 'draft') return;
      yield* unstage(id);
      const steps = rows.insert(id, selection);
      /** Writes as much as fits in one turn. True when everything is written. */
      const write = (): boolean => {
        for (let written = 0; written < ROWS_A_TURN;) {
          const next = steps.next();
          if (next.done === true) return true;
          written += next.value;
        }
        return false;
      };
      while (!step(write)) yield;
    },
  };
}
