import { expect } from 'chai';
import { AsteriskKeeper } from '../../../../src/adapters/asterisk/process/asterisk-keeper.js';
import type { OwnAsterisk } from '../../../../src/adapters/asterisk/process/asterisk-process.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { FakeLog } from '../../../support/fake-log.js';

describe('the keeper of our own Asterisk', () => {
  let clock: FakeClock;
  let keeper: AsteriskKeeper;
  /** When each was started, ms after the first. */
  let starts: number[];
  let alive: boolean;
  let beginsAt: number;
  /** How long one that is started lives. */
  let livesMs: number;

  const make = (): OwnAsterisk => {
    alive = true;
    if (livesMs !== Infinity) clock.after(livesMs, () => (alive = false));
    return { pid: 7, isRunning: () => alive, stop: () => Promise.resolve() } as unknown as OwnAsterisk;
  };

  beforeEach(() => {
    clock = new FakeClock();
    beginsAt = clock.monotonic();
    starts = [];
    livesMs = Infinity;
    keeper = new AsteriskKeeper(make(), {
      clock,
      log: new FakeLog(),
      start: () => {
        starts.push(clock.monotonic() - beginsAt);
        return Promise.resolve(make());
      },
    });
  });

  afterEach(async () => {
    await keeper.close({ leaveRunning: false });
    livesMs = Infinity;
    await clock.advance(20_000);
    expect(clock.pending, 'timers').to.equal(0);
  });

  it('starts one anew at once that is gone when the link is lost', async () => {
    await clock.advance(60_000);
    alive = false;
    // There are two links.
    keeper.look();
    keeper.look();
    await clock.advance(0);
    expect(starts).to.deep.equal([60_000]);
  });

  it('starts one anew at once that closes its connections a moment before it is gone', async () => {
    await clock.advance(60_000);
    keeper.look();
    await clock.advance(30);
    alive = false;
    await clock.advance(30);
    expect(starts).to.deep.equal([60_050]);
  });

  it('starts one anew soon that was dying when it was found, and to which there never was a link', async () => {
    await clock.advance(100);
    alive = false;
    await clock.advance(100);
    expect(starts).to.deep.equal([150]);
  });

  it('lets one alone that only the link to it was lost to', async () => {
    for (let lost = 0; lost < 5; lost++) {
      keeper.look();
      await clock.advance(700);
    }
    await clock.advance(30_000);
    expect(starts).to.deep.equal([]);
  });

  it('finds one that dies in silence within five seconds', async () => {
    await clock.advance(60_000);
    alive = false;
    await clock.advance(5_000);
    expect(starts).to.have.length(1);
  });

  it('waits longer and longer for one that dies as soon as it has started, five seconds at most', async () => {
    livesMs = 40;
    alive = false;
    keeper.look();
    await clock.advance(25_000);
    const waits = starts.slice(1).map((at, n) => at - (starts[n] ?? 0));
    expect(waits.slice(0, 5)).to.deep.equal([550, 1_050, 2_050, 5_050, 5_050]);
  });

  it('begins anew with that once one has lasted', async () => {
    for (const at of [0, 10_000, 20_000]) {
      alive = false;
      keeper.look();
      await clock.advance(0);
      expect(starts.at(-1)).to.equal(at);
      await clock.advance(10_000);
    }
  });
});
