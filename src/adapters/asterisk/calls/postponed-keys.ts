/** A key in an event of Asterisk (`ChannelDtmfReceived`). */
export interface HeardKey {
  readonly digit: string;
  /** End of the key, ms by the clock of Asterisk. */
  readonly at: number;
  /** Length of the key: measured for RFC 4733, declared by the far end for SIP INFO. */
  readonly ms: number;
}

/** Asterisk postpones a digit this soon after the last (AST_MIN_DTMF_GAP is 45 ms; events are less exact). */
const GAP_MS = 40;
/** On a quiet machine Asterisk reads from a channel this often. */
const LOOK_MS = 150;
/**
 * A key that Asterisk certainly postponed is handled before any later key, however busy the machine is. After
 * this time it counts as never handled, because an event was lost.
 */
const NEVER_MS = 600;
/** Asterisk handles a postponed digit this soon. Two presses cannot end this soon after each other. */
const SOON_MS = 65;
/** Asterisk handles a digit at most this late after the emulation that postponed it. */
const LATE_MS = 45;

/** A key that may have been postponed. Until `until` an equal event is its second one. */
interface MaybePostponed {
  readonly key: HeardKey;
  readonly until: number;
}

/**
 * Recognizes the second event of a digit that Asterisk postponed. Asterisk (channel.c) sends an event when a
 * digit ends. If the digit came too soon after the last one, Asterisk postpones it, and sends a second event
 * when it handles the digit. Asterisk postpones a digit within 45 ms after the end of the last one, and also
 * while it emulates the length of another digit. It emulates the length of a postponed digit, of a digit that
 * began within those 45 ms, and of a digit that seems shorter than `mindtmfduration` because its packets came
 * late, all at once. Postponed digits are handled in order of arrival, and before any later digit.
 */
export class PostponedKeys {
  /** Keys that Asterisk certainly postponed and has not handled yet, in order of arrival. */
  #postponed: HeardKey[] = [];
  /** Keys that may have been postponed, in order of arrival, before those that certainly were. */
  #maybe: MaybePostponed[] = [];
  /** The last key that was not postponed. `length`: for how many ms Asterisk emulated it from then on. */
  #last: { readonly at: number; readonly ms: number; readonly length: number } | undefined;

  /** Whether this event is the second one of a key. Must be called once for each event, in order. */
  isSecondEvent(key: HeardKey): boolean {
    const { at } = key;
    const last = this.#last;
    if (!last) return this.#pressed(key);
    const [oldest] = this.#postponed;
    if (oldest && at > Math.max(last.at, oldest.at) + last.ms + GAP_MS + NEVER_MS) this.#postponed = [];
    this.#maybe = this.#maybe.filter(({ until }) => at < until);
    const [head] = this.#postponed;
    const next = last.at + last.length + GAP_MS;
    if (head && at >= next && isSame(head, key)) return this.#handled(key, this.#postponed.slice(1));
    const index = this.#maybe.findIndex((one) => isSame(one.key, key));
    if (index >= 0) {
      // While one key is postponed, every key after it is postponed too.
      const behind = this.#maybe.slice(index + 1).map((one) => one.key);
      return this.#handled(key, [...behind, ...this.#postponed]);
    }
    if (head || at < next) {
      this.#postponed.push(key);
      return false;
    }
    if (at < last.at + last.ms + GAP_MS + LOOK_MS) {
      const until = Math.max(at + SOON_MS, last.at + last.ms + GAP_MS + LATE_MS);
      this.#maybe.push({ key, until });
    }
    return this.#pressed(key);
  }

  #pressed({ at, ms }: HeardKey): boolean {
    this.#last = { at, ms, length: 0 };
    return false;
  }

  #handled({ at, ms }: HeardKey, left: HeardKey[]): boolean {
    this.#postponed = left;
    this.#maybe = [];
    this.#last = { at, ms, length: ms };
    return true;
  }
}

const isSame = (one: HeardKey, other: HeardKey): boolean => one.digit === other.digit && one.ms === other.ms;
