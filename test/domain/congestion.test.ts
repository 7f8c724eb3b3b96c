import { expect } from 'chai';
import {
  afterCallSucceeded,
  afterRefusal,
  allowedLimits,
  isFull,
  isLimited,
  limitWords,
  noCongestion,
  type Congestion,
  type Refusal,
} from '../../src/domain/congestion.js';
import type { PacingLimits } from '../../src/domain/pacing.js';

const LIMITS: PacingLimits = { lines: 30, tipLines: 3, cps: 10 };

const refuse = (state: Congestion, at: number, more: Partial<Refusal> = {}, limits = LIMITS): Congestion =>
  afterRefusal(state, limits, {
    startedAt: at,
    at: at + 1,
    ofLines: false,
    carried: 20,
    retryAfterMs: 0,
    ...more,
  });
const cpsAt = (state: Congestion, now: number): number => Number(allowedLimits(state, LIMITS, now).cps.toFixed(2));
const linesAt = (state: Congestion, now: number): number => allowedLimits(state, LIMITS, now).lines;
const once = refuse(noCongestion(LIMITS), 1_000);

describe('the capacity of the operator', () => {
  it('counts as our own limits until the operator refuses', () => {
    expect(allowedLimits(noCongestion(LIMITS), LIMITS, 0)).to.deep.equal(LIMITS);
    expect(isLimited(noCongestion(LIMITS), LIMITS, 0)).to.equal(false);
  });

  const CUTS: readonly [refusals: Partial<Refusal>[], cps: number, why: string][] = [
    [[{}], 5, 'a refusal halves the calls a second'],
    [[{}, { startedAt: 900, at: 1_100 }], 5, 'a call that started before the cut causes no new cut'],
    [[{}, { startedAt: 1_001, at: 1_100 }], 5, 'a call that started at the cut causes no new cut'],
    [[{}, { startedAt: 1_201, at: 1_300 }], 2.5, 'a call that started after the cut causes a new cut'],
    [[{}, ...later(2)], 1.25, 'each later refusal causes a cut'],
    [[{}, ...later(9)], 0.2, 'calls never stop altogether'],
  ];
  function later(times: number): Partial<Refusal>[] {
    return Array.from({ length: times }, (_, index) => ({ startedAt: 2_000 + index * 10, at: 2_005 + index * 10 }));
  }
  for (const [refusals, cps, why] of CUTS) {
    it(`${cps} calls a second after ${refusals.length} refusals: ${why}`, () => {
      const state = refusals.reduce((now, refusal) => refuse(now, 1_000, refusal), noCongestion(LIMITS));
      expect(cpsAt(state, 10_000)).to.equal(cps);
    });
  }

  it('counts as exhausted until a later call gets through, for two minutes at most', () => {
    expect(isFull(noCongestion(LIMITS), 0)).to.equal(false);
    expect([1_002, 121_000, 121_300].map((now) => isFull(once, now))).to.deep.equal([true, true, false]);
    expect(isFull(afterCallSucceeded(once, 900, 1_400), 1_401)).to.equal(true);
    expect(isFull(afterCallSucceeded(once, 1_300, 1_400), 1_401)).to.equal(false);
    const held = refuse(noCongestion(LIMITS), 1_000, { retryAfterMs: 300_000 });
    expect(isFull(held, 400_000)).to.equal(true);
  });

  it('never raises our own limit, even when that is below the fewest calls a second', () => {
    const slow = { ...LIMITS, cps: 0.1 };
    expect(allowedLimits(refuse(noCongestion(slow), 0, {}, slow), slow, 1).cps).to.equal(0.1);
  });
});

