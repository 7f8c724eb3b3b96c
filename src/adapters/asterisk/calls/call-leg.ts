import { orAborted } from '../../../lib/abort.js';
import { deferred } from '../../../lib/deferred.js';
import type { CallEnd, CallId } from '../../../ports/call.js';
import type { Clock } from '../../../ports/clock.js';
import type { AriLink } from '../ari/ari-link.js';
import { AriError } from '../ari/errors.js';

/** After Asterisk reports a call as gone, the last event of the call comes within this time, or was lost. */
export const LAST_EVENT_MS = 2_000;
export const UNREPORTED_END = 'the end of the call was not reported';
/** A request about a call is sent this many times at most, when Asterisk does not answer. */
export const REQUEST_TRIES = 3;

/**
 * The part that {@link AsteriskCall} and {@link AsteriskAlertCall} have in common: one channel in Asterisk,
 * why the controller hung it up, and its one end.
 */
export class CallLeg<End extends CallEnd = CallEnd> {
  readonly #ended = deferred<End>();
  hungUpByUs = false;
  /**
   * The controller hung up because nobody answered within the ring time. The far end then decides how the
   * call ended.
   */
  rangOut = false;

  constructor(
    readonly id: CallId,
    /** The link that carries the events of this call and the requests about it. */
    readonly link: AriLink,
    readonly clock: Clock,
    /** Called when Asterisk reports the call as gone, but its last event does not come. */
    private readonly onEndUnreported: (end: CallEnd) => void,
  ) {}

  get ended(): Promise<End> {
    return this.#ended.promise;
  }

  get over(): boolean {
    return this.#ended.settled;
  }

  end(end: End): void {
    this.#ended.resolve(end);
  }

  /**
   * Asks Asterisk to hang up. Resolves with false when the call was already gone. A request that Asterisk
   * does not answer is sent again by the reconciler, when it finds the call still up.
   */
  async requestHangUp(cause?: string): Promise<boolean> {
    try {
      await this.link.request('DELETE', `channels/${this.id}`, cause === undefined ? {} : { reason_code: cause });
      return true;
    } catch (error) {
      if (!(error instanceof AriError)) throw error;
      return !error.gone;
    }
  }

  /**
   * Asterisk has reported the call as gone. Waits for the last event of the call. When that event is lost,
   * ends the call without it.
   */
  async awaitLastEvent(): Promise<void> {
    const lost = await Promise.race([this.ended.then(() => false), this.after(LAST_EVENT_MS).then(() => true)]);
    if (lost) this.onEndUnreported({ by: this.hungUpByUs ? 'us' : 'lost', fault: UNREPORTED_END });
  }

  /**
   * Sends a request about this call. Throws the reason of `signal` when the call is gone. When the link is
   * lost before the answer, waits for the link and sends the request again, unless `isDone` says that
   * Asterisk carried out the first one.
   */
  async ask(
    signal: AbortSignal,
    path: string,
    query: Record<string, string | number | boolean> = {},
    isDone: () => Promise<boolean> = () => Promise.resolve(false),
  ): Promise<void> {
    for (let tried = 1; ; tried++) {
      try {
        if (tried > 1 && (await isDone())) return;
        await this.link.request('POST', path, query);
        return;
      } catch (error) {
        if (error instanceof AriError && error.gone) await this.awaitLastEvent();
        signal.throwIfAborted();
        if (!(error instanceof AriError && error.unanswered) || tried === REQUEST_TRIES) throw error;
        await orAborted(this.link.whenUp(), signal);
      }
    }
  }

  after(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.after(ms, resolve);
    });
  }
}

/** Something that happens once in a call. A listener that is added later is called at once. */
export class OnceEvent<Facts extends readonly unknown[]> {
  #facts: Facts | undefined;
  #listeners: ((...facts: Facts) => void)[] = [];

  get happened(): boolean {
    return this.#facts !== undefined;
  }

  on(listener: (...facts: Facts) => void): void {
    if (this.#facts) listener(...this.#facts);
    else this.#listeners.push(listener);
  }

  /** Does nothing when it has happened before. */
  fire(...facts: Facts): void {
    if (this.#facts) return;
    this.#facts = facts;
    for (const listener of this.#listeners.splice(0)) listener(...facts);
  }
}
