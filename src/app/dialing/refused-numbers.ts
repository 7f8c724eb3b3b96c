import type { ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import { MOST_REFUSALS, type Answer } from '../../domain/refusal.js';
import type { CallEnd } from '../../ports/call.js';

/** A number that was refused for lack of room, and has not got through since. Times are monotonic ms. */
interface Refused {
  readonly participantId: ParticipantId;
  /** Refusals that are not the trunk's. */
  count: number;
  readonly firstAt: number;
  lastAt: number;
  /** Somebody else got through about then, or since. */
  readonly throughBefore: boolean;
  readonly passagesBefore: number;
  /** Calls to others that began about then and got through. */
  near: number;
  /** When the last call that was refused began. */
  startedAt: number;
  /** How the operator said so the last time; absent when that is not known after a restart. */
  end?: CallEnd;
}

/** Calls that began so soon before or after a refused one had the same trunk before them. */
const NEAR_MS = 10_000;
/** So many of these that got through show that it is the number. */
const NEAR_ENOUGH = 3;
/** A number that was not refused for so long begins anew. */
const FORGOTTEN_MS = 900_000;
const LOOK_OVER = 1_000;

/**
 * The numbers that are refused while others get through, for all actions: how often, and when it is enough.
 */
export class RefusedNumbers {
  readonly #all = new Map<E164, Refused>();
  #passages = 0;

  /** Whether it is this number that is refused, and not everybody: its refusals say nothing of the trunk. */
  isKnown(phone: E164): boolean {
    return (this.#all.get(phone)?.near ?? 0) >= NEAR_ENOUGH;
  }

  /**
   * One more refusal; `recent` is what others were answered of late. Whether the number is to be given up.
   */
  refused({ phone, participantId, startedAt }: Answer, end: CallEnd, recent: readonly Answer[], at: number): boolean {
    this.#forgetOld(at);
    const known = this.#all.get(phone);
    const near = recent.filter((one) => !one.refused && isNear(one.startedAt, startedAt)).length;
    const one: Refused = known ?? {
      participantId,
      count: 0,
      firstAt: at,
      lastAt: at,
      startedAt,
      throughBefore: near > 0,
      passagesBefore: this.#passages,
      near,
    };
    one.count += 1;
    one.lastAt = at;
    one.startedAt = startedAt;
    one.end = end;
    this.#all.set(phone, one);
    return one.count >= MOST_REFUSALS && (this.#othersGotThrough(one) || this.#isAlone(one));
  }

  /** What was stored of refusals before a restart. One more is needed before the number is given up. */
  remember(phone: E164, participantId: ParticipantId, refusals: number, at: number, now: number): void {
    if (refusals === 0 || now - at > FORGOTTEN_MS) return;
    const count = Math.min(MOST_REFUSALS - 1, Math.max(refusals, this.#all.get(phone)?.count ?? 0));
    const none = { throughBefore: false, passagesBefore: this.#passages, near: 0 };
    this.#all.set(phone, { participantId, count, firstAt: at, lastAt: at, startedAt: at, ...none });
  }

  /** A refusal that was counted turned out to be the trunk's. */
  takeBack(phone: E164): void {
    const one = this.#all.get(phone);
    if (!one) return;
    one.count -= 1;
    if (one.count <= 0) this.#all.delete(phone);
  }

  /**
   * A call got through; how its number was refused before, if it was. `recent` holds the refusals of late.
   */
  passed(phone: E164, startedAt: number, recent: readonly Answer[]): Pick<Refused, 'startedAt' | 'end'> | undefined {
    this.#passages += 1;
    const before = this.#all.get(phone);
    if (before) this.#all.delete(phone);
    for (const { refused, phone: other, startedAt: began } of recent) {
      const one = refused && isNear(began, startedAt) ? this.#all.get(other) : undefined;
      if (one) one.near += 1;
    }
    return before;
  }

  #othersGotThrough({ throughBefore, passagesBefore }: Refused): boolean {
    return throughBefore || this.#passages > passagesBefore;
  }

  /**
   * Whether nobody else was refused meanwhile: when others are, and nobody gets through, it may be the trunk.
   */
  #isAlone({ participantId, firstAt }: Refused): boolean {
    return [...this.#all.values()].every((other) => other.participantId === participantId || other.lastAt < firstAt);
  }

  #forgetOld(now: number): void {
    for (const [phone, { lastAt }] of this.#all.size >= LOOK_OVER ? this.#all : [])
      if (now - lastAt > FORGOTTEN_MS) this.#all.delete(phone);
  }
}

const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= NEAR_MS;
