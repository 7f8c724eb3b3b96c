import type { CentralistId } from './action.js';

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

/** What stands in the way of an action or of its tips: said before it starts, and while it runs. */
export type Warning =
  /** Nobody real is called. */
  | { readonly code: 'simulation'; readonly mayStart: boolean; readonly reason: string }
  /** The action started on the real network and this is the simulated one, or the other way round: it calls nobody. */
  | { readonly code: 'other_network'; readonly simulated: boolean; readonly reason: string }
  | { readonly code: 'asterisk_down'; readonly reason: string }
  /** The operator answers nothing. */
  | { readonly code: 'trunk_down'; readonly reason: string }
  /** The operator does not register us, with this SIP status; null: it leaves our registration unanswered. */
  | { readonly code: 'trunk_refused'; readonly sipStatus: number | null; readonly reason: string }
  /** Somebody tries passwords: of the API and the console (`http`), or of softphones (`sip`). */
  | {
      readonly code: 'guessing';
      readonly door: 'http' | 'sip';
      /** An address, or the account that is tried. */
      readonly source: string;
      /** Wrong ones so far. */
      readonly tries: number;
      readonly reason: string;
    }
  /** A start puts the action's own centralist on duty, and nobody else. */
  | { readonly code: 'nobody_on_duty' }
  /** The softphone of the action's own centralist is not registered. */
  | {
      readonly code: 'no_softphone';
      readonly centralistId: CentralistId;
      readonly name: string;
      readonly extension: string;
    }
  /** Neither that softphone is registered, nor one of a centralist on duty: no tip can be put through. */
  | { readonly code: 'nobody_to_answer' }
  /** So many are left out because it is night. */
  | { readonly code: 'night'; readonly leftOut: number }
  /** Of so many people whose calls are over, only so many were reached. */
  | { readonly code: 'low_reach'; readonly called: number; readonly reached: number };

/** In English, for programs and for the operator of this installation: what it means, and what to do. */
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
