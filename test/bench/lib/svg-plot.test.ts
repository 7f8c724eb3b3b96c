import { expect } from 'chai';
import { svgPlot, ticksOf } from '../../../bench/lib/svg-plot.js';

describe('Ticks of an axis', () => {
  for (const [least, most, ticks] of [
    [0, 400, [0, 100, 200, 300, 400]],
    [0, 6, [0, 1, 2, 3, 4, 5, 6]],
    [95, 152, [90, 100, 110, 120, 130, 140, 150, 160]],
    [0, 0.3, [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]],
    [100, 100, [100, 101]],
  ] as const) {
    it(`from ${least} to ${most} are round and include both ends`, () => {
      const found = ticksOf(least, most);
      if (least === most) expect(found[0]).to.be.at.most(100);
      else expect(found).to.deep.equal(ticks);
      expect(found[0]).to.be.at.most(least);
      expect(found.at(-1)).to.be.at.least(most);
    });
  }
});

describe('SVG plot', () => {
  const svg = svgPlot({
    title: 'Delay & rate',
    xLabel: 'calls a second',
    yLabel: 'p99, ms',
    series: [
      {
        name: 'ours',
        colour: '#123456',
        points: [
          { x: 100, y: 10 },
          { x: 150, y: 9_000 },
        ],
      },
      { name: 'theirs', colour: '#654321', points: [{ x: 100, y: 20 }] },
    ],
    limit: { y: 400, name: 'limit' },
    yMost: 800,
  });
  const heights = [...svg.matchAll(/<circle cx="[\d.]+" cy="([\d.]+)"/g)].map(([, y]) => Number(y));

  it('names its axes, its lines and its limit', () => {
    for (const words of ['calls a second', 'p99, ms', 'ours', 'theirs', 'limit', 'Delay &amp; rate']) {
      expect(svg).to.include(`>${words}<`);
    }
  });

  it('draws a larger value higher, and keeps a value beyond the axis inside the plot', () => {
    const [low, high, middle] = heights;
    expect(high).to.be.lessThan(middle!);
    expect(middle).to.be.lessThan(low!);
    expect(high).to.be.at.least(0);
  });

  it('closes every element that it opens', () => {
    const opened = [...svg.matchAll(/<(?!\/)[a-z]+[^>]*[^/]>/g)].length;
    expect(opened).to.equal([...svg.matchAll(/<\/[a-z]+>/g)].length);
  });
});
