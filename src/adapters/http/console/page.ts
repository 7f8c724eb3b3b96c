import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import type { Request, RequestHandler, Response } from 'express';
import type { Clock } from '../../../ports/clock.js';
import type { TokenCheck } from '../auth.js';
import type { WrongTokens } from '../guesses.js';
import type { HttpParts } from '../route.js';
import type { Sessions } from '../sessions.js';
import type { CallBoard } from './call-board.js';

/** A page of the console: its parts and template, its name in the log, and the way back to it. */

/** The parts that the pages of the console are made from. */
export interface ConsoleParts extends HttpParts {
  readonly clock: Clock;
  readonly sessions: Sessions;
  readonly isToken: TokenCheck;
  readonly wrongTokens: WrongTokens;
  readonly board: CallBoard;
}

/** The template of a page, and the data it shows. */
export interface PageView {
  readonly view: View;
  readonly data: object;
  /** Default 200. */
  readonly status?: number;
}

/** Makes the page for a request. Throws `Problem` when there is no such page. */
export type Page = (
  parts: ConsoleParts,
  request: { readonly req: Request; readonly res: Response },
) => Promise<PageView>;

/** Renders the templates in `views/`. All data is escaped, unless the template marks it as HTML. */
const eta = new Eta({
  views: fileURLToPath(new URL('./views', import.meta.url)),
  cache: true,
  autoEscape: true,
  autoTrim: ['nl', false],
});

/** The names of the templates. */
export type View =
  | 'account'
  | 'action'
  | 'centralist'
  | 'centralists'
  | 'login'
  | 'look-alike'
  | 'new-centralist'
  | 'overview'
  | 'problem'
  | 'prompts'
  | 'who';

export function render(view: View, data: object): string {
  return eta.render(`./${view}`, data);
}

/** Names the route in the log and the metrics by its path, never by the address of the request. */
export function nameRoute(path: string): RequestHandler {
  return (_req, res, next) => {
    res.locals['route'] = `/console${path}`;
    next();
  };
}

/** Only pages of the console, because a link to the console could carry any address as the way back. */
const OURS = /^\/console(\/[\w-]+)*(\?page=\d{1,6})?$/;

/** The page to go back to: the overview when the given path is not a page of the console. */
export const pathBack = (given: unknown): string =>
  typeof given === 'string' && OURS.test(given) ? given : '/console';

/** The page to go back to, which then says what was done. */
export function doneBack(given: unknown, what: string): string {
  const path = pathBack(given);
  return `${path}${path.includes('?') ? '&' : '?'}done=${what}`;
}
