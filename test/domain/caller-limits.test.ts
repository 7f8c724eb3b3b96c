import { expect } from 'chai';
import { admitsNumber, admitsStranger, strangersAtOnce } from '../../src/domain/caller-limits.js';

const NOW = 10_000_000;
/** Times of this many calls, each this many ms ago. */
const ago = (ms: number, count: number): number[] => Array.from({ length: count }, () => NOW - ms);

describe('the limits of a caller', () => {
  const numbers: [what: string, live: number, letIn: number[], admitted: boolean][] = [
    ['the first call', 0, [], true],
    ['a second at the same time', 1, ago(5_000, 1), true],
    ['a third at the same time', 2, ago(5_000, 2), false],
    ['the tenth in a minute', 0, ago(59_999, 9), true],
    ['the eleventh in a minute', 0, ago(59_999, 10), false],
    ['the eleventh in more than a minute', 0, ago(60_000, 10), true],
    ['one more when the others are old', 1, [...ago(600_000, 50), ...ago(100, 3)], true],
  ];
  for (const [what, live, letIn, admitted] of numbers) {
    it(`${admitted ? 'let in' : 'refuse'} ${what}`, () => {
      expect(admitsNumber({ live, letIn }, NOW)).to.equal(admitted);
    });
  }

  const strangers: [what: string, live: number, letIn: number[], fromSource: number[], admitted: boolean][] = [
    ['the first stranger', 0, [], [], true],
    ['the last stranger under the limit', 1, [], [], true],
    ['a stranger over the limit of simultaneous calls', 2, [], [], false],
    ['a number that was answered twice in ten minutes', 0, ago(599_999, 2), [], true],
    ['a number that was answered three times in ten minutes', 0, ago(599_999, 3), [], false],
    ['a number that was answered three times, longer ago', 0, ago(600_000, 3), [], true],
    ['the fifth in a second from one address', 0, [], ago(999, 4), true],
    ['the sixth in a second from one address', 0, [], ago(999, 5), false],
    ['the sixth from one address in more than a second', 0, [], ago(1_000, 5), true],
  ];
  for (const [what, live, letIn, fromSource, admitted] of strangers) {
    it(`${admitted ? 'let in' : 'refuse'} ${what}`, () => {
      expect(admitsStranger({ live, atOnce: 2, letIn, fromSource }, NOW)).to.equal(admitted);
    });
  }

  const capacities: [tipLines: number, free: number, atOnce: number][] = [
    // Lines are scarce: half of the lines for tips stay free for known callers, but one stranger is always
    // let in.
    ...([0, 1, 2, 3, 4, 10, 11] as const).map((n, i): [number, number, number] => [
      n,
      n,
      [1, 1, 1, 1, 2, 5, 5][i] ?? 0,
    ]),
    [3, -4, 1],
    [3, 5, 2],
    [3, 9, 6],
    // No alert calls are up: all lines for tips stay free.
    [3, 30, 20],
    [10, 100, 20],
  ];
  for (const [tipLines, free, atOnce] of capacities) {
    it(`let ${atOnce} strangers in at once when ${free} lines are free, of which ${tipLines} are for tips`, () => {
      expect(strangersAtOnce({ tipLines, free })).to.equal(atOnce);
    });
  }
});
