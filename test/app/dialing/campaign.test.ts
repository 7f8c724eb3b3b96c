import { expect } from 'chai';
import { Campaign } from '../../../src/app/dialing/campaign.js';
import type { Person } from '../../../src/app/dialing/person.js';
import type { Outcome } from '../../../src/domain/outcome.js';
import type { E164 } from '../../../src/domain/phone-number.js';
import { mobile } from '../../adapters/sqlite/support/fixtures.js';

const POLICY = { no_answer: { times: 2, delayMs: 120_000 }, busy: { times: 2, delayMs: 60_000 } };

let attempts = 0;

/** Takes the next person and makes a call that ends with this outcome. Returns the person's id. */
function call(campaign: Campaign, outcome: Outcome, now: number): number | undefined {
  const taken = campaign.take(now);
  if (!taken) return undefined;
  campaign.began(taken.person, ++attempts);
  campaign.ended(taken.person, { phone: taken.phone, outcome, endedAt: now });
  return taken.person.participantId;
}

const takeAll = (campaign: Campaign, now: number): number[] => {
  const ids: number[] = [];
  for (let id = call(campaign, 'confirmed', now); id !== undefined; id = call(campaign, 'confirmed', now)) ids.push(id);
  return ids;
};

describe('Campaign', () => {
  let campaign: Campaign;

  const add = (id: number, ...phones: E164[]): Person => campaign.add(id, phones.length > 0 ? phones : [mobile(id)]);
  /** Begins a call to the next person. The call stays live. */
  const begin = (now = 0): Person => {
    const { person } = campaign.take(now)!;
    campaign.began(person, ++attempts);
    return person;
  };
  const end = (person: Person, outcome: Outcome, endedAt = 0): void => {
    campaign.ended(person, { phone: person.phones[0]!, outcome, endedAt });
  };

  beforeEach(() => {
    campaign = new Campaign(1, 'alert', POLICY);
  });

  it('calls people in the order in which they were added, each once', () => {
    for (const id of [3, 1, 2]) add(id);
    expect(takeAll(campaign, 0)).to.deep.equal([3, 1, 2]);
    expect(campaign.count()).to.deep.equal({ waiting: 0, dialing: 0, ringing: 0, in_call: 0 });
  });

  it('counts people by where they are now', () => {
    for (const id of [1, 2, 3, 4]) add(id);
    const [first, second, third] = [begin(), begin(), begin()];
    campaign.stage(second, 'ringing');
    campaign.stage(third, 'in_call');
    expect(campaign.count()).to.deep.equal({ waiting: 1, dialing: 1, ringing: 1, in_call: 1 });
    end(first, 'no_answer');
    end(third, 'confirmed');
    expect(campaign.count()).to.deep.equal({ waiting: 2, dialing: 0, ringing: 1, in_call: 0 });
  });

  it('forgets everybody once nobody is left to call, except while a hold keeps them', () => {
    for (const id of [1, 2]) add(id);
    const first = begin();
    end(begin(), 'confirmed');
    expect(
      [1, 2].map((id) => campaign.has(id)),
      'during the last call',
    ).to.deep.equal([true, true]);
    end(first, 'declined');
    expect([1, 2].map((id) => campaign.has(id))).to.deep.equal([false, false]);
    const hold = campaign.keepEverybody();
    add(1);
    call(campaign, 'confirmed', 0);
    expect(campaign.has(1)).to.equal(true);
    add(3);
    hold.release();
    expect(campaign.has(1), 'while a person waits').to.equal(true);
    campaign.drop(3);
    expect([1, 3].map((id) => campaign.has(id))).to.deep.equal([false, false]);
  });

  it('calls people again when their retry is due and not before, the earliest due first', () => {
    for (const id of [1, 2, 3]) add(id);
    call(campaign, 'no_answer', 0);
    call(campaign, 'busy', 10_000);
    call(campaign, 'busy', 5_000);
    expect(campaign.nextDueAt()).to.equal(65_000);
    expect(campaign.take(64_999)).to.equal(undefined);
    expect(takeAll(campaign, 70_000)).to.deep.equal([3, 2]);
    expect(campaign.nextDueAt()).to.equal(120_000);
    expect(takeAll(campaign, 120_000)).to.deep.equal([1]);
    expect(campaign.nextDueAt()).to.equal(undefined);
  });

  it('makes first calls before retries', () => {
    add(1);
    call(campaign, 'busy', 0);
    add(2);
    expect(takeAll(campaign, 60_000)).to.deep.equal([2, 1]);
  });

  it('stops calling a person whose tries are used up', () => {
    add(1);
    for (const now of [0, 60_000, 120_000]) expect(call(campaign, 'busy', now)).to.equal(1);
    expect(call(campaign, 'busy', 999_999)).to.equal(undefined);
    expect(campaign.count().waiting).to.equal(0);
  });

  it('puts a person who could not be called back in front, also a person who was due for a retry', () => {
    for (const id of [1, 2]) add(id);
    campaign.untake(campaign.take(0)!.person);
    expect(call(campaign, 'busy', 0)).to.equal(1);
    expect(call(campaign, 'confirmed', 0)).to.equal(2);
    campaign.untake(campaign.take(60_000)!.person);
    expect(campaign.nextDueAt()).to.equal(60_000);
    expect(takeAll(campaign, 60_000)).to.deep.equal([1]);
  });

  it('calls nobody while it is paused, and goes on where it stopped', () => {
    for (const id of [1, 2]) add(id);
    call(campaign, 'busy', 0);
    campaign.paused = true;
    expect([campaign.take(60_000), campaign.nextDueAt()]).to.deep.equal([undefined, undefined]);
    campaign.paused = false;
    expect(takeAll(campaign, 60_000)).to.deep.equal([2, 1]);
  });

  describe('a person who is dropped', () => {
    it('is not called, neither for the first time nor for a retry', () => {
      for (const id of [1, 2, 3]) add(id);
      call(campaign, 'busy', 0);
      campaign.drop(1);
      campaign.drop(2);
      expect(takeAll(campaign, 999_999)).to.deep.equal([3]);
    });

    it('keeps a live call to its end, and is not called again whatever its outcome', () => {
      add(1);
      const person = begin();
      campaign.drop(1);
      expect(campaign.count().dialing).to.equal(1);
      end(person, 'no_answer');
      expect(campaign.count().waiting).to.equal(0);
      expect(campaign.take(999_999)).to.equal(undefined);
    });

    it('stays dropped after hanging up on the tip line', () => {
      add(1);
      campaign.suspend(1);
      campaign.drop(1);
      campaign.restore(1);
      expect(campaign.take(0)).to.equal(undefined);
    });
  });

  describe('a person who is on the tip line', () => {
    it('is not called meanwhile, and is called after hanging up', () => {
      for (const id of [1, 2]) add(id);
      campaign.suspend(1);
      expect(takeAll(campaign, 0)).to.deep.equal([2]);
      expect(campaign.count().waiting).to.equal(1);
      campaign.restore(1);
      expect(takeAll(campaign, 0)).to.deep.equal([1]);
    });

    it('keeps the time of the retry, and holds up nobody else', () => {
      for (const id of [1, 2]) add(id);
      call(campaign, 'busy', 0);
      call(campaign, 'busy', 1_000);
      campaign.suspend(1);
      campaign.restore(1);
      expect(call(campaign, 'busy', 60_000)).to.equal(1);
      expect(call(campaign, 'busy', 61_000)).to.equal(2);
      expect(call(campaign, 'busy', 120_000)).to.equal(1);
      expect(call(campaign, 'busy', 120_000)).to.equal(undefined);
    });

    it('is called again when our ringing call was cancelled for it, which uses up no try', () => {
      add(1);
      const person = begin();
      campaign.suspend(1);
      end(person, 'cancelled');
      expect(campaign.take(0)).to.equal(undefined);
      campaign.restore(1);
      for (const now of [0, 60_000, 120_000]) expect(call(campaign, 'busy', now), String(now)).to.equal(1);
      expect(person.tries).to.equal(4);
    });

    it('is not called a second time while the cancelled call is still ending', () => {
      add(1);
      const person = begin();
      campaign.suspend(1);
      campaign.restore(1);
      expect(campaign.take(0)).to.equal(undefined);
      end(person, 'cancelled');
      expect(takeAll(campaign, 0)).to.deep.equal([1]);
    });
  });

  it('calls nobody after a stop, neither people who waited nor people whose call was still live', () => {
    for (const id of [1, 2, 3]) add(id);
    add(4, mobile(4), mobile(5));
    call(campaign, 'busy', 0);
    const live = [begin(), begin(), begin()];
    campaign.stop();
    expect(campaign.count()).to.deep.equal({ waiting: 0, dialing: 3, ringing: 0, in_call: 0 });
    end(live[0]!, 'cancelled');
    end(live[1]!, 'no_answer');
    end(live[2]!, 'no_digit');
    expect([campaign.take(999_999), campaign.nextDueAt()]).to.deep.equal([undefined, undefined]);
    expect(campaign.count().dialing + campaign.count().waiting).to.equal(0);
  });

  it('forgets a person, who can then be added again, but not during a live call', () => {
    add(1);
    const person = begin();
    campaign.forget(1);
    expect(campaign.has(1)).to.equal(true);
    end(person, 'confirmed');
    campaign.forget(1);
    expect([campaign.has(1), campaign.get(1)]).to.deep.equal([false, undefined]);
    add(1);
    expect(takeAll(campaign, 0)).to.deep.equal([1]);
  });
});
