import { expect } from 'chai';
import type { Figures } from '../../../bench/dialer/figures.js';
import { judgeGoals } from '../../../bench/dialer/goals.js';
import type { Comparison, Measured } from '../../../bench/dialer/measure.js';
import { ratePlot } from '../../../bench/dialer/plot.js';
import { reportText } from '../../../bench/dialer/report.js';
import type { DialerRun } from '../../../bench/dialer/run.js';
import { judged, type Sustained } from '../../../bench/dialer/sustained.js';

const figures: Figures = {
  ...{ wanted: 1_000, placed: 1_000, twice: 0, never: 0, complete: 1_000, completeShare: 1, rate: 100, peak: 240 },
  ...{ lineUse: 0.99, answerToSound: { p50: 5, p99: 20 }, digitToMessage: { p50: 5, p99: 30 }, holdMs: 2_400 },
};

function run(cpu: number, more: Partial<Figures> = {}): DialerRun {
  return {
    figures: { ...figures, ...more },
    cpuPerCall: { asterisk: cpu * 0.75, controller: cpu * 0.25, both: cpu },
    benchPerCall: { driver: 1, network: 4 },
    ...{ busyShare: 0.5, latenessMs: 5, confirmed: undefined, othersShare: 0 },
  };
}

const comparison = (calls: number, pairs: readonly (readonly [DialerRun, DialerRun])[]): Comparison => ({
  ...{ calls, lines: 300, cps: 100 },
  pairs: { valid: pairs, void: 1 },
});

function sustained(rate: number): Sustained {
  return { rate, othersShare: 0, trials: [judged(rate, run(10, { rate })), judged(rate * 1.2, run(10, { rate }))] };
}

const good: Measured = {
  sizes: [
    comparison(100, [
      [run(10), run(11.2)],
      [run(10), run(11)],
    ]),
    comparison(1_000, [
      [run(10), run(11)],
      [run(10), run(10.8)],
      [run(9), run(10)],
    ]),
    comparison(10_000, [[run(10), run(10.6, { wanted: 10_000 })]]),
  ],
  lines: [{ ...comparison(50, [[run(10), run(11)]]), lines: 10 }],
  sustained: { valid: [[sustained(120), sustained(118)]], void: 0 },
};

const judgements = (measured: Measured): Record<string, string> =>
  Object.fromEntries(
    judgeGoals(measured, 100).map(({ what, reached, measured: value, missedBy }) => [
      what,
      reached === undefined ? value : reached ? `reached: ${value}` : `missed by ${missedBy}: ${value}`,
    ]),
  );

describe('Goals of the dialer benchmark', () => {
  it('are reached when the medians of the pairs are good', () => {
    expect(judgements(good)).to.deep.equal({
      'sustained rate, against the bare dialplan': 'reached: 0.983×',
      'sustained rate': 'reached: 118.0/s',
      'CPU per call, Asterisk and controller, against the bare dialplan': 'reached: 1.100×',
      'answer → first RTP, p99 at 100/s': 'reached: 20.0 ms',
      'digit → message, p99 at 100/s': 'reached: 30.0 ms',
      'cost per call, 100, 1000, 10000 calls': 'reached: +2.8 %',
      '10000 numbers due at once': 'reached: once 10000, twice 0, never 0',
      'line use, 10 lines': 'reached: 99.0 %',
      'line use, 300 lines': 'reached: 99.0 %',
    });
  });

  it('are missed by bad figures, with the amount', () => {
    const bad: Measured = {
      sizes: [
        comparison(1_000, [[run(10), run(15, { digitToMessage: { p50: 9, p99: 140 } })]]),
        comparison(10_000, [[run(10), run(20, { wanted: 10_000, never: 2, twice: 1 })]]),
      ],
      lines: [{ ...comparison(50, [[run(10), run(11, { lineUse: 0.9 })]]), lines: 10 }],
      sustained: { valid: [[sustained(120), sustained(90)]], void: 0 },
    };
    expect(judgements(bad)).to.include({
      'sustained rate, against the bare dialplan': 'missed by 0.200×: 0.750×',
      'sustained rate': 'missed by 10.0/s: 90.0/s',
      'cost per call, 1000, 10000 calls': 'missed by 23.3 %: +33.3 %',
      '10000 numbers due at once': 'missed by 3 numbers: once 9997, twice 1, never 2',
      'line use, 10 lines': 'missed by 8.0 %: 90.0 %',
    });
  });

  it('say "not measured", and never "reached", for a part that was not measured', () => {
    const nothing = judgeGoals({ sizes: [], lines: [], sustained: undefined }, 100);
    expect(nothing.map(({ measured }) => measured)).to.deep.equal(Array<string>(7).fill('not measured'));
    expect(nothing.every(({ reached }) => reached === undefined)).to.equal(true);
  });
});

describe('A rate of calls holds', () => {
  for (const [what, more, held] of [
    ['the rate was achieved, all calls are complete, no delay is long', {}, true],
    ['one call in a thousand is incomplete', { completeShare: 0.999 }, true],
    ['two calls in a thousand are incomplete', { completeShare: 0.998 }, false],
    ['the prompt came late', { answerToSound: { p50: 5, p99: 401 } }, false],
    ['the message came late', { digitToMessage: { p50: 5, p99: 401 } }, false],
    ['no message came', { digitToMessage: { p50: undefined, p99: undefined } }, false],
    ['the rate was not achieved', { rate: 95 }, false],
  ] as const) {
    it(`${held ? 'yes' : 'no'}: ${what}`, () => {
      expect(judged(100, run(10, more)).held).to.equal(held);
    });
  }
});

describe('Report of the dialer benchmark', () => {
  const text = reportText(good, judgeGoals(good, 100));

  it('shows medians with their range, ratios, and the number of void pairs', () => {
    expect(text).to.include('1000 calls on 300 lines, at most 100 a second (3 pairs, 1 void)');
    expect(text).to.match(/CPU per call, both, ms +10\.00 \(9\.00-10\.00\) +10\.80 \(10\.00-11\.00\) +1\.10/);
    expect(text).to.match(/sustained +120\.0 +118\.0 +0\.98/);
  });

  it('shows no figure when every pair was void', () => {
    const measured = { ...good, sizes: [comparison(100, [])], sustained: undefined };
    expect(reportText(measured, [])).to.include('(0 pairs, 1 void): no figure');
  });

  it('draws a plot only when a search pair is valid', () => {
    expect(ratePlot(good)).to.include('<svg').and.to.include('calls a second');
    expect(ratePlot({ ...good, sustained: { valid: [], void: 3 } })).to.equal(undefined);
  });
});
