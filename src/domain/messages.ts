import type { Kind, Result } from './kinds.js';

/**
 * The fixed things we say. Their Dutch texts are in `sounds/nl/manifest.json`, one entry per name; the tip line's
 * number in a text is the placeholder `{tipLine}`.
 */
export const PROMPTS = [
  'alert-prompt', // who we are, press any digit
  'update-prompt', // the same for a message that changed
  'alert-goodbye', // no digit came
  'ending', // saw something? ring …; press a digit to hear it again
  'ending-child', // the same for a missing child: look actively, stay with the child
  'ending-adult', // the same for a missing adult: keep them in sight
  'thanks', // after the last play
  'closing-prompt', // who we are, the action has ended
  'closing-thanks',
  'tip-connecting', // you are being put through
  'tip-not-reached', // we tried to call you; here is the message
  'tip-press-to-speak', // press a digit to speak to the centralist
  'tip-no-digit', // goodbye after nothing was pressed
  'tip-not-selected', // known, but no action for you now
  'tip-unknown', // this number is not known; 112
  'tip-withheld', // your number is withheld; 112
  'tip-ended', // the action has ended; you may still leave a tip
  'tip-record', // nobody free: speak after the tone
  'tip-recorded', // thank you, it is in
  'tip-unavailable', // the system itself is down: said by the dialplan
  'beep',
  'hold', // what a waiting caller hears; played in a loop
  'silence', // one second of nothing
] as const;
export type PromptName = (typeof PROMPTS)[number];

/** Something that can be played: a fixed prompt, or a sound rendered from text or an upload. */
export type Sound =
  { readonly type: 'prompt'; readonly name: PromptName } | { readonly type: 'rendered'; readonly soundId: string };

export const prompt = (name: PromptName): Sound => ({ type: 'prompt', name });
export const rendered = (soundId: string): Sound => ({ type: 'rendered', soundId });

/** Seconds of silence, as sounds. */
export const silence = (seconds: number): Sound[] => Array.from({ length: seconds }, () => prompt('silence'));

/** The ending that the system adds, so that nobody types a number under stress. Missing persons bring their own. */
export function endingOf(kind: Kind): PromptName {
  if (kind === 'missing_child') return 'ending-child';
  if (kind === 'missing_adult') return 'ending-adult';
  return 'ending';
}

/** What the closing call says when the centralist gives no text of their own. Dutch. */
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
