import { expect } from 'chai';
import { GuessLimiter } from '../../../src/app/access/guess-limiter.js';
import { RegistrationLimiter } from '../../../src/app/access/registration-limiter.js';
import { FREE_TRIES } from '../../../src/domain/guessing.js';
import { FakeClock } from '../../support/fake-clock.js';
import { FakeLog } from '../../support/fake-log.js';

const KEES = 'desk-201-ab12cd';
const ANNA = 'desk-202-ab12cd';

describe('the limiter of guesses at a softphone password', () => {
  let clock: FakeClock;
  let limiter: RegistrationLimiter;
  let changed: string[];
  beforeEach(() => {
    clock = new FakeClock();
    changed = [];
    limiter = new RegistrationLimiter({
      guesses: new GuessLimiter({ clock, log: new FakeLog() }),
      clock,
      isAccount: (username) => [KEES, ANNA].includes(username),
      onChange: (username) => changed.push(username),
    });
  });
  afterEach(() => limiter.close());

  const wrong = (username: string, address: string, times = 1): void => {
    for (let n = 0; n < times; n += 1) limiter.tried({ username, address, result: 'wrong' });
  };

  it('makes the account refuse the guessing address for a while, and no other address', async () => {
    wrong(KEES, '192.0.2.1', FREE_TRIES - 1);
    expect(limiter.refusedBy(KEES)).to.deep.equal([]);
    wrong(KEES, '192.0.2.1');
    expect(limiter.refusedBy(KEES)).to.deep.equal(['192.0.2.1']);
    expect(changed).to.deep.equal([KEES]);
    await clock.advance(2_000);
    expect(limiter.refusedBy(KEES)).to.deep.equal([]);
    expect(changed).to.deep.equal([KEES, KEES]);
    // Tries that Asterisk refuses before it has lifted the refusal do not count as wrong passwords.
    wrong(KEES, '192.0.2.1', FREE_TRIES);
    expect(limiter.refusedBy(KEES)).to.deep.equal([]);
    await clock.advance(1_000);
    // The real softphone at that address has time to register, however many guesses come from there.
    wrong(KEES, '192.0.2.1', 1_000);
    expect(limiter.refusedBy(KEES)).to.deep.equal([]);
    await clock.advance(4_999);
    wrong(KEES, '192.0.2.1', 1_000);
    expect(limiter.refusedBy(KEES)).to.deep.equal([]);
    await clock.advance(1);
    wrong(KEES, '192.0.2.1', FREE_TRIES);
    expect(limiter.refusedBy(KEES)).to.deep.equal(['192.0.2.1']);
  });

  it('makes every account that the address tried refuse it, and leaves other accounts alone', () => {
    wrong(KEES, '192.0.2.1', FREE_TRIES);
    expect(limiter.refusedBy(ANNA)).to.deep.equal([]);
    wrong(ANNA, '192.0.2.1');
    expect(limiter.refusedBy(ANNA)).to.deep.equal(['192.0.2.1']);
  });

  it('refuses each new address at once while one account is tried from many addresses', () => {
    for (let n = 1; n <= FREE_TRIES; n += 1) wrong(KEES, `192.0.2.${n}`);
    wrong(KEES, '192.0.2.200');
    expect(limiter.refusedBy(KEES)).to.include('192.0.2.200');
  });

  it('never refuses the address from which the softphone is registered', () => {
    limiter.tried({ username: KEES, address: '192.0.2.1', result: 'registered' });
    wrong(KEES, '192.0.2.1', 100);
    expect(limiter.refusedBy(KEES)).to.deep.equal([]);
    wrong(KEES, '192.0.2.2');
    expect(limiter.refusedBy(KEES)).to.deep.equal(['192.0.2.2']);
  });

  it('refuses nothing for a name without an account, but counts the tries of the address', () => {
    wrong('admin', '192.0.2.1', 100);
    expect(changed).to.deep.equal([]);
    wrong(KEES, '192.0.2.1');
    expect(limiter.refusedBy(KEES)).to.deep.equal(['192.0.2.1']);
  });

  it('can be closed twice, and leaves no timer behind', () => {
    wrong(KEES, '192.0.2.1', FREE_TRIES);
    limiter.close();
    limiter.close();
    expect(clock.pending).to.equal(0);
  });
});
