import { expect } from 'chai';
import { AsteriskKeeper } from '../../../../src/adapters/asterisk/process/asterisk-keeper.js';
import type { OwnAsterisk } from '../../../../src/adapters/asterisk/process/asterisk-process.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { FakeLog } from '../../../support/fake-log.js';

describe('keeper of our own Asterisk', () => {
  let clock: FakeClock;
  let keeper: AsteriskKeeper;
  /** Time of each start, ms after the first. */
  let starts: number[];
  let alive: boolean;
  let beginsAt: number;
  /** How long a started Asterisk lives. */
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

  it('restarts Asterisk at once when it is gone after a lost link', async () => {
    await clock.advance(60_000);
    alive = false;
    // Each of the two links reports its loss.
    keeper.look();
    keeper.look();
    await clock.advance(0);
    expect(starts).to.deep.equal([60_000]);
  });

  it('restarts Asterisk at once when it closes its connections a moment before it is gone', async () => {
    await clock.advance(60_000);
    keeper.look();
    await clock.advance(30);
    alive = false;
    await clock.advance(30);
    expect(starts).to.deep.equal([60_050]);
  });

  it('restarts Asterisk soon when it was found dying', async () => {
    await clock.advance(100);
    alive = false;
    await clock.advance(100);
    expect(starts).to.deep.equal([150]);
  });

  it('leaves a running Asterisk alone when only the link was lost', async () => {
    for (let lost = 0; lost < 5; lost++) {
      keeper.look();
      await clock.advance(700);
    }
    await clock.advance(30_000);
    expect(starts).to.deep.equal([]);
  });

  it('notices within five seconds that Asterisk died without a lost link', async () => {
    await clock.advance(60_000);
    alive = false;
    await clock.advance(5_000);
    expect(starts).to.have.length(1);
  });

  it('waits longer before each restart of an Asterisk that dies at once, five seconds at most', async () => {
    livesMs = 40;
    alive = false;
    keeper.look();
    await clock.advance(25_000);
    const waits = starts.slice(1).map((at, n) => at - (starts[n] ?? 0));
    expect(waits.slice(0, 5)).to.deep.equal([550, 1_050, 2_050, 5_050, 5_050]);
  });

  it('restarts at once again after an Asterisk that has lasted', async () => {
    for (const at of [0, 10_000, 20_000]) {
      alive = false;
      keeper.look();
      await clock.advance(0);
      expect(starts.at(-1)).to.equal(at);
      await clock.advance(10_000);
    }
  });
});
