import { expect } from 'chai';
import {
  estimateSeconds,
  expectedHoldMs,
  holdBasis,
  makePlan,
  type Experience,
  type Plan,
  type PlanBasis,
} from '../../src/domain/plan.js';

const basis = (lines: number, cps: number, holdMs = 40_000): PlanBasis => ({ lines, cps, holdMs });

describe('the estimated time to call all participants once', () => {
  const TIMES: readonly [people: number, basis: PlanBasis, seconds: number, why: string][] = [
    [0, basis(27, 10), 0, 'nobody'],
    [1, basis(27, 10), 40, 'one call'],
    [27, basis(27, 10), 43, 'a line for each, and the CPS spreads the starts'],
    [270, basis(27, 10), 400, 'the lines are the limit, with ten calls on each'],
    [1001, basis(10_000, 10), 140, 'the CPS is the limit, with a hundred seconds of starts'],
    [61, basis(1, 100, 30_000), 1830, 'one call after another on a single line'],
  ];
  for (const [people, limits, seconds, why] of TIMES) {
    it(`is ${seconds} s for ${people} people on ${limits.lines} lines at ${limits.cps} CPS: ${why}`, () => {
      expect(estimateSeconds(people, limits)).to.equal(seconds);
    });
  }

  it('is never shorter for more people', () => {
    for (const limits of [basis(1, 1), basis(27, 10), basis(500, 3), basis(30, 100, 12_345)]) {
      let before = 0;
      for (let people = 0; people <= 2_000; people += 1) {
        const seconds = estimateSeconds(people, limits);
        expect(seconds, `${people} people`).to.be.at.least(before);
        before = seconds;
      }
    }
  });

  it('is shorter with more lines until the CPS is the limit', () => {
    const at = (lines: number): number => estimateSeconds(3_000, basis(lines, 10));
    expect(at(60)).to.be.lessThan(at(30));
    expect(at(5_000)).to.equal(at(1_000));
  });

  it('is shorter with a higher CPS until the lines are the limit', () => {
    const at = (cps: number): number => estimateSeconds(3_000, basis(1_000, cps));
    expect(at(10)).to.be.lessThan(at(5));
    expect(at(5_000)).to.equal(at(1_000));
  });
});

describe('the expected time of one call on the line', () => {
  it('is longer for a longer message', () => {
    expect(expectedHoldMs(30, 20)).to.be.greaterThan(expectedHoldMs(30, 10));
  });
  it('is longer for a longer ring time', () => {
    expect(expectedHoldMs(45, 10)).to.be.greaterThan(expectedHoldMs(30, 10));
  });
  it('lies between the ring time of an unanswered call and the length of an answered call', () => {
    expect(expectedHoldMs(30, 15)).to.be.within(30_000, 10_000 + 10_000 + 30_000 + 12_000);
  });
});

describe('the basis of a plan', () => {
  const earlier: Experience = { calls: 200, answered: 150, answeredMs: 20_000, plays: 1.5, unansweredMs: 30_000 };
  const BASES: readonly [experience: Experience, message: number, holdMs: number, basis: Plan['basis'], why: string][] =
    [
      [earlier, 10, 33_750, 'experience', 'three in four answered, and heard one and a half times ten seconds'],
      [earlier, 20, 45_000, 'experience', 'a longer message makes answered calls longer'],
      [{ ...earlier, calls: 50, answered: 0 }, 10, 30_000, 'experience', 'no call was answered'],
      [{ ...earlier, calls: 50, answered: 50 }, 10, 35_000, 'experience', 'every call was answered'],
      [{ ...earlier, calls: 49, answered: 40 }, 10, expectedHoldMs(30, 10), 'estimate', 'too few earlier calls'],
      [
        { calls: 0, answered: 0, answeredMs: 0, plays: 0, unansweredMs: 0 },
        10,
        expectedHoldMs(30, 10),
        'estimate',
        'no earlier calls',
      ],
    ];
  for (const [experience, message, holdMs, from, why] of BASES) {
    it(`is ${from}, with ${holdMs} ms a call for a message of ${message} s: ${why}`, () => {
      expect(holdBasis(experience, 30, message)).to.deep.equal({ holdMs, basis: from });
    });
  }
});

describe('the plan of an action', () => {
  const ESTIMATE = { ...basis(27, 10), basis: 'estimate' } as const;

  it('has the selected and excluded participants, and the times for half, ninety percent and all', () => {
    const plan = makePlan(
      { selected: 270, callableNow: 266 },
      { paused: 3, night: 4 },
      { ...basis(27, 10), basis: 'experience' },
    );
    expect(plan).to.deep.equal({
      selected: 270,
      callableNow: 266,
      excluded: { paused: 3, night: 4 },
      lines: 27,
      estimateSeconds: {
        half: estimateSeconds(135, basis(27, 10)),
        ninety: estimateSeconds(243, basis(27, 10)),
        all: 400,
      },
      basis: 'experience',
      warnings: [],
    });
  });

  it('reaches half before ninety percent, and ninety percent before all', () => {
    for (const selected of [1, 2, 3, 9, 10, 11, 100, 9_999]) {
      const { half, ninety, all } = makePlan({ selected, callableNow: selected }, {}, ESTIMATE).estimateSeconds;
      expect([half, ninety, all], `${selected} people`).to.deep.equal([half, ninety, all].toSorted((a, b) => a - b));
      expect(half).to.be.greaterThan(0);
    }
  });

  it('takes no time when nobody is selected', () => {
    expect(makePlan({ selected: 0, callableNow: 0 }, {}, ESTIMATE).estimateSeconds).to.deep.equal({
      half: 0,
      ninety: 0,
      all: 0,
    });
  });
});
