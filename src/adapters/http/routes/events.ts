import { createSession } from 'better-sse';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Actions } from '../../../app/services.js';
import { check } from '../plain-issues.js';
import { route, type HttpParts, type Route } from '../route.js';
import { IdParams, IdText } from '../schemas.js';

const From = z.strictObject({ lastEventId: IdText.optional().describe('as the header Last-Event-ID') });
const LastEventId = z.object({ 'last-event-id': IdText.optional() });

/** Events written at once before others have their turn. */
const PAGE = 200;

export function eventRoutes(parts: HttpParts): Route[] {
  return [
    route(
      {
        method: 'get',
        path: '/actions/:id/events',
        tag: 'actions',
        summary: 'Server-sent events from the first on, or after `Last-Event-ID`; goes on until the client leaves',
        params: IdParams,
        query: From,
        answer: { 'text/event-stream': z.string().describe('event: action, attempt, reached, inbound, tip or trunk') },
        errors: [404],
      },
      async ({ params: { id }, query, req, res }) => {
        parts.services.actions.view(id);
        const given = req.headers['last-event-id'];
        const header = given === '' ? {} : check(LastEventId, { 'last-event-id': given }, 'headers');
        await stream(parts, { id, after: header['last-event-id'] ?? query.lastEventId ?? 0 }, req, res);
      },
    ),
  ];
}

async function stream(
  { services: { actions }, openStreams, heartbeatMs, log }: HttpParts,
  from: { id: number; after: number },
  req: Request,
  res: Response,
): Promise<void> {
  openStreams.add(res);
  res.once('close', () => openStreams.delete(res));
  const session = await createSession(req, res, { keepAlive: heartbeatMs, retry: 2000 });
  const send = pump(actions, from, {
    push: ({ id, type, actionId, at, data }) => session.push({ ...data, actionId, at }, type, String(id)),
    ready: () => canWrite(res),
    open: () => session.isConnected,
  });
  const wake = (): void => {
    send().catch((err: unknown) => {
      log.error('event stream failed', { err });
      res.destroy();
    });
  };
  const off = actions.onEvent((event) => {
    if (event.actionId === from.id) wake();
  });
  session.once('disconnected', off);
  if (!session.isConnected) off();
  wake();
}

/**
 * Sends what the store has beyond the last event sent. New events only wake it: order, completeness and the memory of a
 * slow reader are the same whether it is a second behind or an hour. One run at a time; a wake during a run is a run more.
 */
function pump(
  actions: Actions,
  from: { id: number; after: number },
  out: {
    push: (event: ReturnType<Actions['eventsAfter']>[number]) => void;
    ready: () => Promise<void>;
    open: () => boolean;
  },
): () => Promise<void> {
  let last = from.after;
  let running = false;
  let woken = false;
  const run = async (): Promise<void> => {
    while (woken && out.open()) {
      woken = false;
      const events = actions.eventsAfter(from.id, last, PAGE);
      for (const event of events) {
        out.push(event);
        last = event.id;
      }
      if (events.length === PAGE) woken = true;
      await out.ready();
    }
  };
  return async () => {
    woken = true;
    if (running) return;
    running = true;
    try {
      await run();
    } finally {
      running = false;
    }
  };
}

/** Resolves when the client has taken what was written, or has left. */
function canWrite(res: Response): Promise<void> {
  if (!res.writableNeedDrain) return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const done = (): void => {
      res.off('drain', done);
      res.off('close', done);
      resolve();
    };
    res.once('drain', done);
    res.once('close', done);
  });
}
