import type { ActionView } from '../../../../app/services.js';
import type { Action } from '../../../../domain/action.js';
import { KIND_WORDS } from '../../../../domain/desk-words.js';
import { count, when } from '../format.js';
import { frameOf, type Colleague } from '../frame.js';
import type { Page } from '../page.js';
import { lowReachWords, warningWords, type WarningWords } from '../warning-words.js';
import { RESULT_WORDS, STATE_WORDS } from '../words.js';
import { RESULT_CHOICES } from './choices.js';
import { leftList } from './left.js';

/** An action that runs, at a glance. */
interface ActionCard {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly kind: string;
  readonly state: Action['state'];
  readonly stateWord: string;
  /** Nobody real is called in it. */
  readonly isSimulation: boolean;
  readonly centralist: string;
  readonly reached: string;
  readonly selected: string;
  /** Of a hundred. */
  readonly percent: number;
  readonly now: string;
  /** Said in the place of `now`, so that nothing moves. */
  readonly low: string | null;
  readonly warning: WarningWords | null;
}

/** Closed actions that are still shown. */
const LATEST = 10;

/** `/console`: what runs, what was recorded while we were down and is in no action, what is ready, what is over. */
export const overviewPage: Page = async (parts, { req, res }) => {
  const { actions } = parts.services;
  const frame = await frameOf(parts, { req, res, title: 'Overzicht', about: ['action:', 'left'] });
  const newest = [...actions.list()].reverse();
  const now = parts.clock.now();
  const running = newest.filter(({ state }) => state === 'running' || state === 'paused');
  for (const { id } of running) await actions.counted(id);
  return {
    view: 'overview',
    data: {
      ...frame,
      results: RESULT_CHOICES,
      left: leftList(parts),
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

function actionCard({ action, counts, warning, warnings }: ActionView, colleagues: readonly Colleague[]): ActionCard {
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
    now: nowWords(counts, state),
    low: low ? lowReachWords(low) : null,
    warning: warning === null ? null : warningWords(warning),
  };
}

/** Who is being called now. After the end these are the calls that tell how it ended, and they are called so. */
export function nowWords(
  { waiting, dialing, ringing, in_call, reached, selected, closing_called }: ActionView['counts'],
  state: Action['state'],
): string {
  const rest = waiting + dialing + ringing + in_call;
  const now = `${count(waiting)} nog te bellen, ${count(dialing + ringing)} gaan over, ${count(in_call)} luisteren nu`;
  if (state === 'closed') {
    if (rest > 0) return `Slotbericht: ${now}`;
    return closing_called === 0 ? 'Er wordt niemand meer gebeld' : 'Slotbericht: iedereen is gebeld';
  }
  if (rest > 0) return now;
  return reached === 0 && selected > 0 ? 'Iedereen is gebeld, en niemand is bereikt' : 'Iedereen is gebeld';
}

export const percentOf = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((100 * part) / whole));
