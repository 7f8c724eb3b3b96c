import type { Request, Response } from 'express';
import type { GuessLimiter } from '../../app/access/guess-limiter.js';
import type { Clock } from '../../ports/clock.js';
import { HttpError } from './errors.js';
import { isLoopback } from './loopback.js';

/** How long the answer to a wrong token is held back when its source guesses, ms. */
const ANSWER_MS = 1_000;
/** Most answers held back at a time, so that guessing cannot use up our connections. The rest go at once. */
const MOST_WAITING = 50;

/**
 * Slows down an address that guesses tokens. The right token is always accepted, even from such an address,
 * because it has more than a hundred bits and its owner may use the same proxy as the guesser.
 */
export class WrongTokens {
  #waiting = 0;

  constructor(
    private readonly guessLimiter: Pick<GuessLimiter, 'wrong' | 'pauseMs'>,
    private readonly clock: Clock,
  ) {}

  /**
   * Counts a wrong token. For an address that guesses, resolves after a delay with the seconds until the next
   * try is allowed. For any other address, resolves at once with undefined.
   */
  async wrong(req: Request): Promise<number | undefined> {
    const address = sourceOf(req);
    const isPaused = this.guessLimiter.pauseMs('http', address) > 0;
    const pauseMs = this.guessLimiter.wrong('http', address);
    if (!isPaused) return undefined;
    if (this.#waiting < MOST_WAITING) {
      this.#waiting += 1;
      await new Promise<void>((resolve) => this.clock.after(ANSWER_MS, resolve));
      this.#waiting -= 1;
    }
    return Math.max(1, Math.ceil(pauseMs / 1_000));
  }

  /** Counts a wrong token, and throws 429 with `Retry-After` for an address that guesses. */
  async refuse(req: Request, res: Response): Promise<void> {
    const seconds = await this.wrong(req);
    if (seconds === undefined) return;
    res.setHeader('Retry-After', String(seconds));
    throw new HttpError(429, 'too_many_tries', `too many wrong tokens: try again in ${seconds} seconds`);
  }
}

/** The address of the client that sent a request. A proxy on this machine is trusted to name the client. */
export function sourceOf(req: Request): string {
  const address = req.socket.remoteAddress ?? 'unknown';
  if (!isLoopback(address)) return address;
  const forwarded = req.headers['x-forwarded-for'];
  const last = (Array.isArray(forwarded) ? forwarded.at(-1) : forwarded)?.split(',').at(-1)?.trim();
  // The proxy adds the last entry. The entries before it come from the client, who can write anything.
  return last === undefined || last === '' ? address : last.slice(0, 60);
}
