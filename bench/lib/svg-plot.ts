/** A line in a plot: a name for the legend, and its points from left to right. */
export interface Series {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Plot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  /** A dashed horizontal line, such as a limit. */
  readonly limit?: { readonly y: number; readonly name: string };
  /** Largest value of the y axis. Higher points are drawn at the top. */
  readonly yMost?: number;
}

const SIZE = { width: 760, height: 420 } as const;
const AREA = { left: 72, right: 736, top: 44, bottom: 356 } as const;
const FONT = 'font-family="system-ui, sans-serif" font-size="13"';
const INTERVALS = 6;

/**
 * Round values in about six steps of 1, 2 or 5 times a power of ten. The first is at or below `least`, the
 * last at or above `most`.
 */
export function ticksOf(least: number, most: number): number[] {
  const rough = Math.max((most - least) / INTERVALS, Number.EPSILON);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(least / step);
  const last = Math.max(first + 1, Math.ceil(most / step));
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** The plot as an SVG file, on a white background so that it is readable on any page. */
export function svgPlot(plot: Plot): string {
  const points = plot.series.flatMap((series) => series.points);
  const cap = (y: number): number => Math.min(y, plot.yMost ?? Number.POSITIVE_INFINITY);
  const xs = ticksOf(Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x)));
  const ys = ticksOf(0, Math.max(plot.limit?.y ?? 0, ...points.map(({ y }) => cap(y))));
  const x = scale(xs, AREA.left, AREA.right);
  const y = scale(ys, AREA.bottom, AREA.top);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" ${FONT}>`,
    `<title>${escape(plot.title)}</title>`,
    `<rect width="${SIZE.width}" height="${SIZE.height}" fill="#ffffff"/>`,
    text(AREA.left, 26, plot.title, 'font-size="15" font-weight="600"'),
    ...ys.map((tick) => horizontal(y(tick), '#dddddd') + text(AREA.left - 8, y(tick) + 4, String(tick), END)),
    ...xs.map((tick) => text(x(tick), AREA.bottom + 20, String(tick), MIDDLE)),
    horizontal(y(ys[0] ?? 0), '#444444'),
    text((AREA.left + AREA.right) / 2, AREA.bottom + 42, plot.xLabel, MIDDLE),
    text(0, 0, plot.yLabel, `${MIDDLE} transform="translate(20 ${(AREA.top + AREA.bottom) / 2}) rotate(-90)"`),
    ...(plot.limit
      ? [horizontal(y(plot.limit.y), '#888888', ' stroke-dasharray="6 4"'), limitName(plot.limit.name, y(plot.limit.y))]
      : []),
    ...plot.series.map((series) => drawn(series, (point) => `${fixed(x(point.x))},${fixed(y(cap(point.y)))}`)),
    ...plot.series.map(({ name, colour }, index) => legend(name, colour, index)),
    '</svg>',
    '',
  ].join('\n');
}

const END = 'text-anchor="end"';
const MIDDLE = 'text-anchor="middle"';
const fixed = (value: number): string => value.toFixed(1);

function scale(ticks: readonly number[], from: number, to: number): (value: number) => number {
  const [first, last] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  return (value) => from + ((value - first) / (last - first)) * (to - from);
}

function text(x: number, y: number, words: string, more: string): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" fill="#222222" ${more}>${escape(words)}</text>`;
}

function limitName(name: string, y: number): string {
  return text(AREA.right, y - 6, name, END);
}

function horizontal(y: number, colour: string, more = ''): string {
  return `<path d="M${AREA.left} ${fixed(y)}H${AREA.right}" stroke="${colour}"${more}/>`;
}

function drawn({ points, colour }: Series, place: (point: Series['points'][number]) => string): string {
  const places = points.map(place);
  const dots = places.map((at) => {
    const [cx, cy] = at.split(',');
    return `<circle cx="${cx ?? ''}" cy="${cy ?? ''}" r="3.5" fill="${colour}"/>`;
  });
  return `<polyline points="${places.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}`;
}

function legend(name: string, colour: string, index: number): string {
  const x = AREA.left + index * 220;
  const y = AREA.bottom + 56;
  return `<rect x="${x}" y="${y - 9}" width="12" height="12" fill="${colour}"/>${text(x + 18, y + 2, name, '')}`;
}

function escape(words: string): string {
  return words.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
