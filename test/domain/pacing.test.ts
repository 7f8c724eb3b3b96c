import { expect } from 'chai';
import { outboundLines, pace, startsASecond, type PacingLimits } from '../../src/domain/pacing.js';

const limits = (cps: number, lines = 1000, tipLines = 2): PacingLimits => ({ lines, tipLines, cps });
const FREE = { outbound: 0, tipCalls: 0, secondAgo: -Infinity, waited: false };

/** Repeatable randomness, 0 ≤ x < 1 (a linear congruential generator, the constants of Numerical Recipes). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Start times of calls when the timer that starts them fires this late, in ms, after each wait. */
function startTimes(cps: number, decisions: number, lateness: () => number): number[] {
  const starts: number[] = [];
  let now = 5_000;
  let nextSlotAt = 0;
  let waited = false;
  for (let i = 0; i < decisions; i += 1) {
    const secondAgo = starts.at(-startsASecond(cps)) ?? -Infinity;
    const decision = pace(limits(cps), { ...FREE, nextSlotAt, secondAgo, waited }, now);
    if (decision.type === 'start') {
      starts.push(now);
      ({ nextSlotAt, waited } = decision);
    } else if (decision.type === 'wait') {
      waited = true;
      now = decision.until + lateness();
    } else {
      throw new Error('the decision is full, although a line is free');
    }
  }
  return starts;
}

/** The most calls in one second that begins with a call. */
function busiestSecond(starts: readonly number[]): number {
  let most = 0;
  let oldest = 0;
  starts.forEach((start, newest) => {
    // A billionth of a second is a rounding error of the clock, not a call that starts too early.
    while (start - (starts[oldest] ?? start) >= 1000 - 1e-6) oldest += 1;
    most = Math.max(most, newest - oldest + 1);
  });
  return most;
}

function rate(starts: readonly number[]): number {
  const [first, last] = [starts[0] ?? 0, starts.at(-1) ?? 0];
  return ((starts.length - 1) / (last - first)) * 1000;
}

describe('the spacing of calls by the CPS', () => {
  const TIMERS: readonly [name: string, lateness: (random: number) => number][] = [
    ['exact timers', () => 0],
    ['timers up to 2 ms late', (random) => random * 2],
    ['timers up to 8 ms late', (random) => random * 8],
    ['timers up to 30 ms late', (random) => random * 30],
    ['timers that are half a second late now and then', (random) => (random > 0.99 ? 500 : random)],
    ['every second timer nearly a whole gap late', (random) => (random > 0.5 ? 99 : 0)],
  ];
  for (const cps of [1, 3, 10, 30, 100, 250]) {
    for (const [name, lateness] of TIMERS) {
      it(`never starts more than ${cps} calls in one second in 10,000 decisions at ${cps} CPS with ${name}`, () => {
        const random = dice(cps);
        const starts = startTimes(cps, 10_000, () => lateness(random()));
        expect(starts.length).to.be.greaterThan(4_000);
        expect(busiestSecond(starts)).to.be.at.most(cps);
      });
    }

    for (const [late, least] of [
      [5, 0.99],
      [30, 0.97],
      [90, 0.93],
    ] as const) {
      it(`keeps ${least} of the rate of ${cps} CPS with timers up to ${late} ms late`, () => {
        const random = dice(cps);
        const starts = startTimes(cps, 10_000, () => random() * late);
        expect(rate(starts)).to.be.within(cps * least, cps);
      });
    }

    it(`keeps 97 % of the rate of ${cps} CPS on a machine that stalls for 80 ms now and then`, () => {
      const random = dice(cps);
      const starts = startTimes(cps, 10_000, () => (random() > 0.95 ? 80 : random()));
      expect(rate(starts)).to.be.within(cps * 0.97, cps);
    });
  }

  it('starts the first call at once', () => {
    expect(pace(limits(10), { ...FREE, nextSlotAt: 0 }, 0).type).to.equal('start');
  });

  it('starts the second call at its slot and not before', () => {
    const first = pace(limits(10), { ...FREE, nextSlotAt: 0 }, 1_000);
    if (first.type !== 'start') throw new Error('the first did not start');
    const state = { ...FREE, nextSlotAt: first.nextSlotAt };
    expect(pace(limits(10), state, first.nextSlotAt - 0.5)).to.deep.equal({ type: 'wait', until: first.nextSlotAt });
    expect(pace(limits(10), state, first.nextSlotAt).type).to.equal('start');
  });

  it('does not delay the next call after a call that started 5 ms late', () => {
    const onTime = pace(limits(10), { ...FREE, nextSlotAt: 2_000 }, 2_000);
    const late = pace(limits(10), { ...FREE, nextSlotAt: 2_000 }, 2_005);
    expect(late).to.deep.equal(onTime);
  });

  for (const cps of [1, 10, 100]) {
    it(`causes no burst after a pause of a minute at ${cps} CPS`, () => {
      const starts: number[] = [];
      let now = 60_000;
      let nextSlotAt = 1_000;
      while (now < 62_000) {
        const secondAgo = starts.at(-startsASecond(cps)) ?? -Infinity;
        const decision = pace(limits(cps), { ...FREE, nextSlotAt, secondAgo }, now);
        if (decision.type === 'start') {
          starts.push(now);
          nextSlotAt = decision.nextSlotAt;
        } else {
          now = decision.type === 'wait' ? decision.until : Infinity;
        }
      }
      const [first = 0, second = 0] = starts;
      expect(first).to.equal(60_000);
      expect(second - first).to.be.at.least(1_000 / cps - 8);
      expect(second).to.be.greaterThan(first);
      expect(busiestSecond(starts)).to.be.at.most(cps);
    });
  }
});