describe('the growth of the calls a second after a refusal', () => {
  it('begins once a call that started after the refusal has got through', () => {
    expect(cpsAt(once, 1_000_000)).to.equal(5);
    expect(cpsAt(afterCallSucceeded(once, 900, 2_000), 1_000_000)).to.equal(5);
    expect(cpsAt(afterCallSucceeded(once, 1_500, 2_000), 1_000_000)).to.equal(10);
  });

  const growing = afterCallSucceeded(once, 1_500, 2_000);
  for (const [seconds, cps] of [
    [0, 5],
    [3, 6],
    [9, 8],
    [15, 10],
    [999, 10],
  ] as const) {
    it(`reaches ${cps} calls a second after ${seconds} s`, () => {
      expect(cpsAt(growing, 2_000 + seconds * 1_000)).to.equal(cps);
      expect(isLimited(growing, LIMITS, 2_000 + seconds * 1_000)).to.equal(cps < 10);
    });
  }

  it('does not begin again with each call that gets through', () => {
    expect(afterCallSucceeded(growing, 5_000, 6_000)).to.deep.equal(growing);
  });

  it('ends with a new refusal, which halves the current calls a second', () => {
    expect(cpsAt(refuse(growing, 8_000), 8_001)).to.equal(3.5);
  });
});

describe('a refusal that speaks of lines', () => {
  const ofLines = (carried: number, state = noCongestion(LIMITS)): Congestion =>
    refuse(state, 1_000, { ofLines: true, carried });
  const CUTS: readonly [carried: number, lines: number, why: string][] = [
    [20, 20, 'the operator has lines for the calls that it carries'],
    [29, 29, 'one line less than before'],
    [40, 29, 'never more lines than before'],
    [4, 15, 'calls in setup are not counted, so half of the lines remain'],
  ];
  for (const [carried, lines, why] of CUTS) {
    it(`leaves ${lines} of 30 lines while the operator carries ${carried} calls: ${why}`, () => {
      expect(linesAt(ofLines(carried), 2_000)).to.equal(lines);
    });
  }

  it('always leaves the lines for tips and one more', () => {
    let state = noCongestion(LIMITS);
    for (let at = 1_000; at < 100_000; at += 1_000) state = refuse(state, at, { ofLines: true, carried: 0 });
    expect(linesAt(state, 100_000)).to.equal(4);
  });

  it('costs lines that come back every ten seconds once calls get through', () => {
    const state = afterCallSucceeded(ofLines(20), 1_500, 2_000);
    expect([11_999, 12_000, 31_999, 32_000, 999_999].map((now) => linesAt(state, now))).to.deep.equal([
      20, 21, 22, 23, 30,
    ]);
  });

  it('costs lines, and a refusal that speaks of no lines costs none', () => {
    expect(linesAt(once, 2_000)).to.equal(30);
  });
});

describe('the pause after a refusal', () => {
  const HOLDS: readonly [refusal: Partial<Refusal>, until: number, why: string][] = [
    [{}, 1_201, 'lasts until the next call is due at the lower rate'],
    [{ retryAfterMs: 30_000 }, 31_001, 'lasts as long as Retry-After asks for'],
    [{ retryAfterMs: 100 }, 1_201, 'is not shortened by a short Retry-After'],
    [{ retryAfterMs: 86_400_000 }, 301_001, 'lasts five minutes at most'],
  ];
  for (const [refusal, until, why] of HOLDS) {
    it(why, () => {
      expect(refuse(noCongestion(LIMITS), 1_000, refusal).holdUntil).to.equal(until);
    });
  }

  it('lasts until the latest of several Retry-After times, also those of calls from before the cut', () => {
    const asked = refuse(once, 500, { at: 1_500, retryAfterMs: 20_000 });
    expect(asked).to.include({ holdUntil: 21_500, cps: 5 });
    expect(refuse(asked, 600, { at: 1_600, retryAfterMs: 5_000 }).holdUntil).to.equal(21_500);
  });
});

describe('the words about the limits of the operator', () => {
  const WORDS: readonly [state: Congestion, now: number, words: string][] = [
    [noCongestion(LIMITS), 0, ''],
    [once, 1_002, '5 calls a second instead of 10'],
    [refuse(once, 2_000, { ofLines: true }), 2_002, '2.5 calls a second instead of 10, 20 lines instead of 30'],
    [
      refuse(noCongestion(LIMITS), 1_000, { retryAfterMs: 60_000 }),
      1_501,
      'no new call for 60 s, 5 calls a second instead of 10',
    ],
    [afterCallSucceeded(once, 1_500, 2_000), 60_000, ''],
  ];
  for (const [state, now, words] of WORDS) {
    it(words === '' ? `are empty without a limit, at ${now} ms` : `are '${words}'`, () => {
      expect(limitWords(state, LIMITS, now)).to.equal(words);
    });
  }
});
