import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { Problem } from '../../domain/problem.js';

/** Whether a request shows the token. The comparison takes the same time whatever is shown. */
export function tokenCheck(token: string): (req: Request) => boolean {
  const expected = digest(token);
  return (req) => {
    const shown = /^Bearer +(\S+)\s*$/i.exec(req.headers.authorization ?? '')?.[1];
    return timingSafeEqual(digest(shown ?? ''), expected) && shown !== undefined;
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Lets through who may; 401 for everybody else. */
export function demand(allowed: (req: Request) => boolean): RequestHandler {
  return (req, _res, next) => {
    if (!allowed(req)) {
      throw new Problem('unauthorized', 'show the token: Authorization: Bearer …, see BURGERNET_TOKEN');
    }
    next();
  };
}

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** A program on this machine itself, not one behind a proxy on it. */
export function fromThisMachine(req: Request): boolean {
  const forwarded = req.headers['x-forwarded-for'] ?? req.headers.forwarded;
  return forwarded === undefined && LOOPBACK.has(req.socket.remoteAddress ?? '');
}
