import { expect } from 'chai';
import { addDraft, addPerson, addRunning, freshStores, mobile, selectionOf, type Fixture } from './support/fixtures.js';

describe('stored calls to the tip line', () => {
  let stores: Fixture;
  beforeEach(() => {
    stores = freshStores();
  });
  afterEach(() => {
    stores.close();
  });

  function withAction() {
    const person = addPerson(stores, [mobile(1)]);
    return { person, action: addRunning(stores, [person]) };
  }

  it('are updated until they have their one result', () => {
    const { person, action } = withAction();
    const { id } = stores.inbound.add({ from: mobile(1), callId: 'call-1', receivedAt: 100 });
    stores.inbound.update(id, {});
    stores.inbound.update(id, { participantId: person.id, actionId: action.id, reason: 'reached', ringingAt: 110 });
    stores.inbound.update(id, { connectedAt: 120, centralistId: action.centralistId });
    expect(stores.inbound.open().map((call) => call.id)).to.deep.equal([id]);
    expect(stores.inbound.end(id, 'connected', 200)).to.equal(true);
    expect(stores.inbound.end(id, 'abandoned', 300)).to.equal(false);
    expect(stores.inbound.open()).to.deep.equal([]);
    expect(stores.inbound.list({})).to.deep.equal([
      {
        id,
        from: mobile(1),
        participantId: person.id,
        actionId: action.id,
        result: 'connected',
        reason: 'reached',
        receivedAt: 100,
        ringingAt: 110,
        connectedAt: 120,
        endedAt: 200,
        centralistId: action.centralistId,
        recordingId: null,
        callId: 'call-1',
      },
    ]);
  });

  it('are listed for one action or for all, also with a withheld number', () => {
    const { action } = withAction();
    const first = stores.inbound.add({ from: null, callId: 'call-1', receivedAt: 100 });
    const second = stores.inbound.add({ from: mobile(1), callId: 'call-1', receivedAt: 110 });
    stores.inbound.update(second.id, { actionId: action.id });
    expect(first).to.include({ from: null, result: null, reason: '' });
    expect(stores.inbound.list({}).map((call) => call.id)).to.deep.equal([first.id, second.id]);
    expect(stores.inbound.list({ actionId: action.id }).map((call) => call.id)).to.deep.equal([second.id]);
  });

  it('are in the list of tips of their action, newest first: each tip, and each call that left none', () => {
    const { action, person } = withAction();
    const other = addRunning(stores, [person]);
    const call = (at: number, result: 'abandoned' | 'connected' | 'recorded' | null, of = action): number => {
      const { id } = stores.inbound.add({ from: null, callId: `call-${at}`, receivedAt: at, actionId: of.id });
      if (result !== null) stores.inbound.end(id, result, at + 5);
      return id;
    };
    const tip = (inboundId: number, createdAt: number, of = action) =>
      stores.tips.add({
        actionId: of.id,
        participantId: person.id,
        inboundId,
        type: 'conversation',
        recordingId: null,
        createdAt,
      });
    const twice = call(100, 'connected');
    const [first, last] = [tip(twice, 110), tip(twice, 400)];
    const unspoken = call(150, 'connected');
    const missed = call(300, 'abandoned');
    const calledBack = call(200, 'abandoned');
    const late = tip(calledBack, 210);
    call(250, 'recorded');
    call(260, null);
    call(500, 'abandoned', other);
    tip(call(510, 'connected', other), 520, other);
    const spoken = call(270, null);
    stores.inbound.update(spoken, { connectedAt: 271 });
    stores.inbound.end(spoken, 'connected', 280);

    const keys = (limit: number, offset: number) =>
      stores.tips.newest(action.id, { limit, offset }).map((one) => [one.tip?.id ?? null, one.call.id]);
    const all = [
      [last.id, twice],
      [null, missed],
      [late.id, calledBack],
      [null, unspoken],
      [first.id, twice],
    ];
    expect(keys(10, 0)).to.deep.equal(all);
    expect([0, 1, 2, 3, 4, 5].flatMap((offset) => keys(1, offset))).to.deep.equal(all);
    expect(stores.tips.newest(action.id, { limit: 1, offset: 0 })).to.deep.equal([
      { tip: last, call: stores.inbound.get(twice) },
    ]);
    expect(stores.tips.missed(action.id)).to.equal(1);
    expect(stores.tips.missed(other.id)).to.equal(1);
    expect(stores.tips.missed(99)).to.equal(0);
    stores.tips.update(late.id, { useful: false });
    expect(stores.tips.count(action.id)).to.deep.equal({ total: 3, unjudged: 2 });
  });

  it('are found without an action when they were recorded while the controller was down, newest first', () => {
    const { action } = withAction();
    const add = (reason: string, recorded: boolean): number => {
      const recording = { type: 'tip', soundId: null, file: 'x.wav', seconds: 3, createdAt: 100 } as const;
      const recordingId = recorded ? stores.recordings.add(recording).id : null;
      const call = { from: null, callId: `call-${Math.random()}`, receivedAt: 100, endedAt: 200, reason } as const;
      return stores.inbound.add({ ...call, result: recorded ? 'recorded' : 'abandoned', recordingId }).id;
    };
    const [first, , second] = [
      add('controller_down', true),
      add('controller_down', false),
      add('controller_down', true),
    ];
    const reached = add('reached', true);
    stores.inbound.update(reached, { actionId: action.id });
    const found = (limit: number): number[] => stores.inbound.offlineWithoutAction(limit).map(({ id }) => id);
    expect([found(10), found(1)]).to.deep.equal([[second, first], [second]]);
  });

  it('can have their result when they are added: refused, or recorded while the controller was down', () => {
    const refused = { from: mobile(1), callId: 'call-1', receivedAt: 100, reason: 'too_many', endedAt: 100 } as const;
    const { id } = stores.inbound.add({ ...refused, result: 'refused' });
    expect(stores.inbound.open()).to.deep.equal([]);
    expect(stores.inbound.get(id)).to.include({ ...refused, result: 'refused', participantId: null, actionId: null });
    expect(stores.inbound.end(id, 'connected', 200)).to.equal(false);
  });

  it('have tips that a centralist judges and annotates separately', () => {
    const { person, action } = withAction();
    const { id: inboundId } = stores.inbound.add({ from: mobile(1), callId: 'call-1', receivedAt: 100 });
    const recording = stores.recordings.add({
      type: 'tip',
      soundId: null,
      file: 'tip-1.wav',
      seconds: 7.5,
      createdAt: 150,
    });
    const tip = stores.tips.add({
      actionId: action.id,
      participantId: person.id,
      inboundId,
      type: 'recording',
      recordingId: recording.id,
      createdAt: 160,
    });
    expect(tip).to.include({ note: null, useful: null, recordingId: recording.id });
    expect(stores.tips.update(tip.id, { useful: false })).to.include({ useful: false, note: null });
    expect(stores.tips.update(tip.id, { note: 'zag een step' })).to.include({ useful: false, note: 'zag een step' });
    expect(stores.tips.update(tip.id, { useful: null })).to.include({ useful: null, note: 'zag een step' });
    expect(stores.tips.update(tip.id, {})).to.include({ note: 'zag een step' });
    expect(stores.tips.update(99, { note: 'x' })).to.equal(undefined);
    expect(stores.tips.list({ actionId: action.id })).to.have.length(1);
    expect(stores.tips.list({ actionId: 99 })).to.deep.equal([]);
    expect(stores.recordings.get(recording.id)).to.deep.equal(recording);
    expect(stores.recordings.get(99)).to.equal(undefined);
  });

  it('keep the result `recorded` after the recording was deleted', () => {
    const { action } = withAction();
    const { id } = stores.inbound.add({ from: mobile(1), callId: 'call-1', receivedAt: 100 });
    const recording = stores.recordings.add({ type: 'tip', soundId: null, file: 'a.wav', seconds: 1, createdAt: 1 });
    stores.inbound.update(id, { actionId: action.id, recordingId: recording.id });
    stores.inbound.end(id, 'recorded', 200);
    stores.db.sqlite.prepare('DELETE FROM recording').run();
    expect(stores.inbound.list({})[0]).to.include({ result: 'recorded', recordingId: null });
  });
});

