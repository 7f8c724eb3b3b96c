import type { ActionId } from '../../domain/action.js';
import {
  afterPassage,
  afterRefusal,
  allowed,
  isFull,
  isLimited,
  limitWords,
  roomy,
  type Congestion,
} from '../../domain/congestion.js';
import { speaksOfLines } from '../../domain/outcome.js';
import type { PacingLimits } from '../../domain/pacing.js';
import type { ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import { heldFor, MOST_REFUSALS, pauseAfter, refusedTogether, withAnswer, type Answer } from '../../domain/refusal.js';
import type { CallEnd } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { EventJournal } from '../journal/event-journal.js';
import type { TrunkLines } from './trunk-lines.js';
import { RefusedNumbers } from './refused-numbers.js';

export interface TrunkCongestionParts {
  readonly lines: TrunkLines;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventJournal;
  /** Calls of ours that the operator carries now, as far as it has said: those that ring or are answered. */
  readonly carried: () => number;
}

/** One call of the dialer, and what the operator has said of it. */
export interface CongestionCall {
  readonly actionId: ActionId;
  readonly participantId: ParticipantId;
  readonly phone: E164;
  /** Monotonic ms. */
  readonly startedAt: number;
  said?: 'refused' | 'let through';
}

/** What is remembered of a number that is refused, for the time after a restart. */
export interface PastRefusals {
  readonly phone: E164;
  readonly participantId: ParticipantId;
  /** In a row, the latest last; its end in monotonic ms. */
  readonly refusals: number;
  readonly at: number;
}

/**
 * Numbers that were refused and then got through, so many in so short a time, were refused for the trunk's
 * sake.
 */
const PROOFS = 2;
const PROOFS_MS = 20_000;

/**
 * Keeps what the operator has room for, and says so when that is less than our own limits. A refusal is the
 * trunk's when different numbers are refused together; else it is the number's: that number rests, and is
 * given up after some refusals. Times are monotonic ms.
 */
export class TrunkCongestion {
  #state: Congestion;
  #recent: readonly Answer[] = [];
  /** Before the first cut that no call has got through since, and when that was. */
  #before: { readonly state: Congestion; readonly cutAt: number } | undefined;
  #proofs: readonly number[] = [];
  readonly #numbers = new RefusedNumbers();
  /** The refusal that set the present limits. */
  #said = '';
  #actionId: ActionId | undefined;

  constructor(private readonly parts: TrunkCongestionParts) {
    this.#state = roomy(parts.lines.limits);
  }

  /** The limits to keep now. */
  allowed(now: number): PacingLimits {
    const { lines, log } = this.parts;
    if (this.#actionId !== undefined && !isLimited(this.#state, lines.limits, now)) {
      log.info('the operator limits us no more');
      this.#unlimited();
    }
    return allowed(this.#state, lines.limits, now);
  }

  /** No call of the dialer before this. */
  get holdUntil(): number {
    return this.#state.holdUntil;
  }

  /** Whether this number is refused while others get through. */
  isKnown(phone: E164): boolean {
    return this.#numbers.isKnown(phone);
  }

  /**
   * Whether the trunk counts as full: then the next call goes to somebody who was not refused, if there is
   * anybody.
   */
  isFull(now: number): boolean {
    return isFull(this.#state, now);
  }

  /**
   * A call was refused for lack of room. When its number is to be given up for it, gives why in words; the
   * call must be told of once.
   */
  refused(call: CongestionCall, end: CallEnd): string | undefined {
    const { clock, lines, log } = this.parts;
    call.said = 'refused';
    const at = clock.monotonic();
    const askedMs = heldFor(end.retryAfterSeconds);
    const rest = lines.telephones.rest(call.phone);
    clock.after(pauseAfter(1, askedMs), () => {
      rest.release();
    });
    const { actionId, phone, participantId, startedAt } = call;
    const answer: Answer = {
      phone,
      participantId,
      startedAt,
      refused: true,
      retryAt: askedMs > 0 ? at + askedMs : -Infinity,
    };
    const others = this.#recent;
    if (this.#isTrunks(call, answer, end, at)) return undefined;
    if (!this.#numbers.refused(answer, end, others, at)) return undefined;
    log.warn('a number is given up: it was refused again and again', { actionId, phone, said: saidBy(end) });
    return `refused ${MOST_REFUSALS} times or more for lack of room, while nobody else was: ${saidBy(end)}`;
  }

  /**
   * A call got through: a telephone rings, somebody answered, or the answer was any other than a lack of
   * room.
   */
  callSucceeded(call: CongestionCall): void {
    if (call.said !== undefined) return;
    call.said = 'let through';
    const { clock } = this.parts;
    const at = clock.monotonic();
    const { phone, participantId, startedAt } = call;
    const refused = this.#numbers.passed(phone, startedAt, this.#recent);
    this.#recent = withAnswer(this.#recent, { phone, participantId, startedAt, refused: false, retryAt: -Infinity });
    this.#reconsider(startedAt);
    const before = this.#state;
    this.#state = afterPassage(before, startedAt, at);
    if (before !== this.#state) this.#before = undefined;
    // One that was on its way at the last cut says nothing new.
    if (refused?.end && refused.startedAt > this.#state.cutAt) this.#proven(call, refused.end, at);
  }

  /** What was stored of refusals before a restart. */
  remember({ phone, participantId, refusals, at }: PastRefusals): void {
    this.#numbers.remember(phone, participantId, refusals, at, this.parts.clock.monotonic());
  }

  /** In words for people, with the SIP status; empty when the operator does not limit us. */
  get words(): string {
    const { lines, clock } = this.parts;
    const now = clock.monotonic();
    if (!isLimited(this.#state, lines.limits, now)) return '';
    return `the operator limits us (${this.#said}): ${limitWords(this.#state, lines.limits, now)}`;
  }

  // ------------------------------------------------------------------

  /** Whether the refusal is the trunk's; then its limits follow from it. */
  #isTrunks(call: CongestionCall, answer: Answer, end: CallEnd, at: number): boolean {
    const full = isFull(this.#state, at);
    if (this.#numbers.isKnown(call.phone)) return full;
    this.#recent = withAnswer(this.#recent, answer);
    if (full) {
      this.#cut(call, end, at, answer.retryAt);
      return true;
    }
    const together = refusedTogether(this.#since(this.#state.cutAt));
    if (together.length === 0) return false;
    this.#before = { state: this.#state, cutAt: at };
    this.#cut(call, end, at, Math.max(...together.map(({ retryAt }) => retryAt)));
    for (const { phone } of together) if (phone !== call.phone) this.#numbers.takeBack(phone);
    return true;
  }

  /** Numbers that were refused get through when they are called again: there was no room for them then. */
  #proven(call: CongestionCall, end: CallEnd, at: number): void {
    this.#proofs = [...this.#proofs.filter((time) => time > Math.max(at - PROOFS_MS, this.#state.cutAt)), at];
    // One is enough where room was short a moment ago, and is being tried for again.
    const wanted = isLimited(this.#state, this.parts.lines.limits, at) ? 1 : PROOFS;
    if (this.#proofs.length < wanted) return;
    this.#proofs = [];
    this.#cut({ ...call, startedAt: at }, end, at, -Infinity);
  }

  /**
   * Calls that began before a cut and get through after all may show that it was the numbers: then it is
   * undone.
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

  #since(time: number): readonly Answer[] {
    return this.#recent.filter(({ startedAt }) => startedAt > time);
  }

  #cut({ actionId, startedAt }: CongestionCall, end: CallEnd, at: number, retryAt: number): void {
    const { lines, log, events, carried } = this.parts;
    const before = this.#state;
    this.#state = afterRefusal(before, lines.limits, {
      startedAt,
      at,
      ofLines: speaksOfLines(end),
      // A caller on the tip line is carried too.
      carried: carried() + lines.inbound,
      retryAfterMs: Math.max(0, retryAt - at),
    });
    if (this.#state.cutAt === before.cutAt && this.#state.holdUntil === before.holdUntil) return;
    this.#actionId = actionId;
    this.#said = saidBy(end);
    const { cps, lines: most } = allowed(this.#state, lines.limits, at);
    const facts = {
      sipStatus: end.sipStatus ?? null,
      cause: end.cause ?? null,
      reason: end.sipReason ?? end.fault ?? null,
      callsPerSecond: Math.round(cps * 10) / 10,
      lines: most,
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

function saidBy({ sipStatus, sipReason = '', cause }: CallEnd): string {
  if (sipStatus !== undefined) return `SIP ${sipStatus} ${sipReason}`.trim();
  return cause === undefined ? 'no reason given' : `cause ${cause}`;
}
