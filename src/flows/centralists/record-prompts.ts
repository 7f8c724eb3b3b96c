import { digitByDigit, prompt, silence, type Sound } from '../../domain/messages.js';
import type { Call, Recorded } from '../../ports/call.js';
import { CENTRALIST_ENTRY, readDigits } from '../steps/digits.js';
import { answer, askThreeTimes, noAnswer, pressOneOf, type Answer } from '../steps/keys.js';
import { goodbye, untilHungUp } from '../steps/until-hung-up.js';
import { provePin, type PinCheck } from './prove-pin.js';

/** A sentence to speak. */
export interface SpokenSentence {
  readonly number: number;
  /** The sentence in the voice of the engine. */
  readonly said: Sound;
}

/** A recording of a sentence that can be kept. */
export interface GoodTake {
  readonly sound: Sound;
  /** Resolves with whether callers hear a whole set in this voice from now on. */
  keep(): Promise<'kept' | 'played'>;
}

export interface RecordPromptsActions extends PinCheck {
  /** A new name at every call. */
  recordingName(): string;
  /** The sentence with this number; undefined when the list has none. */
  numbered(number: number): Promise<SpokenSentence | undefined>;
  /** The first sentence after this number that the centralist has not recorded; after the last, the first. */
  nextMissing(after: number): Promise<SpokenSentence | undefined>;
  /** Checks a recording: `length` when it is too short or too long, `sound` when it is hard to hear. */
  check(sentence: SpokenSentence, recorded: Recorded): Promise<GoodTake | 'length' | 'sound'>;
}

export type RecordPromptsResult = 'done' | 'stopped' | 'refused' | 'hung_up';

/** The longest prompt takes about twenty seconds. */
const MAX_SENTENCE_MS = 60_000;
/** The silence that ends a recording. A reader takes a breath between two sentences. */
const MAX_SILENCE_MS = 4_000;

/**
 * What a centralist hears when recording the fixed prompts (*40):
 *
 *   the PIN                          wrong three times         → goodbye
 *   the number of a sentence and #   not on the list           → told so, asked again
 *     only #: the next sentence without a recording
 *   the sentence; speak after the tone, end with #
 *     too short, too long, or hard to hear                     → told so, asked again
 *   the recording: 1 keeps it, 2 records it again, 3 skips it
 *   the next sentence without a recording, and so on
 *   all sentences are recorded                                 → goodbye
 *
 * Every sentence that was kept stays kept when the centralist hangs up.
 */
export function recordPrompts(call: Call, actions: RecordPromptsActions): Promise<RecordPromptsResult> {
  return untilHungUp<RecordPromptsResult>(
    async () => {
      await call.answer();
      if (!(await provePin(call, actions))) return goodbye(call, 'refused');
      const first = await askThreeTimes(call, async () => chooseSentence(call, actions));
      if (first === undefined) return goodbye(call, 'stopped');
      let sentence = first === 'none' ? undefined : first;
      while (sentence) {
        if ((await recordSentence(call, actions, sentence)) === 'stopped') return goodbye(call, 'stopped');
        sentence = await actions.nextMissing(sentence.number);
      }
      return goodbye(call, 'done', [prompt('desk-sentence-done')]);
    },
    () => 'hung_up',
  );
}

/** `none`: every sentence is recorded. */
async function chooseSentence(call: Call, actions: RecordPromptsActions): Promise<Answer<SpokenSentence | 'none'>> {
  call.step('which');
  const keys = await readDigits(call, [prompt('desk-sentence-which')], CENTRALIST_ENTRY);
  if (keys === undefined) return noAnswer('desk-no-key');
  if (keys === '') return answer((await actions.nextMissing(0)) ?? 'none');
  const found = /^\d+$/.test(keys) ? await actions.numbered(Number(keys)) : undefined;
  return found ? answer(found) : noAnswer('desk-sentence-unknown');
}

/** `stopped`: the centralist recorded or pressed nothing usable, three times. */
async function recordSentence(
  call: Call,
  actions: RecordPromptsActions,
  sentence: SpokenSentence,
): Promise<'next' | 'stopped'> {
  for (;;) {
    call.step('speak');
    const take = await askThreeTimes(call, async () => speak(call, actions, sentence));
    if (!take) return 'stopped';
    call.step('hear');
    const question = [prompt('desk-sentence-keep')];
    const key = await pressOneOf(call, ['1', '2', '3'], question, [
      prompt('desk-sentence-hear'),
      take.sound,
      ...silence(1),
    ]);
    if (key === '1') {
      const kept = await take.keep();
      await call.play([prompt(kept === 'played' ? 'desk-sentence-played' : 'desk-sentence-kept')]);
    }
    if (key !== '2') return key === undefined ? 'stopped' : 'next';
  }
}

async function speak(call: Call, actions: RecordPromptsActions, sentence: SpokenSentence): Promise<Answer<GoodTake>> {
  await call.play([
    ...digitByDigit(String(sentence.number)),
    ...silence(1),
    prompt('desk-sentence-say'),
    sentence.said,
    prompt('beep'),
  ]);
  const recorded = await call.record({
    name: actions.recordingName(),
    maxMs: MAX_SENTENCE_MS,
    maxSilenceMs: MAX_SILENCE_MS,
    endOn: '#',
  });
  // A hang-up ends the recording too, but nobody has heard it back.
  call.signal.throwIfAborted();
  const checked = await actions.check(sentence, recorded);
  if (typeof checked !== 'string') return answer(checked);
  return noAnswer(checked === 'length' ? 'desk-sentence-length' : 'desk-sentence-sound');
}
