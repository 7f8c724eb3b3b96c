import { expect } from 'chai';
import { Campaign } from '../../../src/app/dialing/campaign.js';
import { Campaigns } from '../../../src/app/dialing/campaigns.js';
import type { Action } from '../../../src/domain/action.js';
import type { E164 } from '../../../src/domain/phone-number.js';

const phone = (n: number): E164 => `+31612${String(n).padStart(6, '0')}` as E164;
const action = (id: number) => ({ id, priority: false, state: 'running' }) as Action;
const anyPhone = (): boolean => true;

/** Number of calls of methods and getters of campaigns that the work makes. */
function asked(work: () => void): number {
  let times = 0;
  const before = Object.getOwnPropertyDescriptors(Campaign.prototype);
  for (const [name, descriptor] of Object.entries(before)) {
    if (name === 'constructor') continue;
    const counted = (method: unknown) =>
      function (this: unknown, ...args: unknown[]): unknown {
        times++;
        return (method as (...args: unknown[]) => unknown).apply(this, args);
      };
    const key = Object.hasOwn(descriptor, 'get') ? 'get' : 'value';
    const method = (descriptor as Readonly<Record<string, unknown>>)[key];
    Object.defineProperty(Campaign.prototype, name, { ...descriptor, [key]: counted(method) });
  }
  try {
    work();
  } finally {
    Object.defineProperties(Campaign.prototype, before);
  }
  return times;
}

describe('Campaigns', () => {
  let attempts = 0;

  /** Begins a call to the next person. */
  function callNext(campaigns: Campaigns, now: number): { readonly actionId: number; end(outcome: 'confirmed'): void } {
    const taken = campaigns.next(now, anyPhone, false)!;
    const { campaign, person } = taken;
    campaign.began(person, ++attempts);
    campaigns.started(campaign.actionId);
    return {
      actionId: campaign.actionId,
      end: (outcome) => campaign.ended(person, { phone: taken.phone, outcome, endedAt: now }),
    };
  }

  /**
   * The campaigns of `over` actions that have called everybody, and of one action with three people to call.
   */
  function after(over: number): Campaigns {
    const campaigns = new Campaigns({});
    for (let id = 1; id <= over; id++) {
      for (const purpose of ['alert', 'closing'] as const) {
        campaigns.of(action(id), purpose).add(id, [phone(id)]);
        callNext(campaigns, 0).end('confirmed');
      }
    }
    for (let n = 0; n < 3; n++) campaigns.of(action(9_999), 'alert').add(9_990 + n, [phone(9_990 + n)]);
    return campaigns;
  }

  it('do the same work for each call however many actions are over', () => {
    const costs = [0, 1, 400].map((over) => {
      const campaigns = after(over);
      return asked(() => {
        const first = callNext(campaigns, 0);
        expect(first.actionId).to.equal(9_999);
        expect(campaigns.dialing).to.equal(1);
        expect(campaigns.carried).to.equal(0);
        expect([...campaigns.heldUp(() => false)]).to.deep.equal([[9_999, 2]]);
        expect(campaigns.nextDueAt()).to.equal(undefined);
        first.end('confirmed');
      });
    });
    expect(costs[0]).to.be.greaterThan(0);
    expect(costs[1]).to.equal(costs[0]);
    expect(costs[2]).to.equal(costs[0]);
  });

  it('call again for an action that was over, when a person is added or is restored', () => {
    const campaigns = after(2);
    campaigns.of(action(1), 'closing').add(50, [phone(50)]);
    const called = [1, 2].map(() => callNext(campaigns, 0).actionId);
    expect(called.toSorted()).to.deep.equal([1, 9_999]);
    expect(campaigns.dialing).to.equal(2);
    campaigns.find(2, 'alert')!.add(60, [phone(60)]);
    campaigns.find(2, 'alert')!.suspend(60);
    expect([1, 2].map(() => callNext(campaigns, 0).actionId)).to.deep.equal([9_999, 9_999]);
    expect(campaigns.next(0, anyPhone, false)).to.equal(undefined);
    campaigns.find(2, 'alert')!.restore(60);
    expect(callNext(campaigns, 0).actionId).to.equal(2);
  });

  it('free a telephone that a person waits for, also in an action without other people to call', () => {
    const campaigns = new Campaigns({});
    campaigns.of(action(1), 'alert').add(1, [phone(1)]);
    expect(campaigns.next(0, () => false, false)).to.equal(undefined);
    expect(campaigns.freed(phone(1), 500)).to.equal(true);
    expect(campaigns.nextDueAt()).to.equal(500);
    callNext(campaigns, 500).end('confirmed');
    expect(campaigns.nextDueAt()).to.equal(undefined);
    expect(campaigns.freed(phone(1), 900)).to.equal(false);
  });
});
