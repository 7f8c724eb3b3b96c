import { expect } from 'chai';
import { afterEvent, type Board } from '../../../src/adapters/http/console/call-board.js';
import { NOON } from '../../support/fake-clock.js';
import { loggedIn, partOf, textOf, type Browser } from './browser.js';
import { CALLER, controlRoom, inbound } from './console-fixtures.js';
import { openReader, type Reader } from './event-reader.js';
import { startHarness, type Harness } from './harness.js';

describe('HTTP: calls in the console', () => {
  let http: Harness;
  let browser: Browser;
  let id: number;
  beforeEach(async () => {
    http = await startHarness();
    id = await controlRoom(http);
    browser = await loggedIn(http, 1);
  });
  afterEach(() => http.close());

  const happens = (stage: string, more: Record<string, unknown> = {}, inboundId = 7): void =>
    void http.services.emit(id, 'inbound', { inboundId, stage, ...more });
  const part = async (name: string, who = browser, path = '/console'): Promise<string> =>
    textOf(partOf(await who.visit(path), name));

  it('shows a ringing caller on every page before anybody answers, and marks whose softphone rings', async () => {
    happens('received', { caller: CALLER });
    expect(await part('ringing')).to.equal('');
    happens('ringing', { centralistIds: [1], caller: CALLER });
    for (const path of ['/console', `/console/actions/${id}`, '/console/centralists', '/console/nothing']) {
      const page = await browser.visit(path);
      const ringing = partOf(page, 'ringing');
      expect(ringing, path).to.match(/^<section[^>]* aria-live="assertive"/);
      expect(ringing).to.include('data-ringing="mine"');
      expect(textOf(ringing)).to.equal(
        'Tip gaat over bij u Anna Voorbeeld 8251 AB, 8254 06-12345601 Actie 1: Vermist meisje ' +
          'Hoorde het bericht om 11:55, 2 keer helemaal (34 s). ' +
          'Eerdere tips van deze beller 11:59: ingesproken, bruikbaar. Zag haar bij de haven',
      );
    }
    const colleague = await loggedIn(http, 2);
    expect(await part('ringing', colleague)).to.match(/^Tip gaat over bij Meldkamer/);
    expect(partOf(await colleague.visit('/console'), 'ringing')).to.include('data-ringing="other"');
  });

  it('shows how much of the message the caller heard, and whether it was an older message', async () => {
    happens('ringing', { centralistIds: [1], caller: { ...CALLER, heard: null, tips: [] } });
    expect(await part('ringing')).to.include('Heeft het bericht nog niet gehoord. Nog geen eerdere tips.');
    await http.post(`/actions/${id}/update`, { message: { text: 'Nu met een blauwe jas.' } });
    happens('ringing', { centralistIds: [1], caller: CALLER });
    expect(await part('ringing')).to.include('Dat was een ouder bericht');
  });

  it('shows that a caller still listens, or hung up before the message, instead of 0 s heard', async () => {
    const heard = { version: 1, plays: 0, seconds: 0, at: NOON - 60_000, listening: true };
    happens('ringing', { centralistIds: [1], caller: { ...CALLER, heard } });
    expect(await part('ringing'))
      .to.include('Luistert nog: drukte om 11:59 een toets.')
      .and.not.include('(0 s)');
    happens('ringing', { centralistIds: [1], caller: { ...CALLER, heard: { ...heard, listening: false } } });
    expect(await part('ringing'))
      .to.include('Drukte om 11:59 een toets, en hing op voor het bericht.')
      .and.not.include('(0 s)');
  });

  it('updates what a caller has heard when their alert call ends, for that caller only', async () => {
    const listening = { version: 1, plays: 0, seconds: 0, at: NOON - 60_000, listening: true };
    happens('ringing', { centralistIds: [1], caller: { ...CALLER, heard: listening } });
    happens('ringing', { centralistIds: [2], caller: { ...CALLER, participantId: 2, name: 'Bram', heard: null } }, 8);
    const ended = (participantId: number, more: object = {}, action = id): void => {
      const heard = { version: 1, plays: 2, seconds: 34, at: NOON - 60_000 };
      const data = { attemptId: 5, participantId, purpose: 'alert', number: 1, stage: 'ended', heard, ...more };
      http.services.emit(action, 'attempt', data);
    };
    const others = [
      () => ended(3),
      () => ended(1, {}, id + 1),
      () => ended(1, { stage: 'in_call' }),
      () => ended(1, { heard: undefined, outcome: 'no_answer' }),
    ];
    for (const other of others) other();
    expect(await part('ringing')).to.include('Luistert nog: drukte om 11:59 een toets.');
    const reader = await openReader(`${http.url}/console/live`, { cookie: browser.cookie });
    try {
      ended(1);
      const topics = (await reader.take(2)).map(({ data }) => data['topic']);
      expect(topics, 'open pages hear of it at once').to.have.members(['calls', `action:${id}`]);
    } finally {
      await reader.leave();
    }
    const ringing = await part('ringing');
    expect(ringing).to.include('Hoorde het bericht om 11:59, 2 keer helemaal (34 s).').and.not.include('Luistert nog');
    expect(ringing, 'the other caller').to.include('Heeft het bericht nog niet gehoord.');
    ended(2);
    expect(await part('ringing')).to.not.include('Heeft het bericht nog niet gehoord.');
  });

  it('shows who answered while both parties hear the recording notice', async () => {
    happens('ringing', { centralistIds: [1], caller: CALLER });
    happens('answered', { centralistId: 1 });
    expect(await part('ringing')).to.equal('');
    expect(await part('busy')).to.match(/^Opgenomen, wordt met u verbonden, sinds .*Anna Voorbeeld/);
    expect(await part('busy', await loggedIn(http, 2))).to.match(/^Opgenomen door Meldkamer/);
  });

  it('shows a caller without name or number, and escapes names and notes', async () => {
    happens('ringing', { centralistIds: [], caller: { ...CALLER, name: null, phone: null, postcodes: [] } });
    expect(await part('ringing')).to.match(/^Tip gaat over Naam niet bekend nummer afgeschermd/);
    happens('ringing', { caller: { ...CALLER, name: '<img src=x>', tips: [{ ...CALLER.tips[0]!, note: '<b>' }] } });
    const html = partOf(await browser.visit('/console'), 'ringing');
    expect(html).to.include('&lt;img src=x&gt;').and.include('&lt;b&gt;').and.not.include('<img');
  });

  it('follows a call from the queue to ringing, to conversation, to its end', async () => {
    happens('received', { caller: CALLER });
    happens('waiting', { place: 2 });
    http.services.waitingKept.push({ inboundId: 7, actionId: id, place: 1, since: NOON });
    expect(await part('waiting')).to.match(
      /^In de wachtrij, plaats 1, sinds \d\d:\d\d:\d\d .*Anna Voorbeeld, 8251 AB, 8254/,
    );
    http.services.waitingKept.pop();
    happens('ringing', { centralistIds: [1, 2] });
    expect([await part('waiting'), await part('no-call')]).to.deep.equal(['Niemand in de wachtrij.', '']);
    happens('connected', { centralistId: 1 });
    expect(await part('busy')).to.match(/^In gesprek met u, sinds .* Doorverbinden/);
    expect(await part('ringing')).to.equal('');
    happens('transferring', { centralistIds: [2] });
    expect(await part('ringing')).to.match(/^Tip wordt doorverbonden bij Collega Anna Voorbeeld/);
    happens('recording');
    expect(await part('busy')).to.match(/^Spreekt een bericht in/);
    happens('ended', { result: 'recorded' });
    expect([await part('busy'), await part('no-call')]).to.deep.equal([
      'Niemand is in gesprek.',
      'Er gaat nu geen tip over.',
    ]);
  });

  it('shows waiting callers from the queue after a restart', async () => {
    http.services.waitingKept.push({ inboundId: 9, actionId: id, place: 1, since: NOON });
    expect(await part('waiting')).to.match(/^In de wachtrij, plaats 1, .*Naam niet bekend/);
  });

  it('transfers a caller to a colleague', async () => {
    happens('connected', { centralistId: 1, caller: CALLER });
    const busy = partOf(await browser.visit('/console'), 'busy');
    expect(busy).to.include('<option value="202">').and.not.include('<option value="201">');
    const done = await browser.send('/console/calls/7/transfer', { extension: '202', back: '/console' });
    expect(http.services.transfers).to.deep.equal([{ inboundId: 7, extension: '202' }]);
    expect(textOf(partOf(done, 'message'))).to.include('doorverbonden');
    const wrong = await browser.send('/console/calls/7/transfer', { extension: '999' });
    expect(wrong.status).to.equal(400);
  });

  it('shows each stage of a callback, to the centralist who makes it and to colleagues', async () => {
    http.services.inboundKept.push(inbound({ id: 3, result: 'abandoned' }));
    await browser.send('/console/calls/3/callback', { back: `/console/actions/${id}`, centralistId: '1' });
    const colleague = await loggedIn(http, 2);
    const stages = [
      ['ringing_desk', 'uw toestel gaat over. Neem op', 'het toestel gaat over'],
      ['waiting', 'wacht op een vrije lijn', 'wacht op een vrije lijn'],
      ['ringing', 'de beller wordt nu gebeld', 'de beller wordt nu gebeld'],
      ['answered', 'de beller nam op, u wordt verbonden', 'de beller nam op, wordt verbonden'],
      ['connected', 'in gesprek met u', 'in gesprek'],
    ] as const;
    for (const [stage, mine, theirs] of stages) {
      if (stage !== 'ringing_desk') http.services.callbacks.becomes(1, stage);
      for (const path of ['/console', `/console/actions/${id}`, '/console/centralists']) {
        const busy = partOf(await browser.visit(path), 'busy');
        expect(textOf(busy), path)
          .to.match(new RegExp(`^U belt terug: ${mine}, sinds \\d\\d:\\d\\d:\\d\\d `))
          .and.match(/Anna Voorbeeld, 8251 AB, 8254, 06-12345678 Actie 1: Vermist meisje/)
          .and.not.include('Niemand is in gesprek');
        expect(busy).to.include('call-talking');
      }
      const seen = partOf(await colleague.visit('/console'), 'busy');
      expect(textOf(seen)).to.match(new RegExp(`^Meldkamer belt terug: ${theirs}, sinds `));
      expect(seen).to.not.include('call-talking');
    }
    http.services.callbacks.becomes(1, null);
    expect(await part('busy')).to.equal('Niemand is in gesprek.');
  });

  describe('live stream', () => {
    const readers: Reader[] = [];
    afterEach(async () => {
      for (const reader of readers.splice(0)) await reader.leave();
    });
    const follow = async (): Promise<Reader> => {
      const reader = await openReader(`${http.url}/console/live`, { cookie: browser.cookie });
      readers.push(reader);
      return reader;
    };
    const topics = async (reader: Reader, number: number): Promise<unknown[]> =>
      (await reader.take(number)).map(({ data }) => data['topic']);

    it('reports a ringing call at once, with its action', async () => {
      const reader = await follow();
      happens('ringing', { centralistIds: [1], caller: CALLER });
      expect(await topics(reader, 2)).to.deep.equal(['calls', `action:${id}`]);
      http.services.centralists.becomes(2, { registered: true });
      expect(await topics(reader, 3)).to.deep.equal(['calls', `action:${id}`, 'desk']);
    });

    it('reports a new stage of a callback at once', async () => {
      const reader = await follow();
      http.services.callbacks.callBack(7, 1);
      expect(await topics(reader, 1)).to.deep.equal(['calls']);
      await http.clock.advance(1_000);
      http.services.callbacks.becomes(1, 'ringing');
      expect(await topics(reader, 2)).to.deep.equal(['calls', 'calls']);
    });

    it('reports a new offline recording at once', async () => {
      const reader = await follow();
      http.services.recordOffline(inbound({ id: 9, actionId: null, reason: 'controller_down' }));
      expect(await topics(reader, 1)).to.deep.equal(['offline']);
      expect((await browser.visit('/console')).html).to.match(/data-about="[^"]*\boffline\b/);
    });

    it('reports a trunk alarm at once', async () => {
      const reader = await follow();
      http.services.changeAlarms([{ code: 'trunk_down', reason: 'x' }]);
      expect(await topics(reader, 1)).to.deep.equal(['alarms']);
      expect((await browser.visit('/console/who')).html).to.match(/data-about="[^"]*\balarms\b/);
    });

    it('reports a burst of attempts once a second, including the last', async () => {
      const reader = await follow();
      for (let number = 0; number < 500; number++) http.services.emit(id, 'attempt', { number });
      await http.clock.advance(999);
      http.services.centralists.becomes(2, { engaged: true });
      expect(await topics(reader, 2)).to.deep.equal([`action:${id}`, 'desk']);
      await http.clock.advance(1);
      expect(await topics(reader, 3)).to.deep.equal([`action:${id}`, 'desk', `action:${id}`]);
      await http.clock.advance(10_000);
      // A tip does not wait for the counts.
      http.services.emit(id, 'attempt', {});
      http.services.emit(id, 'tip', {});
      await http.clock.advance(250);
      expect(await topics(reader, 5)).to.deep.equal([
        `action:${id}`,
        'desk',
        `action:${id}`,
        `action:${id}`,
        `action:${id}`,
      ]);
    });

    it('removes its listeners and timers when the page is closed', async () => {
      const reader = await follow();
      for (let number = 0; number < 3; number++) happens('ringing', { centralistIds: [1] });
      await topics(reader, 2);
      const timers = http.clock.pending;
      await reader.leave();
      await http.services.untilListeners(0);
      expect(http.services.centralists.listeners).to.equal(0);
      expect(http.clock.pending).to.equal(timers - 2);
    });

    it('answers 401 without a session', async () => {
      expect((await fetch(`${http.url}/console/live`)).status).to.equal(401);
    });
  });
});

