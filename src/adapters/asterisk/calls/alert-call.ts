import { confirmedAt, type StepAt } from '../../../domain/alert-script.js';
import { deferred } from '../../../lib/deferred.js';
import type { CallEnd, CallId } from '../../../ports/call.js';
import type { Clock } from '../../../ports/clock.js';
import type { AlertCall, AlertCallResult } from '../../../ports/telephony.js';
import type { AriLink } from '../ari/ari-link.js';
import { CallLeg, OnceEvent } from './call-leg.js';
import type { AlertProgress } from './call-result.js';
import { timeInCall } from './call-time.js';

/**
 * Asterisk stops ringing after thirty days by the wall clock, long after the controller does. Asterisk stops
 * first only when that clock was put forward. Ringing that lacks more than this of its ring time was ended in
 * that way, because an event takes less time than this to arrive.
 */
const RING_TOLERANCE_MS = 2_000;
/** A message that was changed during the call may lengthen the call by this much. A longer call is stuck. */
const STUCK_MS = 12 * 60_000;

/** How long a call may take; ms. */
export interface AlertCallLimits {
  readonly ringMs: number;
  /** Ringing included. */
  readonly maxMs: number;
}

/**
 * An alert or closing call, which Asterisk plays from its dialplan (asterisk-config/alert.conf). Each fact
 * about the call is passed on once, although Asterisk may report it twice, late or not at all.
 */
export class AsteriskAlertCall implements AlertCall {
  readonly #leg: CallLeg<AlertCallResult>;
  readonly #acceptedOrOver = deferred<void>();
  readonly #rang = new OnceEvent<[]>();
  readonly #answered = new OnceEvent<[]>();
  readonly #confirmed = new OnceEvent<[number, string]>();
  #steps: readonly StepAt[] = [];
  #soundId: string | undefined;
  #answeredAt: number | undefined;
  #accepted = false;
  #stuck = false;
  /** Monotonic ms; undefined for a call that an earlier process originated. */
  #acceptedAt: number | undefined;
  /** The answer in monotonic ms. */
  #answeredMonotonic = 0;
  #cancelRinging = (): void => undefined;
  readonly #cancelLimit: () => void;

