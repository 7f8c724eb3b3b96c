import { createSession } from 'better-sse';
import type { RequestHandler } from 'express';
import type { Clock } from '../../../ports/clock.js';
import type { ActionEvent } from '../../../ports/stores.js';
import { sessionOf } from '../sessions.js';
import type { ConsoleParts } from './page.js';

/** The topics that the stream reports as changed. A page names the topics that it shows. */
export type Topic = 'calls' | 'desk' | 'alarms' | 'offline' | 'actions' | `action:${number}`;

/** Shortest time between two reports of one topic, ms. Counts can wait, a ringing call cannot. */
const SOON_MS = 250;
const COUNTS_MS = 1_000;
/** Events that come by the hundred, and only change counts. */
const COUNTED: ReadonlySet<string> = new Set(['attempt', 'reached']);

/**
 * Tells a page of the console which topic changed; the page then requests itself again. So a page shows the
 * same whether it was open when something happened or was opened later, and a burst of calls costs it one
 * request a second.
 */
export function liveStream(parts: ConsoleParts): RequestHandler {
  const { services, sessions, board, openStreams, heartbeatMs, clock, log } = parts;
  return async (req, res) => {
    openStreams.add(res);
    res.once('close', () => openStreams.delete(res));
    const session = await createSession(req, res, { keepAlive: heartbeatMs, retry: 2000 });
    const pace = new Pace(clock, (topic) => {
      if (!session.isConnected) return;
      session
        .batch((buffer) => void buffer.event('changed').data({ topic }).dispatch())
        .catch((err: unknown) => log.error('live stream failed', { err }));
    });
    const end = (): void => void res.end();
    const own = sessionOf(res);
    const ended = own?.ended;
    ended?.addEventListener('abort', end, { once: true });
    const offs = [
      own ? sessions.hold(own) : () => undefined,
      services.actions.onEvent((event) => {
        for (const [topic, spacingMs] of topicsOf(event)) pace.report(topic, spacingMs);
        if (board.isAbout(event)) pace.report('calls', SOON_MS);
      }),
      services.centralists.onChange(() => {
        pace.report('desk', SOON_MS);
      }),
      services.callbacks.onChange(() => {
        pace.report('calls', SOON_MS);
      }),
      services.alarms.onChange(() => {
        pace.report('alarms', SOON_MS);
      }),
      services.tips.onOfflineRecording(() => {
        pace.report('offline', SOON_MS);
      }),
      () => ended?.removeEventListener('abort', end),
      () => {
        pace.stop();
      },
    ];
    const leave = (): void => {
      for (const off of offs.splice(0)) off();
    };
    session.once('disconnected', leave);
    if (!session.isConnected) leave();
    if (ended?.aborted) end();
  };
}

function topicsOf({ type, actionId }: ActionEvent): [Topic, number][] {
  if (type === 'inbound') {
    return [
      ['calls', SOON_MS],
      [`action:${actionId}`, SOON_MS],
    ];
  }
  const own: [Topic, number] = [`action:${actionId}`, COUNTED.has(type) ? COUNTS_MS : SOON_MS];
  return type === 'action' ? [own, ['actions', SOON_MS]] : [own];
}

/**
 * Reports a topic at once when its last report is long enough ago, else as soon as its spacing allows. The
 * last change is always reported.
 */
class Pace {
  readonly #last = new Map<Topic, number>();
  readonly #due = new Map<Topic, { readonly at: number; readonly cancel: () => void }>();

  constructor(
    private readonly clock: Clock,
    private readonly send: (topic: Topic) => void,
  ) {}

  report(topic: Topic, spacingMs: number): void {
    const now = this.clock.monotonic();
    const at = Math.max(now, (this.#last.get(topic) ?? -Infinity) + spacingMs);
    const due = this.#due.get(topic);
    if (due && due.at <= at) return;
    due?.cancel();
    if (at === now) this.#send(topic);
    else this.#due.set(topic, { at, cancel: this.clock.after(at - now, () => this.#send(topic)) });
  }

  stop(): void {
    for (const { cancel } of this.#due.values()) cancel();
    this.#due.clear();
  }

  #send(topic: Topic): void {
    this.#due.delete(topic);
    this.#last.set(topic, this.clock.monotonic());
    this.send(topic);
  }
}
