import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { Problem } from '../../domain/problem.js';
import { HttpError } from './errors.js';
import type { WrongTokens } from './guesses.js';
import { isSameOrigin } from './origin.js';
import { noteSession, type Sessions } from './sessions.js';
import { isLoopback } from './loopback.js';

/** Whether this is the token. The comparison takes the same time for every input. */
export type TokenCheck = (given: string | undefined) => boolean;

export function tokenCheck(token: string): TokenCheck {
  const expected = digest(token);
  return (given) => timingSafeEqual(digest(given ?? ''), expected) && given !== undefined;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The token in `Authorization: Bearer …`. */
export function bearerOf(req: Request): string | undefined {
  return /^Bearer +(\S+)\s*$/i.exec(req.headers.authorization ?? '')?.[1];
}

/** Lets allowed requests and requests with the token through. Throws 401, or 429 when the address guesses. */
export function demandTokenUnless(
  allowed: (req: Request) => boolean,
  isToken: TokenCheck,
  wrongTokens: WrongTokens,
): RequestHandler {
  return async (req, res, next) => {
    if (!allowed(req)) await demandToken(req, res, isToken, wrongTokens);
    next();
  };
}

/** A request without a token is not a guess, so its 401 is sent at once. */
async function demandToken(req: Request, res: Response, isToken: TokenCheck, wrongTokens: WrongTokens): Promise<void> {
  const given = bearerOf(req);
  if (isToken(given)) return;
  if (given !== undefined) await wrongTokens.refuse(req, res);
  throw unauthorized();
}

const unauthorized = (): Problem =>
  new Problem('unauthorized', 'send the token as Authorization: Bearer …; see BURGERNET_TOKEN');

/** Lets through programs with the token, and the console's own pages with a session. */
export function demandTokenOrSession(
  isToken: TokenCheck,
  sessions: Sessions,
  wrongTokens: WrongTokens,
): RequestHandler {
  return async (req, res, next) => {
    // A request with a wrong token is refused even when its cookie is good.
    const session = req.headers.authorization === undefined ? sessions.find(req) : undefined;
    if (!session) await demandToken(req, res, isToken, wrongTokens);
    else {
      demandSameOrigin(req);
      noteSession(res, session);
    }
    next();
  };
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Throws 403 for a change that a page of another site made the browser send (CSRF). */
export function demandSameOrigin(req: Request): void {
  if (READS.has(req.method) || isSameOrigin(req)) return;
  throw new HttpError(403, 'forbidden', 'a change with a console session must come from a page of the console');
}

/** Whether the request comes from a program on this machine, and not through a proxy on it. */
export function fromThisMachine(req: Request): boolean {
  const forwarded = req.headers['x-forwarded-for'] ?? req.headers.forwarded;
  return forwarded === undefined && isLoopback(req.socket.remoteAddress);
}
