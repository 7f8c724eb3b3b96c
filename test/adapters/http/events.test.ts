import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { startHarness, TOKEN, withAction, type Harness } from './harness.js';

interface Sent {
  id: string;
  event: string;
  data: Record<string, unknown>;
}

describe('HTTP: events of an action', () => {
  let http: Harness;
  let id: number;
  const readers: Reader[] = [];
  beforeEach(async () => {
    http = await startHarness();
    id = await withAction(http);
  });
  afterEach(async () => {
    for (const reader of readers.splice(0)) await reader.leave();
    await http.close();
  });

  const follow = async (query = '', headers: Record<string, string> = {}): Promise<Reader> => {
    const reader = await openReader(`${http.url}/api/v1/actions/${id}/events${query}`, headers);
    readers.push(reader);
    return reader;
  };

  it('sends what happened and what happens, in order, with ids', async () => {
    http.services.emit(id, 'action', { state: 'running' });
    const reader = await follow();
    http.services.emit(id, 'reached', { participantId: 4 });
    http.services.emit(id + 1, 'reached', { participantId: 5 });
    http.services.emit(id, 'tip', { tipId: 1 });
    const events = await reader.take(3);
    expect(events.map((one) => [one.id, one.event])).to.deep.equal([
      ['1', 'action'],
      ['2', 'reached'],
      ['4', 'tip'],
    ]);
    expect(events[1]!.data).to.deep.include({ participantId: 4, actionId: id });
  });

  it('goes on after the last event that the client saw', async () => {
    for (let number = 1; number <= 450; number++) http.services.emit(id, 'attempt', { number });
    const reader = await follow('', { 'last-event-id': '10' });
    http.services.emit(id, 'attempt', { number: 451 });
    const events = await reader.take(441);
    expect(events.map((one) => Number(one.id))).to.deep.equal(Array.from({ length: 441 }, (_, index) => index + 11));
    const other = await follow('?lastEventId=450');
    expect((await other.take(1))[0]!.id).to.equal('451');
  });

  it('frees everything when the client leaves', async () => {
    const reader = await follow();
    http.services.emit(id, 'action', {});
    await reader.take(1);
    expect(http.services.listeners).to.equal(1);
    await reader.leave();
    await http.services.untilListeners(0);
  });

  it('keeps a quiet stream alive, and ends it when the server closes', async () => {
    const reader = await follow();
    await reader.comment();
    const ended = reader.ended();
    await http.close();
    await ended;
  });

  it('refuses an unknown action and an id that is none', async () => {
    expect(await http.get('/actions/9/events')).to.deep.include({ status: 404 });
    const bad = await http.ask(`/actions/${id}/events`, { headers: { 'last-event-id': 'x' } });
    expect(bad.status).to.equal(400);
  });
});

interface Reader {
  take(count: number): Promise<Sent[]>;
  comment(): Promise<void>;
  ended(): Promise<void>;
  leave(): Promise<void>;
}

/** Reads an event stream as a browser does. */
async function openReader(url: string, headers: Record<string, string>): Promise<Reader> {
  const outgoing = request(url, { headers: { ...headers, authorization: `Bearer ${TOKEN}` } });
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
