import { expect } from 'chai';
import { TipService } from '../../../src/app/tip-line/tip-service.js';
import type { Action } from '../../../src/domain/action.js';
import { Problem } from '../../../src/domain/problem.js';
import { isAnswered } from '../../../src/ports/telephony.js';
import type { Centralist } from '../../../src/ports/stores.js';
import type { ControlRoom, RoomOptions } from '../../support/control-room.js';
import type { FakeCall } from '../../support/fake-call.js';
import type { FarEnd } from '../../support/far-end.js';
import { reachedRoom, rings, rowOf, eventsOf, words } from '../../support/tip-calls.js';

const STAYS: FarEnd = { answersAfterMs: 1_000 };

describe('a caller who is transferred', () => {
  let room: ControlRoom;
  let action: Action;
  let colleague: Centralist;
  let caller: FakeCall;

  /** A caller talks to the centralist of their action. */
  const talking = async (options: RoomOptions = {}, farEnd: FarEnd = { hangsUpAtMs: 120_000 }): Promise<void> => {
    ({ room, action } = await reachedRoom(2, options));
    room.telephony.script('desk21', STAYS);
    colleague = room.addCentralist('31', STAYS, false);
    caller = rings(room, 1, farEnd);
    await room.clock.advance(5_000);
  };
  const row = () => rowOf(room, caller);
  const leg = (extension: string) => room.telephony.callsTo(`desk${extension}`).at(-1)!;
  const over = async (): Promise<void> => {
    await room.clock.finish(caller.ended);
    await room.clock.advance(1_000);
  };
  const talksWith = (extension: string): boolean =>
    room.telephony.conversations.some(({ a, b, to }) => a === caller && b === leg(extension).call && to === undefined);

  beforeEach(() => talking());

  afterEach(async () => {
    await room.clock.advance(1_000);
    expect(room.inbound.liveCalls).to.equal(0);
    expect(room.lines.inbound).to.equal(0);
    expect(room.stores.centralists.all().filter(({ id }) => room.softphones.isEngaged(id))).to.deep.equal([]);
    room.close();
  });

  it('hears so, waits while the colleague is rung, even off duty, and talks to them', async () => {
    const going = room.inbound.transfer(leg('21').order.id, { centralistId: colleague.id });
    await room.clock.advance(900);
    expect(caller.heardWords).to.equal('tip-connecting tip-transferring');
    expect(talksWith('21')).to.equal(false);
    expect(await room.clock.finish(going)).to.equal('done');
    expect(talksWith('31')).to.equal(true);
    await room.clock.advance(1_000);
    expect(leg('21').end, 'the centralist who transferred is free').to.include({ by: 'us' });
    expect(room.softphones.isEngaged(room.centralist.id)).to.equal(false);
    expect(leg('31').order.callerId).to.deep.equal(leg('21').order.callerId);
    await over();
    expect(row()).to.include({ result: 'connected', centralistId: colleague.id });
    expect(row().connectedAt! - row().receivedAt, 'the start of the first conversation').to.equal(1_000);
    expect(eventsOf(room, caller)).to.deep.equal([
      'received',
      `ringing ${room.centralist.id}`,
      'connected',
      'transferring',
      `ringing ${colleague.id}`,
      'connected',
      'ended connected',
    ]);
    expect(room.stores.tips.list({ actionId: action.id })).to.have.length(1);
  });

  it('can be named by the id of their own call', async () => {
    const going = room.inbound.transfer(row().id, { centralistId: colleague.id });
    expect(await room.clock.finish(going)).to.equal('done');
    await over();
  });

  it('comes back to the centralist when the colleague does not answer in 20 s', async () => {
    room.telephony.script('desk31', {});
    const start = room.clock.monotonic();
    const going = room.inbound.transfer(leg('21').order.id, { centralistId: colleague.id });
    expect(await room.clock.finish(going)).to.equal('failed');
    expect(room.clock.monotonic() - start).to.equal(20_000);
    await room.clock.advance(100);
    expect(talksWith('21'), 'the centralist had stayed on the line').to.equal(true);
    expect(room.telephony.callsTo('desk21')).to.have.length(1);
    await over();
    expect(row()).to.include({ result: 'connected', centralistId: room.centralist.id });
  });

  it('gets the centralist rung again when they had hung up, and then the others', async () => {
    room.telephony.script('desk31', { refuses: { status: 603 }, answersAfterMs: 3_000 });
    room.telephony.script('desk21', {});
    room.addCentralist('41', { answersAfterMs: 1_000 });
    const going = room.inbound.transfer(leg('21').order.id, { centralistId: colleague.id });
    await room.clock.advance(1_000);
    leg('21').call.onEnd({ by: 'them' });
    expect(await room.clock.finish(going)).to.equal('failed');
    await room.clock.advance(22_000);
    expect(room.telephony.callsTo('desk21')).to.have.length(2);
    expect(talksWith('41')).to.equal(true);
    expect(eventsOf(room, caller).slice(4)).to.deep.equal([
      `ringing ${colleague.id}`,
      `ringing ${room.centralist.id}`,
      `ringing ${room.stores.centralists.all().at(-1)!.id}`,
      'connected',
    ]);
    await over();
  });

  it('can record a tip when no centralist is left', async () => {
    room.telephony.script('desk31', { refuses: { status: 486 } });
    room.telephony.script('desk21', { refuses: { status: 486 } });
    caller.later(60_000, () => undefined);
    const going = room.inbound.transfer(leg('21').order.id, { centralistId: colleague.id });
    leg('21').call.onEnd({ by: 'them' });
    expect(await room.clock.finish(going)).to.equal('failed');
    await over();
    expect(words(caller)).to.match(/tip-record beep/);
    expect(row()).to.include({ result: 'connected' });
    expect(room.stores.tips.list({}).map(({ type }) => type)).to.deep.equal(['conversation', 'recording']);
    expect(row().recordingId).not.to.equal(null);
  });

  it('can record a tip instead of waiting, and both centralists are hung up', async () => {
    room.close();
    await talking({}, { presses: [{ digit: '1', atMs: 10_000 }], hangsUpAtMs: 60_000 });
    room.telephony.script('desk31', {});
    const going = room.inbound.transfer(leg('21').order.id, { centralistId: colleague.id });
    await room.clock.advance(6_000);
    expect([leg('21').end, leg('31').end].map((end) => end?.by)).to.deep.equal(['us', 'us']);
    await over();
    expect(await going).to.equal('failed');
  });

  it('ends the calls of both centralists when they hang up', async () => {
    room.telephony.script('desk31', {});
    const going = room.inbound.transfer(leg('21').order.id, { centralistId: colleague.id });
    await room.clock.advance(3_000);
    caller.onEnd({ by: 'them' });
    expect(await room.clock.finish(going)).to.equal('failed');
    await room.clock.advance(100);
    expect([leg('21').end, leg('31').end].map((end) => end?.by)).to.deep.equal(['us', 'us']);
    expect(row().result).to.equal('connected');
  });

  it('talks at once to a colleague who was consulted first', async () => {
    const consulted = await room.clock.finish(
      room.softphones.ring(
        colleague,
        { id: 'consultation', callerId: { number: '21', name: 'Desk' }, why: 'colleague' },
        new AbortController().signal,
      ),
    );
    if (!isAnswered(consulted)) throw new Error('the colleague did not answer');
    const going = room.inbound.transfer(leg('21').order.id, { centralistId: colleague.id, call: consulted });
    expect(await room.clock.finish(going, 100)).to.equal('done');
    expect(caller.heardWords).to.equal('tip-connecting');
    expect(talksWith('31')).to.equal(true);
    await over();
    expect(row().centralistId).to.equal(colleague.id);
    expect(await room.clock.finish(consulted.ended)).to.include({ by: 'us' });
  });

  it('can be transferred again', async () => {
    const third = room.addCentralist('41', STAYS);
    await room.clock.finish(room.inbound.transfer(row().id, { centralistId: colleague.id }));
    await room.clock.advance(3_000);
    const going = room.inbound.transfer(leg('31').order.id, { centralistId: third.id });
    expect(await room.clock.finish(going)).to.equal('done');
    expect(talksWith('41')).to.equal(true);
    await over();
  });

  describe('stays with the centralist', () => {
    afterEach(() => over());

    it('when the colleague is engaged', async () => {
      const lease = room.softphones.engage(colleague.id, 'callback');
      expect(await room.inbound.transfer(row().id, { centralistId: colleague.id })).to.equal('failed');
      expect(talksWith('21')).to.equal(true);
      lease.release();
    });

    it('when the target is the same centralist', async () => {
      expect(await room.inbound.transfer(row().id, { centralistId: room.centralist.id })).to.equal('failed');
      expect(talksWith('21')).to.equal(true);
    });

    it('when the call is unknown', async () => {
      for (const target of ['unknown-call', 99]) {
        expect(await room.inbound.transfer(target, { centralistId: colleague.id })).to.equal('failed');
      }
    });
  });

  it('waits in the queue when the colleague does not answer and the centralist has another caller', async () => {
    const second = rings(room, 2, { hangsUpAtMs: 20_000 });
    room.telephony.script('desk31', { refuses: { status: 603 }, answersAfterMs: 5_000 });
    const going = room.inbound.transfer(row().id, { centralistId: colleague.id });
    leg('21').call.onEnd({ by: 'them' });
    expect(await room.clock.finish(going)).to.equal('failed');
    await room.clock.advance(100);
    expect(room.telephony.conversations.at(-1)!.a).to.equal(second);
    expect(eventsOf(room, caller).at(-1)).to.equal('waiting 1');
    await room.clock.finish(second.ended);
    await room.clock.advance(2_000);
    expect(talksWith('21')).to.equal(true);
    await over();
  });

  describe('through the API', () => {
    const service = (): TipService =>
      new TipService({ ...room.tipLine, stores: room.stores, softphones: room.softphones });
    const problemOf = async (work: () => Promise<void>): Promise<string> => {
      try {
        await work();
      } catch (error) {
        if (error instanceof Problem) return error.code;
        throw error;
      }
      return 'none';
    };

    afterEach(() => over());

    it('goes to an extension', async () => {
      await service().transfer(row().id, { extension: '31' });
      await room.clock.advance(3_000);
      expect(talksWith('31')).to.equal(true);
    });

    it('is refused with the reason', async () => {
      const tips = service();
      const problems = [
        await problemOf(() => tips.transfer(99, { extension: '31' })),
        await problemOf(() => tips.transfer(row().id, { extension: '99' })),
        await problemOf(() => tips.transfer(row().id, { extension: '21' })),
      ];
      const lease = room.softphones.engage(colleague.id, 'desk_call');
      problems.push(await problemOf(() => tips.transfer(row().id, { extension: '31' })));
      lease.release();
      expect(problems).to.deep.equal(['not_found', 'invalid', 'conflict', 'conflict']);
      await over();
      expect(await problemOf(() => tips.transfer(row().id, { extension: '31' }))).to.equal('conflict');
    });
  });

  it('is not listed among the waiting callers', async () => {
    const second = rings(room, 2);
    const tips = new TipService({ ...room.tipLine, stores: room.stores, softphones: room.softphones });
    await room.clock.advance(1_000);
    const { id, receivedAt } = rowOf(room, second);
    expect(tips.waiting()).to.deep.equal([{ inboundId: id, actionId: action.id, place: 1, since: receivedAt }]);
    second.onEnd({ by: 'them' });
    await over();
  });
});

