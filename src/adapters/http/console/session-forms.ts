import type { RequestHandler } from 'express';
import { z } from 'zod';
import { plainSigns } from '../../../lib/plain-signs.js';
import { sourceOf } from '../guesses.js';
import { isSecure } from '../origin.js';
import { check } from '../plain-issues.js';
import { clearSessionCookie, sessionOf, setSessionCookie } from '../sessions.js';
import { pathBack } from './back.js';
import { isSimulated } from './frame.js';
import type { ConsoleParts } from './parts.js';
import { render } from './render.js';
import { doneWords } from './words.js';

const Login = z.object({ token: z.string().trim().max(1000).default('') });
const Who = z.object({
  centralistId: z
    .string()
    .regex(/^\d{0,15}$/)
    .default(''),
});

/** The form to log in with. */
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

/** Begins a session for who knows the token. */
export function login({ isToken, services, sessions, log, wrongTokens }: ConsoleParts): RequestHandler {
  return async (req, res) => {
    const { token } = check(Login, req.body ?? {}, 'form');
    const back = pathBack((req.body as { back?: unknown } | undefined)?.back);
    // What was copied from a message may bring signs that nobody sees.
    if (!isToken(token) && !isToken(plainSigns(token).trim())) {
      log.warn('a login to the console was refused', { source: sourceOf(req) });
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

/** Keeps who looks at the pages, by their own word: it decides whose calls stand out, not what is allowed. */
export function chooseWho(): RequestHandler {
  return (req, res) => {
    const { centralistId } = check(Who, req.body ?? {}, 'form');
    const session = sessionOf(res);
    if (session) session.centralistId = centralistId === '' ? null : Number(centralistId);
    res.redirect(303, pathBack((req.body as { back?: unknown } | undefined)?.back));
  };
}
