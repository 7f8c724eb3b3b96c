import type { ActionId } from '../../domain/action.js';
import { OUTCOMES, type Outcome } from '../../domain/outcome.js';
import type { ActionTally } from '../../ports/stores.js';
import type { Sqlite } from './database.js';

/** A message counts as heard whole when no more than this of it was missed: the last word is over before the sound is. */
const TOLERANCE_SECONDS = 0.5;
/** Every alert call plays the message this often by itself; more means that somebody asked for it. */
const PLAYS_UNASKED = 2;

type Totals = Record<`outcome_${Outcome}`, number> & {
  called: number;
  rang: number;
  answered: number;
  heard: number;
  replayed: number;
  firstInviteAt: number | null;
  lastAttemptEndedAt: number | null;
  closingCalled: number;
  closingAnswered: number;
};

/**
 * One walk over the attempts of the action, in the order of its index: first a line per person, then the totals. Whoever
 * answered rang, even if the network never said so. Whether a message was heard whole is judged by the version that the
 * attempt played.
 */
const TOTALS = `
  WITH person AS (
    SELECT
      max(purpose <> 'closing') AS called,
      max(purpose <> 'closing' AND (rang_at IS NOT NULL OR answered_at IS NOT NULL)) AS rang,
      max(purpose <> 'closing' AND answered_at IS NOT NULL) AS answered,
      max(purpose <> 'closing' AND a.heard_seconds >= m.seconds - ${TOLERANCE_SECONDS} AND heard_seconds > 0) AS heard,
      max(purpose <> 'closing' AND plays > ${PLAYS_UNASKED}) AS replayed,
      max(purpose = 'closing') AS closing_called,
      max(purpose = 'closing' AND answered_at IS NOT NULL) AS closing_answered,
      min(CASE purpose WHEN 'alert' THEN dialed_at END) AS first_invite,
      max(CASE purpose WHEN 'alert' THEN ended_at END) AS last_end,
      ${OUTCOMES.map((outcome) => `sum(purpose <> 'closing' AND outcome = '${outcome}') AS ${outcome}`).join(', ')}
    FROM attempt a
    LEFT JOIN action_message m ON m.action_id = a.action_id AND m.version = a.message_version
    WHERE a.action_id = ?
    GROUP BY a.participant_id
  )
  SELECT total(called) AS called, total(rang) AS rang, total(answered) AS answered, total(heard) AS heard, total(replayed) AS replayed,
    total(closing_called) AS closingCalled, total(closing_answered) AS closingAnswered,
    min(first_invite) AS firstInviteAt, max(last_end) AS lastAttemptEndedAt,
    ${OUTCOMES.map((outcome) => `total(${outcome}) AS outcome_${outcome}`).join(', ')}
  FROM person`;

/**
 * When each of the selected had been called once, in order: the end of the first call that says something of them, or for
 * who was never called when they were reached. Then the times of three of them.
 */
const CALLED_ONCE = `
  WITH called AS (
    SELECT participant_id, max(outcome IS NULL) AS live,
      min(CASE WHEN outcome NOT IN ('congestion', 'cancelled', 'interrupted') THEN ended_at END) AS at
    FROM attempt WHERE action_id = @id AND purpose = 'alert' GROUP BY participant_id
  ), person AS (
    SELECT coalesce(c.at, CASE WHEN c.live THEN NULL ELSE s.reached_at END) AS at
    FROM selection s LEFT JOIN called c ON c.participant_id = s.participant_id
    WHERE s.action_id = @id AND s.shared_with IS NULL
  ), placed AS (SELECT at, row_number() OVER (ORDER BY at) AS place FROM person WHERE at IS NOT NULL)
  SELECT
    max(CASE place WHEN @half THEN at END) AS halfCalledAt,
    max(CASE place WHEN @ninety THEN at END) AS ninetyCalledAt,
    max(CASE place WHEN @all THEN at END) AS allCalledAt
  FROM placed`;

type CalledOnce = Pick<ActionTally, 'halfCalledAt' | 'ninetyCalledAt' | 'allCalledAt'>;
const NOT_CALLED: CalledOnce = { halfCalledAt: null, ninetyCalledAt: null, allCalledAt: null };

/** Reached people who have a call of their own, in the order in which they were. */
const REACHED = 'FROM selection WHERE action_id = ? AND shared_with IS NULL AND reached_at IS NOT NULL';

/**
 * Counts over the attempts and people of an action. People are those who get a call of their own: who is called through
 * a housemate is in neither `selected` nor `reached`, so `reached` never exceeds `selected`. Half and ninety percent are
 * of `selected`, rounded up: the moment at which that many of them had been reached.
 */
export function openTally(sqlite: Sqlite): (id: ActionId) => ActionTally {
  const totals = sqlite.prepare<[ActionId], Totals>(TOTALS);
  const people = sqlite.prepare<[ActionId], { selected: number; reached: number }>(
    'SELECT count(*) AS selected, count(reached_at) AS reached FROM selection WHERE action_id = ? AND shared_with IS NULL',
  );
  const reachedAt = sqlite
    .prepare<[ActionId, number], number>(`SELECT reached_at ${REACHED} ORDER BY reached_at LIMIT 1 OFFSET ?`)
    .pluck();
  const calledOnce = sqlite.prepare<[{ id: ActionId; half: number; ninety: number; all: number }], CalledOnce>(
    CALLED_ONCE,
  );
  const firstTip = sqlite
    .prepare<[ActionId], number | null>('SELECT min(created_at) FROM tip WHERE action_id = ?')
    .pluck();

  return (id) => {
    const { selected = 0, reached = 0 } = people.get(id) ?? {};
    const total = totals.get(id);
    if (!total) throw new Error('a sum over attempts gave no row');
    const timeOf = (share: number): number | null => {
      const needed = Math.ceil(share * selected);
      return selected > 0 && reached >= needed ? (reachedAt.get(id, needed - 1) ?? null) : null;
    };
    const { called, rang, answered, heard, replayed, firstInviteAt, lastAttemptEndedAt } = total;
    const { closingCalled, closingAnswered } = total;
    return {
      selected,
      reached,
      called,
      rang,
      answered,
      heard,
      replayed,
      ...(calledOnce.get({
        id,
        half: Math.ceil(0.5 * selected),
        ninety: Math.ceil(0.9 * selected),
        all: selected,
      }) ?? NOT_CALLED),
      firstInviteAt,
      lastAttemptEndedAt,
      closingCalled,
      closingAnswered,
      outcomes: outcomesOf(total),
      halfReachedAt: timeOf(0.5),
      ninetyReachedAt: timeOf(0.9),
      firstTipAt: firstTip.get(id) ?? null,
    };
  };
}

function outcomesOf(total: Totals): Record<Outcome, number> {
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, total[`outcome_${outcome}`]])) as Record<
    Outcome,
    number
  >;
}