describe('recorded conversations', () => {
  let room: ControlRoom;

  beforeEach(async () => {
    ({ room } = await reachedRoom(1, { recordsTalks: true }));
    room.telephony.script('desk21', { answersAfterMs: 1_000, hangsUpAtMs: 33_000 });
  });

  afterEach(() => {
    expect(room.lines.inbound).to.equal(0);
    room.close();
  });

  it('are announced to both sides, and stored with the tip before the call counts as ended', async () => {
    const caller = rings(room, 1);
    await room.clock.finish(caller.ended);
    await room.clock.advance(100);
    const row = rowOf(room, caller);
    const desk = room.telephony.callsTo('desk21')[0]!.call;
    expect([words(caller), desk.heardWords]).to.deep.equal(['tip-connecting tip-is-recorded', 'tip-is-recorded']);
    const [tip] = room.stores.tips.list({});
    expect(tip).to.include({ type: 'conversation', recordingId: row.recordingId });
    const recording = room.stores.recordings.get(row.recordingId!);
    const file = `talk-${room.stores.instanceId}-${row.id}.wav`;
    expect(recording).to.include({ type: 'conversation', file, seconds: 30 });
  });

  it('are not a missed call when the caller hangs up during the announcement', async () => {
    const caller = rings(room, 1, { hangsUpAtMs: 2_500 });
    await room.clock.finish(caller.ended);
    // The centralist hears the announcement to its end.
    await room.clock.advance(4_000);
    expect(words(caller)).to.contain('tip-is-recorded');
    expect(rowOf(room, caller)).to.include({
      result: 'connected',
      centralistId: room.centralist.id,
      connectedAt: null,
    });
    expect(eventsOf(room, caller).slice(-2)).to.deep.equal(['answered', 'ended connected']);
  });

  it('have a recording each when the caller is transferred', async () => {
    const colleague = room.addCentralist('31', { answersAfterMs: 1_000, hangsUpAtMs: 20_000 });
    const caller = rings(room, 1);
    await room.clock.advance(10_000);
    await room.clock.finish(room.inbound.transfer(rowOf(room, caller).id, { centralistId: colleague.id }));
    await room.clock.finish(caller.ended);
    await room.clock.advance(1_000);
    const tips = room.stores.tips.list({});
    expect(tips.map(({ type }) => type)).to.deep.equal(['conversation', 'conversation']);
    const files = tips.map(({ recordingId }) => room.stores.recordings.get(recordingId!)?.file);
    const name = `talk-${room.stores.instanceId}-${rowOf(room, caller).id}`;
    expect(files).to.deep.equal([`${name}.wav`, `${name}-2.wav`]);
  });

  it('go on when they cannot be recorded', async () => {
    room.telephony.recordingFault = 'no room on the disk';
    const caller = rings(room, 1);
    await room.clock.finish(caller.ended);
    await room.clock.advance(100);
    expect(rowOf(room, caller)).to.include({ result: 'connected', recordingId: null });
    expect(room.stores.tips.list({})).to.have.length(1);
    expect(room.log.said('error')).to.include('conversation could not be recorded');
  });
});
