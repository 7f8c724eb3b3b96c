import type { ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import { MOST_REFUSALS, type OperatorAnswer } from '../../domain/refusal.js';
import type { CallEnd } from '../../ports/call.js';

/** A number that was refused for lack of capacity and has not got through since. Times are monotonic ms. */
interface Refused {
  readonly participantId: ParticipantId;
  /** Refusals whose cause is not the trunk. */
  count: number;
  readonly firstAt: number;
  lastAt: number;
  /** A call to another number that began near the first refused call got through. */
  readonly othersBefore: boolean;
  /** Calls that had got through, to any number, when this number was first refused. */
  readonly successesBefore: number;
  /** Calls to other numbers that began near a refused call to this number and got through. */
  near: number;
  /** When the last refused call began. */
  startedAt: number;
  /** How the operator refused the last call; absent when that is not known, after a restart. */
  end?: CallEnd;
}

/** Calls that began at most this long before or after a refused call met the same trunk. */
const NEAR_MS = 10_000;
/** When this many of those calls got through, the cause of the refusals is the number and not the trunk. */
const NEAR_ENOUGH = 3;
/** A number that was not refused for this long counts as new. */
const FORGOTTEN_MS = 900_000;
/** Old numbers are removed once there are this many. */
const CLEAN_UP_FROM = 1_000;

/** Numbers that are refused while others get through, and how often. Decides when a number is given up. */
export class RefusedNumbers {
  readonly #all = new Map<E164, Refused>();
  #successes = 0;

  /**
   * Whether this number is refused while others get through. Its refusals then say nothing about the trunk.
   */
  isRefusedAlone(phone: E164): boolean {
    return (this.#all.get(phone)?.near ?? 0) >= NEAR_ENOUGH;
  }

  /** Counts a refusal; `recent` holds answers to other calls. Returns whether the number is given up. */
  refused(
    { phone, participantId, startedAt }: OperatorAnswer,
    end: CallEnd,
    recent: readonly OperatorAnswer[],
    at: number,
  ): boolean {
    this.#forgetOld(at);
    const known = this.#all.get(phone);
    const near = recent.filter((one) => !one.refused && isNear(one.startedAt, startedAt)).length;
    const one: Refused = known ?? {
      participantId,
      count: 0,
      firstAt: at,
      lastAt: at,
      startedAt,
      othersBefore: near > 0,
      successesBefore: this.#successes,
      near,
    };
    one.count += 1;
    one.lastAt = at;
    one.startedAt = startedAt;
    one.end = end;
    this.#all.set(phone, one);
    return one.count >= MOST_REFUSALS && (this.#othersGotThrough(one) || this.#isAlone(one));
  }

  /** Counts stored refusals from before a restart. The number is not given up before its next refusal. */
  remember(phone: E164, participantId: ParticipantId, refusals: number, at: number, now: number): void {
    if (refusals === 0 || now - at > FORGOTTEN_MS) return;
    const count = Math.min(MOST_REFUSALS - 1, Math.max(refusals, this.#all.get(phone)?.count ?? 0));
    const none = { othersBefore: false, successesBefore: this.#successes, near: 0 };
    this.#all.set(phone, { participantId, count, firstAt: at, lastAt: at, startedAt: at, ...none });
  }

  /** Takes back a counted refusal, because the trunk turned out to be its cause. */
  uncount(phone: E164): void {
    const one = this.#all.get(phone);
    if (!one) return;
    one.count -= 1;
    if (one.count <= 0) this.#all.delete(phone);
  }

  /**
   * A call got through; `recent` holds the latest answers. Returns how the number was refused before;
   * undefined when it was not.
   */
  succeeded(
    phone: E164,
    startedAt: number,
    recent: readonly OperatorAnswer[],
  ): Pick<Refused, 'startedAt' | 'end'> | undefined {
    this.#successes += 1;
    const before = this.#all.get(phone);
    if (before) this.#all.delete(phone);
    for (const { refused, phone: other, startedAt: began } of recent) {
      const one = refused && isNear(began, startedAt) ? this.#all.get(other) : undefined;
      if (one) one.near += 1;
    }
    return before;
  }

  #othersGotThrough({ othersBefore, successesBefore }: Refused): boolean {
    return othersBefore || this.#successes > successesBefore;
  }

  /** Whether no other participant was refused meanwhile. If one was, the trunk may be the cause. */
  #isAlone({ participantId, firstAt }: Refused): boolean {
    return [...this.#all.values()].every((other) => other.participantId === participantId || other.lastAt < firstAt);
  }

  #forgetOld(now: number): void {
    for (const [phone, { lastAt }] of this.#all.size >= CLEAN_UP_FROM ? this.#all : [])
      if (now - lastAt > FORGOTTEN_MS) this.#all.delete(phone);
  }
}

const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= NEAR_MS;
