import type { ActionView, PeopleNow } from '../../../../app/services.js';
import type { Action } from '../../../../domain/action.js';
import { KIND_WORDS } from '../../../../domain/desk-words.js';
import { count, when } from '../format.js';
import { frameOf, type Colleague } from '../frame.js';
import type { Page } from '../page.js';
import { lowReachWords, warningWords, type WarningWords } from '../warning-words.js';
import { RESULT_CHOICES, RESULT_WORDS, STATE_WORDS } from '../words.js';
import { offlineRecordings } from './offline-recordings.js';

/** A running action at a glance. */
interface ActionCard {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly kind: string;
  readonly state: Action['state'];
  readonly stateWord: string;
  /** The action calls nobody real. */
  readonly isSimulation: boolean;
  readonly centralist: string;
  readonly reached: string;
  readonly selected: string;
  /** 0 to 100. */
  readonly percent: number;
  readonly now: string;
  /** Low reach, shown in place of `now` so that nothing on the page moves. */
  readonly low: string | null;
  readonly warning: WarningWords | null;
}

/** Closed actions on the page, newest first. */
const LATEST = 10;

/** `/console`: running actions, offline recordings without an action, drafts, and recent closed actions. */
export const overviewPage: Page = async (parts, { req, res }) => {
  const { actions } = parts.services;
  const frame = await frameOf(parts, { req, res, title: 'Overzicht', about: ['action:', 'offline'] });
  const newest = [...actions.list()].reverse();
  const now = parts.clock.now();
  const running = newest.filter(({ state }) => state === 'running' || state === 'paused');
  for (const { id } of running) await actions.counted(id);
  return {
    view: 'overview',
    data: {
      ...frame,
      results: RESULT_CHOICES,
      offline: offlineRecordings(parts),
      running: running.map(({ id }) => actionCard(actions.view(id), frame.colleagues)),
      drafts: newest
        .filter(({ state }) => state === 'draft')
        .map(({ id, number, title, kind, createdAt }) => ({
          id,
          number,
          title,
          kind: KIND_WORDS[kind],
          at: when(createdAt, now),
        })),
      closed: newest
        .filter(({ state }) => state === 'closed')
        .slice(0, LATEST)
        .map(({ id, number, title, kind, result, closedAt, simulated }) => ({
          id,
          isSimulation: simulated,
          number,
          title,
          kind: KIND_WORDS[kind],
          result: result === null ? '' : RESULT_WORDS[result],
          at: closedAt === null ? '' : when(closedAt, now),
        })),
    },
  };
};

function actionCard(view: ActionView, colleagues: readonly Colleague[]): ActionCard {
  const { action, counts, warning, warnings } = view;
  const low = warnings.find((one) => one.code === 'low_reach');
  const { id, number, title, kind, state, simulated, centralistId } = action;
  return {
    id,
    number,
    title,
    kind: KIND_WORDS[kind],
    state,
    stateWord: STATE_WORDS[state],
    isSimulation: simulated,
    centralist: colleagues.find((one) => one.id === centralistId)?.name ?? '',
    reached: count(counts.reached),
    selected: count(counts.selected),
    percent: percentOf(counts.reached, counts.selected),
    now: nowWords(view),
    low: low ? lowReachWords(low) : null,
    warning: warning === null ? null : warningWords(warning),
  };
}

/** The people who are being called now. After a close: in closing calls, or still listening to the alert. */
export function nowWords({ action, counts, closing }: Pick<ActionView, 'action' | 'counts' | 'closing'>): string {
  if (action.state === 'closed') return closedWords(counts, closing);
  if (busy(counts) > 0) return peopleWords(counts);
  return counts.reached === 0 && counts.selected > 0
    ? 'Iedereen is gebeld, en niemand is bereikt'
    : 'Iedereen is gebeld';
}

function closedWords(counts: ActionView['counts'], closing: PeopleNow): string {
  const hearOut = counts.in_call - closing.in_call;
  const closingWords =
    busy(closing) > 0
      ? `Slotbericht: ${peopleWords(closing)}`
      : counts.closing_called === 0
        ? 'Er wordt niemand meer gebeld'
        : 'Slotbericht: iedereen is gebeld';
  if (hearOut <= 0) return closingWords;
  // These people still hear the alert. Their closing call comes after it.
  const others = `${count(hearOut)} ${hearOut === 1 ? 'luistert' : 'luisteren'} nog naar de oproep`;
  return busy(closing) === 0 ? others : `${closingWords}, ${others}`;
}

const busy = ({ waiting, dialing, ringing, in_call }: PeopleNow): number => waiting + dialing + ringing + in_call;

const peopleWords = ({ waiting, dialing, ringing, in_call }: PeopleNow): string =>
  `${count(waiting)} nog te bellen, ${count(dialing + ringing)} gaan over, ${count(in_call)} luisteren nu`;

export const percentOf = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((100 * part) / whole));
