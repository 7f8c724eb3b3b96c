import type { Request, Response } from 'express';
import type { GuessLimiter } from '../../app/access/guess-limiter.js';
import type { Clock } from '../../ports/clock.js';
import { HttpError } from './errors.js';

/** How long a wrong token of a source that guesses waits for its answer, ms. */
const ANSWER_MS = 1_000;
/** Answers that may wait at once: more are given at once, so that nobody holds our connections. */
const MOST_WAITING = 50;

/**
 * Slows down who tries tokens. The right token is taken at any time, also from an address that guesses: it has more than a
 * hundred bits, and the rightful one may sit behind the same proxy.
 */
export class WrongTokens {
  #waiting = 0;

  constructor(
    private readonly guard: Pick<GuessLimiter, 'wrong' | 'pauseMs'>,
    private readonly clock: Clock,
  ) {}

  /**
   * Counts a wrong token of this request. Resolves with the seconds after which another try is looked at, undefined when
   * that is at once; late when the address is guessing.
   */
  async wrong(req: Request): Promise<number | undefined> {
    const address = sourceOf(req);
    const isPaused = this.guard.pauseMs('http', address) > 0;
    const pauseMs = this.guard.wrong('http', address);
    if (!isPaused) return undefined;
    if (this.#waiting < MOST_WAITING) {
      this.#waiting += 1;
      await new Promise<void>((resolve) => this.clock.after(ANSWER_MS, resolve));
      this.#waiting -= 1;
    }
    return Math.max(1, Math.ceil(pauseMs / 1_000));
  }

  /** The same as an error: throws 429 with `Retry-After` for an address that is guessing. */
  async refuse(req: Request, res: Response): Promise<void> {
    const seconds = await this.wrong(req);
    if (seconds === undefined) return;
    res.setHeader('Retry-After', String(seconds));
    throw new HttpError(429, 'too_many_tries', `too many wrong tokens: try again in ${seconds} seconds`);
  }
}

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** The address that a request comes from. A proxy on this machine is believed about whom it speaks for. */
export function sourceOf(req: Request): string {
  const address = req.socket.remoteAddress ?? 'unknown';
  if (!LOOPBACK.has(address)) return address;
  const forwarded = req.headers['x-forwarded-for'];
  const last = (Array.isArray(forwarded) ? forwarded.at(-1) : forwarded)?.split(',').at(-1)?.trim();
  // The last entry is the proxy's own word; what stands before it anybody can have written.
  return last === undefined || last === '' ? address : last.slice(0, 60);
}
