import type { HeardKey } from './key-roads.js';

/** Asterisk takes no digit up so soon after the last (AST_MIN_DTMF_GAP is 45 ms; the events are a few ms less exact). */
const GAP_MS = 40;
/** Asterisk takes a postponed digit up at its next look at the call after the gap. */
const LOOK_MS = 150;
/** A digit that may have been postponed is taken up within this. Two presses cannot end so soon after one another. */
const SOON_MS = 65;

/**
 * Recognises the second event of a digit that Asterisk postponed. Asterisk (channel.c) has one event when a digit ends and,
 * if it comes too soon after the last, another when the digit is taken up. A digit is postponed within 45 ms after the
 * end of the last, and while Asterisk makes up the length of one: of each that it takes up, of each whose beginning came
 * within those 45 ms, and of each that seems shorter than `mindtmfduration` because its packets came late, all at once.
 * Postponed digits are taken up in the order in which they came, and before any that comes later.
 */
export class PostponedKeys {
  /** Certainly postponed, and not taken up yet. */
  #postponed: HeardKey[] = [];
  /** The last key, where it may have been postponed. */
  #maybe: HeardKey | undefined;
  /** The last key that was not postponed; `length`: Asterisk made its length up from then on, ms. */
  #last: { readonly at: number; readonly ms: number; readonly length: number } | undefined;

  /** Whether this event is the second one of a key. To be asked once for each event, in order. */
  isTakenUp(key: HeardKey): boolean {
    const { at, ms } = key;
    const last = this.#last;
    if (!last) return this.#pressed(key, undefined);
    const next = last.at + last.length + GAP_MS;
    const [eldest] = this.#postponed;
    if (eldest && at > Math.max(last.at, eldest.at) + last.ms + GAP_MS + LOOK_MS) this.#postponed = [];
    const [head] = this.#postponed;
    if (head && at >= next && isSame(head, key)) {
      this.#postponed.shift();
      return this.#takenUp(at, ms);
    }
    const maybe = this.#maybe;
    if (!head && maybe && isSame(maybe, key) && at - maybe.at < SOON_MS) return this.#takenUp(at, ms);
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

  #takenUp(at: number, ms: number): boolean {
    this.#maybe = undefined;
    this.#last = { at, ms, length: ms };
    return true;
  }
}

const isSame = (one: HeardKey, other: HeardKey): boolean => one.digit === other.digit && one.ms === other.ms;
