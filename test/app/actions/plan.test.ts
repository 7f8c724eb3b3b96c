import { expect } from 'chai';
import type { Action } from '../../../src/domain/action.js';
import type { Plan } from '../../../src/domain/plan.js';
import { mobile } from '../../adapters/sqlite/support/fixtures.js';
import { anybody, chance } from '../../support/chance.js';
import { ControlRoom } from '../../support/control-room.js';
import { RINGS_OUT } from '../../support/far-end.js';

describe('the plan of an action', () => {
  let room: ControlRoom;
  const next = chance(21);

  const open = (people: number): void => {
    room = new ControlRoom({ lines: 30, tipLines: 3, cps: 10, retry: 'busy:1@60s' });
    room.people(people);
    for (let n = 1; n <= people; n++)
      room.telephony.script(mobile(n), ...Array.from({ length: 9 }, () => anybody(next)));
  };
  const planned = async (): Promise<{ action: Action; plan: Plan }> =>
    room.actions.create({
      kind: 'theft',
      title: 'Gestolen fiets',
      description: 'Rode damesfiets',
      message: { text: 'message-1' },
      area: { postcodes: ['8251'] },
      centralistId: room.centralist.id,
      criteria: { timeCritical: true, clearDescription: true },
    });

  afterEach(() => {
    room.close();
  });

  it('is an estimate at first, and learns from the calls of earlier actions', async () => {
    open(300);
    const { action, plan } = await planned();
    expect(plan.basis).to.equal('estimate');
    await room.actions.start(action.id);
    await room.calledOut(action);
    const first = room.actions.view(action.id).reality.calledOnceSeconds;
    const { action: second, plan: learned } = await planned();
    expect(learned.basis).to.equal('experience');
    const off = (made: Plan): number => Math.abs(made.estimateSeconds.ninety / first.ninety! - 1);
    expect(off(learned)).to.be.below(off(plan));
    await room.actions.start(second.id, { anyway: true });
    await room.calledOut(second);
    const { half, ninety, all } = room.actions.view(second.id).reality.calledOnceSeconds;
    expect(half! / learned.estimateSeconds.half).to.be.within(0.8, 1.2);
    expect(ninety! / learned.estimateSeconds.ninety).to.be.within(0.85, 1.15);
    expect(all! / learned.estimateSeconds.all).to.be.within(0.85, 1.15);
  });

  it('is kept as it was at the start, and is shown beside the real course', async () => {
    open(20);
    const { action } = await planned();
    expect(action.plan).to.equal(null);
    room.people(10, 101);
    const started = await room.actions.start(action.id);
    expect(started.plan).to.include({ selected: 30, callableNow: 30, basis: 'estimate' });
    room.people(5, 201);
    await room.calledOut(action);
    const { action: after, reality, counts } = room.actions.view(action.id);
    expect(after.plan).to.deep.equal(started.plan);
    expect(reality).to.include({ selected: 30, reached: counts.reached });
    const { half, ninety, all } = reality.calledOnceSeconds;
    expect([half, ninety, all]).to.deep.equal([half, ninety, all].toSorted((a, b) => a! - b!));
    expect(half).to.be.greaterThan(0);
  });

  it('does not count a participant as callable now who is in a call of another action', async () => {
    open(0);
    room.people(40);
    room.telephony.otherwise = RINGS_OUT;
    await room.running();
    await room.clock.advance(1_000);
    expect(room.telephony.live).to.be.within(9, 11);
    const { plan } = await planned();
    expect(plan).to.include({ selected: 40, callableNow: 40 - room.telephony.live });
  });
});
