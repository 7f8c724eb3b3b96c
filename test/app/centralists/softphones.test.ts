import { expect } from 'chai';
import { DESK_RING_MS, type Softphones, type DeskOrder } from '../../../src/app/centralists/softphones.js';
import type { CallEnd } from '../../../src/ports/call.js';
import type { Centralist } from '../../../src/ports/stores.js';
import { isAnswered } from '../../../src/ports/telephony.js';
import { ControlRoom } from '../../support/control-room.js';

describe('the softphones', () => {
  let room: ControlRoom;
  let softphones: Softphones;
  let anna: Centralist;
  let bram: Centralist;
  let freed: number[];
  let legs = 0;

  const order = (): DeskOrder => ({
    id: `leg-${++legs}`,
    callerId: { number: '0612345678', name: 'Actie 1' },
    why: 'tip',
  });
  const never = new AbortController().signal;

  beforeEach(() => {
    room = new ControlRoom();
    ({ softphones } = room);
    [anna, bram] = ['31', '32'].map((extension) =>
      room.stores.centralists.add({
        name: extension,
        extension,
        sipUsername: `desk${extension}`,
        sipPassword: 'x',
        pinDigest: null,
        onDuty: false,
        createdAt: 0,
      }),
    ) as [Centralist, Centralist];
    freed = [];
    softphones.onFreed((id) => freed.push(id));
  });

  afterEach(() => {
    room.close();
  });

  it('are found by account and by extension', () => {
    expect(softphones.ofUsername('desk32')?.id).to.equal(bram.id);
    expect(softphones.ofExtension('31')?.id).to.equal(anna.id);
    expect([softphones.ofUsername('desk99'), softphones.ofExtension('99')]).to.deep.equal([undefined, undefined]);
  });

  it('are off duty at first, and report a change of duty once', () => {
    const changed: number[] = [];
    softphones.onChange((id) => changed.push(id));
    expect(softphones.setDuty(bram.id, true)?.onDuty).to.equal(true);
    expect(softphones.setDuty(bram.id, true)?.onDuty).to.equal(true);
    expect(softphones.onDuty().map(({ id }) => id))
      .to.include(bram.id)
      .and.not.include(anna.id);
    expect(softphones.setDuty(bram.id, false)?.onDuty).to.equal(false);
    expect(changed).to.deep.equal([bram.id, bram.id]);
    expect(softphones.setDuty(99, true)).to.equal(undefined);
  });

  it('are free again after the last engagement, however often a lease is released', () => {
    const tip = softphones.engage(anna.id, 'tip');
    const consultation = softphones.engage(anna.id, 'desk_call');
    expect(softphones.engagements(anna.id)).to.deep.equal(['tip', 'desk_call']);
    tip.release();
    tip.release();
    expect([softphones.isEngaged(anna.id), softphones.isEngaged(bram.id), freed]).to.deep.equal([true, false, []]);
    consultation.release();
    consultation.release();
    expect([softphones.isEngaged(anna.id), freed]).to.deep.equal([false, [anna.id]]);
  });

  it('are engaged during a call that they dialled', async () => {
    const call = room.telephony.dials('desk31', '*30', { hangsUpAtMs: 4_000 });
    call.onAnswer();
    softphones.engageDuring(call, anna.id, 'desk_call');
    expect(softphones.isEngaged(anna.id)).to.equal(true);
    await room.clock.finish(call.ended);
    expect(freed).to.deep.equal([anna.id]);
  });

  it('are engaged from the first ring to the end of the call', async () => {
    room.telephony.script('desk31', { answersAfterMs: 3_000, hangsUpAtMs: 10_000 });
    const ringing = softphones.ring(anna, order(), never);
    expect(softphones.isEngaged(anna.id)).to.equal(true);
    const call = await room.clock.finish(ringing);
    expect(isAnswered(call)).to.equal(true);
    await room.clock.advance(9_999);
    expect(freed).to.deep.equal([]);
    await room.clock.advance(1);
    expect(freed).to.deep.equal([anna.id]);
  });

  for (const [how, farEnd, end] of [
    ['does not answer', {}, { rangOut: true }],
    ['is busy', { refuses: { status: 486 } }, { sipStatus: 486 }],
    ['declines', { refuses: { status: 603 }, answersAfterMs: 2_000 }, { sipStatus: 603 }],
    ['is not registered', undefined, { sipStatus: 480 }],
  ] as const) {
    it(`are free when the softphone ${how}`, async () => {
      if (farEnd) room.telephony.script('desk31', farEnd);
      const result = (await room.clock.finish(softphones.ring(anna, order(), never))) as CallEnd;
      expect(result).to.include(end);
      expect(freed).to.deep.equal([anna.id]);
      expect(room.clock.monotonic() - 1_000).to.be.at.most(DESK_RING_MS);
    });
  }

  it('stop ringing when the signal aborts, and a centralist who answers at that moment is hung up', async () => {
    for (let steps = 0; steps < 12; steps++) {
      const stop = new AbortController();
      room.telephony.script('desk31', { answersAfterMs: 3_000 });
      const ringing = softphones.ring(anna, order(), stop.signal);
      room.clock.after(3_000, () => {
        void (async () => {
          for (let step = 0; step < steps; step++) await Promise.resolve();
          stop.abort();
        })();
      });
      const result = await room.clock.finish(ringing);
      // A call that was answered before the abort belongs to the code that called `ring`, which hangs it up.
      if (isAnswered(result)) await room.clock.finish(result.hangUp());
      else expect(result).to.include({ by: 'us' });
      expect(await room.clock.finish(room.telephony.callsTo('desk31').at(-1)!.call.ended)).to.include({ by: 'us' });
      expect(softphones.isEngaged(anna.id)).to.equal(false);
    }
  });

  it('are not rung at all when the signal has aborted before', async () => {
    const stop = new AbortController();
    stop.abort();
    expect(await softphones.ring(anna, order(), stop.signal)).to.deep.equal({ by: 'us' });
    expect(room.telephony.placed).to.deep.equal([]);
  });

  it('are engaged until the end of a call that is taken over', async () => {
    const surviving = { id: 'leg-surviving', rang: true, answered: true, steps: [], soundId: undefined };
    room.telephony.survivingOutgoing = [{ ...surviving, farEnd: { hangsUpAtMs: 5_000 } }];
    const leg = softphones.takeOver(anna, { ...order(), id: surviving.id }, surviving);
    expect(softphones.isEngaged(anna.id)).to.equal(true);
    await room.clock.finish(leg.ended);
    expect(freed).to.deep.equal([anna.id]);
  });
});
