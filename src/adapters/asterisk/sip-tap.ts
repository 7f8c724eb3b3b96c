import { createSocket, type Socket } from 'node:dgram';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import { retryAfterOf } from './retry-after.js';
import { RetryAfterBook } from './retry-after-book.js';

/** Copies never leave this machine. */
export const SIP_TAP_HOST = '127.0.0.1';
/** A turn of the event loop takes some thirty copies: these are a second of them at a hundred calls a second. */
const MOST_TURNS = 30;
/** Room for the copies that come while we do something else; the kernel gives less where it allows less. */
const BUFFER_BYTES = 1 << 20;

export interface SipTapParts {
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Takes the copies of SIP messages that our own Asterisk sends (asterisk-config/hep.conf), to know the Retry-After of a
 * refused call. Without the port, or without Asterisk's modules, none is known, and all else works.
 */
export class SipTap {
  readonly #book = new RetryAfterBook();
  #socket: Socket | undefined;
  #received = 0;

  constructor(private readonly parts: SipTapParts) {}

  /** Resolves when copies can come, or when it is sure that none will. */
  open(): Promise<void> {
    const { port, clock, log } = this.parts;
    const socket = createSocket({ type: 'udp4' });
    this.#socket = socket;
    socket.on('message', (packet) => {
      this.#received++;
      const refusal = retryAfterOf(packet);
      if (refusal) this.#book.refused(refusal, clock.monotonic());
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
   * For how many seconds the refusal of this SIP call asks us to stay away; undefined when it does not. The copy is sent
   * before the end of the call is told, but may still wait to be read: it is looked for until nothing waits.
   */
  async retryAfterOf(sipCallId: string): Promise<number | undefined> {
    let quiet = false;
    for (let turn = 0; ; turn++) {
      const seconds = this.#book.take(sipCallId, this.parts.clock.monotonic());
      if (seconds !== undefined || quiet || turn === MOST_TURNS || !this.#socket) return seconds;
      const received = this.#received;
      await nextTurn();
      // The first turn may be what is left of the one that we are in, in which nothing is read any more.
      quiet = turn > 0 && received === this.#received;
    }
  }

  /** Safe to repeat. */
  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }
}
