import { expect } from 'chai';
import { DurableWrites } from '../../../src/app/journal/durable-writes.js';
import { FakeClock } from '../../support/fake-clock.js';

describe('durable writes', () => {
  let clock: FakeClock;
  let blockedBy: string;
  let writes: DurableWrites;
  let tries: string[];
  let reported: string[];

  beforeEach(() => {
    clock = new FakeClock();
    blockedBy = '';
    writes = new DurableWrites({ clock, blockedBy: () => blockedBy });
    tries = [];
    reported = [];
  });

  const broken = new Set<string>();
  /** Stores a name. Fails while nothing can be stored, and for a name in `broken`. */
  const store = (name: string): Promise<string> =>
    writes.store(
      () => {
        tries.push(name);
        if (blockedBy !== '' || broken.has(name)) throw new Error(blockedBy || 'broken');
        return name;
      },
      (error) => reported.push(`${name}: ${String(error)}`),
    );

  it('are stored at once when the disk works', async () => {
    expect(await store('a')).to.equal('a');
    expect([tries, reported, clock.pending]).to.deep.equal([['a'], [], 0]);
  });

  it('wait in order while nothing can be stored, are reported once, and are stored a second after', async () => {
    blockedBy = 'full';
    const all = Promise.all(['a', 'b', 'c'].map(store));
    await clock.advance(60_000);
    expect(reported).to.deep.equal(['a: Error: full']);
    // Only the first write is tried.
    expect(new Set(tries)).to.deep.equal(new Set(['a']));
    expect(tries.length).to.be.within(55, 70);
    tries.length = 0;
    blockedBy = '';
    await clock.advance(1_000);
    expect(tries).to.deep.equal(['a', 'b', 'c']);
    expect(await all).to.deep.equal(['a', 'b', 'c']);
    expect(clock.pending).to.equal(0);
  });

  it('do not wait for a write that fails for a reason of its own', async () => {
    broken.add('b');
    const results = ['a', 'b', 'c'].map(store);
    expect(await results[0]).to.equal('a');
    expect(await clock.finish(results[2]!)).to.equal('c');
    await clock.advance(10_000);
    expect(reported).to.deep.equal(['b: Error: broken']);
    broken.clear();
    expect(await clock.finish(results[1]!)).to.equal('b');
  });
});