describe('stored centralists', () => {
  it('have a unique extension, which is free again after removal', () => {
    const stores = freshStores();
    const desk = {
      name: 'Meldkamer A',
      extension: '21',
      sipUsername: 'desk21',
      sipPassword: 'secret',
      pinDigest: null,
      onDuty: false,
      createdAt: 1,
    };
    const first = stores.centralists.add(desk);
    expect(first).to.deep.equal({ id: 1, ...desk, removedAt: null });
    expect(() => stores.centralists.add({ ...desk, sipUsername: 'desk22' }))
      .to.throw('extension 21')
      .with.property('code', 'conflict');
    const second = stores.centralists.add({ ...desk, extension: '22', sipUsername: 'desk22' });
    expect(stores.centralists.get(second.id)).to.deep.equal(second);
    expect(stores.centralists.get(99)).to.equal(undefined);
    expect(stores.centralists.all()).to.deep.equal([first, second]);
    // A removed centralist is only a name in history, and the extension is free.
    const removed = stores.centralists.update(first.id, { removedAt: 2 });
    expect(stores.centralists.get(first.id)).to.deep.equal(removed);
    expect(stores.centralists.active(first.id)).to.equal(undefined);
    expect(stores.centralists.update(first.id, { onDuty: true })).to.equal(undefined);
    expect(stores.centralists.all()).to.deep.equal([second]);
    stores.centralists.add({ ...desk, sipUsername: 'desk23' });
    stores.close();
  });
});

