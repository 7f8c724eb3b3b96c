import { expect } from 'chai';
import { GuessGuard, type Guesser } from '../../../src/app/access/guess-guard.js';
import { FORGOTTEN_MS, FREE_TRIES } from '../../../src/domain/guessing.js';
import { FakeClock } from '../../support/fake-clock.js';
import { FakeLog } from '../../support/fake-log.js';

describe('the guard against guessing', () => {
  let clock: FakeClock;
  let log: FakeLog;
  let guard: GuessGuard;
  beforeEach(() => {
    clock = new FakeClock();
    log = new FakeLog();
    guard = new GuessGuard({ clock, log });
  });

  const guess = (source: string, times: number): number => {
    let pauseMs = 0;
    for (let n = 0; n < times; n += 1) pauseMs = guard.wrong('http', source);
    return pauseMs;
  };

  it('lets the one address wait that guesses, and no other', () => {
    expect(guess('192.0.2.1', FREE_TRIES)).to.equal(2_000);
    expect(guard.pauseMs('http', '192.0.2.1')).to.equal(2_000);
    expect(guard.pauseMs('http', '192.0.2.2')).to.equal(0);
    expect(guard.pauseMs('sip', '192.0.2.1')).to.equal(0);
  });

  it('tells of a source once for each pause, however much it tries', () => {
    const told: Guesser[] = [];
    guard.onGuessing((guesser) => told.push(guesser));
    guess('192.0.2.1', 500);
    expect(told).to.deep.equal([{ door: 'http', source: '192.0.2.1', tries: FREE_TRIES }]);
    expect(log.lines.filter(({ message }) => message === 'somebody is guessing passwords')).to.have.length(1);
  });

  it('counts every try, names who guesses, and forgets them in time', async () => {
    guess('192.0.2.1', 500);
    guess('192.0.2.2', 1);
    expect(guard.totals).to.deep.equal({ http: 501, sip: 0 });
    expect(guard.guessers).to.deep.equal([{ door: 'http', source: '192.0.2.1', tries: 500 }]);
    await clock.advance(FORGOTTEN_MS);
    expect(guard.guessers).to.deep.equal([]);
  });

  it('keeps no more than ten thousand sources', () => {
    for (let n = 0; n < 20_000; n += 1) guard.wrong('http', `2001:db8::${n.toString(16)}`);
    guess('192.0.2.1', FREE_TRIES);
    // The eldest made way; the latest is still known.
    expect(guard.guessers).to.have.length(1);
    expect(guard.kept).to.be.at.most(10_000);
  });
});
