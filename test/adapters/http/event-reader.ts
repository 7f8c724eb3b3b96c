import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { TOKEN } from './harness.js';

export interface Sent {
  /** Empty for an event without one. */
  id: string;
  event: string;
  data: Record<string, unknown>;
}

export interface Reader {
  take(count: number): Promise<Sent[]>;
  /** The last id in the stream, of an event or by itself. */
  lastId(): string | undefined;
  comment(): Promise<void>;
  ended(): Promise<void>;
  leave(): Promise<void>;
}

/** Reads an event stream as a browser does. */
export async function openReader(url: string, headers: Record<string, string> = {}): Promise<Reader> {
  // Without a cookie the reader is a program with the token.
  const credentials = 'cookie' in headers ? {} : { authorization: `Bearer ${TOKEN}` };
  const outgoing = request(url, { headers: { ...headers, ...credentials } });
  outgoing.on('error', () => undefined);
  outgoing.end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  expect(response.headers['content-type']).to.equal('text/event-stream');
  response.on('error', () => undefined);
  let text = '';
  let looking: () => void = () => undefined;
  response.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    looking();
  });
  const until = (found: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      looking = () => {
        if (found()) resolve();
      };
      looking();
    });
  const events = (): Sent[] =>
    text
      .split('\n\n')
      .slice(0, -1)
      .map(parseEvent)
      .filter((event) => event.event !== '');
  return {
    async take(count) {
      await until(() => events().length >= count);
      return events().slice(0, count);
    },
    lastId: () => [...text.matchAll(/^id:(.*)$/gm)].at(-1)?.[1],
    comment: () => until(() => /^:/m.test(text)),
    ended: () => new Promise((resolve) => response.once('end', () => resolve())),
    async leave() {
      if (outgoing.destroyed) return;
      const closed = once(outgoing, 'close');
      outgoing.destroy();
      await closed;
    },
  };
}

function parseEvent(block: string): Sent {
  const field = (name: string): string => new RegExp(`^${name}:(.*)$`, 'm').exec(block)?.[1] ?? '';
  return { id: field('id'), event: field('event'), data: JSON.parse(field('data') || '{}') as Record<string, unknown> };
}
