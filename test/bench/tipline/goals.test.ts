import { expect } from 'chai';
import { judgeTipLine, tipLineText } from '../../../bench/tipline/goals.js';
import type { FloodMeasured, TipLineMeasured, TipsMeasured } from '../../../bench/tipline/run.js';
import { parseOptions } from '../../../bench/tipline/options.js';

const tips = (p99: number | undefined, lost = 0, dialed = 0): TipsMeasured => ({
  passage: { rung: 200, lost, p50: 12, p99 },
  dialed,
  busyShare: 0.5,
  othersShare: 0.01,
});
const flood = (rate: number, held: boolean): FloodMeasured => ({
  ...tips(90),
  rate,
  held,
  welcome: { rang: 10, refused: 8, answered: 2, failed: 0, silent: 0, p99: 30 },
});
const measured = (more: Partial<TipLineMeasured> = {}): TipLineMeasured => ({
  stored: 2_400_000,
  lookUp: { times: 20_000, p50: 0.04, p99: 0.2 },
  idle: tips(30),
  loaded: tips(120, 0, 80),
  floods: [flood(100, true), flood(200, true)],
  ...more,
});

describe('Goals of the tip line benchmark', () => {
  it('are reached when every tip rings in time and 200 strangers a second hold', () => {
    expect(judgeTipLine(measured()).map(({ reached }) => reached)).to.deep.equal([true, true, true]);
  });

  it('show the amount by which they are missed', () => {
    const goals = judgeTipLine(
      measured({ idle: tips(30, 2), loaded: tips(180, 0, 80), floods: [flood(100, true), flood(200, false)] }),
    );
    expect(goals.map(({ missedBy }) => missedBy)).to.deep.equal(['2 tips', '30 ms', '100/s']);
    expect(judgeTipLine(measured({ floods: [] }))[2]).to.include({ measured: '0/s', reached: false });
    expect(judgeTipLine(measured({ loaded: tips(undefined, 200) }))[1]).to.include({ missedBy: '200 tips' });
  });

  it('appear in the report with the measured figures', () => {
    const text = tipLineText(measured(), judgeTipLine(measured()));
    expect(text).to.contain('2400000').and.contain('120').and.contain('4.0').and.contain('holds');
  });
});

describe('Options of the tip line benchmark', () => {
  it('have defaults for a measurement, and smaller ones for --quick', () => {
    expect(parseOptions([])).to.include({ stored: 2_400_000, tips: 200, rate: 80, quick: false });
    expect(parseOptions(['--quick'])).to.include({ stored: 10_000, quick: true });
    expect(parseOptions(['--strangers', '10,20'])).to.deep.include({ strangers: [10, 20] });
  });

  it('are refused with their name when they are not allowed', () => {
    expect(() => parseOptions(['--tips', '0'])).to.throw('--tips must be whole numbers from 1 to 2000');
    expect(() => parseOptions(['--strangers', '10,x'])).to.throw('--strangers');
    expect(() => parseOptions(['--nonsense'])).to.throw('--nonsense');
  });
});
