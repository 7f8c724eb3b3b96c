import { expect } from 'chai';
import { RetryAfterBook } from '../../../../src/adapters/asterisk/sip/retry-after-book.js';

describe('what refusals have asked for', () => {
  let book: RetryAfterBook;
  const seconds = (sipCallId: string, now: number): number | undefined => book.take(sipCallId, now)?.retryAfterSeconds;
  beforeEach(() => {
    book = new RetryAfterBook();
  });

  it('is of the call that was refused, also when two answers cross, and is taken once', () => {
    book.refused({ sipCallId: 'a', retryAfterSeconds: 5 }, 0);
    book.refused({ sipCallId: 'b', retryAfterSeconds: 90 }, 1);
    expect([seconds('b', 2), seconds('a', 3), seconds('a', 4)]).to.deep.equal([90, 5, undefined]);
  });

  it('is what a repeated refusal said last', () => {
    book.refused({ sipCallId: 'a', retryAfterSeconds: 5 }, 0);
    book.refused({ sipCallId: 'a', retryAfterSeconds: 4 }, 1_000);
    expect(seconds('a', 1_001)).to.equal(4);
  });

  it('is forgotten after 10 s, and not before', () => {
    book.refused({ sipCallId: 'a', retryAfterSeconds: 5 }, 0);
    book.refused({ sipCallId: 'b', retryAfterSeconds: 5 }, 0);
    expect(seconds('a', 10_000)).to.equal(5);
    expect(seconds('b', 10_001)).to.equal(undefined);
  });

  it('is kept of the last three thousand calls at most, whoever sends us more', () => {
    for (let n = 1; n <= 3_001; n++) book.refused({ sipCallId: `call-${n}`, retryAfterSeconds: n }, 0);
    expect([seconds('call-1', 0), seconds('call-2', 0), seconds('call-3001', 0)]).to.deep.equal([undefined, 2, 3_001]);
  });
});
