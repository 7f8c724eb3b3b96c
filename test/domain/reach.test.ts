import { expect } from 'chai';
import { lowReach, type ReachSoFar } from '../../src/domain/reach.js';

describe('the reach of an action', () => {
  const RUNNING: ReachSoFar = { state: 'running', runningMs: 60_000, called: 0, live: 0, waiting: 500, reached: 0 };
  const over = { live: 0, waiting: 0 };

  const CASES: readonly (readonly [
    name: string,
    so: Partial<ReachSoFar>,
    low: [called: number, reached: number] | null,
  ])[] = [
    ['nobody was called', {}, null],
    ['nobody was called, and nobody will be', over, null],
    ['too few were called', { called: 19 }, null],
    ['none of twenty was reached', { called: 20 }, [20, 0]],
    ['one of twenty was reached', { called: 20, reached: 1 }, [20, 1]],
    ['two of twenty were reached, which is a tenth', { called: 20, reached: 2 }, null],
    ['just under a tenth was reached', { called: 1_000, reached: 99 }, [1_000, 99]],
    ['a tenth was reached', { called: 1_000, reached: 100 }, null],
    ['live calls do not count yet', { called: 30, live: 11 }, null],
    ['ended calls count', { called: 31, live: 11, reached: 1 }, [20, 1]],
    ['less than 30 s have passed', { called: 300, live: 30, runningMs: 29_999 }, null],
    ['30 s have passed', { called: 300, live: 30, runningMs: 30_000 }, [270, 0]],
    ['all calls ended within 30 s', { ...over, called: 300, reached: 2, runningMs: 9_000 }, [300, 2]],
    ['one participant was called and not reached', { ...over, called: 1 }, [1, 0]],
    ['one participant will be called again', { called: 1, waiting: 1 }, null],
    ['the telephone of one participant still rings', { called: 1, live: 1, waiting: 0 }, null],
    ['one of a few participants was reached', { ...over, called: 19, reached: 1 }, null],
    ['the action is paused', { state: 'paused', called: 50 }, [50, 0]],
    ['the action is closed', { ...over, state: 'closed', called: 50 }, null],
    ['the action is a draft', { ...over, state: 'draft', runningMs: 0 }, null],
    ['more were reached than called, by the tip line', { ...over, called: 1, reached: 5 }, null],
    ['update calls go to participants who were called long ago', { called: 5, live: 20 }, null],
  ];
  for (const [name, so, low] of CASES) {
    it(`${low === null ? 'gives no warning' : 'is low'}: ${name}`, () => {
      const expected = low === null ? undefined : { code: 'low_reach', called: low[0], reached: low[1] };
      expect(lowReach({ ...RUNNING, ...so })).to.deep.equal(expected);
    });
  }
});
