import { expect } from 'chai';
import type { Centralist } from '../../../src/ports/stores.js';
import { mobile } from '../../adapters/sqlite/support/fixtures.js';
import { ControlRoom } from '../../support/control-room.js';
import type { FakeCall } from '../../support/fake-call.js';
import { PRESSES } from '../../support/far-end.js';

/** The tip line and the softphones together. */
describe('a caller who is transferred from a softphone', () => {
  let room: ControlRoom;
  let colleague: Centralist;
  let caller: FakeCall;

  const ours = (): FakeCall => room.telephony.callsTo('desk21').at(-1)!.call;
  const theirs = (): FakeCall => room.telephony.callsTo(colleague.sipUsername).at(-1)!.call;
  /** The conversations now, each as two call ids. */
  const talking = (): string[][] =>
    room.telephony.conversations.filter(({ to }) => to === undefined).map(({ a, b }) => [a.id, b.id]);

  beforeEach(async () => {
    room = new ControlRoom();
    room.person(1);
    ({ centralist: colleague } = await room.centralists.add({ name: 'Kees', extension: '22' }));
    room.telephony.script(mobile(1), PRESSES);
    const action = await room.running();
    await room.calledOut(action);
    room.telephony.script('desk21', { answersAfterMs: 1_000 });
    caller = room.telephony.ringUs(mobile(1));
    await room.clock.advance(10_000);
    expect(talking()).to.deep.equal([[caller.id, ours().id]]);
  });

  afterEach(() => {
    expect([room.centralist, colleague].map(({ id }) => room.softphones.isEngaged(id))).to.deep.equal([false, false]);
    expect(room.lines.inbound).to.equal(0);
    room.close();
  });

  const isOver = async (): Promise<void> => {
    await room.clock.finish(caller.hangUp());
    await room.clock.advance(1_000);
    expect([ours().endedAt, theirs().endedAt]).not.to.include(undefined);
    expect(room.stores.inbound.list({}).at(-1)).to.include({ result: 'connected', centralistId: colleague.id });
  };

  it('talks to the colleague who answers at the extension', async () => {
    room.telephony.script(colleague.sipUsername, { answersAfterMs: 3_000 });
    const reports = room.telephony.transfers(ours().id, { dialled: '22' });
    await room.clock.advance(10_000);
    expect(reports).to.deep.equal(['ringing', 'done']);
    expect(talking()).to.deep.equal([[caller.id, theirs().id]]);
    expect(ours().endedAt).not.to.equal(undefined);
    await isOver();
  });

  it('comes back to the centralist when the extension does not answer', async () => {
    const reports = room.telephony.transfers(ours().id, { dialled: '22' });
    await room.clock.advance(30_000);
    expect(reports).to.deep.equal(['ringing', 'failed']);
    expect(talking()).to.deep.equal([[caller.id, ours().id]]);
    await room.clock.finish(caller.hangUp());
    await room.clock.advance(1_000);
  });

  it('talks at once to a colleague who was consulted first', async () => {
    room.telephony.script(colleague.sipUsername, { answersAfterMs: 1_000 });
    const asking = room.telephony.dials('desk21', '22');
    await room.clock.advance(5_000);
    expect(talking()).to.deep.include([asking.id, theirs().id]);
    const reports = room.telephony.transfers(ours().id, { consulted: asking.id });
    await room.clock.advance(2_000);
    expect(reports).to.deep.equal(['done']);
    expect(talking()).to.deep.equal([[caller.id, theirs().id]]);
    expect([asking.endedAt, ours().endedAt]).not.to.include(undefined);
    expect(room.softphones.isEngaged(room.centralist.id)).to.equal(false);
    await isOver();
  });

  it('keeps colleagues from ringing the centralist', async () => {
    const asking = room.telephony.dials(colleague.sipUsername, '21');
    await room.clock.finish(asking.ended);
    expect(asking.heardWords).to.contain('desk-engaged');
    expect(room.telephony.callsTo('desk21')).to.have.length(1);
    await room.clock.finish(caller.hangUp());
    await room.clock.advance(1_000);
  });

  it('keeps talking to the colleague over a restart', async () => {
    room.telephony.script(colleague.sipUsername, { answersAfterMs: 1_000 });
    const asking = room.telephony.dials('desk21', '22');
    await room.clock.advance(5_000);
    room.telephony.transfers(ours().id, { consulted: asking.id });
    await room.clock.advance(2_000);
    const leg = theirs().id;
    const callId = caller.id;
    const before = room;
    room = await room.restart({
      survivingOutgoing: [{ id: leg, rang: true, answered: true, steps: [], soundId: undefined }],
      survivingCallers: [
        {
          id: callId,
          answered: true,
          from: mobile(1),
          withheld: false,
          source: undefined,
          farEnd: { hangsUpAtMs: 9_000 },
        },
      ],
      survivingConversations: [{ a: callId, b: leg }],
    });
    await room.clock.advance(5_000);
    expect(room.telephony.orphans).to.deep.equal([]);
    expect(talking()).to.deep.equal([[callId, leg]]);
    expect(room.softphones.engagements(colleague.id)).to.deep.equal(['tip']);
    await room.clock.advance(5_000);
    expect(room.telephony.takenOverOutgoing.find(({ order }) => order.id === leg)?.end).not.to.equal(undefined);
    expect(room.stores.inbound.list({}).at(-1)).to.include({ result: 'connected', centralistId: colleague.id });
    await before.clock.finish(before.telephony.close());
  });
});
