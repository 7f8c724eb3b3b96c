import { expect } from 'chai';
import type { ActionInput } from '../../../src/app/services.js';
import { Problem } from '../../../src/domain/problem.js';
import { addPerson, calleesOf, mobile, postcode } from '../../adapters/sqlite/support/fixtures.js';
import { ControlRoom, type RoomOptions } from '../../support/control-room.js';
import { PRESSES, RINGS_OUT, type FarEnd } from '../../support/far-end.js';

describe('an action', () => {
  let room: ControlRoom;

  const open = (options: RoomOptions = {}): ControlRoom => (room = new ControlRoom(options));
  const script = (n: number, ...scripts: FarEnd[]): void => {
    room.telephony.script(mobile(n), ...scripts);
  };
  const problem = async (work: () => unknown): Promise<Problem> => {
    try {
      await work();
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
    throw new Error('the request was not refused');
  };
  const fields = async (work: () => unknown): Promise<string[]> =>
    (await problem(work)).fields.map(({ field }) => field);
  /** The sounds of each call to a number, in order. */
  const heard = (n: number): string[] => room.telephony.callsTo(mobile(n)).map(({ call }) => call.heardWords);

  const MESSAGE = 'alert-prompt message-1 message-1 ending thanks';

  beforeEach(() => {
    open();
  });

  afterEach(() => {
    room.close();
  });

  describe('after its creation', () => {
    it('is a draft with a number and a plan, and calls nobody', async () => {
      room.people(3);
      const { action, plan } = await room.actions.create({
        kind: 'robbery',
        title: 'Overval',
        description: 'Man met groene jas',
        message: { text: 'message-1' },
        area: { postcodes: ['8251', '8253-8255'] },
        centralistId: room.centralist.id,
        criteria: { timeCritical: true, clearDescription: true },
      });
      expect(action).to.include({ number: 1, state: 'draft', startedAt: null });
      expect(plan).to.deep.include({ selected: 3, callableNow: 3, excluded: {}, lines: 10 });
      await room.clock.advance(10_000);
      expect(room.telephony.placed).to.deep.equal([]);
    });

    it('calls the nearest participants first, and participants without a known place last', async () => {
      const places = [
        ['8251AA', 52.6],
        ['8251AB', 52.5],
        ['8251', 52.53],
      ] as const;
      room.stores.postcodes.importPlaces(
        places.map(([text, lat]) => ({ postcode: postcode(text), lat, lon: 5.7 })),
        { dryRun: false },
      );
      for (const [n, text] of ['8252AB', '8251AA', '8251ZZ', '8251AB'].entries()) {
        addPerson(room.stores, [mobile(n + 1)], [text]);
      }
      room.telephony.otherwise = PRESSES;
      const near = { lat: 52.5, lon: 5.7 };
      const action = await room.running({ area: { postcodes: ['8251-8252'], near } });
      expect(room.stores.actions.get(action.id)!.area.near).to.deep.equal(near);
      await room.calledOut(action);
      expect(room.telephony.placed.map(({ to }) => to)).to.deep.equal([4, 3, 2, 1].map(mobile));
    });

    const wrong: [string, Partial<ActionInput>, string[]][] = [
      ['postcodes', { area: { postcodes: ['8251', '825', '8255-8253'] } }, ['area.postcodes.1', 'area.postcodes.2']],
      ['no area', { area: { postcodes: [] } }, ['area.postcodes']],
      ['centralist', { centralistId: 99 }, ['centralistId']],
      ['empty message', { message: { text: '  ' } }, ['message.text']],
      ['message twice', { message: { text: 'a', recordingId: 1 } }, ['message']],
      ['recording', { message: { recordingId: 7 } }, ['message.recordingId']],
    ];
    for (const [what, input, expected] of wrong) {
      it(`is not created with a wrong field, which the problem names: ${what}`, async () => {
        expect(await fields(() => room.draft(input))).to.deep.equal(expected);
        expect(room.actions.list()).to.deep.equal([]);
      });
    }

    it('does not start without its criteria and a participant, and the problem names all that is missing', async () => {
      const draft = await room.draft({ criteria: { timeCritical: false, clearDescription: false } });
      const refused = await problem(() => room.actions.start(draft.id));
      expect(refused.code).to.equal('not_ready');
      expect(refused.fields.map(({ field }) => field)).to.deep.equal([
        'criteria.timeCritical',
        'criteria.clearDescription',
        'area.postcodes',
      ]);
      expect(room.actions.view(draft.id).action.state).to.equal('draft');
    });

    it('does not start when night excludes every participant', async () => {
      room.close();
      open({ night: { from: 0, to: 24 * 60 - 1 } });
      room.people(2);
      const draft = await room.draft();
      expect(await fields(() => room.actions.start(draft.id))).to.deep.equal(['area.postcodes']);
    });
  });

  it('with an unknown id is not found by any command or question', async () => {
    const { actions } = room;
    const asks = [
      () => actions.start(9),
      () => actions.pause(9),
      () => actions.resume(9),
      () => actions.update(9, { text: 'x' }),
      () => actions.close(9, { result: 'found' }),
      () => actions.view(9),
      () => actions.attempts(9),
      () => actions.eventsAfter(9, 0, 10),
      () => actions.trace(9),
    ];
    for (const ask of asks) expect((await problem(ask)).code).to.equal('not_found');
  });

  it('starts once when two consoles start it at the same time', async () => {
    room.people(4);
    room.telephony.otherwise = PRESSES;
    const draft = await room.draft();
    const [first, second] = await Promise.all([room.actions.start(draft.id), room.actions.start(draft.id)]);
    expect([first.state, second.state, second.startedAt]).to.deep.equal(['running', 'running', first.startedAt]);
    await room.calledOut(draft);
    await room.actions.start(draft.id);
    await room.clock.advance(60_000);
    expect(room.telephony.placed).to.have.lengthOf(4);
  });

  it('tells its events, and stores them with the steps of each call', async () => {
    room.people(1);
    room.telephony.otherwise = PRESSES;
    const told: string[] = [];
    const off = room.actions.onEvent(({ type, data }) => {
      const what = type === 'attempt' ? data.stage : type === 'action' ? data.state : '';
      told.push(`${type} ${String(what)}`.trim());
    });
    const action = await room.running();
    await room.calledOut(action);
    off();
    expect(told).to.deep.equal([
      'action draft',
      'attempt dialing',
      'action running',
      'attempt ringing',
      'attempt in_call',
      'reached',
      'attempt ended',
    ]);
    const kept = room.actions.eventsAfter(action.id, 0, 100);
    expect(kept).to.have.lengthOf(told.length);
    expect(room.actions.eventsAfter(action.id, kept[4]!.id, 1)).to.deep.equal([kept[5]]);
    const [attempt] = room.actions.attempts(action.id);
    expect(room.actions.trace(attempt!.id).map(({ step }) => step)).to.deep.equal(['prompt', 'message']);
  });

  it('counts participants by the stage of their calls, and has a timeline', async () => {
    room.close();
    open({ lines: 5, tipLines: 2, cps: 1_000 });
    room.people(4);
    script(1, PRESSES);
    script(2, RINGS_OUT);
    script(3, { ringsAfterMs: 'never' });
    script(4, PRESSES);
    const action = await room.running();
    await room.clock.advance(5_000);
    expect(room.actions.view(action.id).counts).to.include({
      waiting: 1,
      dialing: 1,
      ringing: 1,
      in_call: 1,
      reached: 1,
    });
    await room.calledOut(action);
    const { timeline, counts } = room.actions.view(action.id);
    expect(counts).to.include({ waiting: 0, dialing: 0, ringing: 0, in_call: 0, reached: 2, no_answer: 6 });
    expect(timeline.firstInviteAt).to.equal(action.startedAt);
    expect(timeline.halfReachedAt).to.equal(room.attempts(action).findLast((one) => one.confirmedAt)!.confirmedAt);
    expect([timeline.ninetyReachedAt, timeline.closedAt]).to.deep.equal([null, null]);
    expect(timeline.dialedOutAt).to.equal(Math.max(...room.attempts(action).map(({ endedAt }) => endedAt!)));
  });

  it('tells the plays and seconds of the message at the end of a confirmed call', async () => {
    room.people(2);
    script(1, PRESSES);
    script(2, RINGS_OUT);
    const ended: unknown[] = [];
    const off = room.actions.onEvent(({ type, data }) => {
      if (type === 'attempt' && data.stage === 'ended') ended.push(data.heard);
    });
    const action = await room.running();
    await room.clock.until(() => room.outcomes(action, mobile(2))[0] === 'no_answer');
    await room.clock.advance(30_000);
    off();
    const { confirmedAt: at, heardSeconds: seconds, plays } = room.attempts(action).find((one) => one.confirmedAt)!;
    expect(plays).to.equal(2);
    expect(ended).to.have.deep.members([undefined, { version: 1, plays, seconds, at }]);
  });

  it('counts closing calls apart from alert calls that go on after a close', async () => {
    room.people(2);
    script(1, PRESSES);
    script(2, { answersAfterMs: 20_000, presses: [{ digit: '1', atMs: 2_000 }] });
    const action = await room.running();
    await room.clock.until(() => room.outcomes(action, mobile(1))[0] === 'confirmed');
    await room.clock.finish(room.actions.close(action.id, { result: 'found' }));
    await room.clock.until(() => room.attempts(action, 'closing').some(({ answeredAt }) => answeredAt !== null));
    const { counts, closing } = room.actions.view(action.id);
    expect([counts.in_call, closing.in_call]).to.deep.equal([2, 1]);
    await room.clock.until(() => room.outcomes(action, mobile(2))[0] === 'confirmed');
    await room.calledOut(action);
    expect(room.actions.view(action.id).counts).to.include({ closing_called: 2, closing_answered: 2, in_call: 0 });
  });

  describe('that is closed', () => {
    /** The entries of the timeline, in order of time. */
    const rows = (id: number): [string, number][] =>
      Object.entries(room.actions.view(id).timeline)
        .filter((row): row is [string, number] => row[1] !== null)
        .sort(([, a], [, b]) => a - b);
    const names = (id: number): string[] => rows(id).map(([name]) => name);
    const close = (id: number) => room.clock.finish(room.actions.close(id, { result: 'found' }));

    it('has no dialedOutAt when a retry still waited at the close', async () => {
      room.people(2);
      script(1, PRESSES);
      script(2, RINGS_OUT);
      const action = await room.running();
      await room.clock.until(() => room.outcomes(action, mobile(2))[0] === 'no_answer');
      await room.clock.advance(10_000);
      const before = room.actions.view(action.id);
      expect(before.counts).to.include({ waiting: 1, dialing: 0, ringing: 0, in_call: 0 });
      expect(before.reality.calledOnceSeconds.all, 'everybody was called once').to.be.greaterThan(30);
      await close(action.id);
      await room.calledOut(action);
      expect(room.actions.view(action.id).counts).to.include({ waiting: 0, closing_answered: 1 });
      expect(names(action.id).slice(1)).to.deep.equal(['firstInviteAt', 'halfReachedAt', 'closedAt']);
    });

    it('has as dialedOutAt the end of the last retry, also after a restart', async () => {
      room.people(2);
      script(1, PRESSES);
      script(2, RINGS_OUT);
      const action = await room.running();
      await room.calledOut(action);
      const lastEnd = Math.max(...room.attempts(action).map(({ endedAt }) => endedAt!));
      await room.clock.advance(60_000);
      await close(action.id);
      await room.calledOut(action);
      const expected = ['startedAt', 'firstInviteAt', 'halfReachedAt', 'dialedOutAt', 'closedAt'];
      expect(names(action.id)).to.deep.equal(expected);
      expect(room.actions.view(action.id).timeline.dialedOutAt).to.equal(lastEnd).and.be.lessThan(room.clock.now());
      room = await room.restart();
      expect(names(action.id)).to.deep.equal(expected);
    });

    const cut: [string, FarEnd, number][] = [
      ['a telephone rang', RINGS_OUT, 5_000],
      ['a participant listened', PRESSES, 6_000],
      ['a call was being dialled', { ringsAfterMs: 'never' }, 3_000],
    ];
    for (const [what, farEnd, afterMs] of cut) {
      it(`has no dialedOutAt when ${what} at the close`, async () => {
        room.people(1);
        script(1, farEnd);
        const action = await room.running();
        await room.clock.advance(afterMs);
        await close(action.id);
        await room.calledOut(action);
        expect(names(action.id)).to.include('closedAt').and.not.include('dialedOutAt');
      });
    }

    it('has no dialedOutAt when a participant with a waiting retry called the tip line', async () => {
      room.people(2);
      script(1, PRESSES);
      script(2, RINGS_OUT);
      const action = await room.running();
      const [, second] = calleesOf(room.stores, action.id);
      await room.clock.until(() => room.outcomes(action, mobile(2))[0] === 'no_answer');
      room.dialer.suspend(action.id, second!.participantId);
      await room.clock.advance(600_000);
      expect(names(action.id)).to.not.include('dialedOutAt');
      await close(action.id);
      expect(names(action.id)).to.not.include('dialedOutAt');
    });

    it('keeps its dialedOutAt when participants are called with a message that was changed later', async () => {
      room.people(1);
      room.telephony.otherwise = PRESSES;
      const action = await room.running();
      await room.calledOut(action);
      const [alert] = room.attempts(action);
      await room.actions.update(action.id, { text: 'message-2' });
      await room.clock.advance(1_000);
      expect(room.actions.view(action.id).timeline.dialedOutAt).to.equal(alert!.endedAt);
      await close(action.id);
      expect(names(action.id).slice(-2)).to.deep.equal(['dialedOutAt', 'closedAt']);
    });
  });

  describe('that looks like another one', () => {
    it('does not start while the other one runs, is paused or was just closed', async () => {
      room.people(2);
      const first = await room.running();
      await room.calledOut(first);
      const second = await room.draft();
      for (const state of ['running', 'paused', 'closed'] as const) {
        if (state === 'paused') room.actions.pause(first.id);
        if (state === 'closed') await room.actions.close(first.id, { result: 'found' });
        await room.calledOut(first);
        const calls = room.telephony.placed.length;
        const refused = await problem(() => room.actions.start(second.id));
        expect(refused.code, state).to.equal('look_alike');
        expect(refused.fields.map(({ action }) => action)).to.deep.equal([
          { id: first.id, number: first.number, title: first.title },
        ]);
        await room.clock.advance(5_000);
        expect(room.telephony.placed, state).to.have.lengthOf(calls);
        expect(room.actions.view(second.id).action.state).to.equal('draft');
      }
      expect((await room.actions.preview(second.id)).alikes.map(({ id }) => id)).to.deep.equal([first.id]);
      expect((await room.actions.start(second.id, { anyway: true })).state).to.equal('running');
    });

    it('starts when the other one was closed long ago', async () => {
      room.people(1);
      const first = await room.running();
      await room.clock.finish(room.actions.close(first.id, { result: 'found' }));
      await room.clock.advance(31 * 60_000);
      const { id } = await room.draft();
      expect((await room.actions.preview(id)).alikes).to.deep.equal([]);
      expect((await room.actions.start(id)).state).to.equal('running');
    });
  });

  describe('that changed after the centralist saw it', () => {
    it('does not start when other participants would be called, or with another message', async () => {
      room.people(2);
      const { id } = await room.draft();
      const seen = { selected: (await room.actions.preview(id)).plan.selected, messageVersion: 1 };
      expect(seen.selected).to.equal(2);
      room.person(3);
      await room.actions.update(id, { text: 'message-2' });
      const refused = await problem(() => room.actions.start(id, { expect: seen }));
      expect(refused.code).to.equal('changed');
      expect(refused.fields.map(({ field }) => field)).to.deep.equal(['expect.selected', 'expect.messageVersion']);
      expect(room.actions.view(id).action.state).to.equal('draft');
      const now = { selected: 3, messageVersion: 2 };
      expect((await room.actions.start(id, { expect: now })).state).to.equal('running');
      expect((await room.actions.start(id, { expect: seen })).state, 'once more, it runs').to.equal('running');
    });
  });

  it('does not change the duty of its centralist at a second start', async () => {
    room.people(1);
    const draft = await room.draft();
    const [first, second] = [room.actions.start(draft.id), room.actions.start(draft.id)];
    expect((await first).state).to.equal('running');
    room.softphones.setDuty(room.centralist.id, false);
    expect((await second).state).to.equal('running');
    expect(room.softphones.onDuty()).to.deep.equal([]);
  });

  it('puts its centralist on duty at the start and not before', async () => {
    room.people(1);
    room.softphones.setDuty(room.centralist.id, false);
    const { id } = await room.draft();
    expect(room.softphones.onDuty()).to.deep.equal([]);
    await room.actions.start(id);
    expect(room.softphones.onDuty().map((centralist) => centralist.id)).to.deep.equal([room.centralist.id]);
  });

  describe('with the command pause', () => {
    it('starts no call, lets live calls end, and goes on after a resume', async () => {
      room.close();
      open({ cps: 1 });
      room.people(4);
      room.telephony.otherwise = PRESSES;
      const action = await room.running();
      await room.clock.advance(1_500);
      expect(room.actions.pause(action.id).state).to.equal('paused');
      expect(room.actions.pause(action.id).state).to.equal('paused');
      await room.clock.advance(100_000);
      expect(heard(1)).to.deep.equal([MESSAGE]);
      expect(room.telephony.placed).to.have.lengthOf(2);
      expect(room.actions.resume(action.id).state).to.equal('running');
      await room.calledOut(action);
      expect(room.telephony.placed).to.have.lengthOf(4);
    });

    it('does not pause another action', async () => {
      room.people(1);
      room.telephony.otherwise = PRESSES;
      const [first, second] = [await room.draft(), await room.draft()];
      await room.actions.start(first.id);
      room.actions.pause(first.id);
      await room.actions.start(second.id, { anyway: true });
      await room.calledOut(second);
      expect(room.actions.view(second.id).counts.confirmed).to.equal(1);
    });

    it('refuses the command as a draft and after its close', async () => {
      room.people(1);
      const draft = await room.draft();
      expect((await problem(() => room.actions.pause(draft.id))).code).to.equal('conflict');
      await room.actions.start(draft.id);
      await room.actions.close(draft.id, { result: 'found' });
      for (const command of ['pause', 'resume', 'start'] as const) {
        expect((await problem(() => room.actions[command](draft.id))).code, command).to.equal('conflict');
      }
    });
  });
});
