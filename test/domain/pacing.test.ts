import { expect } from 'chai';
import { outboundLines, pace, startsASecond, type PacingLimits } from '../../src/domain/pacing.js';

const limits = (cps: number, lines = 1000, tipLines = 2): PacingLimits => ({ lines, tipLines, cps });
const FREE = { outbound: 0, inbound: 0, secondAgo: -Infinity, waited: false };

/** Repeatable randomness, 0 ≤ x < 1 (a linear congruential generator, the constants of Numerical Recipes). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Start times of calls when whoever starts them wakes up this late, in ms, after each wait. */
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
      throw new Error('a line is free, yet it was called full');
    }
  }
  return starts;
}

/** The most calls in any one second that begins with a call. */
function busiestSecond(starts: readonly number[]): number {
  let most = 0;
  let oldest = 0;
  starts.forEach((start, newest) => {
    // A billionth of a second is the rounding of the clock's numbers, not a call too early.
    while (start - (starts[oldest] ?? start) >= 1000 - 1e-6) oldest += 1;
    most = Math.max(most, newest - oldest + 1);
  });
  return most;
}

function rate(starts: readonly number[]): number {
  const [first, last] = [starts[0] ?? 0, starts.at(-1) ?? 0];
  return ((starts.length - 1) / (last - first)) * 1000;
}

describe('Calls are spaced by the CPS', () => {
  const TIMERS: readonly [name: string, lateness: (random: number) => number][] = [
    ['timers that are exact', () => 0],
    ['timers up to 2 ms late', (random) => random * 2],
    ['timers up to 8 ms late', (random) => random * 8],
    ['timers up to 30 ms late', (random) => random * 30],
    ['timers that now and then come half a second late', (random) => (random > 0.99 ? 500 : random)],
    ['timers of which one in two is late by nearly a whole gap', (random) => (random > 0.5 ? 99 : 0)],
  ];
  for (const cps of [1, 3, 10, 30, 100, 250]) {
    for (const [name, lateness] of TIMERS) {
      it(`10,000 decisions at ${cps} a second with ${name} never put more than ${cps} in one second`, () => {
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
      it(`at ${cps} a second, timers up to ${late} ms late leave ${least} of the rate`, () => {
        const random = dice(cps);
        const starts = startTimes(cps, 10_000, () => random() * late);
        expect(rate(starts)).to.be.within(cps * least, cps);
      });
    }

    it(`at ${cps} a second, a machine that stands still for 80 ms now and then leaves 97 % of the rate`, () => {
      const random = dice(cps);
      const starts = startTimes(cps, 10_000, () => (random() > 0.95 ? 80 : random()));
      expect(rate(starts)).to.be.within(cps * 0.97, cps);
    });
  }

  it('the first call of all starts at once', () => {
    expect(pace(limits(10), { ...FREE, nextSlotAt: 0 }, 0).type).to.equal('start');
  });

  it('the second waits for its slot, and starts when it has come', () => {
    const first = pace(limits(10), { ...FREE, nextSlotAt: 0 }, 1_000);
    if (first.type !== 'start') throw new Error('the first did not start');
    const state = { ...FREE, nextSlotAt: first.nextSlotAt };
    expect(pace(limits(10), state, first.nextSlotAt - 0.5)).to.deep.equal({ type: 'wait', until: first.nextSlotAt });
    expect(pace(limits(10), state, first.nextSlotAt).type).to.equal('start');
  });

  it('a call that starts 5 ms late does not delay the one after it', () => {
    const onTime = pace(limits(10), { ...FREE, nextSlotAt: 2_000 }, 2_000);
    const late = pace(limits(10), { ...FREE, nextSlotAt: 2_000 }, 2_005);
    expect(late).to.deep.equal(onTime);
  });

  for (const cps of [1, 10, 100]) {
    it(`a pause of a minute at ${cps} a second is not made up for by a burst`, () => {
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

describe('Calls are held to the lines', () => {
  const LINES: readonly [lines: number, tipLines: number, inbound: number, outbound: number, why: string][] = [
    [30, 3, 0, 27, 'three lines are kept free for tips'],
    [30, 3, 2, 27, 'tips on their own lines take nothing'],
    [30, 3, 3, 27, 'nor when they fill them'],
    [30, 3, 4, 26, 'a fourth tip takes a line of the alert calls'],
    [30, 3, 30, 0, 'tips fill the trunk'],
    [30, 3, 35, 0, 'more tips than lines leave none, not fewer than none'],
    [3, 2, 0, 1, 'a small trunk still calls'],
  ];
  for (const [lines, tipLines, inbound, outbound, why] of LINES) {
    it(`of ${lines} lines, with ${inbound} tips in, ${outbound} may call out: ${why}`, () => {
      expect(outboundLines(limits(10, lines, tipLines), inbound)).to.equal(outbound);
    });
  }

  it('the last free line is used, and not one more', () => {
    const at = (outbound: number, inbound: number): string =>
      pace(limits(10, 30, 3), { ...FREE, outbound, inbound, nextSlotAt: 0 }, 1_000).type;
    expect(at(26, 0)).to.equal('start');
    expect(at(27, 0)).to.equal('full');
    expect(at(25, 4)).to.equal('start');
    expect(at(26, 4)).to.equal('full');
  });

  it('full is said before wait: a line that comes free is what to wait for', () => {
    expect(pace(limits(10, 30, 3), { ...FREE, outbound: 27, nextSlotAt: 9_000 }, 1_000)).to.deep.equal({
      type: 'full',
    });
  });

  it('10,000 decisions with calls and tips coming and going never take a line too many or a line kept for tips', () => {
    const random = dice(7);
    const few = limits(100, 30, 3);
    let [now, nextSlotAt, inbound, full, started] = [0, 0, 0, 0, 0];
    let ends: number[] = [];
    for (let i = 0; i < 10_000; i += 1) {
      ends = ends.filter((end) => end > now);
      inbound = Math.min(30 - ends.length, Math.max(0, inbound + Math.floor(random() * 3) - 1));
      const decision = pace(few, { ...FREE, outbound: ends.length, inbound, nextSlotAt }, now);
      if (decision.type === 'start') {
        nextSlotAt = decision.nextSlotAt;
        ends.push(now + random() * 800);
        started += 1;
        expect(ends.length).to.be.at.most(27);
        expect(ends.length + inbound).to.be.at.most(30);
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
