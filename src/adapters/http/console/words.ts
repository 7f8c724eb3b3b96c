import type { ActionState } from '../../../domain/action.js';
import type { CallbackResult } from '../../../domain/callback.js';
import { RESULTS, type Result } from '../../../domain/kinds.js';
import type { Outcome } from '../../../domain/outcome.js';

/** States, results and outcomes in plain Dutch, for people in the control room. */

export const STATE_WORDS: Readonly<Record<ActionState, string>> = {
  draft: 'Klaargezet',
  running: 'Loopt',
  paused: 'Gepauzeerd',
  closed: 'Afgesloten',
};

export const RESULT_WORDS: Readonly<Record<Result, string>> = {
  found: 'Gevonden',
  arrested: 'Aangehouden',
  not_found: 'Niet gevonden',
  false_alarm: 'Loos alarm',
};

/** The results that a centralist can choose from when closing an action. */
export const RESULT_CHOICES = RESULTS.map((value) => ({ value, text: RESULT_WORDS[value] }));

export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  confirmed: 'Toets ingedrukt',
  no_digit: 'Opgenomen, geen toets',
  hung_up: 'Opgehangen voor het bericht',
  no_answer: 'Niet opgenomen',
  busy: 'Bezet',
  declined: 'Weggedrukt',
  congestion: 'Geen plaats op het netwerk',
  unreachable: 'Niet bereikbaar',
  cancelled: 'Niet meer nodig',
  interrupted: 'Onderbroken door een storing',
};

export const CALLBACK_WORDS: Readonly<Record<CallbackResult, string>> = {
  connected: 'gesproken',
  desk_unanswered: 'uw toestel nam niet op',
  no_answer: 'nam niet op',
  busy: 'bezet',
  declined: 'weggedrukt',
  congestion: 'geen plaats op het netwerk',
  unreachable: 'niet bereikbaar',
  hung_up: 'u hing op',
  interrupted: 'onderbroken door een storing',
};

/** The effect of a form, by the `done` in the address of the page that follows. */
const DONE_WORDS = {
  started: 'De actie is gestart. Iedereen in het gebied wordt nu gebeld.',
  paused: 'De actie is gepauzeerd. Er worden geen nieuwe mensen gebeld.',
  resumed: 'De actie loopt weer.',
  closed: 'De actie is afgesloten. Iedereen die is bereikt, hoort hoe het afliep.',
  taken: 'De actie is overgenomen.',
  team: 'Het team is bewaard.',
  tested: 'Het toestel gaat nu over met het bericht.',
  noted: 'De notitie is bewaard.',
  transferred: 'De beller is doorverbonden: het toestel van uw collega gaat over.',
  calling: 'Uw toestel gaat zo over. Neem op: daarna wordt de beller gebeld.',
  on_duty: 'In dienst: er komen tips binnen.',
  removed: 'De centralist is verwijderd. Het toestel komt er niet meer in.',
  off_duty: 'Uit dienst: er komen geen tips binnen.',
  chosen: 'Bewaard wie u bent.',
  logged_out: 'U bent uitgelogd.',
} as const;
export type Done = keyof typeof DONE_WORDS;

/** The sentence for what was done; undefined for an unknown `done`. */
export function doneWords(done: unknown): string | undefined {
  return typeof done === 'string' && Object.hasOwn(DONE_WORDS, done) ? DONE_WORDS[done as Done] : undefined;
}
