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
/** Asterisk handles a postponed digit within this time after the gap, when it next reads from the channel. */
const LOOK_MS = 150;
/** Asterisk handles a postponed digit this soon. Two presses cannot end this soon after each other. */
const SOON_MS = 65;

/**
 * Recognizes the second event of a digit that Asterisk postponed. Asterisk (channel.c) sends an event when a
 * digit ends. If the digit came too soon after the last one, Asterisk postpones it, and sends a second event
 * when it handles the digit. Asterisk postpones a digit within 45 ms after the end of the last one, and also
 * while it emulates the length of another digit. It emulates the length of a postponed digit, of a digit that
 * began within those 45 ms, and of a digit that seems shorter than `mindtmfduration` because its packets came
 * late, all at once. Postponed digits are handled in order of arrival, and before any later digit.
 */
export class PostponedKeys {
  /** Keys that Asterisk certainly postponed, and has not handled yet. */
  #postponed: HeardKey[] = [];
  /** The last key, when it may have been postponed. */
  #maybe: HeardKey | undefined;
  /** The last key that was not postponed. `length`: for how many ms Asterisk emulated it from then on. */
  #last: { readonly at: number; readonly ms: number; readonly length: number } | undefined;

  /** Whether this event is the second one of a key. Must be called once for each event, in order. */
  isSecondEvent(key: HeardKey): boolean {
    const { at, ms } = key;
    const last = this.#last;
    if (!last) return this.#pressed(key, undefined);
    const next = last.at + last.length + GAP_MS;
    const [oldest] = this.#postponed;
    if (oldest && at > Math.max(last.at, oldest.at) + last.ms + GAP_MS + LOOK_MS) this.#postponed = [];
    const [head] = this.#postponed;
    if (head && at >= next && isSame(head, key)) {
      this.#postponed.shift();
      return this.#handled(at, ms);
    }
    const maybe = this.#maybe;
    if (!head && maybe && isSame(maybe, key) && at - maybe.at < SOON_MS) return this.#handled(at, ms);
    if (at < next) {
      this.#postponed.push(key);
      return false;
    }
    return this.#pressed(key, at < last.at + last.ms + GAP_MS + LOOK_MS ? key : undefined);
  }

  #pressed({ at, ms }: HeardKey, maybe: HeardKey | undefined): boolean {
    this.#maybe = maybe;
    this.#last = { at, ms, length: 0 };
    return false;
  }

  #handled(at: number, ms: number): boolean {
    this.#maybe = undefined;
    this.#last = { at, ms, length: ms };
    return true;
  }
}

const isSame = (one: HeardKey, other: HeardKey): boolean => one.digit === other.digit && one.ms === other.ms;