describe('HTTP: call board of the console', () => {
  const event = (data: Record<string, unknown>, at = NOON, type = 'inbound') => ({
    id: 1,
    actionId: 3,
    type,
    data,
    at,
  });
  const after = (...events: ReturnType<typeof event>[]): Board =>
    events.reduce<Board>((board, one) => afterEvent(board, one), new Map());

  it('keeps the caller from earlier events, and the beginning of the stage', () => {
    const board = after(
      event({ inboundId: 7, stage: 'received', caller: CALLER }, NOON),
      event({ inboundId: 7, stage: 'waiting', place: 2 }, NOON + 10),
      event({ inboundId: 7, stage: 'waiting', place: 1 }, NOON + 20),
    );
    expect(board.get(7)).to.include({ caller: board.get(7)!.caller, place: 1, receivedAt: NOON, at: NOON + 10 });
    expect(board.get(7)!.caller).to.deep.equal(CALLER);
  });

  it('takes the centralist of a conversation from the ringing event when the event names none', () => {
    const board = after(
      event({ inboundId: 7, stage: 'ringing', centralistId: 4 }),
      event({ inboundId: 7, stage: 'connected' }),
    );
    expect(board.get(7)).to.include({ stage: 'connected', centralistId: 4 });
  });

  it('ignores other events and data that it cannot parse', () => {
    const board = after(event({ inboundId: 7, stage: 'ringing', caller: { name: 3 } }));
    expect(board.get(7)).to.include({ caller: null });
    for (const strange of [
      event({}),
      event({ inboundId: 8, stage: 'dancing' }),
      event({ stage: 'ringing' }, NOON, 'tip'),
    ]) {
      expect(afterEvent(board, strange)).to.equal(board);
    }
  });

  it('drops a call whose end was missed', () => {
    const board = after(
      event({ inboundId: 7, stage: 'ringing' }, NOON),
      event({ inboundId: 8, stage: 'ringing' }, NOON + 45 * 60_000),
    );
    expect([...board.keys()]).to.deep.equal([8]);
  });
});
