import { expect } from 'chai';
import type { Outcome } from '../../src/domain/outcome.js';
import type { E164 } from '../../src/domain/phone-number.js';
import { nextTry, parseRetryPolicy, type NextTry, type PastAttempt, type RetryPolicy } from '../../src/domain/retry.js';

const MOBILE = '+31612345678' as E164;
const HOME = '+31321312345' as E164;
const WORK = '+31203141500' as E164;
const MINUTE = 60_000;

function policy(text: string): RetryPolicy {
  const result = parseRetryPolicy(text);
  if (!result.ok) throw new Error(result.reason);
  return result.value;
}

const DEFAULT = policy('no_answer:2@120s,busy:2@60s');
const DONE: NextTry = { type: 'done' };

/** Attempts to one number that ended a minute apart. */
function past(phone: E164, ...outcomes: Outcome[]): PastAttempt[] {
  return outcomes.map((outcome, index) => ({ phone, outcome, endedAt: (index + 1) * MINUTE }));
}

/** Number of calls to a person with one number, when each call ends in the next of these outcomes. */
function callsMade(rules: RetryPolicy, outcomes: readonly Outcome[]): number {
  const made: PastAttempt[] = [];
  for (const outcome of outcomes) {
    const next = nextTry([MOBILE], made, rules);
    if (next.type === 'done') break;
    made.push({ phone: next.phone, outcome, endedAt: next.notBefore + MINUTE });
  }
  return made.length;
}

const repeated = (outcome: Outcome, times: number): Outcome[] => Array.from({ length: times }, () => outcome);

describe('the setting of the retries', () => {
  it('has an outcome, a number of retries and a delay in each rule', () => {
    expect(DEFAULT).to.deep.equal({
      no_answer: { times: 2, delayMs: 120_000 },
      busy: { times: 2, delayMs: 60_000 },
    });
  });
  it('may be written in minutes and with spaces', () => {
    expect(policy(' busy:1@5m , no_answer:0@0s ')).to.deep.equal({
      busy: { times: 1, delayMs: 300_000 },
      no_answer: { times: 0, delayMs: 0 },
    });
  });
  for (const none of ['', '  ', 'off']) {
    it(`'${none}' means no retries`, () => {
      expect(policy(none)).to.deep.equal({});
    });
  }

  const REFUSED: readonly [text: string, why: RegExp][] = [
    ['declined:1@60s', /'declined' cannot be retried/],
    ['congestion:1@60s', /'congestion' cannot be retried/],
    ['confirmed:1@60s', /'confirmed' cannot be retried/],
    ['asleep:1@60s', /'asleep' cannot be retried/],
    ['busy', /write cause:times@delay/],
    ['busy:2', /write cause:times@delay/],
    ['busy:-1@60s', /write cause:times@delay/],
    ['busy:2@60', /write cause:times@delay/],
    ['busy:2@60h', /write cause:times@delay/],
    ['busy:2@60s,', /write cause:times@delay/],
    ['busy:2@60s;no_answer:1@60s', /write cause:times@delay/],
    ['busy:2@60s,busy:1@60s', /'busy' is given twice/],
  ];
  for (const [text, why] of REFUSED) {
    it(`'${text}' is refused: ${why.source}`, () => {
      expect(parseRetryPolicy(text)).to.have.property('reason').that.matches(why);
    });
  }
});

describe('a participant who has never been called', () => {
  it('is called at once, on the first number', () => {
    expect(nextTry([MOBILE, HOME], [], DEFAULT)).to.deep.equal({
      type: 'call',
      phone: MOBILE,
      notBefore: 0,
      retry: false,
    });
  });
  it('is not called without a number', () => {
    expect(nextTry([], [], DEFAULT)).to.deep.equal(DONE);
  });
});

