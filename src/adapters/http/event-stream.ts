import { createSession } from 'better-sse';
import type { Request, Response } from 'express';
import type { ActionEvent } from '../../ports/stores.js';
import { canWrite } from './can-write.js';
import type { HttpParts } from './route.js';

/** This many events are written before other work gets its turn. */
const PAGE = 200;

/** The events of one stream. */
export interface EventSource {
  /** Id of the last event that the client has received. */
  readonly after: number;
  read(after: number, limit: number): readonly ActionEvent[];
  /** Whether a new event may belong to this stream. */
  concerns(event: ActionEvent): boolean;
  /** Sends the id `after` at once, so that a client can return to this position before any event. */
  readonly sendsPosition?: boolean;
  /** Sends events without an id, which are not stored, now and later. The returned function stops that. */
  readonly unstored?: (send: (name: string, data: unknown) => void) => () => void;
}

/** Sends events until the client leaves or `until` aborts. */
export async function sendEvents(
  { services: { actions }, openStreams, heartbeatMs, log }: HttpParts,
  source: EventSource,
  { req, res, until }: { readonly req: Request; readonly res: Response; readonly until?: AbortSignal | undefined },
): Promise<void> {
  openStreams.add(res);
  res.once('close', () => openStreams.delete(res));
  const session = await createSession(req, res, { keepAlive: heartbeatMs, retry: 2000 });
  const failed = (err: unknown): void => {
    log.error('event stream failed', { err });
    res.destroy();
  };
  const send = pump(source, {
    push: ({ id, type, actionId, at, data }) => session.push({ ...data, actionId, at }, type, String(id)),
    ready: () => canWrite(res),
    open: () => session.isConnected,
  });
  // A block with only an id is not an event, but the client remembers the id (HTML, server-sent events,
  // 9.2.6).
  if (source.sendsPosition) await session.batch((buffer) => void buffer.id(String(source.after)).dispatch());
  const offs = [
    actions.onEvent((event) => {
      if (source.concerns(event)) send().catch(failed);
    }),
    source.unstored?.((name, data) => {
      // Without an id, the client keeps its position among the stored events.
      if (session.isConnected) session.batch((buffer) => void buffer.event(name).data(data).dispatch()).catch(failed);
    }),
    until && onAbort(until, () => res.end()),
  ];
  const leave = (): void => {
    for (const off of offs) off?.();
  };
  session.once('disconnected', leave);
  if (!session.isConnected) leave();
  send().catch(failed);
}

function onAbort(signal: AbortSignal, react: () => void): () => void {
  signal.addEventListener('abort', react, { once: true });
  if (signal.aborted) react();
  return () => signal.removeEventListener('abort', react);
}

/**
 * Sends the stored events after the last event sent. A new event only wakes the pump, so the order is kept,
 * no event is missing, and a slow client costs no memory, whether it is a second behind or an hour. One run
 * at a time; a wake during a run causes one more.
 */
function pump(
  source: Pick<EventSource, 'after' | 'read'>,
  out: { push: (event: ActionEvent) => void; ready: () => Promise<void>; open: () => boolean },
): () => Promise<void> {
  let last = source.after;
  let running = false;
  let woken = false;
  const run = async (): Promise<void> => {
    while (woken && out.open()) {
      woken = false;
      const events = source.read(last, PAGE);
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
