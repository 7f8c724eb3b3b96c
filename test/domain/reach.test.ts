import { expect } from 'chai';
import { lowReach, type ReachSoFar } from '../../src/domain/reach.js';

describe('The reach of an action', () => {
  const RUNNING: ReachSoFar = { state: 'running', runningMs: 60_000, called: 0, live: 0, waiting: 500, reached: 0 };
  const over = { live: 0, waiting: 0 };

  const CASES: readonly (readonly [
    name: string,
    so: Partial<ReachSoFar>,
    low: [called: number, reached: number] | null,
  ])[] = [
    ['nobody was called', {}, null],
    ['nobody was called, and nobody is to be', over, null],
    ['too few were called to tell', { called: 19 }, null],
    ['nobody of twenty', { called: 20 }, [20, 0]],
    ['one of twenty', { called: 20, reached: 1 }, [20, 1]],
    ['two of twenty are a tenth', { called: 20, reached: 2 }, null],
    ['just under a tenth', { called: 1_000, reached: 99 }, [1_000, 99]],
    ['a tenth, after it was less', { called: 1_000, reached: 100 }, null],
    ['calls that are up do not count yet', { called: 30, live: 11 }, null],
    ['calls that are over do', { called: 31, live: 11, reached: 1 }, [20, 1]],
    ['the first moments', { called: 300, live: 30, runningMs: 29_999 }, null],
    ['after the first moments', { called: 300, live: 30, runningMs: 30_000 }, [270, 0]],
    ['the first moments, when that was all', { ...over, called: 300, reached: 2, runningMs: 9_000 }, [300, 2]],
    ['one person, called and not reached', { ...over, called: 1 }, [1, 0]],
    ['one person, to be called once more', { called: 1, waiting: 1 }, null],
    ['one person whose telephone still rings', { called: 1, live: 1, waiting: 0 }, null],
    ['a few people, one of them reached', { ...over, called: 19, reached: 1 }, null],
    ['paused', { state: 'paused', called: 50 }, [50, 0]],
    ['closed', { ...over, state: 'closed', called: 50 }, null],
    ['a draft', { ...over, state: 'draft', runningMs: 0 }, null],
    ['more reached than were called: by the tip line', { ...over, called: 1, reached: 5 }, null],
    ['update calls are up with people who were called long ago', { called: 5, live: 20 }, null],
  ];
  for (const [name, so, low] of CASES) {
    it(`is ${low === null ? 'nothing to warn of' : 'low'}: ${name}`, () => {
      const expected = low === null ? undefined : { code: 'low_reach', called: low[0], reached: low[1] };
      expect(lowReach({ ...RUNNING, ...so })).to.deep.equal(expected);
    });
  }
});