describe('the number of calls to one number', () => {
  const CALLS: readonly [rules: string, outcomes: Outcome[], calls: number, why: string][] = [
    ['no_answer:2@120s', repeated('no_answer', 9), 3, 'the first call and two more'],
    ['busy:1@60s', repeated('busy', 9), 2, 'the first call and one more'],
    ['busy:0@60s', repeated('busy', 9), 1, 'the rule allows no retries'],
    ['off', repeated('no_answer', 9), 1, 'without rules there are no retries'],
    ['no_answer:2@120s', repeated('busy', 9), 1, 'there is no rule for busy'],
    [
      'no_answer:2@120s,busy:2@60s',
      ['no_answer', 'busy', 'no_answer', 'busy', 'busy'],
      3,
      'the retries of two outcomes never exceed the largest budget',
    ],
    [
      'no_answer:1@120s,busy:3@60s',
      ['no_answer', 'busy', 'busy', 'busy', 'busy', 'busy'],
      4,
      'retries after another outcome count towards the largest budget of three',
    ],
    [
      'no_answer:1@120s,busy:3@60s',
      ['busy', 'no_answer', 'no_answer', 'busy'],
      3,
      'an outcome that has used up its own budget ends the retries',
    ],
    ['no_answer:1@1s', [...repeated('congestion', 20), ...repeated('no_answer', 9)], 22, 'congestion costs no try'],
    ['no_answer:1@1s', [...repeated('interrupted', 9), ...repeated('no_answer', 9)], 11, 'our faults cost no try'],
    ['no_answer:1@1s', repeated('interrupted', 20), 10, 'a number that breaks every call is given up'],
    ['no_answer:1@1s', ['no_answer', ...repeated('interrupted', 20)], 11, 'a retry that breaks every call is given up'],
    [
      'no_answer:1@1s',
      ['no_answer', 'congestion', 'interrupted', 'no_answer', 'no_answer'],
      4,
      'neither congestion nor our faults cost a try between two calls',
    ],
  ];
  for (const [rules, outcomes, calls, why] of CALLS) {
    it(`is ${calls} by '${rules}' after ${outcomes.slice(0, 5).join(', ')}…: ${why}`, () => {
      expect(callsMade(policy(rules), outcomes)).to.equal(calls);
    });
  }

  for (const outcome of ['confirmed', 'declined', 'hung_up', 'no_digit', 'unreachable', 'cancelled'] as const) {
    it(`is one when the call ends in ${outcome}`, () => {
      expect(callsMade(DEFAULT, repeated(outcome, 5))).to.equal(1);
    });
    it(`is two when the retry ends in ${outcome}`, () => {
      expect(callsMade(DEFAULT, ['no_answer', outcome, 'no_answer'])).to.equal(2);
    });
  }
});

describe('the retries of one number, after any outcomes', () => {
  const ENDS = ['no_answer', 'busy', 'congestion', 'interrupted'] as const;
  /** All combinations of outcomes of six calls. */
  const ways = Array.from({ length: ENDS.length ** 6 }, (_, way) =>
    Array.from({ length: 6 }, (_, call) => ENDS[Math.floor(way / ENDS.length ** call) % ENDS.length]!),
  );
  for (const [busy, noAnswer] of [
    [0, 0],
    [1, 2],
    [2, 2],
    [3, 1],
  ] as const) {
    it(`never exceed the larger of the budgets ${busy} and ${noAnswer}`, () => {
      const rules = policy(`busy:${busy}@60s,no_answer:${noAnswer}@120s`);
      let most = 0;
      for (const outcomes of ways) {
        const counted = outcomes
          .slice(0, callsMade(rules, outcomes))
          .filter((outcome) => outcome === 'busy' || outcome === 'no_answer');
        most = Math.max(most, counted.length - 1);
        for (const [cause, times] of [
          ['busy', busy],
          ['no_answer', noAnswer],
        ] as const) {
          expect(counted.filter((outcome) => outcome === cause).length).to.be.at.most(times + 1);
        }
      }
      expect(most).to.equal(Math.max(busy, noAnswer));
    });
  }
});

describe('the time of the next call to a number', () => {
  it('counts from the end of the attempt', () => {
    const endedAt = 1_700_000_000_000;
    expect(nextTry([MOBILE], [{ phone: MOBILE, outcome: 'no_answer', endedAt }], DEFAULT)).to.deep.equal({
      type: 'call',
      phone: MOBILE,
      notBefore: endedAt + 120_000,
      retry: true,
    });
  });
  it('follows the delay of the last outcome', () => {
    const attempts = past(MOBILE, 'no_answer', 'busy');
    expect(nextTry([MOBILE], attempts, DEFAULT)).to.include({ notBefore: 2 * MINUTE + 60_000 });
  });
  it('is not later because of congestion in between', () => {
    const attempts = past(MOBILE, 'no_answer', 'congestion');
    expect(nextTry([MOBILE], attempts, DEFAULT)).to.include({ notBefore: MINUTE + 120_000 });
  });
  const REFUSALS: readonly [inARow: number, seconds: number][] = [
    [1, 1],
    [2, 10],
    [3, 20],
    [4, 40],
    [5, 60],
    [100, 60],
  ];
  for (const [inARow, seconds] of REFUSALS) {
    it(`is ${seconds} s after ${inARow} congestions in a row, and the call is still a first try`, () => {
      expect(nextTry([MOBILE], past(MOBILE, ...repeated('congestion', inARow)), DEFAULT)).to.deep.equal({
        type: 'call',
        phone: MOBILE,
        notBefore: inARow * MINUTE + seconds * 1000,
        retry: false,
      });
    });
  }
  for (const [asked, waits] of [
    [61_000, 61_000],
    [500, 10_000],
  ] as const) {
    it(`is ${waits} ms after a Retry-After of ${asked} ms and a pause of 10 s of our own`, () => {
      const [first, second] = past(MOBILE, 'congestion', 'congestion');
      const attempts = [first!, { ...second!, retryAfterMs: asked }];
      expect(nextTry([MOBILE], attempts, DEFAULT)).to.include({ notBefore: 2 * MINUTE + waits, retry: false });
    });
  }
  it('is 20 s after three congestions in a row in a retry', () => {
    const attempts = past(MOBILE, 'busy', 'congestion', 'congestion', 'congestion');
    expect(nextTry([MOBILE], attempts, DEFAULT)).to.include({ notBefore: 4 * MINUTE + 20_000, retry: true });
  });
  it('is now for the other number of the participant, after congestion of the first', () => {
    const attempts = past(MOBILE, 'congestion', 'congestion');
    expect(nextTry([MOBILE, HOME], attempts, DEFAULT)).to.include({ phone: HOME, notBefore: 0, retry: false });
  });

  const FAULTS: readonly [inARow: number, seconds: number][] = [
    [1, 2],
    [2, 4],
    [3, 8],
    [5, 32],
    [6, 60],
    [9, 60],
  ];
  for (const [inARow, seconds] of FAULTS) {
    it(`is ${seconds} s after ${inARow} faults of ours in a row, and the call is still a first try`, () => {
      expect(nextTry([MOBILE], past(MOBILE, ...repeated('interrupted', inARow)), DEFAULT)).to.deep.equal({
        type: 'call',
        phone: MOBILE,
        notBefore: inARow * MINUTE + seconds * 1000,
        retry: false,
      });
    });
  }
  it('is 2 s after a fault of ours in a retry, and not the delay of the earlier outcome', () => {
    const attempts = past(MOBILE, 'interrupted', 'no_answer', 'interrupted');
    expect(nextTry([MOBILE], attempts, DEFAULT)).to.include({ notBefore: 3 * MINUTE + 2_000, retry: true });
  });
});

