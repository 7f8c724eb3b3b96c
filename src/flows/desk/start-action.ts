import { parseDialledArea } from '../../domain/area.js';
import { KINDS, type Kind } from '../../domain/kinds.js';
import { prompt, silence, type Sound } from '../../domain/messages.js';
import type { Call, Recorded } from '../../ports/call.js';
import { enterDigits } from '../steps/enter-digits.js';
import { goodbye } from '../steps/goodbye.js';
import { pressOneOf } from '../steps/press-one-of.js';
import { answer, none, threeTries, type Answer } from '../steps/three-tries.js';
import { untilHungUp } from '../steps/until-hung-up.js';
import { provePin, type PinCheck } from './prove-pin.js';

/** What was spoken, and kept as a message. */
export interface SpokenMessage {
  readonly recordingId: number;
  readonly sound: Sound;
}

/** An action that could be started now. */
export interface SpokenDraft {
  /** How many people, and how long it takes. */
  readonly plan: Sound;
  /** `anyway`: also beside an action that looks like it. Null: it cannot start, and the plan says why. */
  readonly start: ((anyway: boolean) => Promise<SpokenStart>) | null;
}

/** The number by which the action goes, or why it did not start. */
export type SpokenStart =
  | { readonly type: 'started'; readonly number: Sound }
  | { readonly type: 'nobody' | 'failed' }
  /** `like`: number and title of the action that looks like it. */
  | { readonly type: 'look_alike'; readonly like: readonly Sound[] };

export interface StartActions extends PinCheck {
  /** Another one each time. */
  recordingName(): string;
  /** Takes what was recorded as a message; undefined when it is too short, or nothing is heard in it. */
  keepMessage(recorded: Recorded): Promise<SpokenMessage | undefined>;
  /** Whether somebody who signed up lives there; an entry of `area.postcodes`. */
  anybodyIn(area: string): boolean;
  draft(input: {
    readonly message: SpokenMessage;
    readonly area: readonly string[];
    readonly kind: Kind;
  }): Promise<SpokenDraft | 'nobody' | 'failed'>;
}

export type StartResult = 'started' | 'not_started' | 'refused' | 'hung_up';

/** Longest message; a recording that is to be played may last two minutes. */
const MAX_MESSAGE_MS = 110_000;
/** Silence that ends it: they may look for words. */
const MAX_SILENCE_MS = 15_000;
const KIND_KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

/**
 * What a centralist hears who starts an action by telephone (*20):
 *
 *   the PIN                        wrong three times          → goodbye
 *   speak the message, end with #  too short, or nothing      → told so, once more
 *   hear it: 1 keep, 2 once more
 *   the area in digits and #       no area, or nobody there   → told so, once more
 *     another one, or only #
 *   the kind: 1 to 9
 *   haste and description: 1 yes   2 no                       → cannot start
 *   how many people, how long      no trunk is set            → told so, not started
 *     to start it: 1               2                          → not started
 *   is another action like it?     which one: 1, or 2         → not started
 *   it runs, and its number
 *
 * Whatever is asked is asked three times at most; then, and when they hang up before the last 1, nothing has started. What
 * was made ready by then stays a draft.
 */
export function startAction(call: Call, desk: StartActions): Promise<StartResult> {
  return untilHungUp<StartResult>(
    async () => {
      await call.answer();
      if (!(await provePin(call, desk))) return goodbye(call, 'refused');
      const message = await speakMessage(call, desk);
      const area = message && (await dialArea(call, desk));
      const kind = area && (await chooseKind(call));
      if (!message || !area || !kind || !(await confirmCriteria(call))) return notStarted(call);
      return prepare(call, desk, { message, area, kind });
    },
    () => 'hung_up',
  );
}

async function speakMessage(call: Call, desk: StartActions): Promise<SpokenMessage | undefined> {
  for (;;) {
    call.step('speak');
    const message = await threeTries(call, async () => {
      await call.play([prompt('desk-speak'), prompt('beep')]);
      const recorded = await call.record({
        name: desk.recordingName(),
        maxMs: MAX_MESSAGE_MS,
        maxSilenceMs: MAX_SILENCE_MS,
        endOn: '#',
      });
      // Who hangs up ends the recording too, but has not said that it is the message.
      call.signal.throwIfAborted();
      const kept = await desk.keepMessage(recorded);
      return kept ? answer(kept) : none('desk-too-short');
    });
    if (!message) return undefined;
    call.step('hear');
    const key = await pressOneOf(
      call,
      ['1', '2'],
      [prompt('desk-keep')],
      [prompt('desk-hear'), message.sound, ...silence(1)],
    );
    if (key !== '2') return key && message;
  }
}

async function dialArea(call: Call, desk: StartActions): Promise<readonly string[] | undefined> {
  call.step('area');
  const area: string[] = [];
  for (;;) {
    const keys = await threeTries(call, async () =>
      readArea(desk, await enterDigits(call, [prompt(area.length === 0 ? 'desk-area' : 'desk-area-more')]), area),
    );
    if (keys === undefined) return undefined;
    if (keys === 'done') return area;
    if (!area.includes(keys)) area.push(keys);
  }
}

/** `done`: only the #, when there is an area already. */
function readArea(desk: StartActions, keys: string | undefined, before: readonly string[]): Answer<string> {
  if (keys === undefined) return none('desk-no-key');
  if (keys === '' && before.length > 0) return answer('done');
  const area = parseDialledArea(keys);
  if (!area.ok) return none('desk-area-wrong');
  return desk.anybodyIn(area.value) ? answer(area.value) : none('desk-nobody');
}

async function chooseKind(call: Call): Promise<Kind | undefined> {
  call.step('kind');
  const key = await pressOneOf(call, KIND_KEYS, [prompt('desk-kind')]);
  return key && KINDS[Number(key) - 1];
}

async function confirmCriteria(call: Call): Promise<boolean> {
  call.step('criteria');
  const key = await pressOneOf(call, ['1', '2'], [prompt('desk-criteria')]);
  if (key === '2') await call.play([prompt('desk-no-criteria')]);
  return key === '1';
}

async function prepare(
  call: Call,
  desk: StartActions,
  input: Parameters<StartActions['draft']>[0],
): Promise<StartResult> {
  const draft = await desk.draft(input);
  if (draft === 'nobody' || draft === 'failed') return notStarted(call, draft);
  call.step('confirm');
  // Heard to its end: nobody starts an action with a key that was pressed once too often before.
  await call.play([draft.plan]);
  const { start } = draft;
  if (!start) return notStarted(call);
  const key = await pressOneOf(call, ['1', '2'], [prompt('desk-start')]);
  if (key !== '1') return notStarted(call);
  let started = await start(false);
  if (started.type === 'look_alike') {
    call.step('look-alike');
    // Heard to its end as well: a second 1 in a row must not answer a question that was not asked yet.
    await call.play([prompt('desk-look-alike'), ...started.like]);
    if ((await pressOneOf(call, ['1', '2'], [prompt('desk-start-anyway')])) !== '1') return notStarted(call);
    started = await start(true);
  }
  if (started.type === 'look_alike') return notStarted(call, 'failed');
  if (started.type !== 'started') return notStarted(call, started.type);
  call.step('started');
  return goodbye(call, 'started', [prompt('desk-started'), started.number]);
}

function notStarted(call: Call, why?: 'nobody' | 'failed'): Promise<StartResult> {
  const said = why === undefined ? [] : [prompt(why === 'nobody' ? 'desk-nobody' : 'desk-failed')];
  return goodbye(call, 'not_started', [...said, prompt('desk-not-started')]);
}
