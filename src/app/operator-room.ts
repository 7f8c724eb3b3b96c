import type { ActionId } from '../domain/action.js';
import {
  afterPassage,
  afterRefusal,
  allowed,
  isLimited,
  limitWords,
  roomy,
  type Congestion,
  type Refusal,
} from '../domain/congestion.js';
import { speaksOfLines } from '../domain/outcome.js';
import type { PacingLimits } from '../domain/pacing.js';
import type { CallEnd } from '../ports/call.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { EventBook } from './event-book.js';
import type { Lines } from './lines.js';

export interface OperatorRoomParts {
  readonly lines: Lines;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventBook;
}

/** Keeps what the operator has room for, and says so when that is less than our own limits. Times are monotonic ms. */
export class OperatorRoom {
  #state: Congestion;
  /** The refusal that set the present limits. */
  #said = '';
  #actionId: ActionId | undefined;

  constructor(private readonly parts: OperatorRoomParts) {
    this.#state = roomy(parts.lines.limits);
  }

  /** The limits to keep now. */
  allowed(now: number): PacingLimits {
    const { lines, log, events } = this.parts;
    if (this.#actionId !== undefined && !isLimited(this.#state, lines.limits, now)) {
      log.info('the operator limits us no more');
      events.add(this.#actionId, 'trunk', { limited: false });
      this.#actionId = undefined;
    }
    return allowed(this.#state, lines.limits, now);
  }

  /** A call of the action was refused for lack of room. */
  refused(actionId: ActionId, end: CallEnd, call: Pick<Refusal, 'startedAt' | 'again' | 'carried'>): void {
    const { lines, clock, log, events } = this.parts;
    const at = clock.monotonic();
    const before = this.#state;
    const retryAfterMs = (end.retryAfterSeconds ?? 0) * 1_000;
    this.#state = afterRefusal(before, lines.limits, { ...call, at, retryAfterMs, ofLines: speaksOfLines(end) });
    lines.holdOffUntil(this.#state.holdUntil);
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

  /** A call that began then got through. */
  letThrough(startedAt: number): void {
    this.#state = afterPassage(this.#state, startedAt, this.parts.clock.monotonic());
  }

  /** In words for people, with the SIP status; empty when the operator does not limit us. */
  get words(): string {
    const { lines, clock } = this.parts;
    const now = clock.monotonic();
    if (!isLimited(this.#state, lines.limits, now)) return '';
    return `the operator limits us (${this.#said}): ${limitWords(this.#state, lines.limits, now)}`;
  }
}

function saidBy({ sipStatus, sipReason = '', cause }: CallEnd): string {
  if (sipStatus !== undefined) return `SIP ${sipStatus} ${sipReason}`.trim();
  return cause === undefined ? 'no reason given' : `cause ${cause}`;
}
