import { createSocket, type Socket } from 'node:dgram';
import type { Clock } from '../../../ports/clock.js';
import type { Log } from '../../../ports/log.js';
import { refusalIn, type Refusal } from './retry-after.js';
import { RetryAfterBook } from './retry-after-book.js';
import { SipCopy } from './sip-copy.js';

/** Copies never leave this machine. */
export const SIP_TAP_HOST = '127.0.0.1';
/**
 * Asterisk sends copies from a queue of its own, so that one may come after the event that ends its call. Later than this
 * it is lost.
 */
const LATE_MS = 500;
/** Room for the copies that come while we do something else; the kernel gives less where it allows less. */
const BUFFER_BYTES = 1 << 20;

export interface SipTapParts {
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Sees every copy too. */
  readonly onCopy?: (copy: SipCopy) => void;
}

/**
 * Takes the copies of SIP messages that our own Asterisk sends (asterisk-config/hep.conf), to know the Retry-After of a
 * refused call. Without the port, or without Asterisk's modules, none is known, and all else works.
 */
export class SipTap {
  readonly #book = new RetryAfterBook();
  readonly #waiting = new Map<string, (refusal?: Refusal) => void>();
  #socket: Socket | undefined;
  /** The last copy that we waited for did not come, and no other since: no call's end waits for what nobody sends. */
  #deaf = false;

  constructor(private readonly parts: SipTapParts) {}

  /** Resolves when copies can come, or when it is sure that none will. */
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
      const waits = this.#waiting.get(refusal.sipCallId);
      if (waits) waits(refusal);
      else this.#book.refused(refusal, clock.monotonic());
    });
    return new Promise((resolve) => {
      socket.on('error', (error) => {
        log.warn(
          'no Retry-After can be read: the port for copies of SIP messages cannot be had; end the program that has it, ' +
            'or remove asterisk/asterisk.json from the data folder while Asterisk is down to choose another',
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
   * For how many seconds the refusal of this SIP call asks us to stay away; undefined when it does not. The copy of that
   * refusal may come after the end of the call: it is waited for, half a second at most.
   */
  async retryAfterOf(sipCallId: string): Promise<number | undefined> {
    const refusal = this.#book.take(sipCallId, this.parts.clock.monotonic()) ?? (await this.#comes(sipCallId));
    return refusal?.retryAfterSeconds;
  }

  #comes(sipCallId: string): Promise<Refusal | undefined> {
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
