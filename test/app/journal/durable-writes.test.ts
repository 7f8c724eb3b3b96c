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

  it('are stored at once although another write keeps failing for a reason of its own', async () => {
    broken.add('a');
    const first = store('a');
    expect(await store('b')).to.equal('b');
    expect(tries).to.deep.equal(['a', 'b']);
    broken.clear();
    expect(await clock.finish(first)).to.equal('a');
    expect(clock.pending).to.equal(0);
  });

  it('that are kept during another write are tried once, after it', async () => {
    const first = writes.store(
      () => {
        tries.push('a');
        return store('b');
      },
      () => undefined,
    );
    expect(await first).to.equal('b');
    expect([tries, clock.pending]).to.deep.equal([['a', 'b'], 0]);
  });

  it('that are kept during a retry are not lost when that retry stops at a blocked disk', async () => {
    blockedBy = 'full';
    let second: Promise<string> | undefined;
    const first = writes.store(
      () => {
        tries.push('a');
        if (blockedBy !== '') throw new Error(blockedBy);
        // The disk is full again once this write is stored.
        blockedBy = 'full';
        second = store('b');
        return 'a';
      },
      () => undefined,
    );
    await clock.advance(1_000);
    blockedBy = '';
    tries.length = 0;
    expect(await clock.finish(first)).to.equal('a');
    expect(tries).to.deep.equal(['a', 'b']);
    expect(reported).to.deep.equal(['b: Error: full']);
    blockedBy = '';
    expect(await clock.finish(second!)).to.equal('b');
    expect([tries.filter((name) => name === 'a'), clock.pending]).to.deep.equal([['a'], 0]);
  });
});
