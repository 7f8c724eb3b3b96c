import type { RequestHandler } from 'express';
import { z } from 'zod';
import { plainCharacters } from '../../../lib/plain-signs.js';
import { sourceOf } from '../guesses.js';
import { isSecure } from '../origin.js';
import { check } from '../plain-issues.js';
import { clearSessionCookie, sessionOf, setSessionCookie } from '../sessions.js';
import { isSimulated } from './frame.js';
import { pathBack, render, type ConsoleParts } from './page.js';
import { doneWords } from './words.js';

const Login = z.object({ token: z.string().trim().max(1000).default('') });
const Who = z.object({
  centralistId: z
    .string()
    .regex(/^\d{0,15}$/)
    .default(''),
});

/** The login form. */
export function loginPage({ services }: ConsoleParts): RequestHandler {
  return (req, res) => {
    const done = doneWords(req.query['done']) ?? null;
    res
      .type('html')
      .send(
        render('login', { back: pathBack(req.query['back']), problem: null, done, simulated: isSimulated(services) }),
      );
  };
}

/** Begins a session when the form holds the token. */
export function login({ isToken, services, sessions, log, wrongTokens }: ConsoleParts): RequestHandler {
  return async (req, res) => {
    const { token } = check(Login, req.body ?? {}, 'form');
    const back = pathBack((req.body as { back?: unknown } | undefined)?.back);
    // A token that was copied from a message may contain invisible characters.
    if (!isToken(token) && !isToken(plainCharacters(token).trim())) {
      log.warn('console login refused', { source: sourceOf(req) });
      const seconds = token === '' ? undefined : await wrongTokens.wrong(req);
      if (seconds !== undefined) res.setHeader('Retry-After', String(seconds));
      const problem =
        seconds === undefined
          ? 'Dit is niet het toegangstoken.'
          : `Dit is niet het toegangstoken. Er is te vaak een verkeerd token ingevuld. Probeer het over ${seconds} ${seconds === 1 ? 'seconde' : 'seconden'} opnieuw.`;
      res
        .status(seconds === undefined ? 401 : 429)
        .type('html')
        .send(render('login', { back, problem, done: null, simulated: isSimulated(services) }));
      return;
    }
    const { secret } = sessions.begin();
    setSessionCookie(res, secret, isSecure(req));
    res.redirect(303, `/console/who?back=${encodeURIComponent(back)}`);
  };
}

export function logout({ sessions }: ConsoleParts): RequestHandler {
  return (_req, res) => {
    const session = sessionOf(res);
    if (session) sessions.end(session);
    clearSessionCookie(res);
    res.redirect(303, '/console/login?done=logged_out');
  };
}

/** Stores the centralist that the user chose. This decides which calls stand out, not what is allowed. */
export function chooseWho(): RequestHandler {
  return (req, res) => {
    const { centralistId } = check(Who, req.body ?? {}, 'form');
    const session = sessionOf(res);
    if (session) session.centralistId = centralistId === '' ? null : Number(centralistId);
    res.redirect(303, pathBack((req.body as { back?: unknown } | undefined)?.back));
  };
}
