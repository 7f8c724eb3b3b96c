import { prompt, silence, type PromptName, type Sound } from './messages.js';

/**
 * The script of an alert call or a closing call. After the originate the telephony plays the script by
 * itself, so that no citizen is cut off while the controller is down. The telephony keeps the steps of each
 * call, and the controller reads the outcome from them.
 *
 *   alert    the introduction and "press any digit": three times, 4 s apart
 *              no digit  → goodbye
 *              any digit → the message, a pause, the message once more
 *                          → the number of the tip line; a digit plays the message again, at most three times
 *                          → thanks
 *   closing  the introduction, the closing message twice, and thanks; a digit starts all of it again
 */
export type Script =
  | {
      readonly type: 'alert';
      readonly opening: 'alert-prompt' | 'update-prompt';
      readonly message: Sound;
      readonly ending: PromptName;
    }
  | { readonly type: 'closing'; readonly message: Sound };

/** How often the prompt is played. */
export const PROMPTINGS = 3;
/** How often the citizen may ask for the message again. */
export const REPLAYS = 3;
/** Seconds between two prompts. */
export const PROMPT_PAUSE = 4;
/** Seconds in which the citizen can ask for the message again. */
export const ENDING_PAUSE = 5;
/** Seconds between the two plays of the message. */
export const MESSAGE_PAUSE = 1;

/**
 * prompt   the call was answered, and the introduction starts
 * goodbye  no digit was pressed
 * message  a digit was pressed, and the message starts; in a closing call after the introduction
 * replay   the citizen asked for the message again, and the message starts
 * done     a closing call was played to its end
 * limit    a time limit that somebody set in Asterisk by hand ended the call (`alert.conf`)
 */
export const STEPS = ['prompt', 'goodbye', 'message', 'replay', 'done', 'limit'] as const;
export type Step = (typeof STEPS)[number];

/** A step of a call, and when it began (ms UTC). */
export interface StepAt {
  readonly step: Step;
  readonly at: number;
}

/** When the citizen pressed the digit that started the message; undefined when no digit was pressed. */
export function confirmedAt(steps: readonly StepAt[]): number | undefined {
  return steps.find(({ step }) => step === 'message')?.at;
}

/**
 * The result of an answered call by its steps alone. A dead line is judged elsewhere. `cut`: a time limit
 * ended the call too soon.
 */
export function resultOf(steps: readonly StepAt[]): 'confirmed' | 'no_digit' | 'hung_up' | 'cut' {
  if (confirmedAt(steps) !== undefined) return 'confirmed';
  if (steps.some(({ step }) => step === 'goodbye' || step === 'done')) return 'no_digit';
  return steps.some(({ step }) => step === 'limit') ? 'cut' : 'hung_up';
}

/**
 * Number of plays of the message, and ms of it that were played, in a call that ended at `endedAt` (ms UTC).
 */
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
    // A closing call plays introduction and message as one step; an alert call never does.
    if (step !== 'message' && !(script === 'closing' && step === 'prompt')) return;
    const played = until - at - (script === 'closing' ? ms.opening : 0);
    add(heard, played, ms.message);
    add(heard, played - ms.message - pause, ms.message);
  });
  return heard;
}

function add(heard: { plays: number; ms: number }, played: number, length: number): void {
  if (played <= 0) return;
  heard.plays += 1;
  heard.ms += Math.min(played, length);
}

/** The longest duration of the script, in ms. A call that lasts longer is on a dead line. */
export function longestMs(script: Script, msOf: (sound: Sound) => number): number {
  const sum = (...sounds: Sound[]): number => sounds.reduce((ms, sound) => ms + msOf(sound), 0);
  const twice = sum(script.message, ...silence(MESSAGE_PAUSE), script.message);
  if (script.type === 'closing')
    return 2 * (sum(prompt('closing-prompt'), prompt('closing-thanks')) + twice) + SLACK_MS;
  const asked = PROMPTINGS * sum(prompt(script.opening), ...silence(PROMPT_PAUSE));
  const ending = sum(prompt(script.ending), ...silence(ENDING_PAUSE));
  return asked + twice + (REPLAYS + 1) * ending + REPLAYS * msOf(script.message) + sum(prompt('thanks')) + SLACK_MS;
}

/** The gaps between the sounds, all together. */
const SLACK_MS = 3_000;
