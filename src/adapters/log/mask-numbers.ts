/** A digit of any script, or percent-encoded as in a URL. */
const DIGIT = String.raw`(?:\p{Nd}|%3\d)`;
/** Separators in a number, as people, operators and URLs write them, and invisible characters. */
const BETWEEN = String.raw`(?:[\s\-./()\p{Cf}\p{Pd}]|%20|%28|%29|%2D){0,3}`;
const MORE = (least: number, most = least): string => `(?:${BETWEEN}${DIGIT}){${least},${most}}`;
const ALONE_BEFORE = String.raw`(?<![\p{Nd}])`;
const ALONE_AFTER = `(?!${DIGIT})`;

/** Texts that have as many digits as a telephone number but are none. They stay unmasked. */
const KEPT = [
  // dates with times, and Dutch dates
  String.raw`\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?Z?)?(?!\d)`,
  String.raw`(?<!\d)\d{1,2}-\d{1,2}-\d{4}(?!\d)`,
  // UUIDs, and digests, which are also the names of sounds
  String.raw`(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])`,
  String.raw`(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9a-f])`,
  // IPv4 addresses
  String.raw`(?<![\d.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\d.])`,
  // current times in seconds or milliseconds since 1970
  String.raw`(?<!\d)1[5-9]\d{8}(?:\d{3})?(?!\d)(?![\s\-/]\d)`,
];
/** Possible telephone numbers, the longer forms first. */
const NUMBERS = [
  String.raw`(?:\+|%2B)${MORE(7, 15)}`,
  `${ALONE_BEFORE}(?:0|%30){2}${MORE(8, 15)}`,
  `${ALONE_BEFORE}(?:3|%33)(?:1|%31)${MORE(9)}${ALONE_AFTER}`,
  `${ALONE_BEFORE}(?:0|%30)(?:[1-9]|%3[1-9])${MORE(8)}${ALONE_AFTER}`,
  `${ALONE_BEFORE}6[ -]${MORE(8)}${ALONE_AFTER}`,
  // digits without a prefix, of any country and in any script
  `${DIGIT}{9,}`,
];
const FOUND = new RegExp(`(?<kept>${KEPT.join('|')})|${NUMBERS.join('|')}`, 'giu');

export const MASKED = '••••';

/** Masks the telephone numbers in a text that comes from an operator, a telephone, a file or a browser. */
export function maskNumbers(text: string): string {
  return text.replace(FOUND, (found, ...rest: unknown[]) => {
    const { kept } = rest.at(-1) as { kept?: string };
    return kept === undefined ? MASKED : found;
  });
}

/**
 * Masks the telephone numbers in a line of the log, which is JSON: in every string, field names too. JSON
 * numbers stay, because only our own code writes them.
 */
export function maskLine(line: string): string {
  try {
    return `${JSON.stringify(masked(JSON.parse(line)))}\n`;
  } catch {
    return maskNumbers(line);
  }
}

function masked(value: unknown): unknown {
  if (typeof value === 'string') return maskNumbers(value);
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [maskNumbers(key), masked(one)]));
}