describe('a number whose line goes dead in each call', () => {
  const dead = (phone: E164, endedAt: number): PastAttempt => ({
    phone,
    outcome: 'interrupted',
    endedAt,
    lineDead: true,
  });

  it('is called three times, a little later each time', () => {
    expect(nextTry([MOBILE], [dead(MOBILE, 0)], DEFAULT)).to.include({ phone: MOBILE, notBefore: 2_000 });
    expect(nextTry([MOBILE], [dead(MOBILE, 0), dead(MOBILE, 9_000)], DEFAULT)).to.include({ notBefore: 13_000 });
    expect(
      nextTry(
        [MOBILE],
        [0, 1, 2].map((at) => dead(MOBILE, at)),
        DEFAULT,
      ),
    ).to.deep.equal(DONE);
  });
  it('is given up after three dead lines, even with other failures in between', () => {
    const attempts = [dead(MOBILE, 0), ...past(MOBILE, 'interrupted', 'congestion'), dead(MOBILE, 1), dead(MOBILE, 2)];
    expect(nextTry([MOBILE], attempts, DEFAULT)).to.deep.equal(DONE);
  });
  it('is given up for the next number of the participant', () => {
    const attempts = [0, 1, 2].map((at) => dead(MOBILE, at));
    expect(nextTry([MOBILE, HOME], attempts, DEFAULT)).to.include({ phone: HOME, notBefore: 0, retry: false });
  });
});

describe('a participant with several numbers', () => {
  for (const outcome of ['no_answer', 'busy', 'hung_up', 'no_digit', 'unreachable'] as const) {
    it(`is called on the next number at once after ${outcome}`, () => {
      expect(nextTry([MOBILE, HOME], past(MOBILE, outcome), DEFAULT)).to.deep.equal({
        type: 'call',
        phone: HOME,
        notBefore: 0,
        retry: false,
      });
    });
  }

  for (const outcome of ['confirmed', 'declined', 'cancelled'] as const) {
    it(`is not called on any number after ${outcome}`, () => {
      expect(nextTry([MOBILE, HOME, WORK], past(HOME, outcome), DEFAULT)).to.deep.equal(DONE);
    });
  }

  it('is called on every number before any number is retried', () => {
    const attempts = [...past(MOBILE, 'no_answer'), ...past(HOME, 'busy')];
    expect(nextTry([MOBILE, HOME, WORK], attempts, DEFAULT)).to.include({ phone: WORK, retry: false });
  });
  it('is then called on the number whose retry is due first', () => {
    const attempts = [...past(MOBILE, 'no_answer'), ...past(HOME, 'busy')];
    expect(nextTry([MOBILE, HOME], attempts, DEFAULT)).to.include({ phone: HOME, notBefore: MINUTE + 60_000 });
  });
  it('is called on the first of two numbers that are due at the same time', () => {
    const attempts = [...past(HOME, 'busy'), ...past(MOBILE, 'busy')];
    expect(nextTry([MOBILE, HOME], attempts, DEFAULT)).to.include({ phone: MOBILE });
  });
  it('has a separate retry budget for each number', () => {
    const attempts = [...past(MOBILE, 'busy', 'busy', 'busy'), ...past(HOME, 'busy')];
    expect(nextTry([MOBILE, HOME], attempts, DEFAULT)).to.include({ phone: HOME, retry: true });
  });
  it('is no longer called when no number is left', () => {
    const attempts = [...past(MOBILE, 'busy', 'busy', 'busy'), ...past(HOME, 'unreachable')];
    expect(nextTry([MOBILE, HOME], attempts, DEFAULT)).to.deep.equal(DONE);
  });
  it('is not called on a number that was removed', () => {
    expect(nextTry([HOME], past(MOBILE, 'no_answer'), DEFAULT)).to.include({ phone: HOME, retry: false });
  });
});
