import { expect } from 'chai';
import { RecentRefusals } from '../../../../src/adapters/asterisk/sip/retry-after.js';

describe('recent refusals', () => {
  let refusals: RecentRefusals;
  const seconds = (sipCallId: string, now: number): number | undefined =>
    refusals.take(sipCallId, now)?.retryAfterSeconds;
  beforeEach(() => {
    refusals = new RecentRefusals();
  });

  it('belong to their own call, even when two answers cross, and are taken once', () => {
    refusals.add({ sipCallId: 'a', retryAfterSeconds: 5 }, 0);
    refusals.add({ sipCallId: 'b', retryAfterSeconds: 90 }, 1);
    expect([seconds('b', 2), seconds('a', 3), seconds('a', 4)]).to.deep.equal([90, 5, undefined]);
  });

  it('keep the Retry-After of the last repetition', () => {
    refusals.add({ sipCallId: 'a', retryAfterSeconds: 5 }, 0);
    refusals.add({ sipCallId: 'a', retryAfterSeconds: 4 }, 1_000);
    expect(seconds('a', 1_001)).to.equal(4);
  });

  it('are dropped after 10 s, and not before', () => {
    refusals.add({ sipCallId: 'a', retryAfterSeconds: 5 }, 0);
    refusals.add({ sipCallId: 'b', retryAfterSeconds: 5 }, 0);
    expect(seconds('a', 10_000)).to.equal(5);
    expect(seconds('b', 10_001)).to.equal(undefined);
  });

  it('are kept for the last three thousand calls at most', () => {
    for (let n = 1; n <= 3_001; n++) refusals.add({ sipCallId: `call-${n}`, retryAfterSeconds: n }, 0);
    expect([seconds('call-1', 0), seconds('call-2', 0), seconds('call-3001', 0)]).to.deep.equal([undefined, 2, 3_001]);
  });
});
