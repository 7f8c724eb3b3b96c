import { expect } from 'chai';
import {
  afterPassage,
  afterRefusal,
  allowed,
  isFull,
  isLimited,
  limitWords,
  roomy,
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
const cpsAt = (state: Congestion, now: number): number => Number(allowed(state, LIMITS, now).cps.toFixed(2));
const linesAt = (state: Congestion, now: number): number => allowed(state, LIMITS, now).lines;
const once = refuse(roomy(LIMITS), 1_000);

describe('What the operator has room for', () => {
  it('is as much as our own limits until it refuses', () => {
    expect(allowed(roomy(LIMITS), LIMITS, 0)).to.deep.equal(LIMITS);
    expect(isLimited(roomy(LIMITS), LIMITS, 0)).to.equal(false);
  });

  const CUTS: readonly [refusals: Partial<Refusal>[], cps: number, why: string][] = [
    [[{}], 5, 'a refusal halves the calls a second'],
    [[{}, { startedAt: 900, at: 1_100 }], 5, 'a call that was on its way then says nothing new'],
    [[{}, { startedAt: 1_001, at: 1_100 }], 5, 'nor does one that began in the same instant'],
    [[{}, { startedAt: 1_201, at: 1_300 }], 2.5, 'one that began later does'],
    [[{}, ...later(2)], 1.25, 'each time anew'],
    [[{}, ...later(9)], 0.2, 'but never to nothing: it goes on trying'],
  ];
  function later(times: number): Partial<Refusal>[] {
    return Array.from({ length: times }, (_, index) => ({ startedAt: 2_000 + index * 10, at: 2_005 + index * 10 }));
  }
  for (const [refusals, cps, why] of CUTS) {
    it(`${cps} calls a second after ${refusals.length} refusals: ${why}`, () => {
      const state = refusals.reduce((now, refusal) => refuse(now, 1_000, refusal), roomy(LIMITS));
      expect(cpsAt(state, 10_000)).to.equal(cps);
    });
  }

  it('counts as full until a call that began since gets through, and two minutes at most', () => {
    expect(isFull(roomy(LIMITS), 0)).to.equal(false);
    expect([1_002, 121_000, 121_300].map((now) => isFull(once, now))).to.deep.equal([true, true, false]);
    expect(isFull(afterPassage(once, 900, 1_400), 1_401)).to.equal(true);
    expect(isFull(afterPassage(once, 1_300, 1_400), 1_401)).to.equal(false);
    const held = refuse(roomy(LIMITS), 1_000, { retryAfterMs: 300_000 });
    expect(isFull(held, 400_000)).to.equal(true);
  });

  it('leaves a limit of our own that is lower than the least as it is', () => {
    const slow = { ...LIMITS, cps: 0.1 };
    expect(allowed(refuse(roomy(slow), 0, {}, slow), slow, 1).cps).to.equal(0.1);
  });
});

describe('Room comes back', () => {
  it('only once a call that began after the refusal has got through', () => {
    expect(cpsAt(once, 1_000_000)).to.equal(5);
    expect(cpsAt(afterPassage(once, 900, 2_000), 1_000_000)).to.equal(5);
    expect(cpsAt(afterPassage(once, 1_500, 2_000), 1_000_000)).to.equal(10);
  });

  const growing = afterPassage(once, 1_500, 2_000);
  for (const [seconds, cps] of [
    [0, 5],
    [3, 6],
    [9, 8],
    [15, 10],
    [999, 10],
  ] as const) {
    it(`step by step: ${cps} calls a second after ${seconds} s`, () => {
      expect(cpsAt(growing, 2_000 + seconds * 1_000)).to.equal(cps);
      expect(isLimited(growing, LIMITS, 2_000 + seconds * 1_000)).to.equal(cps < 10);
    });
  }

  it('from the first call that got through on, not from each anew', () => {
    expect(afterPassage(growing, 5_000, 6_000)).to.deep.equal(growing);
  });

  it('and a new refusal halves what there was by then', () => {
    expect(cpsAt(refuse(growing, 8_000), 8_001)).to.equal(3.5);
  });
});

describe('A refusal that speaks of lines', () => {
  const ofLines = (carried: number, state = roomy(LIMITS)): Congestion =>
    refuse(state, 1_000, { ofLines: true, carried });
  const CUTS: readonly [carried: number, lines: number, why: string][] = [
    [20, 20, 'it has room for what it carries'],
    [29, 29, 'one less than there were'],
    [40, 29, 'never more than there were'],
    [4, 15, 'calls still being set up are not known: half, not less'],
  ];
  for (const [carried, lines, why] of CUTS) {
    it(`leaves ${lines} lines of 30 when it carries ${carried}: ${why}`, () => {
      expect(linesAt(ofLines(carried), 2_000)).to.equal(lines);
    });
  }

  it('leaves the lines for tips and one more, however often it comes', () => {
    let state = roomy(LIMITS);
    for (let at = 1_000; at < 100_000; at += 1_000) state = refuse(state, at, { ofLines: true, carried: 0 });
    expect(linesAt(state, 100_000)).to.equal(4);
  });

  it('gives a line back every ten seconds once calls get through', () => {
    const state = afterPassage(ofLines(20), 1_500, 2_000);
    expect([11_999, 12_000, 31_999, 32_000, 999_999].map((now) => linesAt(state, now))).to.deep.equal([
      20, 21, 22, 23, 30,
    ]);
  });

  it('and one that does not speak of them leaves them alone', () => {
    expect(linesAt(once, 2_000)).to.equal(30);
  });
});

describe('No new call is made', () => {
  const HOLDS: readonly [refusal: Partial<Refusal>, until: number, why: string][] = [
    [{}, 1_201, 'before the next is due at the lower rate'],
    [{ retryAfterMs: 30_000 }, 31_001, 'before the time the operator asks for'],
    [{ retryAfterMs: 100 }, 1_201, 'sooner because it asks for less'],
    [{ retryAfterMs: 86_400_000 }, 301_001, 'for five minutes at most'],
  ];
  for (const [refusal, until, why] of HOLDS) {
    it(why, () => {
      expect(refuse(roomy(LIMITS), 1_000, refusal).holdUntil).to.equal(until);
    });
  }

  it('before the latest of several such times, also one that a call on its way brings', () => {
    const asked = refuse(once, 500, { at: 1_500, retryAfterMs: 20_000 });
    expect(asked).to.include({ holdUntil: 21_500, cps: 5 });
    expect(refuse(asked, 600, { at: 1_600, retryAfterMs: 5_000 }).holdUntil).to.equal(21_500);
  });
});

describe('What people are told', () => {
  const WORDS: readonly [state: Congestion, now: number, words: string][] = [
    [roomy(LIMITS), 0, ''],
    [once, 1_002, '5 calls a second instead of 10'],
    [refuse(once, 2_000, { ofLines: true }), 2_002, '2.5 calls a second instead of 10, 20 lines instead of 30'],
    [
      refuse(roomy(LIMITS), 1_000, { retryAfterMs: 60_000 }),
      1_501,
      'no new call for 60 s, 5 calls a second instead of 10',
    ],
    [afterPassage(once, 1_500, 2_000), 60_000, ''],
  ];
  for (const [state, now, words] of WORDS) {
    it(words || 'nothing, when there is room', () => {
      expect(limitWords(state, LIMITS, now)).to.equal(words);
    });
  }
});
