import type { Clock } from '../../../ports/clock.js';
import type { InfoBody, InfoKey, InfoKeys } from '../sip/info-keys.js';
import { PostponedKeys } from './postponed-keys.js';

/** A key as Asterisk's event has it. */
export interface HeardKey {
  readonly digit: string;
  /** When it was over, ms by Asterisk's clock. */
  readonly at: number;
  /** Its length: the real one by RFC 4733, the one that the far end declares by SIP INFO. */
  readonly ms: number;
}

export interface KeyRoadsParts {
  readonly clock: Clock;
  /** The keys that come by SIP INFO; absent where no copies of SIP messages come. */
  readonly infoKeys: InfoKeys | undefined;
  /** Call-ID of the SIP call; undefined when it cannot be had. */
  readonly sipCallId: () => Promise<string | undefined>;
  /** A key was pressed. */
  readonly onKey: (digit: string) => void;
}

/** The roads of one press bring it within this. */
const TOGETHER_MS = 2_000;
/** The copy of an INFO is nearly always here before the event of its key; it is at most this late. */
const COPY_LATE_MS = 80;
/** In a call whose keys come by INFO: an event without a copy so long after it came by sound alone. */
const INFO_LATE_MS = 500;
/** Without copies: equal keys so soon after one another are one press. */
const ONE_PRESS_MS = 150;
/** Asterisk tells the Call-ID within this, or the keys go on without. */
const ASKED_MS = 1_000;
/** A key that is said to be longer was not. */
const LONGEST_MS = 20_000;

interface Arrived {
  readonly key: HeardKey;
  /** Monotonic ms. */
  readonly at: number;
  /** Asterisk had postponed this key, and told of it before. */
  readonly takenUp: boolean;
  /** It has waited for a copy. */
  waited: boolean;
  forgotten: boolean;
}

/**
 * Counts each press of a key once, though a gateway may send it by RFC 4733 and by SIP INFO. Asterisk has an event for
 * each, and even two for a digit that it puts off while it makes up the length of one that came by INFO. So the events do
 * not tell how many presses there were; the copies of INFO requests do. In a call without any the events count. From the
 * first copy on the copies count, but for those of presses that the events told of before; and an event counts only when
 * no copy comes for it.
 */
export class KeyRoads {
  /** Events in the order in which they came; the first may wait for a copy. */
  readonly #queue: Arrived[] = [];
  readonly #postponed = new PostponedKeys();
  #cancelWait: (() => void) | undefined;
  /** The last press of each digit that an event told of: monotonic ms, and by Asterisk's clock. */
  readonly #told = new Map<string, { readonly at: number; readonly heardAt: number }>();
  /** Presses that events told of, whose copies may still come. */
  #ahead: { readonly digit: string; readonly at: number }[] = [];
  /** When the last copy of each digit came. */
  readonly #copies = new Map<string, { readonly body: InfoBody; readonly at: number }>();
  /** Whether copies can come. Undefined: not known yet. */
  #follows: boolean | undefined;
  #asked = false;
  #unfollow = (): void => undefined;
  #closed = false;

  constructor(private readonly parts: KeyRoadsParts) {}

  heard(key: HeardKey): void {
    if (this.#closed) return;
    const takenUp = this.#postponed.isTakenUp(key);
    this.#queue.push({ key, at: this.parts.clock.monotonic(), takenUp, waited: false, forgotten: false });
    this.#ask();
    this.#work();
  }

  /** The presses up to now are not told of any more. */
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

  /** How long to wait for a copy of this key; 0 when it is counted, or is none that counts. */
  #settle(arrived: Arrived): number {
    const { digit, at, ms: declared } = arrived.key;
    const now = this.parts.clock.monotonic();
    const ms = Math.min(declared, LONGEST_MS);
    const last = this.#told.get(digit);
    if (this.#copies.size === 0 && arrived.takenUp) return 0;
    if (!this.#follows) {
      if (last && Math.abs(at - last.heardAt) < ONE_PRESS_MS) this.#told.set(digit, { at: now, heardAt: at });
      else this.#tell(arrived);
      return 0;
    }
    if (this.#copies.size > 0) {
      const copy = this.#copies.get(digit);
      if (copy && arrived.at - ms - copy.at <= TOGETHER_MS) return 0;
      const waitMs = arrived.waited ? 0 : INFO_LATE_MS - (now - arrived.at);
      if (waitMs > 0) return waitMs;
    } else if (last && arrived.at - ms - last.at <= TOGETHER_MS) {
      if (!arrived.waited) return COPY_LATE_MS;
    }
    this.#tell(arrived);
    return 0;
  }

  #tell({ key: { digit, at: heardAt }, forgotten }: Arrived): void {
    const at = this.parts.clock.monotonic();
    this.#told.set(digit, { at, heardAt });
    this.#ahead.push({ digit, at });
    this.#ahead = this.#ahead.filter((one) => at - one.at <= TOGETHER_MS);
    if (!forgotten) this.parts.onKey(digit);
  }

  #copy({ digit, body }: InfoKey): void {
    const at = this.parts.clock.monotonic();
    const last = this.#copies.get(digit);
    // A gateway that says one press in both ways.
    if (last && last.body !== body && at - last.at <= TOGETHER_MS) return;
    this.#copies.set(digit, { body, at });
    const index = this.#ahead.findIndex((one) => one.digit === digit && at - one.at <= TOGETHER_MS);
    if (index >= 0) this.#ahead.splice(index, 1);
    // Of a press that is forgotten the event may be here before the copy.
    else if (!this.#queue.some(({ key, forgotten }) => forgotten && key.digit === digit)) this.parts.onKey(digit);
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    this.#work();
  }

  /** With the first key: most calls have none. */
  #ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    const { clock, infoKeys, sipCallId } = this.parts;
    if (infoKeys?.hears !== true) {
      this.#follows = false;
      return;
    }
    const cancel = clock.after(ASKED_MS, () => {
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
