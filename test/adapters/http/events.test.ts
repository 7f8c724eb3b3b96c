import { expect } from 'chai';
import { openReader, type Reader } from './event-reader.js';
import { startHarness, withAction, type Harness } from './harness.js';

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

  it('sends past and new events of the action in order, with ids', async () => {
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

  it('continues after the last event that the client has seen', async () => {
    for (let number = 1; number <= 450; number++) http.services.emit(id, 'attempt', { number });
    const reader = await follow('', { 'last-event-id': '10' });
    http.services.emit(id, 'attempt', { number: 451 });
    const events = await reader.take(441);
    expect(events.map((one) => Number(one.id))).to.deep.equal(Array.from({ length: 441 }, (_, index) => index + 11));
    const other = await follow('?lastEventId=450');
    expect((await other.take(1))[0]!.id).to.equal('451');
  });

  it('removes its listeners when the client leaves', async () => {
    const reader = await follow();
    http.services.emit(id, 'action', {});
    await reader.take(1);
    expect(http.services.listeners).to.equal(1);
    await reader.leave();
    await http.services.untilListeners(0);
  });

  it('keeps a quiet stream open with comments, and ends it when the server closes', async () => {
    const reader = await follow();
    await reader.comment();
    const ended = reader.ended();
    await http.close();
    await ended;
  });

  it('refuses an unknown action and an invalid Last-Event-ID', async () => {
    expect(await http.get('/actions/9/events')).to.deep.include({ status: 404 });
    const bad = await http.ask(`/actions/${id}/events`, { headers: { 'last-event-id': 'x' } });
    expect(bad.status).to.equal(400);
  });
});

describe('HTTP: events of all actions', () => {
  let http: Harness;
  const readers: Reader[] = [];
  beforeEach(async () => {
    http = await startHarness();
    await withAction(http);
    await http.post('/centralists', { name: 'Collega', extension: '202' });
  });
  afterEach(async () => {
    for (const reader of readers.splice(0)) await reader.leave();
    await http.close();
  });

  const follow = async (headers: Record<string, string> = {}, query = ''): Promise<Reader> => {
    const reader = await openReader(`${http.url}/api/v1/events${query}`, headers);
    readers.push(reader);
    return reader;
  };
  const numbered = (all: readonly { id: string }[]): string[] => all.map(({ id }) => id).filter((id) => id !== '');

  it('sends new events of every action, and the current and each later state of every centralist', async () => {
    http.services.emit(1, 'action', { state: 'running' });
    const reader = await follow();
    expect((await reader.take(2)).map(({ id, event, data }) => [id, event, data])).to.deep.equal([
      ['', 'desk', { centralistId: 1, registered: true, onDuty: false, engaged: false }],
      ['', 'desk', { centralistId: 2, registered: false, onDuty: false, engaged: false }],
    ]);
    http.services.emit(1, 'inbound', { inboundId: 7, stage: 'ringing' });
    http.services.centralists.becomes(2, { registered: true });
    http.services.emit(2, 'tip', { tipId: 1 });
    await http.put('/centralists/1/duty', { onDuty: true });
    const later = (await reader.take(6)).slice(2);
    // Stored events keep their order. A desk event has no id and is sent at once.
    expect(numbered(later)).to.deep.equal(['2', '3']);
    expect(later.find(({ event }) => event === 'inbound')?.data).to.include({ actionId: 1, inboundId: 7 });
    expect(later.filter(({ event }) => event === 'desk').map(({ data }) => data)).to.deep.equal([
      { centralistId: 2, registered: true, onDuty: false, engaged: false },
      { centralistId: 1, registered: true, onDuty: true, engaged: false },
    ]);
  });

  it('continues after the last stored event that the client has seen, desk events or not', async () => {
    for (let number = 1; number <= 250; number++) http.services.emit((number % 2) + 1, 'attempt', { number });
    const reader = await follow({ 'last-event-id': '30' });
    http.services.emit(1, 'tip', {});
    const seen = await reader.take(2 + 221);
    expect(numbered(seen)).to.deep.equal(Array.from({ length: 221 }, (_, index) => `${index + 31}`));
    const all = await follow({}, '?lastEventId=0');
    expect(numbered(await all.take(2 + 251))).to.have.length(251);
  });

  it('sends the id of the newest event before a new event happens', async () => {
    http.services.emit(1, 'action', {});
    const reader = await follow();
    await reader.take(2);
    expect(reader.lastId()).to.equal('1');
  });

  it('removes its listeners when the client leaves', async () => {
    const reader = await follow();
    await reader.take(2);
    expect([http.services.listeners, http.services.centralists.listeners]).to.deep.equal([1, 1]);
    await reader.leave();
    await http.services.untilListeners(0);
    expect(http.services.centralists.listeners).to.equal(0);
  });
});
