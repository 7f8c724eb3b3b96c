import { median } from '../lib/quantiles.js';
import { svgPlot, type Series } from '../lib/svg-plot.js';
import type { Measured } from './measure.js';
import { MOST_DELAY_MS, type Sustained } from './sustained.js';

/** Longer delays are drawn at this height. */
const TOP_MS = 2 * MOST_DELAY_MS;

/** Rate against p99 delay for both sides; undefined when no pair of the search was valid. */
export function ratePlot(measured: Measured): string | undefined {
  const pairs = measured.sustained?.valid ?? [];
  const series: Series[] = [
    { name: 'bare dialplan', colour: '#8a6d3b', points: pointsOf(pairs.map(([bare]) => bare)) },
    { name: 'this dialer', colour: '#1f5fa8', points: pointsOf(pairs.map(([, product]) => product)) },
  ];
  if (series.some(({ points }) => points.length === 0)) return undefined;
  return svgPlot({
    title: 'Delay as the calls a second rise (median of the pairs)',
    xLabel: 'calls a second',
    yLabel: 'longer p99 of answer → sound, digit → message, ms',
    series,
    limit: { y: MOST_DELAY_MS, name: 'limit: 400 ms' },
    yMost: TOP_MS,
  });
}

/** The achieved rates, rounded to multiples of 5 a second, each with its median delay. */
export function pointsOf(searches: readonly Sustained[]): { x: number; y: number }[] {
  const byRate = new Map<number, number[]>();
  for (const { run, delayMs } of searches.flatMap(({ trials }) => trials)) {
    const rate = Math.round(run.figures.rate / 5) * 5;
    byRate.set(rate, [...(byRate.get(rate) ?? []), Math.min(delayMs, TOP_MS)]);
  }
  return [...byRate].map(([x, delays]) => ({ x, y: median(delays) ?? 0 })).toSorted((a, b) => a.x - b.x);
}
