import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { z } from 'zod';
import type { Services } from '../../app/services.js';
import { route, type Route } from './route.js';

/** Metrics for Prometheus. No label holds a telephone number, a name or an id. */
export interface Metrics {
  readonly route: Route;
  /** Measures every request. */
  readonly observe: RequestHandler;
}

export function createMetrics(services: Pick<Services, 'gauges'>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, labelNames: string[]): Gauge =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const limit = gauge('burgernet_lines', 'Maximum number of simultaneous calls on the trunk', []);
  const busy = gauge('burgernet_lines_in_use', 'Lines in use now', ['direction']);
  const actions = gauge('burgernet_actions', 'Actions by state', ['state']);
  const wrong = gauge('burgernet_wrong_secrets', 'Wrong tokens and passwords since the start', ['door']);
  const duration = new Histogram({
    name: 'burgernet_http_request_seconds',
    help: 'Duration of a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [registry],
  });

  const page = async (): Promise<string> => {
    const { lines, actions: byState, wrongSecrets } = services.gauges();
    limit.set(lines.limit);
    busy.set({ direction: 'outbound' }, lines.outbound);
    busy.set({ direction: 'inbound' }, lines.inbound);
    actions.reset();
    for (const [state, number] of Object.entries(byState)) actions.set({ state }, number);
    for (const [door, number] of Object.entries(wrongSecrets)) wrong.set({ door }, number);
    return registry.metrics();
  };

  return {
    route: route(
      {
        method: 'get',
        path: '/metrics',
        tag: 'operation',
        summary: 'Metrics for Prometheus; need the token, except from this machine',
        answer: { 'text/plain': z.string() },
      },
      async ({ res }) => {
        res.setHeader('Content-Type', registry.contentType);
        res.send(await page());
      },
    ),
    observe: (req, res, next) => {
      const stop = duration.startTimer();
      res.once('close', () => stop({ method: req.method, route: routeOf(res.locals), status: res.statusCode }));
      next();
    },
  };
}

/** The matched route, never the address of the request. */
export function routeOf(locals: Record<string, unknown>): string {
  return typeof locals['route'] === 'string' ? locals['route'] : 'unmatched';
}
