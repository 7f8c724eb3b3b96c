import type { Attempt } from '../../src/domain/attempt.js';
import type { Persona, PhoneCall } from '../../src/phonenet/index.js';
import type { FaultKind } from './plan.js';

/** All times are ms UTC. Everything runs on one machine, and therefore by one clock. */

/** A fault that was injected. */
export interface FaultRecord {
  readonly kind: FaultKind;
  /** Just before the fault. */
  readonly at: number;
  /** When the controller's latest process was started; null when none was. */
  readonly startedAt: number | null;
  /** When the service was known to be ready again. */
  readonly until: number;
  /** Time from the start of that process until calls went on, ms; null when none was started. */
  readonly backMs: number | null;
}

/** A call as the phone network recorded it, with each complete play of the message. */
export interface HeardCall extends PhoneCall {
  readonly plays: readonly MessagePlay[];
}

/** One complete play of the message. Its time is uncertain: a recording pauses while nothing is sent. */
export interface MessagePlay {
  /** The earliest possible start, counted from the answer. */
  readonly earliest: number;
  /** The latest possible start, counted back from the end of the call. */
  readonly latest: number;
}

/** A person whom an action calls. */
export interface Called {
  readonly participantId: number;
  readonly actionId: number;
  /** E.164, in the order in which they are tried. */
  readonly phones: readonly string[];
  /** The behaviour of each telephone. */
  readonly personas: readonly Persona[];
  /** Whether the person was reached, according to the database. */
  readonly reached: boolean;
}

/** Things left behind at the end of the run. */
export interface Leftovers {
  /** Ids of calls and bridges that our Asterisk still had before the stop. */
  readonly calls: readonly string[];
  readonly bridges: readonly string[];
  readonly linesInUse: number;
  readonly exitCode: number | null;
  /** Commands of processes that were still running after the stop. */
  readonly processes: readonly string[];
}

/** The two ledgers, and the faults that were injected. */
export interface Evidence {
  readonly people: readonly Called[];
  readonly closedAt: ReadonlyMap<number, number>;
  readonly attempts: readonly Attempt[];
  readonly calls: readonly HeardCall[];
  readonly faults: readonly FaultRecord[];
  readonly leftovers: Leftovers;
}

/** How strictly the run is judged. */
export interface Rules {
  /** For this long before and after a fault nothing is certain, ms. */
  readonly marginMs: number;
  /** Number of retries by cause. */
  readonly retries: { readonly no_answer: number; readonly busy: number };
  /** Whether a call must outlive the controller and go on with the next one. */
  readonly callsGoOn: boolean;
  /** Longest allowed time from the start of a controller until calls go on, ms; null: no limit. */
  readonly backWithinMs: number | null;
}

/** Whether the period overlaps a fault, so that the service may have missed something in it. */
export const inFault = (faults: readonly FaultRecord[], from: number, to: number, marginMs: number): boolean =>
  faults.some(({ at, until }) => from <= until + marginMs && to >= at - marginMs);

export const killsController = ({ kind }: FaultRecord): boolean => kind === 'controller' || kind === 'both';
export const killsAsterisk = ({ kind }: FaultRecord): boolean => kind === 'asterisk' || kind === 'both';

/** Whether Asterisk died during the call. Nothing is known of the call after that. */
export const brokenByAsterisk = (call: PhoneCall, faults: readonly FaultRecord[], marginMs: number): boolean =>
  faults.some(
    (fault) =>
      killsAsterisk(fault) &&
      fault.at >= call.invitedAt - marginMs &&
      fault.at <= (call.endedAt ?? Infinity) + marginMs,
  );

/** A time such as `12:03:04.567`, for finding it in the ledgers. */
export const clock = (at: number): string => new Date(at).toISOString().slice(11, 23);
