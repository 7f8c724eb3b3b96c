import { expect } from 'chai';
import { planRounds, type FaultKind } from './plan.js';
import { randomOf } from './random.js';
import { chaosTown, wavesCsv } from './town.js';

describe('repeatable random choices', () => {
  it('are the same for the same seed, and differ for another seed', () => {
    const row = (seed: number): number[] => Array.from({ length: 20 }, randomOf(seed).next);
    expect(row(7)).to.deep.equal(row(7));
    expect(row(7)).not.to.deep.equal(row(8));
  });

  it('give whole numbers in the range, both ends included, each about equally often', () => {
    const { whole } = randomOf(1);
    const seen = new Map<number, number>();
    for (let n = 0; n < 6_000; n += 1) {
      const number = whole(3, 8);
      seen.set(number, (seen.get(number) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).to.deep.equal([3, 4, 5, 6, 7, 8]);
    for (const times of seen.values()) expect(times).to.be.within(850, 1_150);
  });

  it('keep every item when shuffling, and do not change after a fork', () => {
    const list = Array.from({ length: 50 }, (_, n) => n);
    const random = randomOf(5);
    const shuffled = random.shuffled(list);
    expect(shuffled).not.to.deep.equal(list);
    expect([...shuffled].sort((a, b) => a - b)).to.deep.equal(list);
    const [one, other] = [randomOf(9), randomOf(9)];
    one.fork().next();
    other.fork();
    expect(one.next()).to.equal(other.next());
  });

  it('cannot be made from an empty list', () => {
    expect(() => randomOf(1).pick([])).to.throw(RangeError);
  });
});

describe('the plan of a chaos run', () => {
  const kinds = (setting: 'own' | 'elsewhere', count: number): Set<FaultKind> =>
    new Set(planRounds(randomOf(4), count, setting, { waitMs: 100 }).map(({ fault }) => fault.kind));

  it('has every kind of fault that the setting allows in twenty rounds', () => {
    expect([...kinds('own', 20)].sort()).to.deep.equal(['asterisk', 'both', 'controller', 'stall']);
    expect([...kinds('elsewhere', 20)].sort()).to.deep.equal(['controller', 'cut', 'freeze', 'stall']);
  });

  for (const count of [1, 3, 20, 100]) {
    it(`has ${count} rounds when ${count} are wanted, within their bounds and the same for the same seed`, () => {
      const plan = planRounds(randomOf(12), count, 'own', { waitMs: 100 });
      expect(plan).to.have.lengthOf(count);
      for (const { waitMs } of plan) expect(waitMs).to.be.within(0, 100);
      expect(planRounds(randomOf(12), count, 'own', { waitMs: 100 })).to.deep.equal(plan);
    });
  }
});

describe('the town of a chaos run', () => {
  const town = chaosTown(randomOf(2), { waves: 3, smallest: 40, largest: 60, slow: false, messageMs: 1_300 });

  it('has an area for each action, and telephones only for the people in these areas', () => {
    expect(town.waves.map(({ area }) => area)).to.deep.equal(['8000', '8001', '8002']);
    const phones = town.waves.flatMap(({ people }) => people.flatMap((person) => person.phones));
    expect(new Set(phones).size).to.equal(phones.length);
    expect(town.citizens.map(({ number }) => number)).to.have.members(phones);
    for (const { people } of town.waves) expect(people.length).to.be.within(40, 60);
  });

  it('has people who keep a line only briefly, and who hear the message before they hang up', () => {
    const personas = new Set(town.citizens.map(({ persona }) => persona));
    expect(personas).to.include('presses').and.include('busy_then_presses').and.not.include('no_digit');
    for (const { hangUpAfterMs } of town.citizens) expect(hangUpAfterMs).to.be.within(2_000, 5_000);
  });

  it('is written as CSV with two telephones in one field', () => {
    const people = [{ phones: ['0612345678', '0612345679'], postcode: '8000AB' }];
    expect(wavesCsv([{ area: '8000', people }])).to.equal('phone,postcode,name\r\n0612345678 0612345679,8000AB,\r\n');
  });
});
