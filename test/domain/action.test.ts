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

describe('the states of an action', () => {
  for (const state of ACTION_STATES) {
    for (const command of ACTION_COMMANDS) {
      const after = LIFE[state][command];
      if (after === NO) {
        it(`an action that is ${state} refuses the command ${command}`, () => {
          expect(() => moveAction(state, command))
            .to.throw(Problem, `an action that is ${state} cannot ${command}`)
            .with.property('code', 'conflict');
        });
      } else {
        it(`an action that is ${state} is ${after} after the command ${command}`, () => {
          expect(moveAction(state, command)).to.equal(after);
        });
      }
    }
  }

  it('a second start changes nothing', () => {
    expect(moveAction(moveAction('draft', 'start'), 'start')).to.equal('running');
  });

  it('a late repeat of start does not end a pause', () => {
    expect(moveAction('paused', 'start')).to.equal('paused');
  });

  it('a closed action stays closed after every command', () => {
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

describe('the conditions for the start of an action', () => {
  const fields = (timeCritical: boolean, clearDescription: boolean, selected: number): string[] =>
    startProblems({ criteria: { timeCritical, clearDescription } }, selected).map(({ field }) => field);

  it('are met when the criteria are confirmed and a participant is selected', () => {
    expect(fields(true, true, 1)).to.deep.equal([]);
  });
  it('are not met when the case is not time-critical', () => {
    expect(fields(false, true, 1)).to.deep.equal(['criteria.timeCritical']);
  });
  it('are not met without a clear description', () => {
    expect(fields(true, false, 1)).to.deep.equal(['criteria.clearDescription']);
  });
  it('are not met when nobody is selected', () => {
    expect(fields(true, true, 0)).to.deep.equal(['area.postcodes']);
  });
  it('are all named when all are missing', () => {
    expect(fields(false, false, 0)).to.deep.equal([
      'criteria.timeCritical',
      'criteria.clearDescription',
      'area.postcodes',
    ]);
  });
});

describe('the words of an action', () => {
  it('are nine kinds', () => {
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
  it('are four results', () => {
    expect(RESULTS).to.deep.equal(['found', 'arrested', 'not_found', 'false_alarm']);
  });
});

describe('priority', () => {
  for (const kind of KINDS) {
    it(`${kind === 'missing_child' ? 'can' : 'cannot'} be given to an action of kind ${kind}`, () => {
      expect(priorityProblems({ kind, priority: false })).to.deep.equal([]);
      const fields = priorityProblems({ kind, priority: true }).map(({ field }) => field);
      expect(fields).to.deep.equal(kind === 'missing_child' ? [] : ['priority']);
    });
  }
});