describe('stored events and call steps', () => {
  it('are read from the last one seen on, oldest first, up to a limit', () => {
    const stores = freshStores();
    const mine = addRunning(stores, []);
    const other = addRunning(stores, []);
    const [a, , c, d] = [mine, other, mine, mine].map(({ id }, n) =>
      stores.events.add({ actionId: id, type: 'attempt', data: { n, names: ['x'] }, at: n }),
    );
    expect(a).to.deep.equal({ id: 1, actionId: mine.id, type: 'attempt', data: { n: 0, names: ['x'] }, at: 0 });
    expect(stores.events.after(mine.id, 0, 2)).to.deep.equal([a, c]);
    expect(stores.events.after(mine.id, c!.id, 10)).to.deep.equal([d]);
    expect(stores.events.after(mine.id, d!.id, 10)).to.deep.equal([]);
    expect(stores.events.since(a!.id, 2).map(({ id }) => id)).to.deep.equal([a!.id + 1, c!.id]);
    expect(stores.events.since(d!.id, 10)).to.deep.equal([]);
    expect(stores.events.newest()).to.equal(d!.id);
    stores.close();
  });

  it('of one call are read in their order', () => {
    const stores = freshStores();
    const steps = [
      { step: 'prompt', at: 5 },
      { step: 'message', at: 5 },
    ];
    stores.traces.add('call-1', steps.slice(0, 1));
    stores.traces.add('call-2', [{ step: 'prompt', at: 6 }]);
    stores.traces.add('call-1', steps);
    expect(stores.traces.of('call-1'), 'each step once').to.deep.equal(steps);
    expect(stores.traces.of('call-1', { limit: 1 }), 'a part').to.deep.equal(steps.slice(0, 1));
    expect(stores.traces.of('call-1', { limit: 5, offset: 1 })).to.deep.equal(steps.slice(1));
    expect(stores.traces.of('call-3')).to.deep.equal([]);
    stores.close();
  });
});

