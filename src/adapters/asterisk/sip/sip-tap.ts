import { createSocket, type Socket } from 'node:dgram';
import type { Clock } from '../../../ports/clock.js';
import type { Log } from '../../../ports/log.js';
import { RecentRefusals, refusalIn, type Refusal } from './retry-after.js';
import { SipCopy } from './sip-copy.js';

/** Copies of SIP messages never leave this machine. */
export const SIP_TAP_HOST = '127.0.0.1';
/**
 * Asterisk sends the copies from a separate queue, so the copy of a refusal may come after the last event of
 * its call. A copy later than this counts as lost.
 */
const LATE_MS = 500;
/** Holds the copies that come while the controller is busy. The kernel may give less. */
const BUFFER_BYTES = 1 << 20;

export interface SipTapParts {
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Called with every copied message. */
  readonly onCopy?: (copy: SipCopy) => void;
}

/**
 * Receives the copies of SIP messages that our own Asterisk sends (asterisk-config/hep.conf), and reads the
 * Retry-After of refused calls from them. Without the port, or without the modules in Asterisk, no
 * Retry-After is known. Calls do not need it.
 */
export class SipTap {
  readonly #refusals = new RecentRefusals();
  readonly #waiting = new Map<string, (refusal?: Refusal) => void>();
  #socket: Socket | undefined;
  /**
   * The last awaited copy did not come, and none has come since. While this lasts, no call waits for a copy.
   */
  #deaf = false;

  constructor(private readonly parts: SipTapParts) {}

  /** Resolves when copies can come, or when it is certain that none will. */
  open(): Promise<void> {
    const { port, clock, log, onCopy } = this.parts;
    const socket = createSocket({ type: 'udp4' });
    this.#socket = socket;
    socket.on('message', (packet) => {
      this.#deaf = false;
      const copy = SipCopy.in(packet);
      if (!copy) return;
      onCopy?.(copy);
      const refusal = refusalIn(copy);
      if (!refusal) return;
      const waiting = this.#waiting.get(refusal.sipCallId);
      if (waiting) waiting(refusal);
      else this.#refusals.add(refusal, clock.monotonic());
    });
    return new Promise((resolve) => {
      socket.on('error', (error) => {
        log.warn(
          'no Retry-After can be read, because the port for copies of SIP messages is not available: end the program ' +
            'that uses it, or remove asterisk/asterisk.json from the data folder while Asterisk is down to choose another',
          { port, error: error.message },
        );
        this.close();
        resolve();
      });
      socket.bind(port, SIP_TAP_HOST, () => {
        socket.setRecvBufferSize(BUFFER_BYTES);
        resolve();
      });
    });
  }

  /**
   * The Retry-After of this refused SIP call, in seconds; undefined when it has none. The copy of the refusal
   * may come after the end of the call, so this waits for the copy, half a second at most.
   */
  async retryAfterOf(sipCallId: string): Promise<number | undefined> {
    const refusal = this.#refusals.take(sipCallId, this.parts.clock.monotonic()) ?? (await this.#waitFor(sipCallId));
    return refusal?.retryAfterSeconds;
  }

  #waitFor(sipCallId: string): Promise<Refusal | undefined> {
    if (!this.#socket || this.#deaf) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const done = (refusal?: Refusal): void => {
        cancel();
        this.#waiting.delete(sipCallId);
        resolve(refusal);
      };
      const cancel = this.parts.clock.after(LATE_MS, () => {
        this.#deaf = true;
        done();
      });
      this.#waiting.set(sipCallId, done);
    });
  }

  /** Safe to repeat. */
  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    for (const done of [...this.#waiting.values()]) done();
  }
}
