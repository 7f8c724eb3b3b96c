import type { ActionId, ActionState } from '../../domain/action.js';
import type { Selection } from '../../domain/selection.js';
import { ROWS_A_TURN } from '../../lib/each-in-turn.js';
import type { Database } from './database.js';
import type { SelectionRows } from './selection-rows.js';

/** The selection of an action that is still a draft. Each step is a transaction of its own. */
export interface StagedSelection {
  /** Stores it, in place of whatever an earlier start left. */
  stage(id: ActionId, selection: Selection): Generator<undefined>;
  unstage(id: ActionId): Generator<undefined>;
}

/**
 * How a large start is all or nothing, though it is written in slices: while an action is a draft its selection does not
 * count. Nothing reads it but the start, which stores all of it and then, in one statement, moves the action from draft to
 * running: from that commit on all of it counts. When the process dies before, the action is a draft still, and the next
 * start throws away what it finds. The commits of the slices do not wait for the disk; that of the move does, and with it
 * everything before it in the log is safe.
 */
export function openStagedSelection({ sqlite, unhurried }: Database, rows: SelectionRows): StagedSelection {
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
  const step = <T>(work: () => T): T => unhurried(() => transaction.immediate(work) as T);

  /** Seldom has anything to do: a start died, or failed and could not clean up behind itself. */
  function* unstage(id: ActionId): Generator<undefined> {
    if (stateOf.get(id) !== 'draft' || isStaged.get(id, id) !== 1) return;
    // The index of numbers does not know actions: all of it is walked.
    for (let after = ''; ;) {
      const to = lastOfPart.get(after) ?? '\uffff';
      yield void step(() => deleteNumbers.run({ id, after, to }));
      if (to === '\uffff') break;
      after = to;
    }
    while (withoutReferences(() => step(() => deletePeople.run({ id }).changes)) > 0) yield;
    while (step(() => deleteExcluded.run({ id }).changes) > 0) yield;
  }

  /** For each person that is deleted SQLite would walk all numbers, and there are none left that refer to them. */
  function withoutReferences<T>(work: () => T): T {
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
      /** Writes as much as one turn takes; whether that was all. */
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
