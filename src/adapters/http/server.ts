import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type Response, type Router } from 'express';
import helmet from 'helmet';
import { z } from 'zod';
import type { GuessLimiter } from '../../app/access/guess-limiter.js';
import type { Services } from '../../app/services.js';
import { Problem } from '../../domain/problem.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import { accessLog } from './access-log.js';
import { demandTokenOrSession, demandTokenUnless, fromThisMachine, tokenCheck } from './auth.js';
import { CallBoard } from './console/call-board.js';
import { consoleRoutes } from './console/console.js';
import { errorHandler, HttpError } from './errors.js';
import { WrongTokens } from './guesses.js';
import type { ConsoleParts } from './console/page.js';
import { createMetrics } from './metrics.js';
import { openApiDocument, type Mounted } from './openapi.js';
import { route, type HttpParts, type Route } from './route.js';
import { actionDeskRoutes } from './routes/action-desk.js';
import { actionRoutes } from './routes/actions.js';
import { attemptRoutes } from './routes/attempts.js';
import { callbackRoutes } from './routes/callbacks.js';
import { centralistRoutes } from './routes/centralists.js';
import { eventRoutes } from './routes/events.js';
import { healthRoutes } from './routes/health.js';
import { inboundRoutes } from './routes/inbound.js';
import { messageRoutes } from './routes/messages.js';
import { participantRoutes } from './routes/participants.js';
import { postcodeRoutes } from './routes/postcodes.js';
import { promptRoutes } from './routes/prompts.js';
import { provisioningRoutes, provisionRoute } from './routes/provisioning.js';
import { queueRoutes } from './routes/queue.js';
import { recordingRoutes } from './routes/recordings.js';
import { tipRoutes } from './routes/tips.js';
import { JSON_TYPE } from './schemas.js';
import { Sessions } from './sessions.js';

export interface HttpServerOptions {
  readonly services: Services;
  /** The bearer token. */
  readonly token: string;
  /** Counts wrong tokens, and slows down an address that guesses. */
  readonly guessLimiter: Pick<GuessLimiter, 'wrong' | 'pauseMs'>;
  readonly log: Log;
  readonly clock: Clock;
  /** Version of this software. */
  readonly version: string;
  /** Our address for browsers and softphones, without a final slash. Default: the address in the request. */
  readonly publicUrl?: string | undefined;
  /** Softphones must encrypt their media (SRTP). Default false: plain RTP. */
  readonly srtp?: boolean;
  /** Pause between the comments that keep an event stream open. Default 10,000 ms. */
  readonly heartbeatMs?: number;
}

export interface HttpServer {
  /** Resolves with the port. Throws `Problem('unavailable')` about BURGERNET_HTTP when it cannot listen. */
  listen(host: string, port: number): Promise<{ port: number }>;
  /** Ends event streams, lets other responses finish for at most 2 s, and closes. Idempotent. */
  close(): Promise<void>;
}

const API = '/api/v1';
/** Longest time that an upload may take, for a large import over a slow connection. */
const REQUEST_TIMEOUT_MS = 15 * 60_000;
const CLOSE_GRACE_MS = 2_000;

/** The HTTP server: API, console, health and metrics. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const openStreams = new Set<Response>();
  const { heartbeatMs = 10_000, token, guessLimiter, clock, ...rest } = options;
  const sessions = new Sessions(clock);
  const board = new CallBoard(options.services.actions);
  const isToken = tokenCheck(token);
  const wrongTokens = new WrongTokens(guessLimiter, clock);
  const app = createApp({ ...rest, heartbeatMs, openStreams, clock, sessions, board, isToken, wrongTokens });
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, app);
  let closing: Promise<void> | undefined;
  return {
    listen: (host, port) => listen(server, host, port),
    close: () => {
      sessions.close();
      board.close();
      return (closing ??= close(server, openStreams));
    },
  };
}

function createApp(parts: ConsoleParts): Express {
  const { sessions, isToken, wrongTokens } = parts;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  const metrics = createMetrics(parts.services);
  app.use(accessLog(parts.log), metrics.observe, helmet());

  const health = healthRoutes(parts);
  mount(app, health);
  app.use('/metrics', demandTokenUnless(fromThisMachine, isToken, wrongTokens));
  mount(app, [metrics.route]);

  const routes = apiRoutes(parts);
  const provision = provisionRoute(parts);
  const outsideApi = [{ prefix: '', routes: [...health, metrics.route] }];
  const openApi = openApiRoute(outsideApi, [...routes, provision], parts.version);
  const api = express.Router();
  api.use((_req, res, next) => {
    res.setHeader('Cache-Control', 'no-store');
    next();
  });
  mount(api, [openApi, provision]);
  api.use(demandTokenOrSession(isToken, sessions, wrongTokens));
  mount(api, routes);
  app.use(API, api);
  app.use('/console', consoleRoutes(parts));
  app.get('/', (_req, res) => res.redirect(302, '/console'));

  app.use(() => {
    throw new HttpError(404, 'not_found', 'nothing is at this address');
  });
  app.use(errorHandler(parts.log));
  return app;
}

function apiRoutes(parts: HttpParts): Route[] {
  return [
    ...centralistRoutes(parts),
    ...provisioningRoutes(parts),
    ...participantRoutes(parts),
    ...postcodeRoutes(parts),
    ...recordingRoutes(parts),
    ...messageRoutes(parts),
    ...promptRoutes(parts),
    ...actionRoutes(parts),
    ...actionDeskRoutes(parts),
    ...attemptRoutes(parts),
    ...eventRoutes(parts),
    ...inboundRoutes(parts),
    ...queueRoutes(parts),
    ...callbackRoutes(parts),
    ...tipRoutes(parts),
  ];
}

function mount(router: Router | Express, routes: readonly Route[]): void {
  for (const { doc, handlers } of routes) router.route(doc.path)[doc.method](...handlers);
}

function openApiRoute(outsideApi: readonly Mounted[], api: readonly Route[], version: string): Route {
  let document: object | undefined;
  const self: Route = route(
    {
      method: 'get',
      path: '/openapi.json',
      tag: 'operation',
      summary: 'The OpenAPI document of the service',
      open: true,
      answer: { [JSON_TYPE]: z.record(z.string(), z.unknown()) },
    },
    () => (document ??= openApiDocument([{ prefix: API, routes: [...api, self] }, ...outsideApi], version)),
  );
  return self;
}

function listen(server: Server, host: string, port: number): Promise<{ port: number }> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      reject(new Problem('unavailable', `BURGERNET_HTTP: cannot listen on ${host}:${port}: ${listenReason(error)}`));
    };
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve({ port: (server.address() as AddressInfo).port });
    });
  });
}

function listenReason(error: NodeJS.ErrnoException): string {
  if (error.code === 'EADDRINUSE') return 'another program uses this port; stop it or choose another port';
  if (error.code === 'EACCES') return 'this port needs root rights; choose a port above 1023';
  if (error.code === 'EADDRNOTAVAIL') return 'this machine does not have that address';
  return error.message;
}

async function close(server: Server, openStreams: ReadonlySet<Response>): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const stream of openStreams) stream.end();
  server.closeIdleConnections();
  const grace = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearTimeout(grace);
}
