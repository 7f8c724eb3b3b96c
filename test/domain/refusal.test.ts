import { expect } from 'chai';
import type { E164 } from '../../src/domain/phone-number.js';
import { heldFor, pauseAfter, refusedTogether, withAnswer, type Answer } from '../../src/domain/refusal.js';

/**
 * Calls a tenth of a second apart: `x` refused, `.` let through, `a` and `b` refused, each always the same
 * number.
 */
const answers = (steps: string): readonly Answer[] =>
  [...steps].reduce<readonly Answer[]>((recent, sign, index) => {
    const who = sign === 'a' ? 1_001 : sign === 'b' ? 1_002 : index + 1;
    return withAnswer(recent, {
      phone: `+3161234${1_000 + who}` as E164,
      participantId: who,
      startedAt: 1_000 + index * 100,
      refused: sign !== '.',
      retryAt: -Infinity,
    });
  }, []);

describe('Whether the trunk refuses, or only some numbers are refused', () => {
  const STORIES: readonly [steps: string, together: number, why: string][] = [
    ['', 0, 'nothing was said'],
    ['x', 0, 'one number'],
    ['aaaaaaaaaa', 0, 'one number, however often'],
    ['a.a.a.a.a.a.a.a.a.a', 0, 'one number among others, however often'],
    ['abababababab', 0, 'two numbers, however often'],
    ['xxx', 0, 'three numbers one after another'],
    ['xxx.................', 0, 'the first three of many'],
    ['xxxx', 4, 'four people one after another'],
    ['....xxxx', 4, 'four after others got through'],
    ['xx.xx', 0, 'somebody got through between them'],
    ['x.x..x..x..x..', 0, 'five among many'],
    ['x.x..x..x..x..x', 6, 'six among twenty'],
    ['x.......x........x.........x', 0, 'a few bad numbers among many'],
    ['xxxxxx....................', 0, 'what is long over'],
  ];
  for (const [steps, together, why] of STORIES) {
    it(`${together === 0 ? 'the numbers' : 'the trunk'}: ${why}`, () => {
      expect(refusedTogether(answers(steps))).to.have.lengthOf(together);
    });
  }

  it('does not depend on the order in which the answers come', () => {
    const steps = answers('xx.xx.');
    const late = [...steps].toSorted((a, b) => Number(b.refused) - Number(a.refused));
    expect(late.slice(0, 4).every(({ refused }) => refused)).to.equal(true);
    const early = late.slice(0, 4).reduce(withAnswer, [] as readonly Answer[]);
    expect(refusedTogether(early), 'as long as nobody else has rung').to.have.lengthOf(4);
    expect(refusedTogether(late.reduce(withAnswer, [] as readonly Answer[]))).to.have.lengthOf(0);
  });

  it('takes the numbers of one person for one', () => {
    const recent = [1, 2, 3, 4, 5].reduce<readonly Answer[]>((before, n) => {
      const phone = `+3161234000${n}` as E164;
      return withAnswer(before, { phone, participantId: 7, startedAt: n, refused: true, retryAt: 0 });
    }, []);
    expect(recent).to.have.lengthOf(1);
  });
});

describe('How long a number is left alone', () => {
  for (const [seconds, ms] of [
    [undefined, 0],
    [0, 0],
    [-5, 0],
    [61, 61_000],
    [86_400, 300_000],
    [9_999_999_999, 300_000],
  ] as const) {
    it(`a Retry-After of ${seconds} asks for ${ms} ms`, () => {
      expect(heldFor(seconds)).to.equal(ms);
    });
  }
  it('at least for a pause that grows, and for as long as was asked', () => {
    expect([0, 1, 2, 3, 4, 5, 50].map((refusals) => pauseAfter(refusals))).to.deep.equal([
      0, 1_000, 10_000, 20_000, 40_000, 60_000, 60_000,
    ]);
    expect([pauseAfter(1, 61_000), pauseAfter(5, 1_000)]).to.deep.equal([61_000, 60_000]);
  });
});
