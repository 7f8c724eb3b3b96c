import { expect } from 'chai';
import { DurableWrites } from '../../../src/app/journal/durable-writes.js';
import { FakeClock } from '../../support/fake-clock.js';

describe('writes that may not be lost', () => {
  let clock: FakeClock;
  let trouble: string;
  let kept: DurableWrites;
  let tries: string[];
  let told: string[];

  beforeEach(() => {
    clock = new FakeClock();
    trouble = '';
    kept = new DurableWrites({ clock, blockedBy: () => trouble });
    tries = [];
    told = [];
  });

  /** Stores a name, which fails while there is trouble, or while it is one of `broken`. */
  const broken = new Set<string>();
  const store = (name: string): Promise<string> =>
    kept.store(
      () => {
        tries.push(name);
        if (trouble !== '' || broken.has(name)) throw new Error(trouble || 'broken');
        return name;
      },
      (error) => told.push(`${name}: ${String(error)}`),
    );

  it('are stored at once when they can be', async () => {
    expect(await store('a')).to.equal('a');
    expect([tries, told, clock.pending]).to.deep.equal([['a'], [], 0]);
  });

  it('are kept in their order while nothing can be stored, told once, and stored within a second of the end of it', async () => {
    trouble = 'full';
    const all = Promise.all(['a', 'b', 'c'].map(store));
    await clock.advance(60_000);
    expect(told).to.deep.equal(['a: Error: full']);
    // One of them tries for all.
    expect(new Set(tries)).to.deep.equal(new Set(['a']));
    expect(tries.length).to.be.within(55, 70);
    tries.length = 0;
    trouble = '';
    await clock.advance(1_000);
    expect(tries).to.deep.equal(['a', 'b', 'c']);
    expect(await all).to.deep.equal(['a', 'b', 'c']);
    expect(clock.pending).to.equal(0);
  });

  it('do not wait for one that fails for a reason of its own', async () => {
    broken.add('b');
    const results = ['a', 'b', 'c'].map(store);
    expect(await results[0]).to.equal('a');
    expect(await clock.finish(results[2]!)).to.equal('c');
    await clock.advance(10_000);
    expect(told).to.deep.equal(['b: Error: broken']);
    broken.clear();
    expect(await clock.finish(results[1]!)).to.equal('b');
  });
});
