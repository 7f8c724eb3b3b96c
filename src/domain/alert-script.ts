import { prompt, silence, type PromptName, type Sound } from './messages.js';

/**
 * A call in which something is told to who is called. The telephony says it by itself once it is ordered, so that nobody is
 * cut off when we are not there; it keeps the steps of each call, from which the outcome is read.
 *
 *   alert    who we are, press any digit: three times, 4 s apart
 *              no digit  → goodbye
 *              any digit → the message, a pause, the message once more
 *                          → where to ring; a digit for the message again, three times at most → thanks
 *   closing  who we are, how it ended, twice, thanks; a digit has it said from the start
 */
export type Script =
  | {
      readonly type: 'alert';
      readonly opening: 'alert-prompt' | 'update-prompt';
      readonly message: Sound;
      readonly ending: PromptName;
    }
  | { readonly type: 'closing'; readonly message: Sound };

/** How often the prompt is said, and how often the message may be asked for again. */
export const PROMPTINGS = 3;
export const REPLAYS = 3;
/** Pause between two prompts, time to ask for the message again, pause between its two plays; in seconds. */
export const PROMPT_PAUSE = 4;
export const ENDING_PAUSE = 5;
export const MESSAGE_PAUSE = 1;

/**
 * prompt   somebody answered: who we are
 * goodbye  no digit came
 * message  a digit came: the message begins, in a closing call with who we are before it
 * replay   the message was asked for again: it begins
 * done     a closing call was heard to its end
 * limit    the longest time of the call was over before it was: our fault, or that of a clock that was put forward
 */
export const STEPS = ['prompt', 'goodbye', 'message', 'replay', 'done', 'limit'] as const;
export type Step = (typeof STEPS)[number];

/** Where a call was, and since when (ms UTC). */
export interface StepAt {
  readonly step: Step;
  readonly at: number;
}

/** When the digit was pressed for which the message was played; undefined when none was. */
export function confirmedAt(steps: readonly StepAt[]): number | undefined {
  return steps.find(({ step }) => step === 'message')?.at;
}

/** How a call ended that was answered, before its voice or its line is looked at; `cut` when we ended it too soon. */
export function resultOf(steps: readonly StepAt[]): 'confirmed' | 'no_digit' | 'hung_up' | 'cut' {
  if (confirmedAt(steps) !== undefined) return 'confirmed';
  if (steps.some(({ step }) => step === 'goodbye' || step === 'done')) return 'no_digit';
  return steps.some(({ step }) => step === 'limit') ? 'cut' : 'hung_up';
}

/** How often a message of this length was begun, and for how many ms it was heard, until the call ended at `endedAt`. */
export function heardOf(
  script: Script['type'],
  steps: readonly StepAt[],
  endedAt: number,
  ms: { readonly message: number; readonly opening: number },
): { readonly plays: number; readonly ms: number } {
  const pause = MESSAGE_PAUSE * 1_000;
  const heard = { plays: 0, ms: 0 };
  steps.forEach(({ step, at }, index) => {
    const until = steps[index + 1]?.at ?? endedAt;
    if (step === 'replay') add(heard, until - at, ms.message);
    // The closing call says its message in one breath with who we are; an alert never does.
    if (step !== 'message' && !(script === 'closing' && step === 'prompt')) return;
    const ran = until - at - (script === 'closing' ? ms.opening : 0);
    add(heard, ran, ms.message);
    add(heard, ran - ms.message - pause, ms.message);
  });
  return heard;
}

function add(heard: { plays: number; ms: number }, ran: number, length: number): void {
  if (ran <= 0) return;
  heard.plays += 1;
  heard.ms += Math.min(ran, length);
}

/** The longest that it can last, in ms: a line on which it lasts longer is nobody's any more. */
export function longestMs(script: Script, msOf: (sound: Sound) => number): number {
  const sum = (...sounds: Sound[]): number => sounds.reduce((ms, sound) => ms + msOf(sound), 0);
  const twice = sum(script.message, ...silence(MESSAGE_PAUSE), script.message);
  if (script.type === 'closing')
    return 2 * (sum(prompt('closing-prompt'), prompt('closing-thanks')) + twice) + SLACK_MS;
  const asked = PROMPTINGS * sum(prompt(script.opening), ...silence(PROMPT_PAUSE));
  const ending = sum(prompt(script.ending), ...silence(ENDING_PAUSE));
  return asked + twice + (REPLAYS + 1) * ending + REPLAYS * msOf(script.message) + sum(prompt('thanks')) + SLACK_MS;
}

/** What there is between one sound and the next, all together. */
const SLACK_MS = 3_000;
