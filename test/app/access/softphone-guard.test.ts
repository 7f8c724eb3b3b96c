import { expect } from 'chai';
import { GuessGuard } from '../../../src/app/access/guess-guard.js';
import { SoftphoneGuard } from '../../../src/app/access/softphone-guard.js';
import { FREE_TRIES } from '../../../src/domain/guessing.js';
import { FakeClock } from '../../support/fake-clock.js';
import { FakeLog } from '../../support/fake-log.js';

const KEES = 'desk-201-ab12cd';
const ANNA = 'desk-202-ab12cd';

describe('guessing the password of a softphone', () => {
  let clock: FakeClock;
  let guard: SoftphoneGuard;
  let changed: string[];
  beforeEach(() => {
    clock = new FakeClock();
    changed = [];
    guard = new SoftphoneGuard({
      guard: new GuessGuard({ clock, log: new FakeLog() }),
      clock,
      isAccount: (username) => [KEES, ANNA].includes(username),
      onChange: (username) => changed.push(username),
    });
  });
  afterEach(() => guard.close());

  const wrong = (username: string, address: string, times = 1): void => {
    for (let n = 0; n < times; n += 1) guard.tried({ username, address, result: 'wrong' });
  };

  it('makes the account refuse that address for a while, and no other address', async () => {
    wrong(KEES, '192.0.2.1', FREE_TRIES - 1);
    expect(guard.refusedBy(KEES)).to.deep.equal([]);
    wrong(KEES, '192.0.2.1');
    expect(guard.refusedBy(KEES)).to.deep.equal(['192.0.2.1']);
    expect(changed).to.deep.equal([KEES]);
    await clock.advance(2_000);
    expect(guard.refusedBy(KEES)).to.deep.equal([]);
    expect(changed).to.deep.equal([KEES, KEES]);
    // What Asterisk refuses before it has lifted the refusal is no wrong password.
    wrong(KEES, '192.0.2.1', FREE_TRIES);
    expect(guard.refusedBy(KEES)).to.deep.equal([]);
    await clock.advance(1_000);
    // The rightful softphone at that address has time to register, however many guesses come from there.
    wrong(KEES, '192.0.2.1', 1_000);
    expect(guard.refusedBy(KEES)).to.deep.equal([]);
    await clock.advance(4_999);
    wrong(KEES, '192.0.2.1', 1_000);
    expect(guard.refusedBy(KEES)).to.deep.equal([]);
    await clock.advance(1);
    wrong(KEES, '192.0.2.1', FREE_TRIES);
    expect(guard.refusedBy(KEES)).to.deep.equal(['192.0.2.1']);
  });

  it('makes every account refuse it that the address tries, and leaves the others alone', () => {
    wrong(KEES, '192.0.2.1', FREE_TRIES);
    expect(guard.refusedBy(ANNA)).to.deep.equal([]);
    wrong(ANNA, '192.0.2.1');
    expect(guard.refusedBy(ANNA)).to.deep.equal(['192.0.2.1']);
  });

  it('refuses each new address at once while an account is tried from many', () => {
    for (let n = 1; n <= FREE_TRIES; n += 1) wrong(KEES, `192.0.2.${n}`);
    wrong(KEES, '192.0.2.200');
    expect(guard.refusedBy(KEES)).to.include('192.0.2.200');
  });

  it('never refuses the address from which the softphone is registered', () => {
    guard.tried({ username: KEES, address: '192.0.2.1', result: 'registered' });
    wrong(KEES, '192.0.2.1', 100);
    expect(guard.refusedBy(KEES)).to.deep.equal([]);
    wrong(KEES, '192.0.2.2');
    expect(guard.refusedBy(KEES)).to.deep.equal(['192.0.2.2']);
  });

  it('refuses nothing for a name that is no account, and counts it', () => {
    wrong('admin', '192.0.2.1', 100);
    expect(changed).to.deep.equal([]);
    wrong(KEES, '192.0.2.1');
    expect(guard.refusedBy(KEES)).to.deep.equal(['192.0.2.1']);
  });

  it('stops no timer twice, and leaves none', () => {
    wrong(KEES, '192.0.2.1', FREE_TRIES);
    guard.close();
    guard.close();
    expect(clock.pending).to.equal(0);
  });
});
