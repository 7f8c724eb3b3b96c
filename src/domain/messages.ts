import type { Kind, Result } from './kinds.js';

/**
 * The languages of the fixed prompts. Centralists always hear Dutch, and so does everybody whose call names
 * no language.
 */
export const PROMPT_LANGUAGES = ['nl', 'en'] as const;
export type PromptLanguage = (typeof PROMPT_LANGUAGES)[number];

/**
 * The fixed prompts. Their texts are in `sounds/<language>/manifest.json`, one entry for each name. In a text
 * the placeholder `{tipLine}` stands for the number of the tip line.
 */
export const PROMPTS = [
  'alert-prompt', // the introduction, and "press any digit"
  'update-prompt', // the same for a message that changed
  'alert-goodbye', // no digit was pressed
  'ending', // the number of the tip line; a digit plays the message again
  'ending-child', // the same for a missing child: look actively, stay with the child
  'ending-adult', // the same for a missing adult: keep them in sight
  'thanks', // after the last play
  'closing-prompt', // the introduction, and "the action has ended"
  'closing-thanks',
  'tip-connecting', // you are being put through
  'tip-not-reached', // we tried to call you; here is the message
  'tip-press-to-speak', // press a digit to speak to the centralist
  'tip-no-digit', // goodbye after nothing was pressed
  'tip-not-selected', // the number is known, but no action selected this participant
  'tip-unknown', // this number is not known; 112
  'tip-withheld', // your number is withheld; 112
  'tip-ended', // the action has ended; you may still leave a tip
  'tip-record', // no centralist is free: speak after the tone
  'tip-recorded', // thank you, the tip was received
  'tip-unavailable', // nothing can be stored, or too many tips are being recorded: call again later; 112
  'tip-choose', // several actions: tip-choose-1 and a title, and so on
  'tip-choose-1',
  'tip-choose-2',
  'tip-choose-3',
  'tip-choose-4',
  'tip-choose-5',
  'tip-place-1', // place in the queue, up to nine
  'tip-place-2',
  'tip-place-3',
  'tip-place-4',
  'tip-place-5',
  'tip-place-6',
  'tip-place-7',
  'tip-place-8',
  'tip-place-9',
  'tip-place-more',
  'tip-wait', // all centralists are talking; key 1 records
  'tip-wait-112', // for callers who wait longer than 20 s
  'tip-record-chosen', // speak after the tone
  'tip-transferring', // to a colleague
  'tip-is-recorded', // to both sides of a conversation
  'tip-code', // the way in for a withheld number
  'tip-code-wrong',
  'tip-code-number',
  'tip-code-refused',
  'tip-code-offer',
  'tip-code-is',
  'tip-code-use',
  'digit-0', // of a personal code, or of an action's number
  'digit-1',
  'digit-2',
  'digit-3',
  'digit-4',
  'digit-5',
  'digit-6',
  'digit-7',
  'digit-8',
  'digit-9',
  'tip-down', // the controller is down: played by the dialplan, which tries again
  'callback-desk', // for the centralist who calls back
  'callback-failed',
  'callback-hello', // for the participant who is called back
  'desk-unavailable', // from here on: prompts for centralists who dial a service code
  'desk-unknown',
  'desk-no-answer',
  'desk-engaged',
  'desk-on-duty',
  'desk-off-duty',
  'desk-still-runs',
  'desk-pin', // *20
  'desk-pin-wrong',
  'desk-pin-blocked',
  'desk-no-pin',
  'desk-speak',
  'desk-too-short',
  'desk-hear',
  'desk-keep',
  'desk-area',
  'desk-area-more',
  'desk-area-wrong',
  'desk-kind',
  'desk-criteria',
  'desk-no-criteria',
  'desk-nobody',
  'desk-start',
  'desk-look-alike',
  'desk-start-anyway',
  'desk-started',
  'desk-not-started',
  'desk-which', // *21 and *22
  'desk-no-action',
  'desk-result',
  'desk-close',
  'desk-closed',
  'desk-not-closed',
  'desk-echo', // *30
  'desk-level-good',
  'desk-level-soft',
  'desk-level-loud',
  'desk-level-none',
  'desk-sentence-which', // *40
  'desk-sentence-unknown',
  'desk-sentence-say',
  'desk-sentence-hear',
  'desk-sentence-keep',
  'desk-sentence-length',
  'desk-sentence-sound',
  'desk-sentence-kept',
  'desk-sentence-played',
  'desk-sentence-done',
  'desk-no-key',
  'desk-wrong-key',
  'desk-failed',
  'desk-goodbye',
  'beep',
  'hold', // for waiting callers; played in a loop
  'ringing', // for a centralist while another telephone rings; played in a loop
  'silence-short', // a quarter of a second, between the digits of a code
  'silence', // one second of silence
  'silence-4', // four seconds in one file, because Asterisk looks up each sound and pauses between two
  'silence-5',
] as const;
export type PromptName = (typeof PROMPTS)[number];

