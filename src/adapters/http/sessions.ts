import { createHash, randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Clock } from '../../ports/clock.js';

/** A login to the console with the token. */
export interface Session {
  /** The centralist that the user claims to be; null until the user chooses one. */
  centralistId: number | null;
  /** Aborts when the session ends. The event streams of the session end then too. */
  readonly ended: AbortSignal;
}

interface StoredSession extends Session {
  readonly key: string;
  readonly end: () => void;
  readonly beganAt: number;
  usedAt: number;
  /** Open pages of the session. */
  openPages: number;
  stopTimer: () => void;
}

export const SESSION_COOKIE = 'burgernet_session';
/** A session without a request or an open page ends after this long: a shift in the control room. */
const IDLE_MS = 12 * 3_600_000;
/** Every session ends after this long. */
const LONGEST_MS = 24 * 3_600_000;
/** At this number a new session ends the oldest one. */
const MOST_SESSIONS = 500;

/** The sessions of the console. They are kept in memory, so they end with the process. */
export class Sessions {
  /** By the digest of the secret, so that the time of a look-up reveals nothing about a secret. */
  readonly #sessions = new Map<string, StoredSession>();

  constructor(private readonly clock: Clock) {}

  /** Begins a session. The secret goes into the cookie and is not stored. */
  begin(): { readonly secret: string; readonly session: Session } {
    const [oldest] = this.#sessions.values();
    if (oldest && this.#sessions.size >= MOST_SESSIONS) oldest.end();
    const secret = randomBytes(32).toString('base64url');
    const key = digest(secret);
    const controller = new AbortController();
    const now = this.clock.monotonic();
    const stored: StoredSession = {
      key,
      centralistId: null,
      ended: controller.signal,
      beganAt: now,
      usedAt: now,
      openPages: 0,
      stopTimer: () => undefined,
      end: () => {
        stored.stopTimer();
        this.#sessions.delete(key);
        controller.abort();
      },
    };
    this.#sessions.set(key, stored);
    this.#watch(stored);
    return { secret, session: stored };
  }

  /** The session of the request's cookie. This counts as use of the session. */
  find(req: Request): Session | undefined {
    const secret = cookieOf(req, SESSION_COOKIE);
    const stored = secret === undefined ? undefined : this.#sessions.get(digest(secret));
    if (!stored) return undefined;
    stored.usedAt = this.clock.monotonic();
    return stored;
  }

  /** Counts an open page as use of the session, until the returned function is called. */
  hold(session: Session): () => void {
    const stored = this.#of(session);
    if (!stored) return () => undefined;
    stored.openPages += 1;
    return () => {
      stored.openPages -= 1;
      stored.usedAt = this.clock.monotonic();
    };
  }

  end(session: Session): void {
    this.#of(session)?.end();
  }

  #of(session: Session): StoredSession | undefined {
    return [...this.#sessions.values()].find((stored) => stored === session);
  }

  /** Ends all sessions. */
  close(): void {
    for (const stored of [...this.#sessions.values()]) stored.end();
  }

  /** Ends the session when its time is over. A session that was used meanwhile gets a new timer. */
  #watch(stored: StoredSession): void {
    if (stored.openPages > 0) stored.usedAt = this.clock.monotonic();
    const endsAt = Math.min(stored.usedAt + IDLE_MS, stored.beganAt + LONGEST_MS);
    const remainingMs = endsAt - this.clock.monotonic();
    if (remainingMs <= 0) {
      stored.end();
      return;
    }
    stored.stopTimer = this.clock.after(remainingMs, () => {
      this.#watch(stored);
    });
  }
}

const digest = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** The value of a cookie (RFC 6265, section 5.4); the first of several with the same name. */
export function cookieOf(req: Request, name: string): string | undefined {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at !== -1 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** Gives the browser its session in a cookie that no script reads and no other site can send. */
export function setSessionCookie(res: Response, secret: string, secure: boolean): void {
  res.cookie(SESSION_COOKIE, secret, { httpOnly: true, sameSite: 'strict', secure, path: '/' });
}

export function clearSessionCookie(res: Response): void {
  res.clearCookie(SESSION_COOKIE, { httpOnly: true, sameSite: 'strict', path: '/' });
}

/** Notes the session of the request. */
export function noteSession(res: Response, session: Session): void {
  res.locals['session'] = session;
}

/** The session of the request; undefined for a program that sent the token. */
export function sessionOf(res: Response): Session | undefined {
  return res.locals['session'] as Session | undefined;
}
