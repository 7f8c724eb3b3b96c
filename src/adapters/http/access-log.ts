import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Log } from '../../ports/log.js';
import { routeOf } from './metrics.js';

/** Requested every few seconds by monitoring. */
const QUIET = new Set(['/healthz', '/readyz', '/metrics']);
const USABLE_ID = /^[\w.-]{1,64}$/;

/** Gives each request an id (its own `X-Request-Id` if usable) and a log line without address or body. */
export function accessLog(log: Log): RequestHandler {
  return (req, res, next) => {
    const given = req.get('x-request-id');
    const requestId = given !== undefined && USABLE_ID.test(given) ? given : randomUUID();
    const startedAt = performance.now();
    res.locals['requestId'] = requestId;
    res.setHeader('X-Request-Id', requestId);
    res.once('close', () => {
      const route = routeOf(res.locals);
      const fields = {
        requestId,
        method: req.method,
        route,
        status: res.statusCode,
        ms: Math.round(performance.now() - startedAt),
      };
      if (QUIET.has(route)) log.debug('request', fields);
      else log.info('request', fields);
    });
    next();
  };
}
