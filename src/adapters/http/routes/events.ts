import type { Request } from 'express';
import { z } from 'zod';
import type { Centralists, CentralistView } from '../../../app/services.js';
import { sendEvents } from '../event-stream.js';
import { check } from '../plain-issues.js';
import { route, type HttpParts, type Route } from '../route.js';
import { IdParams, IdText } from '../schemas.js';
import { sessionOf } from '../sessions.js';

const From = z.strictObject({ lastEventId: IdText.optional().describe('same as the header Last-Event-ID') });
const LastEventId = z.object({ 'last-event-id': IdText.optional() });

const NAMES = 'event: action, attempt, reached, inbound, tip, callback or trunk';

export function eventRoutes(parts: HttpParts): Route[] {
  const { actions, centralists } = parts.services;
  return [
    route(
      {
        method: 'get',
        path: '/actions/:id/events',
        tag: 'actions',
        summary: 'Server-sent events of one action, all or those after `Last-Event-ID`, until the client leaves',
        params: IdParams,
        query: From,
        answer: { 'text/event-stream': z.string().describe(NAMES) },
        errors: [404],
      },
      async ({ params: { id }, query, req, res }) => {
        await actions.counted(id);
        const source = {
          after: lastSeen(req, query) ?? 0,
          read: (after: number, limit: number) => actions.eventsAfter(id, after, limit),
          concerns: ({ actionId }: { actionId: number }) => actionId === id,
        };
        await sendEvents(parts, source, { req, res, until: sessionOf(res)?.ended });
      },
    ),
    route(
      {
        method: 'get',
        path: '/events',
        tag: 'actions',
        summary: 'Server-sent events of all actions, from now on or after `Last-Event-ID` (0: all)',
        query: From,
        answer: {
          'text/event-stream': z
            .string()
            .describe(`${NAMES}; and desk, without an id: first each centralist, then every change of one`),
        },
      },
      async ({ query, req, res }) => {
        const source = {
          after: lastSeen(req, query) ?? actions.newestEvent(),
          read: (after: number, limit: number) => actions.eventsSince(after, limit),
          concerns: () => true,
          sendsPosition: true,
          unstored: centralistsNow(parts, centralists),
        };
        await sendEvents(parts, source, { req, res, until: sessionOf(res)?.ended });
      },
    ),
  ];
}

/** Id of the last event that the client has seen; undefined when the request names none. */
function lastSeen(req: Request, query: z.output<typeof From>): number | undefined {
  const given = req.headers['last-event-id'];
  const header = given === '' ? {} : check(LastEventId, { 'last-event-id': given }, 'headers');
  return header['last-event-id'] ?? query.lastEventId;
}

/** Sends each centralist as they are now, and every change from then on. */
function centralistsNow({ log }: HttpParts, centralists: Centralists) {
  return (send: (name: string, data: unknown) => void): (() => void) => {
    const changed = new Set<number>();
    const sendView = (view: CentralistView): void => {
      changed.add(view.centralist.id);
      send('desk', deskEvent(view));
    };
    const off = centralists.onChange(sendView);
    centralists
      .list()
      // A centralist who changed while the list was read has already been sent, in a newer state.
      .then((views) => views.filter(({ centralist }) => !changed.has(centralist.id)).forEach(sendView))
      .catch((err: unknown) => log.error('centralists could not be listed', { err }));
    return off;
  };
}

const deskEvent = ({ centralist, registered, engaged }: CentralistView): object => ({
  centralistId: centralist.id,
  registered,
  onDuty: centralist.onDuty,
  engaged,
});
