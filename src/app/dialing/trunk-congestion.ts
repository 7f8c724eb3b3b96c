import type { ActionId } from '../../domain/action.js';
import {
  afterCallSucceeded,
  afterRefusal,
  allowedLimits,
  isFull,
  isLimited,
  limitWords,
  noCongestion,
  type Congestion,
} from '../../domain/congestion.js';
import { mentionsSimultaneousCalls } from '../../domain/outcome.js';
import type { PacingLimits } from '../../domain/pacing.js';
import type { ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import {
  retryAfterWaitMs,
  MOST_REFUSALS,
  pauseAfter,
  refusedTogether,
  withOperatorAnswer,
  type OperatorAnswer,
} from '../../domain/refusal.js';
import type { CallEnd } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { EventJournal } from '../journal/event-journal.js';
import { RefusedNumbers } from './refused-numbers.js';
import type { TrunkLines } from './trunk-lines.js';

export interface TrunkCongestionParts {
  readonly trunkLines: TrunkLines;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventJournal;
  /** Outbound calls that the operator is known to carry now: those that ring or are answered. */
  readonly carried: () => number;
}

/** One call of the dialer, and the operator's answer to it. */
export interface CongestionCall {
  readonly actionId: ActionId;
  readonly participantId: ParticipantId;
  readonly phone: E164;
  /** Monotonic ms. */
  readonly startedAt: number;
  /** Absent until the operator has refused the call, or the call got through. */
  answer?: 'refused' | 'got through';
}

/** The refusals of a number before a restart. */
export interface PastRefusals {
  readonly phone: E164;
  readonly participantId: ParticipantId;
  /** How often the number was refused in a row. */
  readonly refusals: number;
  /** When the last refused call ended, monotonic ms. */
  readonly at: number;
}

/** When this many refused numbers get through within this time, the trunk was the cause of their refusals. */
const PROOFS = 2;
const PROOFS_MS = 20_000;

/**
 * Keeps the limits that the operator's refusals set, and reports them when they are tighter than our own.
 * When different numbers are refused together, the cause is the trunk. The cause of any other refusal is the
 * number: that number rests, and is given up after some refusals. Times are monotonic ms.
 */
export class TrunkCongestion {
  #state: Congestion;
  #recent: readonly OperatorAnswer[] = [];
  /** The state before a cut, and the time of the cut, until a call that began after the cut gets through. */
  #before: { readonly state: Congestion; readonly cutAt: number } | undefined;
  /** When refused numbers got through after all. */
  #proofs: readonly number[] = [];
  readonly #numbers = new RefusedNumbers();
  /** The refusal that set the current limits, in words. */
  #refusal = '';
  /** The action that is told when the limits end; undefined while there are none. */
  #actionId: ActionId | undefined;

  constructor(private readonly parts: TrunkCongestionParts) {
    this.#state = noCongestion(parts.trunkLines.limits);
  }

  /** The limits to keep now. */
  allowed(now: number): PacingLimits {
    const { log, trunkLines } = this.parts;
    if (this.#actionId !== undefined && !isLimited(this.#state, trunkLines.limits, now)) {
      log.info('the operator no longer limits us');
      this.#unlimited();
    }
    return allowedLimits(this.#state, trunkLines.limits, now);
  }

  /** The dialer starts no call before this time. */
  get holdUntil(): number {
    return this.#state.holdUntil;
  }

  /** Whether this number is refused while others get through. */
  isRefusedAlone(phone: E164): boolean {
    return this.#numbers.isRefusedAlone(phone);
  }

  /** Whether the trunk counts as full. If so, people who were not refused are called first. */
  isFull(now: number): boolean {
    return isFull(this.#state, now);
  }

  /**
   * A call was refused for lack of capacity. To be called once for each refused call. Returns the reason in
   * words when its number is given up, else undefined.
   */
  refused(call: CongestionCall, end: CallEnd): string | undefined {
    const { clock, log } = this.parts;
    call.answer = 'refused';
    const at = clock.monotonic();
    const askedMs = retryAfterWaitMs(end.retryAfterSeconds);
    this.rest(call.phone, pauseAfter(1, askedMs));
    const { actionId, phone, participantId, startedAt } = call;
    const answer: OperatorAnswer = {
      phone,
      participantId,
      startedAt,
      refused: true,
      retryAt: askedMs > 0 ? at + askedMs : -Infinity,
    };
    const others = this.#recent;
    if (this.#isTrunks(call, answer, end, at)) return undefined;
    if (!this.#numbers.refused(answer, end, others, at)) return undefined;
    const refusal = wordsOf(end);
    log.warn('a number is given up after repeated refusals', { actionId, phone, refusal });
    return `refused ${MOST_REFUSALS} times or more for lack of room, while nobody else was: ${refusal}`;
  }

  /**
   * A call got through: the telephone rings or was answered, or the call was refused for a reason other than
   * lack of capacity.
   */
  callSucceeded(call: CongestionCall): void {
    if (call.answer !== undefined) return;
    call.answer = 'got through';
    const { clock } = this.parts;
    const at = clock.monotonic();
    const { phone, participantId, startedAt } = call;
    const refused = this.#numbers.succeeded(phone, startedAt, this.#recent);
    this.#recent = withOperatorAnswer(this.#recent, {
      phone,
      participantId,
      startedAt,
      refused: false,
      retryAt: -Infinity,
    });
    this.#reconsider(startedAt);
    const before = this.#state;
    this.#state = afterCallSucceeded(before, startedAt, at);
    if (before !== this.#state) this.#before = undefined;
    // A call that was already on its way at the last cut proves nothing new.
    if (refused?.end && refused.startedAt > this.#state.cutAt) this.#proven(call, refused.end, at);
  }

  /** The operator refused this number: the dialer calls it for nobody during this time. */
  rest(phone: E164, ms: number): void {
    const { clock, trunkLines } = this.parts;
    const rest = trunkLines.telephones.rest(phone);
    clock.after(ms, () => {
      rest.release();
    });
  }

  /** Counts refusals that were stored before a restart. */
  remember({ phone, participantId, refusals, at }: PastRefusals): void {
    this.#numbers.remember(phone, participantId, refusals, at, this.parts.clock.monotonic());
  }

  /** The current limits in words, with the SIP status; empty when the operator does not limit us. */
  get words(): string {
    const { clock, trunkLines } = this.parts;
    const now = clock.monotonic();
    if (!isLimited(this.#state, trunkLines.limits, now)) return '';
    return `the operator limits us (${this.#refusal}): ${limitWords(this.#state, trunkLines.limits, now)}`;
  }

  // ------------------------------------------------------------------

  /** Whether the trunk is the cause of the refusal. If so, the limits are cut. */
  #isTrunks(call: CongestionCall, answer: OperatorAnswer, end: CallEnd, at: number): boolean {
    const full = isFull(this.#state, at);
    if (this.#numbers.isRefusedAlone(call.phone)) return full;
    this.#recent = withOperatorAnswer(this.#recent, answer);
    if (full) {
      this.#cut(call, end, at, answer.retryAt);
      return true;
    }
    const together = refusedTogether(this.#since(this.#state.cutAt));
    if (together.length === 0) return false;
    this.#before = { state: this.#state, cutAt: at };
    this.#cut(call, end, at, Math.max(...together.map(({ retryAt }) => retryAt)));
    for (const { phone } of together) if (phone !== call.phone) this.#numbers.uncount(phone);
    return true;
  }

  /** A refused number got through when it was called again, so the trunk had no capacity for it before. */
  #proven(call: CongestionCall, end: CallEnd, at: number): void {
    this.#proofs = [...this.#proofs.filter((time) => time > Math.max(at - PROOFS_MS, this.#state.cutAt)), at];
    // One proof is enough while the trunk was short of capacity anyway and the limits grow back.
    const needed = isLimited(this.#state, this.parts.trunkLines.limits, at) ? 1 : PROOFS;
    if (this.#proofs.length < needed) return;
    this.#proofs = [];
    this.#cut({ ...call, startedAt: at }, end, at, -Infinity);
  }

  /**
   * Undoes a cut when calls from before it get through, because then the numbers were the cause of the
   * refusals.
   */
  #reconsider(startedAt: number): void {
    const before = this.#before;
    if (!before || startedAt > before.cutAt) return;
    const then = this.#since(before.state.cutAt).filter((one) => one.startedAt <= before.cutAt);
    if (refusedTogether(then).length > 0) return;
    this.#state = before.state;
    this.#before = undefined;
    this.parts.log.info('the operator has room: only some numbers were refused');
    this.#unlimited();
  }

  #since(time: number): readonly OperatorAnswer[] {
    return this.#recent.filter(({ startedAt }) => startedAt > time);
  }

  #cut({ actionId, startedAt }: CongestionCall, end: CallEnd, at: number, retryAt: number): void {
    const { trunkLines, log, events, carried } = this.parts;
    const before = this.#state;
    this.#state = afterRefusal(before, trunkLines.limits, {
      startedAt,
      at,
      ofLines: mentionsSimultaneousCalls(end),
      // The operator carries the callers on the tip line and the callbacks too.
      carried: carried() + trunkLines.tipCalls,
      retryAfterMs: Math.max(0, retryAt - at),
    });
    if (this.#state.cutAt === before.cutAt && this.#state.holdUntil === before.holdUntil) return;
    this.#actionId = actionId;
    this.#refusal = wordsOf(end);
    const { cps, lines } = allowedLimits(this.#state, trunkLines.limits, at);
    const facts = {
      sipStatus: end.sipStatus ?? null,
      cause: end.cause ?? null,
      reason: end.sipReason ?? end.fault ?? null,
      callsPerSecond: Math.round(cps * 10) / 10,
      lines,
      holdMs: Math.max(0, Math.round(this.#state.holdUntil - at)),
    };
    log.warn('the operator limits us; calling slower', facts);
    events.add(actionId, 'trunk', { limited: true, ...facts });
  }

  #unlimited(): void {
    if (this.#actionId !== undefined) this.parts.events.add(this.#actionId, 'trunk', { limited: false });
    this.#actionId = undefined;
  }
}

/** How the operator refused a call. */
function wordsOf({ sipStatus, sipReason = '', cause }: CallEnd): string {
  if (sipStatus !== undefined) return `SIP ${sipStatus} ${sipReason}`.trim();
  return cause === undefined ? 'no reason given' : `cause ${cause}`;
}
