import { parseDialledArea } from '../../domain/area.js';
import { KINDS, type Kind } from '../../domain/kinds.js';
import { prompt, silence, type Sound } from '../../domain/messages.js';
import type { Call, Recorded } from '../../ports/call.js';
import { CENTRALIST_ENTRY, readDigits } from '../steps/digits.js';
import { answer, noAnswer, pressOneOf, askThreeTimes, type Answer } from '../steps/keys.js';
import { goodbye, untilHungUp } from '../steps/until-hung-up.js';
import { provePin, type PinCheck } from './prove-pin.js';

/** A spoken message that was stored as a recording. */
export interface SpokenMessage {
  readonly recordingId: number;
  readonly sound: Sound;
}

/** A draft action that is ready to be started. */
export interface SpokenDraft {
  /** Says how many people are called, and how long that takes. */
  readonly plan: Sound;
  /** `anyway`: start even when another action looks like it. Null: cannot start; the plan says why. */
  readonly start: ((anyway: boolean) => Promise<SpokenStart>) | null;
}

/** The number of the started action, or the reason why it did not start. */
export type SpokenStart =
  | { readonly type: 'started'; readonly number: Sound }
  | { readonly type: 'nobody' | 'failed' }
  /** `like`: number and title of the other action. */
  | { readonly type: 'look_alike'; readonly like: readonly Sound[] };

export interface StartActions extends PinCheck {
  /** A new name at every call. */
  recordingName(): string;
  /** Stores a recording as a message. Resolves with undefined when it is too short or silent. */
  keepMessage(recorded: Recorded): Promise<SpokenMessage | undefined>;
  /** Whether any participant lives in this area. `area` is an entry of `area.postcodes`. */
  anybodyIn(area: string): boolean;
  draft(input: {
    readonly message: SpokenMessage;
    readonly area: readonly string[];
    readonly kind: Kind;
  }): Promise<SpokenDraft | 'nobody' | 'failed'>;
}

export type StartResult = 'started' | 'not_started' | 'refused' | 'hung_up';

/** The longest message. A recording that is played back may last two minutes. */
const MAX_MESSAGE_MS = 110_000;
/** The silence that ends the message. It is long, because a centralist may search for words. */
const MAX_SILENCE_MS = 15_000;
const KIND_KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

/**
 * What a centralist hears when starting an action by telephone (*20):
 *
 *   the PIN                        wrong three times          → goodbye
 *   speak the message, end with #  too short, or silent       → told so, asked again
 *   the message: 1 keeps it, 2 records it again
 *   the area in digits and #       no area, or nobody there   → told so, asked again
 *     another area, or only #
 *   the kind: 1 to 9
 *   time-critical, and a clear description? 1 yes   2 no      → cannot start
 *   how many people, how long      no trunk is set            → told so, not started
 *     1 to start                   2                          → not started
 *   does another action look like it? its number and title; 1 to start anyway, 2 → not started
 *   it runs, and its number
 *
 * Every question is asked at most three times. After that, and when the centralist hangs up before the last
 * 1, nothing has started. A draft that was made by then is kept.
 */
export function startAction(call: Call, actions: StartActions): Promise<StartResult> {
  return untilHungUp<StartResult>(
    async () => {
      await call.answer();
      if (!(await provePin(call, actions))) return goodbye(call, 'refused');
      const message = await speakMessage(call, actions);
      const area = message && (await dialArea(call, actions));
      const kind = area && (await chooseKind(call));
      if (!message || !area || !kind || !(await confirmCriteria(call))) return notStarted(call);
      return prepare(call, actions, { message, area, kind });
    },
    () => 'hung_up',
  );
}

async function speakMessage(call: Call, actions: StartActions): Promise<SpokenMessage | undefined> {
  for (;;) {
    call.step('speak');
    const message = await askThreeTimes(call, async () => {
      await call.play([prompt('desk-speak'), prompt('beep')]);
      const recorded = await call.record({
        name: actions.recordingName(),
        maxMs: MAX_MESSAGE_MS,
        maxSilenceMs: MAX_SILENCE_MS,
        endOn: '#',
      });
      // A hang-up ends the recording too, but it does not confirm the message.
      call.signal.throwIfAborted();
      const kept = await actions.keepMessage(recorded);
      return kept ? answer(kept) : noAnswer('desk-too-short');
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

async function dialArea(call: Call, actions: StartActions): Promise<readonly string[] | undefined> {
  call.step('area');
  const area: string[] = [];
  for (;;) {
    const keys = await askThreeTimes(call, async () =>
      readArea(actions, await enterArea(call, area.length === 0), area),
    );
    if (keys === undefined) return undefined;
    if (keys === 'done') return area;
    if (!area.includes(keys)) area.push(keys);
  }
}

const enterArea = (call: Call, isFirst: boolean): Promise<string | undefined> =>
  readDigits(call, [prompt(isFirst ? 'desk-area' : 'desk-area-more')], CENTRALIST_ENTRY);

/** `done`: the centralist pressed only #, and there is already an area. */
function readArea(actions: StartActions, keys: string | undefined, before: readonly string[]): Answer<string> {
  if (keys === undefined) return noAnswer('desk-no-key');
  if (keys === '' && before.length > 0) return answer('done');
  const area = parseDialledArea(keys);
  if (!area.ok) return noAnswer('desk-area-wrong');
  return actions.anybodyIn(area.value) ? answer(area.value) : noAnswer('desk-nobody');
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
  actions: StartActions,
  input: Parameters<StartActions['draft']>[0],
): Promise<StartResult> {
  const draft = await actions.draft(input);
  if (draft === 'nobody' || draft === 'failed') return notStarted(call, draft);
  call.step('confirm');
  // The plan is played to its end, so that a key pressed once too often before it does not start the action.
  await call.play([draft.plan]);
  const { start } = draft;
  if (!start) return notStarted(call);
  const key = await pressOneOf(call, ['1', '2'], [prompt('desk-start')]);
  if (key !== '1') return notStarted(call);
  let started = await start(false);
  if (started.type === 'look_alike') {
    call.step('look-alike');
    // This is played to its end as well, because a second 1 in a row must not answer a question that was not
    // asked yet.
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