describe('changes by centralists', () => {
  it('are stored: duty, PIN, and the centralist and team of an action', () => {
    const stores = freshStores();
    const action = addDraft(stores);
    const { centralistId } = action;
    expect(stores.centralists.update(centralistId, { onDuty: true, pinDigest: 'digest' })).to.include({
      onDuty: true,
      pinDigest: 'digest',
    });
    expect(stores.centralists.update(centralistId, {})).to.deep.equal(stores.centralists.get(centralistId));
    expect(stores.centralists.update(99, { onDuty: true })).to.equal(undefined);
    const other = stores.centralists.add({
      name: 'Meldkamer B',
      extension: '22',
      sipUsername: 'desk22',
      sipPassword: 'secret',
      pinDigest: null,
      onDuty: false,
      createdAt: 1,
    });
    stores.actions.assign(action.id, { centralistId: other.id, team: [centralistId] });
    expect(stores.actions.get(action.id))
      .to.include({ centralistId: other.id })
      .and.deep.include({ team: [centralistId] });
    stores.actions.assign(action.id, { team: [] });
    expect(stores.actions.get(action.id)).to.include({ centralistId: other.id }).and.deep.include({ team: [] });
    stores.close();
  });
});

describe('stored callbacks', () => {
  it('belong to an incoming call, and have one result', () => {
    const stores = freshStores();
    const person = addPerson(stores, [mobile(1)]);
    const action = addDraft(stores);
    const inbound = stores.inbound.add({ from: mobile(1), callId: 'call-1', receivedAt: 10 });
    const added = stores.callbacks.add({
      inboundId: inbound.id,
      actionId: action.id,
      participantId: person.id,
      phone: mobile(1),
      centralistId: action.centralistId,
      requestedAt: 20,
    });
    expect(added).to.include({ deskAnsweredAt: null, answeredAt: null, endedAt: null, result: null });
    expect(stores.callbacks.open()).to.deep.equal([added]);
    stores.callbacks.update(added.id, { deskAnsweredAt: 21 });
    stores.callbacks.update(added.id, {});
    expect(stores.callbacks.end(added.id, 'connected', 30)).to.equal(true);
    expect(stores.callbacks.end(added.id, 'interrupted', 31)).to.equal(false);
    expect(stores.callbacks.get(added.id)).to.include({ deskAnsweredAt: 21, result: 'connected', endedAt: 30 });
    expect(stores.callbacks.open()).to.deep.equal([]);
    expect(stores.callbacks.list({ inboundId: inbound.id }).map(({ id }) => id)).to.deep.equal([added.id]);
    expect(stores.callbacks.list({ actionId: action.id + 1 })).to.deep.equal([]);
    stores.close();
  });

  it('find their call to the tip line by id and by call id', () => {
    const stores = freshStores();
    const inbound = stores.inbound.add({ from: null, callId: '1795.7', receivedAt: 10 });
    expect(stores.inbound.byCallId('1795.7')).to.deep.equal(inbound);
    expect(stores.inbound.get(inbound.id)).to.deep.equal(inbound);
    expect(stores.inbound.byCallId('1795.8')).to.equal(undefined);
    expect(stores.inbound.get(99)).to.equal(undefined);
    stores.close();
  });
});

describe('caller with a personal code', () => {
  it('has the standing of the participant, from any number', () => {
    const HERE = { closedAfter: 0, simulated: false };
    const stores = freshStores();
    const [anna, bram] = [addPerson(stores, [mobile(1)]), addPerson(stores, [mobile(2)])];
    const action = addDraft(stores);
    stores.actions.move(action.id, 'draft', 'running', { at: 6_000, selection: selectionOf([anna, bram]) });
    stores.actions.markReached(action.id, bram.id, mobile(2), 1, 7_000);
    expect(stores.actions.standingsOf([bram.id, 12_345, anna.id], HERE)).to.deep.equal([
      ...stores.actions.standings(mobile(1), HERE),
      ...stores.actions.standings(mobile(2), HERE),
    ]);
    expect(stores.actions.standingsOf([], HERE)).to.deep.equal([]);
    stores.close();
  });

  it('is identified with a key that stays with the database', () => {
    const stores = freshStores();
    expect(stores.codeKey).to.have.length.of.at.least(40);
    stores.close();
  });
});
