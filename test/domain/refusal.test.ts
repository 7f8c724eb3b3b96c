import { expect } from 'chai';
import type { E164 } from '../../src/domain/phone-number.js';
import {
  retryAfterWaitMs,
  pauseAfter,
  refusedTogether,
  withOperatorAnswer,
  type OperatorAnswer,
} from '../../src/domain/refusal.js';

/**
 * Answers to calls a tenth of a second apart. `x`: another number is refused. `.`: another number gets
 * through. `a` and `b`: the same number is refused each time.
 */
const answers = (steps: string): readonly OperatorAnswer[] =>
  [...steps].reduce<readonly OperatorAnswer[]>((recent, sign, index) => {
    const who = sign === 'a' ? 1_001 : sign === 'b' ? 1_002 : index + 1;
    return withOperatorAnswer(recent, {
      phone: `+3161234${1_000 + who}` as E164,
      participantId: who,
      startedAt: 1_000 + index * 100,
      refused: sign !== '.',
      retryAt: -Infinity,
    });
  }, []);

describe('refusals of numbers and of the trunk', () => {
  const CASES: readonly [steps: string, together: number, why: string][] = [
    ['', 0, 'no answer at all'],
    ['x', 0, 'one number'],
    ['aaaaaaaaaa', 0, 'one number many times'],
    ['a.a.a.a.a.a.a.a.a.a', 0, 'one number many times, with others in between'],
    ['abababababab', 0, 'two numbers many times'],
    ['xxx', 0, 'three numbers in a row'],
    ['xxx.................', 0, 'the first three of many'],
    ['xxxx', 4, 'four participants in a row'],
    ['....xxxx', 4, 'four in a row after others got through'],
    ['xx.xx', 0, 'another call got through in between'],
    ['x.x..x..x..x..', 0, 'five among many'],
    ['x.x..x..x..x..x', 6, 'six among twenty'],
    ['x.......x........x.........x', 0, 'a few bad numbers among many'],
    ['xxxxxx....................', 0, 'refusals before the last twenty answers'],
  ];
  for (const [steps, together, why] of CASES) {
    it(`count as ${together === 0 ? 'refused numbers' : 'a full trunk'}: ${why}`, () => {
      expect(refusedTogether(answers(steps))).to.have.lengthOf(together);
    });
  }

  it('are judged in the order of call starts, whatever the order of the answers is', () => {
    const steps = answers('xx.xx.');
    const late = [...steps].toSorted((a, b) => Number(b.refused) - Number(a.refused));
    expect(late.slice(0, 4).every(({ refused }) => refused)).to.equal(true);
    const early = late.slice(0, 4).reduce(withOperatorAnswer, [] as readonly OperatorAnswer[]);
    expect(refusedTogether(early), 'before any call got through').to.have.lengthOf(4);
    expect(refusedTogether(late.reduce(withOperatorAnswer, [] as readonly OperatorAnswer[]))).to.have.lengthOf(0);
  });

  it('of several numbers of one participant count once', () => {
    const recent = [1, 2, 3, 4, 5].reduce<readonly OperatorAnswer[]>((before, n) => {
      const phone = `+3161234000${n}` as E164;
      return withOperatorAnswer(before, { phone, participantId: 7, startedAt: n, refused: true, retryAt: 0 });
    }, []);
    expect(recent).to.have.lengthOf(1);
  });
});

describe('the pause of a refused number', () => {
  for (const [seconds, ms] of [
    [undefined, 0],
    [0, 0],
    [-5, 0],
    [61, 61_000],
    [86_400, 300_000],
    [9_999_999_999, 300_000],
  ] as const) {
    it(`is ${ms} ms by a Retry-After of ${seconds}`, () => {
      expect(retryAfterWaitMs(seconds)).to.equal(ms);
    });
  }
  it('grows with each refusal, and is never shorter than a Retry-After', () => {
    expect([0, 1, 2, 3, 4, 5, 50].map((refusals) => pauseAfter(refusals))).to.deep.equal([
      0, 1_000, 10_000, 20_000, 40_000, 60_000, 60_000,
    ]);
    expect([pauseAfter(1, 61_000), pauseAfter(5, 1_000)]).to.deep.equal([61_000, 60_000]);
  });
});
