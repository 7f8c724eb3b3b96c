import type { CallId } from '../../../ports/call.js';
import type { Clock } from '../../../ports/clock.js';
import type { AriLink } from '../ari/ari-link.js';
import { AriError } from '../ari/errors.js';

/** ARI answers with this status when a bridge of this name exists. */
const EXISTS = 409;
/** A bridge that is being destroyed is gone within two seconds, even on a busy machine. */
const TRIES = 40;
const GONE_MS = 50;
/** When Asterisk did not answer a request to destroy a bridge, it is asked again after this time. */
const AGAIN_MS = 5_000;

export interface BridgeSnapshot {
  readonly id: string;
  readonly channels: readonly string[];
}

export interface BridgesOptions {
  readonly link: Pick<AriLink, 'request'>;
  readonly clock: Clock;
}

/**
 * The bridges of the conversations. A bridge lives in Asterisk, so it outlives the link and the controller. A
 * bridge that is left behind would stay until Asterisk stops, and its recording would go on in silence, so
 * each bridge is destroyed for certain: by its conversation, as soon as Asterisk answers again, or after a
 * restart of the controller.
 */
export class Bridges {
  /** Ids of the bridges that a conversation of this process uses, or that are being made. */
  readonly #inUse = new Set<string>();
  /** Bridges to destroy as soon as Asterisk answers, each with a function that cancels the next try. */
  readonly #left = new Map<string, () => void>();
  #closed = false;

  constructor(private readonly options: BridgesOptions) {}

  /** Makes the bridge of a call, empty and not left from an earlier process. */
  async make(callId: CallId): Promise<string> {
    const id = this.use(callId);
    const make = (): Promise<unknown> =>
      this.options.link.request('POST', `bridges/${id}`, { type: 'mixing', name: id });
    try {
      for (let tries = 1; ; tries++) {
        try {
          await make();
          break;
        } catch (error) {
          if (!(error instanceof AriError) || error.status !== EXISTS || tries === TRIES) throw error;
          // A controller died while it was bridging these two calls, and left this bridge behind. Or
          // Asterisk is still destroying the bridge of an earlier conversation: it answers before the bridge
          // is gone.
          await this.#delete(id);
          if (tries > 1) await new Promise<void>((resolve) => this.options.clock.after(GONE_MS, resolve));
        }
      }
    } catch (error) {
      // Asterisk may have made the bridge without answering.
      await this.destroy(callId);
      throw error;
    }
    return id;
  }

  /** A conversation uses the bridge of this call from now on. */
  use(callId: CallId): string {
    const id = bridgeOf(callId);
    this.#inUse.add(id);
    this.#left.get(id)?.();
    this.#left.delete(id);
    return id;
  }

  /** Destroys the bridge of this call. If Asterisk does not answer, it is asked again until it does. */
  async destroy(callId: CallId): Promise<void> {
    const id = bridgeOf(callId);
    this.#inUse.delete(id);
    await this.#destroyOrRetry(id);
  }

  /**
   * Destroys the bridges that an earlier process left behind: those that no conversation uses, and in which
   * there is no call of this process. Other programs may have bridges in the same Asterisk.
   */
  async destroyUnused(isOfThisProcess: (id: CallId) => boolean): Promise<void> {
    const bridges = await this.options.link.request<readonly BridgeSnapshot[]>('GET', 'bridges');
    const unused = bridges.filter(
      ({ id, channels }) => isOurBridge(id) && !this.#inUse.has(id) && !channels.some(isOfThisProcess),
    );
    await Promise.all(unused.map(({ id }) => this.#destroyOrRetry(id)));
  }

  close(): void {
    this.#closed = true;
    for (const cancel of this.#left.values()) cancel();
    this.#left.clear();
  }

  async #destroyOrRetry(id: string): Promise<void> {
    if ((await this.#delete(id)) || this.#closed || this.#inUse.has(id)) return;
    const cancel = this.options.clock.after(AGAIN_MS, () => {
      this.#left.delete(id);
      void this.#destroyOrRetry(id);
    });
    this.#left.get(id)?.();
    this.#left.set(id, cancel);
  }

  /** Resolves with whether Asterisk answered. */
  async #delete(id: string): Promise<boolean> {
    try {
      await this.options.link.request('DELETE', `bridges/${id}`);
    } catch (error) {
      if (!(error instanceof AriError)) throw error;
      return !error.unanswered;
    }
    return true;
  }
}

const SUFFIX = '-bridge';

/** The bridge is named after the first of its two calls. */
export const bridgeOf = (callId: CallId): string => `${callId}${SUFFIX}`;

/** Whether a bridge is one of a conversation, in this process or an earlier one. */
export const isOurBridge = (bridgeId: string): boolean => bridgeId.endsWith(SUFFIX);
