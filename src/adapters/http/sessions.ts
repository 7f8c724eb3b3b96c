import { createHash, randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Clock } from '../../ports/clock.js';

/** Somebody who logged in to the console with the token. */
export interface Session {
  /** The centralist who sits there, by their own word; null until they say. */
  centralistId: number | null;
  /** Aborts when the session ends: streams end with it. */
  readonly ended: AbortSignal;
}

interface Kept extends Session {
  readonly key: string;
  readonly end: () => void;
  readonly beganAt: number;
  usedAt: number;
  /** Pages that stand open. */
  held: number;
  stopTimer: () => void;
}

export const SESSION_COOKIE = 'burgernet_session';
/** A shift in the control room: after so long without a request or an open page, ms. */
const IDLE_MS = 12 * 3_600_000;
/** However much it is used, ms. */
const LONGEST_MS = 24 * 3_600_000;
/** The eldest makes way for one more. */
const MOST_SESSIONS = 500;

/** The sessions of the console: in memory only, so that they end with the process. */
export class Sessions {
  /** By the digest of the secret: how long a look-up takes says nothing of the secrets there are. */
  readonly #kept = new Map<string, Kept>();

  constructor(private readonly clock: Clock) {}

  /** Begins a session; the secret goes into the cookie and is kept nowhere. */
  begin(): { readonly secret: string; readonly session: Session } {
    const [eldest] = this.#kept.values();
    if (eldest && this.#kept.size >= MOST_SESSIONS) eldest.end();
    const secret = randomBytes(32).toString('base64url');
    const key = digest(secret);
    const controller = new AbortController();
    const now = this.clock.monotonic();
    const kept: Kept = {
      key,
      centralistId: null,
      ended: controller.signal,
      beganAt: now,
      usedAt: now,
      held: 0,
      stopTimer: () => undefined,
      end: () => {
        kept.stopTimer();
        this.#kept.delete(key);
        controller.abort();
      },
    };
    this.#kept.set(key, kept);
    this.#watch(kept);
    return { secret, session: kept };
  }

  /** The session whose cookie the request shows; it counts as used. */
  find(req: Request): Session | undefined {
    const secret = cookieOf(req, SESSION_COOKIE);
    const kept = secret === undefined ? undefined : this.#kept.get(digest(secret));
    if (!kept) return undefined;
    kept.usedAt = this.clock.monotonic();
    return kept;
  }

  /** A page of the session stands open, which counts as use, until the returned function is called. */
  hold(session: Session): () => void {
    const kept = this.#of(session);
    if (!kept) return () => undefined;
    kept.held += 1;
    return () => {
      kept.held -= 1;
      kept.usedAt = this.clock.monotonic();
    };
  }

  end(session: Session): void {
    this.#of(session)?.end();
  }

  #of(session: Session): Kept | undefined {
    return [...this.#kept.values()].find((kept) => kept === session);
  }

  /** Ends them all. */
  close(): void {
    for (const kept of [...this.#kept.values()]) kept.end();
  }

  /** Ends the session when its time has come: looked at again when it was used meanwhile. */
  #watch(kept: Kept): void {
    if (kept.held > 0) kept.usedAt = this.clock.monotonic();
    const endsAt = Math.min(kept.usedAt + IDLE_MS, kept.beganAt + LONGEST_MS);
    const left = endsAt - this.clock.monotonic();
    if (left <= 0) {
      kept.end();
      return;
    }
    kept.stopTimer = this.clock.after(left, () => {
      this.#watch(kept);
    });
  }
}

const digest = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** The value of a cookie (RFC 6265, section 5.4); the first where there are several. */
export function cookieOf(req: Request, name: string): string | undefined {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at !== -1 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** Gives the browser its session: unreadable for scripts, and sent to nobody who comes from another site. */
export function setSessionCookie(res: Response, secret: string, secure: boolean): void {
  res.cookie(SESSION_COOKIE, secret, { httpOnly: true, sameSite: 'strict', secure, path: '/' });
}

export function clearSessionCookie(res: Response): void {
  res.clearCookie(SESSION_COOKIE, { httpOnly: true, sameSite: 'strict', path: '/' });
}

/** Notes whose session the request is of. */
export function noteSession(res: Response, session: Session): void {
  res.locals['session'] = session;
}

/** The session that the request is of; undefined for a program with the token. */
export function sessionOf(res: Response): Session | undefined {
  return res.locals['session'] as Session | undefined;
}
