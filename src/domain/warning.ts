import type { CentralistId } from './ids.js';

export const WARNING_CODES = [
  'simulation',
  'other_network',
  'asterisk_down',
  'trunk_down',
  'trunk_refused',
  'guessing',
  'nobody_on_duty',
  'no_softphone',
  'nobody_to_answer',
  'night',
  'low_reach',
] as const;

/**
 * A condition that blocks or weakens an action or its tips. Shown before the start and while the action runs.
 */
export type Warning =
  /** The phone network is simulated, so no real person is called. */
  | { readonly code: 'simulation'; readonly mayStart: boolean; readonly reason: string }
  /**
   * The action started on the real network and this one is simulated, or the other way round. The action
   * calls nobody.
   */
  | { readonly code: 'other_network'; readonly simulated: boolean; readonly reason: string }
  | { readonly code: 'asterisk_down'; readonly reason: string }
  /** The operator leaves our requests unanswered. */
  | { readonly code: 'trunk_down'; readonly reason: string }
  /** The operator refuses our registration with this SIP status, or leaves it unanswered (null). */
  | { readonly code: 'trunk_refused'; readonly sipStatus: number | null; readonly reason: string }
  /** Somebody guesses passwords of the API and the console (`http`) or of softphones (`sip`). */
  | {
      readonly code: 'guessing';
      readonly door: 'http' | 'sip';
      /** The address that guesses, or the account whose password is guessed. */
      readonly source: string;
      /** Wrong passwords so far. */
      readonly tries: number;
      readonly reason: string;
    }
  /** Nobody is on duty. A start would put only the action's own centralist on duty. */
  | { readonly code: 'nobody_on_duty' }
  /** The softphone of the action's own centralist is not registered. */
  | {
      readonly code: 'no_softphone';
      readonly centralistId: CentralistId;
      readonly name: string;
      readonly extension: string;
    }
  /**
   * Neither the softphone of the action's own centralist nor that of any centralist on duty is registered, so
   * no tip can be put through.
   */
  | { readonly code: 'nobody_to_answer' }
  /** This many participants are left out because it is night. */
  | { readonly code: 'night'; readonly leftOut: number }
  /** Only `reached` of the `called` participants whose calls have ended were reached. */
  | { readonly code: 'low_reach'; readonly called: number; readonly reached: number };

/** The warning in English, for programs and for the administrator: what it means and what to do. */
export function warningText(warning: Warning): string {
  switch (warning.code) {
    case 'simulation':
      return `simulation, nobody real is called: ${warning.reason}`;
    case 'other_network':
      return warning.reason;
    case 'asterisk_down':
      return `nobody can be called: ${warning.reason}`;
    case 'trunk_down':
      return `nobody may be reached: ${warning.reason}`;
    case 'trunk_refused':
      return `no tips may come in, and calls may be refused: ${warning.reason}`;
    case 'guessing':
      return warning.reason;
    case 'nobody_on_duty':
      return "nobody is on duty; a start puts the action's own centralist on duty";
    case 'no_softphone':
      return `the softphone of ${warning.name} (${warning.extension}) is not registered: it does not ring for tips`;
    case 'nobody_to_answer':
      return 'no softphone of anybody who takes tips is registered: every tip is recorded; register one first';
    case 'night':
      return `it is night: ${warning.leftOut} people are not called`;
    case 'low_reach':
      return `hardly anybody is reached: ${warning.reached} of ${warning.called} people called; check that calls get through`;
  }
}
