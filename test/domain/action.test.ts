import { expect } from 'chai';
import {
  ACTION_COMMANDS,
  ACTION_STATES,
  moveAction,
  priorityProblems,
  startProblems,
  type ActionCommand,
  type ActionState,
} from '../../src/domain/action.js';
import { KINDS, RESULTS } from '../../src/domain/kinds.js';
import { Problem } from '../../src/domain/problem.js';

const NO = 'conflict';

/** Every command in every state: the state afterwards, or a refusal. */
const LIFE: Readonly<Record<ActionState, Readonly<Record<ActionCommand, ActionState | typeof NO>>>> = {
  draft: { start: 'running', pause: NO, resume: NO, close: NO },
  running: { start: 'running', pause: 'paused', resume: 'running', close: 'closed' },
  paused: { start: 'paused', pause: 'paused', resume: 'running', close: 'closed' },
  closed: { start: NO, pause: NO, resume: NO, close: 'closed' },
};

describe('The life of an action', () => {
  for (const state of ACTION_STATES) {
    for (const command of ACTION_COMMANDS) {
      const after = LIFE[state][command];
      if (after === NO) {
        it(`one that is ${state} refuses to ${command}, and says so`, () => {
          expect(() => moveAction(state, command))
            .to.throw(Problem, `an action that is ${state} cannot ${command}`)
            .with.property('code', 'conflict');
        });
      } else {
        it(`one that is ${state} is ${after} after ${command}`, () => {
          expect(moveAction(state, command)).to.equal(after);
        });
      }
    }
  }

  it('starting twice is the same as starting once', () => {
    expect(moveAction(moveAction('draft', 'start'), 'start')).to.equal('running');
  });

  it('a late repeat of start does not end a pause', () => {
    expect(moveAction('paused', 'start')).to.equal('paused');
  });

  it('nothing brings a closed action back to life', () => {
    for (const command of ACTION_COMMANDS) {
      let after: ActionState = 'closed';
      try {
        after = moveAction('closed', command);
      } catch (error) {
        expect(error).to.be.instanceOf(Problem);
      }
      expect(after, command).to.equal('closed');
    }
  });
});

describe('Whether an action can start', () => {
  const fields = (timeCritical: boolean, clearDescription: boolean, selected: number): string[] =>
    startProblems({ criteria: { timeCritical, clearDescription } }, selected).map(({ field }) => field);

  it('it can, when its criteria are confirmed and somebody is selected', () => {
    expect(fields(true, true, 1)).to.deep.equal([]);
  });
  it('it cannot, when the case is not time-critical', () => {
    expect(fields(false, true, 1)).to.deep.equal(['criteria.timeCritical']);
  });
  it('it cannot, without a clear description', () => {
    expect(fields(true, false, 1)).to.deep.equal(['criteria.clearDescription']);
  });
  it('it cannot, when nobody is selected', () => {
    expect(fields(true, true, 0)).to.deep.equal(['area.postcodes']);
  });
  it('everything that is missing is told at once', () => {
    expect(fields(false, false, 0)).to.deep.equal([
      'criteria.timeCritical',
      'criteria.clearDescription',
      'area.postcodes',
    ]);
  });
});

describe('The words of an action', () => {
  it('its kinds are the nine of Burgernet', () => {
    expect(KINDS).to.deep.equal([
      'theft',
      'robbery',
      'burglary',
      'hit_and_run',
      'bag_snatching',
      'violence',
      'missing_child',
      'missing_adult',
      'missing_goods',
    ]);
  });
  it('it ends in one of four ways', () => {
    expect(RESULTS).to.deep.equal(['found', 'arrested', 'not_found', 'false_alarm']);
  });
});

describe('Priority', () => {
  for (const kind of KINDS) {
    it(`${kind === 'missing_child' ? 'may' : 'may not'} be asked for an action of kind ${kind}`, () => {
      expect(priorityProblems({ kind, priority: false })).to.deep.equal([]);
      const fields = priorityProblems({ kind, priority: true }).map(({ field }) => field);
      expect(fields).to.deep.equal(kind === 'missing_child' ? [] : ['priority']);
    });
  }
});
