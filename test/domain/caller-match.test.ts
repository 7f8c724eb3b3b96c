import { expect } from 'chai';
import { standingsAt, type Standing } from '../../src/domain/caller-match.js';

const THEN = 1_700_000_000_000;
const [EARLIER, LATER] = [THEN - 1, THEN + 1];

const standing = (actionId: number, other: Partial<Standing>): Standing => ({
  actionId,
  participantId: 7,
  state: 'running',
  startedAt: EARLIER,
  closedAt: null,
  reachedAt: EARLIER,
  ...other,
});
const were = (...standings: Standing[]): unknown[] =>
  standingsAt(standings, THEN).map(({ actionId, state, closedAt, reachedAt }) => [
    actionId,
    state,
    closedAt,
    reachedAt,
  ]);

describe('the standings of a caller at an earlier time', () => {
  it('leave out an action that started later', () => {
    expect(were(standing(1, { startedAt: LATER }), standing(2, { startedAt: THEN }))).to.deep.equal([
      [2, 'running', null, EARLIER],
    ]);
  });

  it('have an action that was closed later as running, and one that was closed before as closed', () => {
    const [later, before] = [standing(1, { closedAt: LATER }), standing(2, { closedAt: EARLIER })];
    expect(were({ ...later, state: 'closed' }, { ...before, state: 'closed' })).to.deep.equal([
      [1, 'running', null, EARLIER],
      [2, 'closed', EARLIER, EARLIER],
    ]);
  });

  it('have a participant who was reached later as not reached', () => {
    expect(were(standing(1, { reachedAt: LATER }), standing(2, { reachedAt: THEN }))).to.deep.equal([
      [1, 'running', null, null],
      [2, 'running', null, THEN],
    ]);
  });
});
