import type { ActionCounts, ActionView } from '../../../../app/services.js';
import type { Action } from '../../../../domain/action.js';
import { formatAreaPart } from '../../../../domain/area.js';
import { KIND_WORDS } from '../../../../domain/desk-words.js';
import { OUTCOMES } from '../../../../domain/outcome.js';
import { SpeechError, type ReadAloud } from '../../../../ports/speech.js';
import { IdParams } from '../../schemas.js';
import { Problem } from '../../../../domain/problem.js';
import { count, duration, whenExactly } from '../format.js';
import { frameOf, type Colleague } from '../frame.js';
import type { ConsoleParts, Page } from '../page.js';
import { alarmWords, warningWords } from '../warning-words.js';
import { OUTCOME_WORDS, RESULT_CHOICES, RESULT_WORDS, STATE_WORDS } from '../words.js';
import { alikesOf } from './look-alike.js';
import { nowWords, percentOf } from './overview.js';
import { tipList, tipPageAt, tipPageOf } from './tips.js';

/** `/console/actions/:id`: one action and its commands. */
export const actionPage: Page = async (parts, { req, res }) => {
  const params = IdParams.safeParse(req.params);
  if (!params.success) throw new Problem('not_found', 'there is no such action');
  const { id } = params.data;
  await parts.services.actions.counted(id);
  const view = parts.services.actions.view(id);
  const { action, counts, warning } = view;
  const title = `Actie ${action.number}: ${action.title}`;
  const page = tipPageOf(req.query['page']);
  const isDraft = action.state === 'draft';
  // The page of a draft also shows similar actions, so the page changes when any action does.
  const frame = await frameOf(parts, {
    req,
    res,
    title,
    here: tipPageAt(id, page),
    about: [`action:${id}`, ...(isDraft ? ['actions' as const] : [])],
  });
  const owner = frame.colleagues.find((one) => one.id === action.centralistId);
  return {
    view: 'action',
    data: {
      ...frame,
      id,
      state: action.state,
      stateWord: STATE_WORDS[action.state],
      isSimulation: action.simulated,
      kind: KIND_WORDS[action.kind],
      result: action.result === null ? null : RESULT_WORDS[action.result],
      description: action.description,
      message: action.message.text ?? `Ingesproken bericht van ${duration(action.message.seconds)}.`,
      spoken: spokenOf(parts, action),
      version: action.message.version,
      area: action.area.parts.map(formatAreaPart).join(', '),
      people: isDraft ? peopleIn(parts, action) : null,
      start: isDraft ? await startOf(parts, id, frame.colleagues) : null,
      owner: owner ?? null,
      mine: frame.me !== null && frame.me.id === action.centralistId,
      helpers: frame.colleagues
        .filter((one) => one.id !== action.centralistId)
        .map((one) => ({ ...one, helps: action.team.includes(one.id) })),
      team: frame.colleagues.filter((one) => action.team.includes(one.id)).map(({ name }) => name),
      results: RESULT_CHOICES,
      warning: warning === null ? null : warningWords(warning),
      // Every page already shows the alarms. A draft repeats them at its start button.
      warnings: view.warnings
        .map(alarmWords)
        .filter(({ key }) => isDraft || (key !== 'simulation' && !frame.alarms.some((alarm) => alarm.key === key))),
      figures: figuresOf(view),
      outcomes: outcomesOf(counts),
      times: timesOf(view),
      tips: tipList(parts, action, frame.colleagues, page),
    },
  };
};

/** How the voice reads the message; null for a recording, and for a text that cannot be read. */
function spokenOf({ services: { messages } }: ConsoleParts, { message: { text } }: Action): ReadAloud | null {
  try {
    return text === null ? null : messages.read(text);
  } catch (error) {
    if (error instanceof SpeechError) return null;
    throw error;
  }
}

/** The effect of a start now. The form sends the number back, so that the server refuses an unseen change. */
async function startOf(
  { clock, services: { actions } }: ConsoleParts,
  id: number,
  colleagues: readonly Colleague[],
): Promise<object> {
  const { alikes, plan } = await actions.preview(id);
  return {
    selected: plan.selected,
    people: plan.selected === 1 ? '1 deelnemer' : `${count(plan.selected)} deelnemers`,
    alikes: alikesOf(alikes, colleagues, clock.now()),
  };
}

/** How many participants live in the area, which is all that is known before the start. */
function peopleIn({ services }: ConsoleParts, { area }: Action): string {
  const number = services.participants.count(area.parts.map(formatAreaPart));
  return number === 1 ? '1 deelnemer' : `${count(number)} deelnemers`;
}

function figuresOf(view: ActionView): object {
  const { counts } = view;
  return {
    reached: count(counts.reached),
    selected: count(counts.selected),
    percent: percentOf(counts.reached, counts.selected),
    now: nowWords(view),
    rang: count(counts.rang),
    answered: count(counts.answered),
    heard: count(counts.heard),
    replayed: count(counts.replayed),
    closing:
      counts.closing_called === 0
        ? null
        : `${count(counts.closing_answered)} van ${count(counts.closing_called)} namen het slotbericht op`,
  };
}

function outcomesOf(counts: ActionCounts): { readonly name: string; readonly number: string }[] {
  return OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome) => ({
    name: OUTCOME_WORDS[outcome],
    number: count(counts[outcome]),
  }));
}

/** The steps of the action that have happened, each with the time since the start. */
function timesOf({
  timeline,
  reality,
}: ActionView): { readonly name: string; readonly at: string; readonly after: string }[] {
  const { startedAt } = timeline;
  const { all } = reality.calledOnceSeconds;
  const rows: [string, number | null][] = [
    ['Gestart', startedAt],
    ['Eerste oproep', timeline.firstInviteAt],
    ['Helft bereikt', timeline.halfReachedAt],
    ['90% bereikt', timeline.ninetyReachedAt],
    ['Iedereen een keer gebeld', startedAt === null || all === null ? null : startedAt + all * 1_000],
    ['Klaar met bellen', timeline.dialedOutAt],
    ['Eerste tip', timeline.firstTipAt],
    ['Afgesloten', timeline.closedAt],
  ];
  // Sorted by time. The sort is stable, so steps at the same moment keep the order above.
  return rows
    .toSorted(([, a], [, b]) => (a ?? 0) - (b ?? 0))
    .flatMap(([name, at]) =>
      at === null
        ? []
        : [
            {
              name,
              at: whenExactly(at),
              after: startedAt === null || at === startedAt ? '' : `na ${duration((at - startedAt) / 1000)}`,
            },
          ],
    );
}