/**
 * A playable sound: a fixed prompt, a sound rendered from a text or an upload, or a recording made a moment
 * ago.
 */
export type Sound =
  /** `language`: Dutch when it is left out. */
  | { readonly type: 'prompt'; readonly name: PromptName; readonly language?: PromptLanguage }
  | { readonly type: 'rendered'; readonly soundId: string }
  /** `file`: absolute path of its wav; `ms`: its length. */
  | { readonly type: 'recorded'; readonly file: string; readonly ms: number };

export type Prompt = Extract<Sound, { readonly type: 'prompt' }>;

export const prompt = (name: PromptName): Prompt => ({ type: 'prompt', name });
/** The same prompt in another language. */
export const inLanguage = (language: PromptLanguage, { name }: Prompt): Prompt => ({ type: 'prompt', name, language });
export const rendered = (soundId: string): Sound => ({ type: 'rendered', soundId });
export const recorded = ({ file, ms }: { readonly file: string; readonly ms: number }): Sound => ({
  type: 'recorded',
  file,
  ms,
});

/**
 * The sounds of a number or a code, digit by digit, with time to write each one down. Other characters are
 * left out.
 */
export function digitByDigit(text: string): Sound[] {
  const digits = [...text].flatMap((digit) => PROMPTS.filter((name) => name === `digit-${digit}`));
  return digits.flatMap((digit, index) => [...(index > 0 ? [prompt('silence-short')] : []), prompt(digit)]);
}

/** This many seconds of silence, in as few sounds as possible. */
export function silence(seconds: number): Prompt[] {
  const [name, length] =
    seconds >= 5 ? (['silence-5', 5] as const) : seconds >= 4 ? (['silence-4', 4] as const) : (['silence', 1] as const);
  return seconds < 1 ? [] : [prompt(name), ...silence(seconds - length)];
}

/**
 * The ending that the system adds, so that no centralist types a number under stress. Missing persons have
 * their own.
 */
export function endingOf(kind: Kind): PromptName {
  if (kind === 'missing_child') return 'ending-child';
  if (kind === 'missing_adult') return 'ending-adult';
  return 'ending';
}

/** The closing message, in Dutch, when the centralist gives no text. */
export function closingText(kind: Kind, result: Result): string {
  switch (result) {
    case 'found':
      return foundText(kind);
    case 'arrested':
      return 'De verdachte is aangehouden.';
    case 'not_found':
      return 'Wie of wat wij zochten is helaas nog niet gevonden. De politie zoekt verder. U hoeft niet meer uit te kijken.';
    case 'false_alarm':
      return 'Het was gelukkig loos alarm. U hoeft niet meer uit te kijken.';
  }
}

function foundText(kind: Kind): string {
  if (kind === 'missing_child') return 'Het vermiste kind is gevonden.';
  if (kind === 'missing_adult') return 'De vermiste persoon is gevonden.';
  if (kind === 'missing_goods') return 'De vermiste goederen zijn gevonden.';
  return 'Wie of wat wij zochten is gevonden.';
}
