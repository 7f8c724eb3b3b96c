import { expect } from 'chai';
import { nextTurn, placesOf, tiersOf, type Turn, type Waiter } from '../../src/domain/tip-queue.js';

const waiter = (inboundId: number, tiers: number[][], more: Partial<Waiter> = {}): Waiter => ({
  inboundId,
  tiers,
  ringing: false,
  overdue: false,
  ...more,
});
const ring = (inboundId: number, ...centralistIds: number[]): Turn => ({ type: 'ring', inboundId, centralistIds });
const giveUp = (inboundId: number): Turn => ({ type: 'give_up', inboundId });

describe('the line of the tip line', () => {
  const turns: [what: string, waiters: Waiter[], engaged: number[], turn: Turn | undefined][] = [
    ['nobody waits', [], [], undefined],
    ['the first tier is free', [waiter(1, [[1], [2, 3]])], [], ring(1, 1)],
    ['the first tier is engaged: the next is tried at once', [waiter(1, [[1], [2, 3]])], [1], ring(1, 2, 3)],
    ['of a tier only the free ones are rung', [waiter(1, [[1], [2, 3]])], [1, 2], ring(1, 3)],
    ['all are engaged: they wait', [waiter(1, [[1], [2, 3]])], [1, 2, 3], undefined],
    ['the last who is left has become free', [waiter(1, [[1]])], [2], ring(1, 1)],
    ['nobody is left', [waiter(1, [])], [], giveUp(1)],
    ['a telephone rings for them', [waiter(1, [[2]], { ringing: true })], [1], undefined],
    [
      'it rings for the first: the second has a turn',
      [waiter(1, [[2]], { ringing: true }), waiter(2, [[2]])],
      [1],
      ring(2, 2),
    ],
    ['both wait for the same: who came first has it', [waiter(1, [[4]]), waiter(2, [[4]])], [], ring(1, 4)],
    ['the first waits for another: they keep nobody waiting', [waiter(1, [[4]]), waiter(2, [[5]])], [4], ring(2, 5)],
    ['they waited too long', [waiter(1, [[4]], { overdue: true })], [], giveUp(1)],
    ['they waited too long, and it rings', [waiter(1, [[4]], { overdue: true, ringing: true })], [], undefined],
    ['the first waits on: the second may still give up', [waiter(1, [[4]]), waiter(2, [])], [4], giveUp(2)],
  ];
  for (const [what, waiters, engaged, turn] of turns) {
    it(`${what}: ${turn === undefined ? 'no turn' : JSON.stringify(turn)}`, () => {
      expect(nextTurn(waiters, (id) => engaged.includes(id))).to.deep.equal(turn);
    });
  }

  it('gives places to those for whom nothing rings', () => {
    const waiters = [waiter(3, [[1]], { ringing: true }), waiter(5, [[1]]), waiter(8, [[2]]), waiter(9, [[1]])];
    expect([...placesOf(waiters)]).to.deep.equal([
      [5, 1],
      [8, 2],
      [9, 3],
    ]);
  });

  const team = { centralistId: 1, team: [2, 3] };
  const tiers: [what: string, onDuty: number[], rung: number[], first: number[], tiers: number[][]][] = [
    ['the centralist, the team, the others', [1, 2, 3, 4, 5], [], [], [[1], [2, 3], [4, 5]]],
    ['only who is on duty', [3, 5], [], [], [[3], [5]]],
    ['nobody is on duty', [], [], [], []],
    ['nobody twice', [1, 2, 3, 4], [1, 3], [], [[2], [4]]],
    ['all were rung', [1, 2], [1, 2], [], []],
    ['chosen by hand: before the others, one by one, on duty or not', [1, 2], [], [9, 2], [[9], [2], [1]]],
    ['chosen by hand, and rung', [1, 2], [9], [9, 2], [[2], [1]]],
  ];
  for (const [what, onDuty, rung, first, expected] of tiers) {
    it(`rings in turn: ${what}`, () => {
      expect(tiersOf(team, onDuty, new Set(rung), first)).to.deep.equal(expected);
    });
  }

  it('rings the centralist once who is in their own team', () => {
    expect(tiersOf({ centralistId: 1, team: [1, 2] }, [1, 2], new Set())).to.deep.equal([[1], [2]]);
  });
});