describe('the limit of the lines', () => {
  const LINES: readonly [lines: number, tipLines: number, tipCalls: number, outbound: number, why: string][] = [
    [30, 3, 0, 27, 'three lines are kept free for tips'],
    [30, 3, 2, 27, 'two tips fit on the lines for tips'],
    [30, 3, 3, 27, 'three tips fill the lines for tips'],
    [30, 3, 4, 26, 'a fourth tip takes a line of the alert calls'],
    [30, 3, 30, 0, 'tips fill the trunk'],
    [30, 3, 35, 0, 'more tips than lines still leave zero lines'],
    [3, 2, 0, 1, 'a small trunk has one line for alert calls'],
  ];
  for (const [lines, tipLines, tipCalls, outbound, why] of LINES) {
    it(`leaves ${outbound} of ${lines} lines for alert calls while there are ${tipCalls} tips: ${why}`, () => {
      expect(outboundLines(limits(10, lines, tipLines), tipCalls)).to.equal(outbound);
    });
  }

  it('allows a call on the last free line and none after it', () => {
    const at = (outbound: number, tipCalls: number): string =>
      pace(limits(10, 30, 3), { ...FREE, outbound, tipCalls, nextSlotAt: 0 }, 1_000).type;
    expect(at(26, 0)).to.equal('start');
    expect(at(27, 0)).to.equal('full');
    expect(at(25, 4)).to.equal('start');
    expect(at(26, 4)).to.equal('full');
  });

  it('takes precedence over the CPS: without a free line the decision is full, not wait', () => {
    expect(pace(limits(10, 30, 3), { ...FREE, outbound: 27, nextSlotAt: 9_000 }, 1_000)).to.deep.equal({
      type: 'full',
    });
  });

  it('is never exceeded in 10,000 decisions, and lines for tips stay free', () => {
    const random = dice(7);
    const few = limits(100, 30, 3);
    let [now, nextSlotAt, tipCalls, full, started] = [0, 0, 0, 0, 0];
    let ends: number[] = [];
    for (let i = 0; i < 10_000; i += 1) {
      ends = ends.filter((end) => end > now);
      tipCalls = Math.min(30 - ends.length, Math.max(0, tipCalls + Math.floor(random() * 3) - 1));
      const decision = pace(few, { ...FREE, outbound: ends.length, tipCalls, nextSlotAt }, now);
      if (decision.type === 'start') {
        nextSlotAt = decision.nextSlotAt;
        ends.push(now + random() * 800);
        started += 1;
        expect(ends.length).to.be.at.most(27);
        expect(ends.length + tipCalls).to.be.at.most(30);
      } else if (decision.type === 'full') {
        full += 1;
        now = Math.min(...ends, now + 50);
      } else {
        now = decision.until;
      }
    }
    expect(full, 'the lines were never scarce: the test proves nothing').to.be.greaterThan(100);
    expect(started).to.be.greaterThan(1_000);
  });
});
