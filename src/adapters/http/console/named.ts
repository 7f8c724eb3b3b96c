import type { RequestHandler } from 'express';

/** The path goes into the log and the metrics, never the address that was asked. */
export function named(path: string): RequestHandler {
  return (_req, res, next) => {
    res.locals['route'] = `/console${path}`;
    next();
  };
}
