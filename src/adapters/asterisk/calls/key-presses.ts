import type { Clock } from '../../../ports/clock.js';
import type { InfoBody, InfoKey, InfoKeys } from '../sip/info-keys.js';
import { PostponedKeys, type HeardKey } from './postponed-keys.js';

export interface KeyPressesParts {
  readonly clock: Clock;
  /** Keys sent by SIP INFO; absent when the controller receives no copies of SIP messages. */
  readonly infoKeys: InfoKeys | undefined;
  /** SIP Call-ID of the call; undefined when Asterisk does not know it. */
  readonly sipCallId: () => Promise<string | undefined>;
  /** Called once for each press. */
  readonly onKey: (digit: string) => void;
}

/** The events and copies of one press come within this time of each other. */
const TOGETHER_MS = 2_000;
/**
 * Asterisk sends the copy of an INFO before the event of its key. On a busy machine the copy can still come
 * later, by up to this time.
 */
const COPY_LATE_MS = 250;
/** In a call whose keys come by INFO: an event without a copy for this long did not come by INFO. */
const INFO_LATE_MS = 500;
/** Without copies, two events of the same key within this time are one press. */
const ONE_PRESS_MS = 150;
/** Keys wait this long for Asterisk to report the Call-ID. After that they are counted without copies. */
const CALL_ID_MS = 3_000;
/** A declared length above this is not believed. */
const LONGEST_MS = 20_000;

interface Arrived {
  readonly key: HeardKey;
  /** Monotonic ms. */
  readonly at: number;
  /** This is the second event of a key that Asterisk postponed. */
  readonly isSecond: boolean;
  /** This event has waited for a copy. */
  waited: boolean;
  forgotten: boolean;
}

/**
 * Counts each press of a key once, although a gateway may send it both by RFC 4733 and by SIP INFO. Asterisk
 * sends an event for each, and even two for a digit that it postpones while it emulates the length of a digit
 * from INFO. So the events do not show how many presses there were, but the copied INFO requests do. In a
 * call without copies the events are counted. From the first copy on, the copies are counted, except those of
 * presses that were already counted by their event. From then on an event is counted only when no copy comes
 * for it.
 */
export class KeyPresses {
  /** Events in order of arrival. The first may be waiting for a copy. */
  readonly #queue: Arrived[] = [];
  readonly #postponed = new PostponedKeys();
  #cancelWait: (() => void) | undefined;
  /** Last press of each digit that was counted by its event: monotonic ms, and ms by Asterisk's clock. */
  readonly #counted = new Map<string, { readonly at: number; readonly heardAt: number }>();
  /** Presses that were counted by their event, and whose copies may still come. */
  #ahead: { readonly digit: string; readonly at: number }[] = [];
  /** The last copy of each digit. */
  readonly #copies = new Map<string, { readonly body: InfoBody; readonly at: number }>();
  /** Whether copies can come. Undefined: not known yet. */
  #follows: boolean | undefined;
  #asked = false;
  #unfollow = (): void => undefined;
  #closed = false;

  constructor(private readonly parts: KeyPressesParts) {}

  heard(key: HeardKey): void {
    if (this.#closed) return;
    const isSecond = this.#postponed.isSecondEvent(key);
    this.#queue.push({ key, at: this.parts.clock.monotonic(), isSecond, waited: false, forgotten: false });
    this.#follow();
    this.#work();
  }

  /** Drops the presses up to now that have not been passed on yet. */
  forget(): void {
    for (const arrived of this.#queue) arrived.forgotten = true;
  }

  close(): void {
    this.#closed = true;
    this.#unfollow();
    this.#cancelWait?.();
    this.#queue.length = 0;
  }

  #work(): void {
    if (this.#follows === undefined || this.#cancelWait) return;
    for (let next = this.#queue[0]; next; next = this.#queue[0]) {
      const waitMs = this.#settle(next);
      if (waitMs > 0) {
        this.#wait(next, waitMs);
        return;
      }
      this.#queue.shift();
    }
  }

  #wait(arrived: Arrived, ms: number): void {
    this.#cancelWait = this.parts.clock.after(ms, () => {
      this.#cancelWait = undefined;
      arrived.waited = true;
      this.#work();
    });
  }

  /**
   * Returns how long to wait for a copy of this key; 0 when the event was counted, or must not be counted.
   */
  #settle(arrived: Arrived): number {
    const { digit, at, ms: declared } = arrived.key;
    const now = this.parts.clock.monotonic();
    const ms = Math.min(declared, LONGEST_MS);
    const last = this.#counted.get(digit);
    if (this.#copies.size === 0 && arrived.isSecond) return 0;
    if (!this.#follows) {
      if (last && Math.abs(at - last.heardAt) < ONE_PRESS_MS) this.#counted.set(digit, { at: now, heardAt: at });
      else this.#count(arrived);
      return 0;
    }
    if (this.#copies.size > 0) {
      const copy = this.#copies.get(digit);
      if (copy && arrived.at - ms - copy.at <= TOGETHER_MS) return 0;
      const waitMs = arrived.waited ? 0 : INFO_LATE_MS - (now - arrived.at);
      if (waitMs > 0) return waitMs;
      // Another event of this digit was counted, and its copy has not come yet. If this event is of a second
      // press, that press is counted by its own copy.
      if (this.#ahead.some((one) => one.digit === digit && now - one.at <= TOGETHER_MS)) return 0;
    } else if (last && arrived.at - ms - last.at <= TOGETHER_MS) {
      if (!arrived.waited) return COPY_LATE_MS;
    }
    this.#count(arrived);
    return 0;
  }

  #count({ key: { digit, at: heardAt }, forgotten }: Arrived): void {
    const at = this.parts.clock.monotonic();
    this.#counted.set(digit, { at, heardAt });
    this.#ahead.push({ digit, at });
    this.#ahead = this.#ahead.filter((one) => at - one.at <= TOGETHER_MS);
    if (!forgotten) this.parts.onKey(digit);
  }

  #copy({ digit, body }: InfoKey): void {
    const at = this.parts.clock.monotonic();
    const last = this.#copies.get(digit);
    // The gateway sends each press twice, once with each type of body.
    if (last && last.body !== body && at - last.at <= TOGETHER_MS) return;
    this.#copies.set(digit, { body, at });
    const index = this.#ahead.findIndex((one) => one.digit === digit && at - one.at <= TOGETHER_MS);
    if (index >= 0) this.#ahead.splice(index, 1);
    // The event of a forgotten press may have come before this copy.
    else if (!this.#queue.some(({ key, forgotten }) => forgotten && key.digit === digit)) this.parts.onKey(digit);
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    this.#work();
  }

  /** Starts following the copies of this call, at its first key because most calls have no keys. */
  #follow(): void {
    if (this.#asked) return;
    this.#asked = true;
    const { clock, infoKeys, sipCallId } = this.parts;
    if (infoKeys?.receives !== true) {
      this.#follows = false;
      return;
    }
    const cancel = clock.after(CALL_ID_MS, () => {
      this.#follows = false;
      this.#work();
    });
    void sipCallId().then((id) => {
      cancel();
      if (this.#closed) return;
      if (id !== undefined)
        this.#unfollow = infoKeys.follow(id, (key) => {
          this.#copy(key);
        });
      this.#follows = id !== undefined;
      this.#work();
    });
  }
}
