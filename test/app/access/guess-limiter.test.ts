import { expect } from 'chai';
import { GuessLimiter, type GuessSource } from '../../../src/app/access/guess-limiter.js';
import { FORGOTTEN_MS, FREE_TRIES } from '../../../src/domain/guessing.js';
import { FakeClock } from '../../support/fake-clock.js';
import { FakeLog } from '../../support/fake-log.js';

describe('the limiter of guesses', () => {
  let clock: FakeClock;
  let log: FakeLog;
  let limiter: GuessLimiter;
  beforeEach(() => {
    clock = new FakeClock();
    log = new FakeLog();
    limiter = new GuessLimiter({ clock, log });
  });

  const guess = (source: string, times: number): number => {
    let pauseMs = 0;
    for (let n = 0; n < times; n += 1) pauseMs = limiter.wrong('http', source);
    return pauseMs;
  };

  it('makes the guessing address wait, and no other address', () => {
    expect(guess('192.0.2.1', FREE_TRIES)).to.equal(2_000);
    expect(limiter.pauseMs('http', '192.0.2.1')).to.equal(2_000);
    expect(limiter.pauseMs('http', '192.0.2.2')).to.equal(0);
    expect(limiter.pauseMs('sip', '192.0.2.1')).to.equal(0);
  });

  it('reports a source once for each pause, however many tries it makes', () => {
    const reported: GuessSource[] = [];
    limiter.onGuessing((guesser) => reported.push(guesser));
    guess('192.0.2.1', 500);
    expect(reported).to.deep.equal([{ door: 'http', source: '192.0.2.1', tries: FREE_TRIES }]);
    expect(log.lines.filter(({ message }) => message === 'passwords are being guessed')).to.have.length(1);
  });

  it('counts every try, lists the guessing sources, and forgets them in time', async () => {
    guess('192.0.2.1', 500);
    guess('192.0.2.2', 1);
    expect(limiter.totals).to.deep.equal({ http: 501, sip: 0 });
    expect(limiter.guessers).to.deep.equal([{ door: 'http', source: '192.0.2.1', tries: 500 }]);
    await clock.advance(FORGOTTEN_MS);
    expect(limiter.guessers).to.deep.equal([]);
  });

  it('keeps no more than ten thousand sources', () => {
    for (let n = 0; n < 20_000; n += 1) limiter.wrong('http', `2001:db8::${n.toString(16)}`);
    guess('192.0.2.1', FREE_TRIES);
    // The oldest sources were dropped; the latest is still known.
    expect(limiter.guessers).to.have.length(1);
    expect(limiter.kept).to.be.at.most(10_000);
  });
});
