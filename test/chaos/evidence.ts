import type { Attempt } from '../../src/domain/attempt.js';
import type { Persona, PhoneCall } from '../../src/phonenet/index.js';
import type { FaultKind } from './plan.js';

/** All times are ms UTC of the one machine that everything runs on. */

/** A fault, as it was made. */
export interface FaultRecord {
  readonly kind: FaultKind;
  /** The instant before it was made. */
  readonly at: number;
  /** When the last new process of the controller was started; null when there was none. */
  readonly startedAt: number | null;
  /** When the service was known to be ready again. */
  readonly until: number;
  /** From the start of the controller's process until calls went on, ms; null when none was started. */
  readonly backMs: number | null;
}

/** A call as the phone network saw it, and how often the message was played in it from the beginning to the end. */
export interface HeardCall extends PhoneCall {
  readonly plays: readonly MessagePlay[];
}

/** One whole play of the message. A recording has no time of its own: it may stand still while nothing is sent. */
export interface MessagePlay {
  /** When it began, counted from the answer: the earliest that it can have been. */
  readonly earliest: number;
  /** Counted back from the end of the call: the latest. */
  readonly latest: number;
}

/** Somebody of an action. */
export interface Called {
  readonly participantId: number;
  readonly actionId: number;
  /** E.164, in the order in which they are tried. */
  readonly phones: readonly string[];
  /** What each of them does. */
  readonly personas: readonly Persona[];
  /** The database says that they were reached. */
  readonly reached: boolean;
}

/** What was found when everything was over. */
export interface Leftovers {
  /** Calls and bridges that our Asterisk still had before the stop, by name. */
  readonly calls: readonly string[];
  readonly bridges: readonly string[];
  readonly linesInUse: number;
  readonly exitCode: number | null;
  /** Processes that were still there after the stop, by their command. */
  readonly processes: readonly string[];
}

/** The two ledgers, and what was done meanwhile. */
export interface Evidence {
  readonly people: readonly Called[];
  readonly closedAt: ReadonlyMap<number, number>;
  readonly attempts: readonly Attempt[];
  readonly calls: readonly HeardCall[];
  readonly faults: readonly FaultRecord[];
  readonly leftovers: Leftovers;
}

/** What is judged, and how strictly. */
export interface Rules {
  /** Around the instant of a fault nothing is certain for so long, ms. */
  readonly marginMs: number;
  /** Extra calls after the first, by cause. */
  readonly retries: { readonly no_answer: number; readonly busy: number };
  /** A call outlives the controller and goes on with the next one. */
  readonly callsGoOn: boolean;
  /** From the start of a controller's process until calls go on, ms; null when it is only reported. */
  readonly backWithinMs: number | null;
}

/** A window in which the service may have missed what somebody did. */
export const inFault = (faults: readonly FaultRecord[], from: number, to: number, marginMs: number): boolean =>
  faults.some(({ at, until }) => from <= until + marginMs && to >= at - marginMs);

export const killsController = ({ kind }: FaultRecord): boolean => kind === 'controller' || kind === 'both';
export const killsAsterisk = ({ kind }: FaultRecord): boolean => kind === 'asterisk' || kind === 'both';

/** Whether Asterisk died during the call: from then on nothing of it can be known. */
export const brokenByAsterisk = (call: PhoneCall, faults: readonly FaultRecord[], marginMs: number): boolean =>
  faults.some(
    (fault) =>
      killsAsterisk(fault) &&
      fault.at >= call.invitedAt - marginMs &&
      fault.at <= (call.endedAt ?? Infinity) + marginMs,
  );

/** `12:03:04.567`, for a person to find it in the ledgers. */
export const clock = (at: number): string => new Date(at).toISOString().slice(11, 23);
