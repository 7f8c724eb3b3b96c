import { expect } from 'chai';
import { RetryAfterBook } from '../../../src/adapters/asterisk/retry-after-book.js';

describe('what refusals have asked for', () => {
  let book: RetryAfterBook;
  beforeEach(() => {
    book = new RetryAfterBook();
  });

  it('is of the call that was refused, also when two answers cross, and is taken once', () => {
    book.refused({ sipCallId: 'a', seconds: 5 }, 0);
    book.refused({ sipCallId: 'b', seconds: 90 }, 1);
    expect([book.take('b', 2), book.take('a', 3), book.take('a', 4)]).to.deep.equal([90, 5, undefined]);
  });

  it('is what a repeated refusal said last', () => {
    book.refused({ sipCallId: 'a', seconds: 5 }, 0);
    book.refused({ sipCallId: 'a', seconds: 4 }, 1_000);
    expect(book.take('a', 1_001)).to.equal(4);
  });

  it('is forgotten after 10 s, and not before', () => {
    book.refused({ sipCallId: 'a', seconds: 5 }, 0);
    book.refused({ sipCallId: 'b', seconds: 5 }, 0);
    expect(book.take('a', 10_000)).to.equal(5);
    expect(book.take('b', 10_001)).to.equal(undefined);
  });

  it('is kept of the last thousand calls at most, whoever sends us more', () => {
    for (let n = 1; n <= 1_001; n++) book.refused({ sipCallId: `call-${n}`, seconds: n }, 0);
    expect([book.take('call-1', 0), book.take('call-2', 0), book.take('call-1001', 0)]).to.deep.equal([
      undefined,
      2,
      1_001,
    ]);
  });
});
