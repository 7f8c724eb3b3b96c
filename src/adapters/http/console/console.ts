import { fileURLToPath } from 'node:url';
import express, { Router, type ErrorRequestHandler, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import { demandSameOrigin } from '../auth.js';
import { HttpError } from '../errors.js';
import { MOST_MESSAGE } from '../schemas.js';
import { noteSession, sessionOf } from '../sessions.js';
import { addCentralist, makeLink, makePassword, makePin } from './account-forms.js';
import { commandRoutes } from './commands.js';
import { frameOf } from './frame.js';
import { liveStream } from './live-stream.js';
import { nameRoute, pathBack, render, type ConsoleParts, type Page } from './page.js';
import { actionPage } from './pages/action.js';
import { centralistPage, centralistsPage, newCentralistPage, whoPage } from './pages/centralists.js';
import { lookAlikePage } from './pages/look-alike.js';
import { overviewPage } from './pages/overview.js';
import { promptsPage } from './pages/prompts.js';
import { recordPrompt } from './prompt-forms.js';
import { chooseWho, login, loginPage, logout } from './session-forms.js';
import { problemWords } from './warning-words.js';

const ASSETS = fileURLToPath(new URL('./assets', import.meta.url));
/**
 * Most bytes of a form. A character takes at most nine bytes in a form (RFC 3986, section 2.1: three for each
 * byte of UTF-8), so the longest message fits four times. A text that is too long is then nearly always read
 * and refused by the name of its field.
 */
const FORM_LIMIT = 4 * 9 * MOST_MESSAGE;

/** The pages for the control room, below `/console`. */
export function consoleRoutes(parts: ConsoleParts): Router {
  const { sessions } = parts;
  const router = Router();
  const page = (path: string, make: Page): void => {
    router.get(path, nameRoute(path), async (req, res) => {
      const { view, data, status = 200 } = await make(parts, { req, res });
      res.status(status).type('html').send(render(view, data));
    });
  };

  router.use(nameRoute(''), browserRules());
  router.use(
    '/assets',
    nameRoute('/assets'),
    express.static(ASSETS, { index: false, redirect: false, cacheControl: false }),
  );
  router.use((req, res, next) => {
    res.setHeader('Cache-Control', 'no-store');
    demandSameOrigin(req);
    next();
  });
  router.use(express.urlencoded({ extended: false, limit: FORM_LIMIT }));
  router.get('/login', nameRoute('/login'), loginPage(parts));
  router.post('/login', nameRoute('/login'), login(parts));
  router.use((req, res, next) => {
    const session = sessions.find(req);
    if (session) {
      noteSession(res, session);
      next();
    } else if (req.path === '/live') {
      // An EventSource that is redirected to a page would reconnect forever.
      throw new HttpError(401, 'unauthorized', 'log in first');
    } else {
      const back = req.method === 'GET' ? `/console${req.path === '/' ? '' : req.path}` : '/console';
      res.redirect(303, `/console/login?back=${encodeURIComponent(pathBack(back))}`);
    }
  });

  router.get('/live', nameRoute('/live'), liveStream(parts));
  page('/', overviewPage);
  page('/actions/:id', actionPage);
  page('/actions/:id/look-alike', lookAlikePage);
  page('/centralists', centralistsPage);
  page('/centralists/new', newCentralistPage);
  page('/centralists/:id', centralistPage);
  page('/prompts', promptsPage);
  page('/who', whoPage);
  router.post('/who', nameRoute('/who'), chooseWho());
  router.post('/logout', nameRoute('/logout'), logout(parts));
  router.post('/centralists', nameRoute('/centralists'), addCentralist(parts));
  router.post('/centralists/:id/link', nameRoute('/centralists/:id/link'), makeLink(parts));
  router.post('/centralists/:id/password', nameRoute('/centralists/:id/password'), makePassword(parts));
  router.post('/centralists/:id/pin', nameRoute('/centralists/:id/pin'), makePin(parts));
  router.post('/prompts/:name', nameRoute('/prompts/:name'), ...recordPrompt(parts));
  router.use(commandRoutes(parts));
  router.use(() => {
    throw new HttpError(404, 'not_found', 'there is no such page');
  });
  router.use(problemPage(parts));
  return router;
}

/**
 * Browsers may load scripts, styles and sound from this server only, run nothing inline, and show no page in
 * a frame. There is no `upgrade-insecure-requests`, because the console may be served over plain HTTP. The
 * referrer policy is `same-origin` because with `no-referrer` a browser sends `Origin: null` with a form.
 */
function browserRules(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        mediaSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
  });
}

/** Shows what went wrong on a page with a link back. */
function problemPage(parts: ConsoleParts): ErrorRequestHandler {
  return async (error: unknown, req, res, _next) => {
    const requestId = String(res.locals['requestId']);
    const words = problemWords(error);
    if (words === undefined || words.status >= 500) parts.log.error('page failed', { err: error, requestId });
    if (res.headersSent) {
      res.destroy();
      return;
    }
    const { status, text, fields } = words ?? {
      status: 500,
      text: `Er ging bij ons iets mis. Geef dit nummer door aan de beheerder: ${requestId}.`,
      fields: [],
    };
    const back = pathBack((req.body as { back?: unknown } | undefined)?.back);
    const frame = await frameOfProblem(parts, req, res);
    res
      .status(status)
      .type('html')
      .send(render('problem', { ...frame, text, fields, back }));
  };
}

/** A problem page shows the calls too, unless reading the calls failed or nobody has logged in. */
async function frameOfProblem(parts: ConsoleParts, req: Parameters<RequestHandler>[0], res: Response): Promise<object> {
  const title = 'Dat is niet gelukt';
  if (!sessionOf(res)) return { title, me: null, bare: true };
  return frameOf(parts, { req, res, title }).catch(() => ({ title, me: null, bare: true }));
}