  constructor(
    readonly id: CallId,
    link: AriLink,
    private readonly clock: Clock,
    private readonly limits: AlertCallLimits,
  ) {
    this.#leg = new CallLeg(id, link, clock, (end) => {
      this.onEnd(end);
    });
    this.#cancelLimit = clock.after(limits.maxMs + STUCK_MS, () => {
      this.#stuck = true;
      this.cancel();
    });
  }

  get over(): boolean {
    return this.#leg.over;
  }

  get acceptedOrOver(): Promise<void> {
    return this.#acceptedOrOver.promise;
  }

  /** Asterisk has accepted the originate request, so the channel must be in its list from now on. */
  get accepted(): boolean {
    return this.#accepted;
  }

  get ended(): Promise<AlertCallResult> {
    return this.#leg.ended;
  }

  get answered(): boolean {
    return this.#answered.happened;
  }

  get hungUpByUs(): boolean {
    return this.#leg.hungUpByUs;
  }

  get rangOut(): boolean {
    return this.#leg.rangOut;
  }

  onRinging(listener: () => void): void {
    this.#rang.on(listener);
  }

  onAnswered(listener: () => void): void {
    this.#answered.on(listener);
  }

  onConfirmed(listener: (at: number, soundId: string) => void): void {
    this.#confirmed.on(listener);
  }

  cancel(): void {
    this.#leg.hungUpByUs = true;
    void this.sendHangUp();
  }

  /** Sends the hang-up request. Called again when the reconciler finds the call still up. */
  async sendHangUp(): Promise<void> {
    if (this.over || (await this.#leg.requestHangUp())) return;
    // A call that rang out was over before the request, and the event of its end was lost. The reconciler
    // asks Asterisk how that call ended.
    if (!this.rangOut) await this.#leg.awaitLastEvent();
  }

  // ------------------------------------------------------------------ events, delivered by LiveCalls

  /** Asterisk has accepted the originate request. */
  wasAccepted(): void {
    this.#acceptedAt ??= this.clock.monotonic();
    this.wasThere();
  }

  /**
   * The call is in Asterisk. When an earlier process originated the call, it is not known how long the
   * telephone has rung, so the full ring time begins now.
   */
  wasThere(): void {
    if (!this.#accepted && !this.over && !this.answered)
      this.#cancelRinging = this.clock.after(this.limits.ringMs, () => {
        this.#leg.rangOut = true;
        this.cancel();
      });
    this.#accepted = true;
    this.#acceptedOrOver.resolve();
  }

  rang(): void {
    this.#rang.fire();
  }

  /** @param at ms UTC; now when left out */
  wasAnswered(at = this.clock.now()): void {
    if (this.answered) return;
    this.#cancelRinging();
    this.#answeredAt = at;
    this.#answeredMonotonic = this.clock.monotonic() - Math.max(0, this.clock.now() - at);
    this.#answered.fire();
  }

  /** Ignores progress that has no more steps than are already known. */
  applyProgress({ steps, soundId }: AlertProgress): void {
    if (steps.length <= this.#steps.length) return;
    this.#soundId = soundId;
    this.wasAnswered(steps[0]?.at);
    for (const { step, at } of steps.slice(this.#steps.length))
      this.#steps = [...this.#steps, { step, at: this.#timeOf(at) }];
    const at = confirmedAt(this.#steps);
    if (at !== undefined && soundId !== undefined) this.#confirmed.fire(at, soundId);
  }

  /** @param at ms UTC; now when left out */
  onEnd(reported: CallEnd, at = this.clock.now()): void {
    if (this.over) return;
    const end = this.#judged(reported);
    this.#cancelRinging();
    this.#cancelLimit();
    this.#acceptedOrOver.resolve();
    this.#leg.end({
      ...end,
      answered: this.answered,
      steps: this.#answeredAt === undefined ? [] : [{ step: 'prompt', at: this.#answeredAt }, ...this.#steps],
      soundId: this.#soundId,
      at: this.#timeOf(at),
    });
  }

  /** Corrects the reported end with the times that the controller measured by its monotonic clock. */
  #judged(end: CallEnd): CallEnd {
    if (this.#stuck) return { ...end, by: 'lost', fault: 'the longest time of the call was over before its end' };
    if (this.answered) return end;
    // The far end may have refused the INVITE before the controller gave up, and the event was late. Then
    // that refusal counts.
    if (this.rangOut) return end.by === 'us' || end.sipStatus === 487 ? endOfRingTime(end) : end;
    const rang = this.#acceptedAt === undefined ? Infinity : this.clock.monotonic() - this.#acceptedAt;
    if (end.rangOut && rang < this.limits.ringMs - RING_TOLERANCE_MS)
      return { by: 'lost', fault: 'the ringing ended too soon: was the clock put forward?' };
    return end;
  }

  #timeOf(at: number): number {
    if (this.#answeredAt === undefined) return at;
    return timeInCall(at, {
      last: this.#steps.at(-1)?.at ?? this.#answeredAt,
      now: this.#answeredAt + this.clock.monotonic() - this.#answeredMonotonic,
      wall: this.clock.now(),
    });
  }
}

/**
 * The end of a call that the controller let ring for the full ring time: nobody answered, unless the far end
 * refused the INVITE itself. A 487 is not a refusal, because it follows from our CANCEL (RFC 3261 9.2).
 */
const endOfRingTime = ({ sipStatus, ...end }: CallEnd): CallEnd =>
  sipStatus !== undefined && sipStatus >= 300 && sipStatus !== 487
    ? { ...end, by: 'them', sipStatus }
    : { by: 'them', rangOut: true };
