import { expect } from 'chai';
import { nextTurn, placesOf, tiersOf, type Turn, type QueueEntry } from '../../src/domain/tip-queue.js';

const waiter = (inboundId: number, tiers: number[][], more: Partial<QueueEntry> = {}): QueueEntry => ({
  inboundId,
  tiers,
  ringing: false,
  overdue: false,
  ...more,
});
const ring = (inboundId: number, ...centralistIds: number[]): Turn => ({ type: 'ring', inboundId, centralistIds });
const giveUp = (inboundId: number): Turn => ({ type: 'give_up', inboundId });

describe('the queue of the tip line', () => {
  const turns: [what: string, waiters: QueueEntry[], engaged: number[], turn: Turn | undefined][] = [
    ['nobody waits', [], [], undefined],
    ['the first tier is free', [waiter(1, [[1], [2, 3]])], [], ring(1, 1)],
    ['the first tier is engaged and the second is free', [waiter(1, [[1], [2, 3]])], [1], ring(1, 2, 3)],
    ['one centralist of the second tier is engaged', [waiter(1, [[1], [2, 3]])], [1, 2], ring(1, 3)],
    ['all centralists are engaged', [waiter(1, [[1], [2, 3]])], [1, 2, 3], undefined],
    ['the last centralist left is free', [waiter(1, [[1]])], [2], ring(1, 1)],
    ['no centralist is left to ring', [waiter(1, [])], [], giveUp(1)],
    ['a softphone rings for the caller', [waiter(1, [[2]], { ringing: true })], [1], undefined],
    [
      'a softphone rings for the first of two callers',
      [waiter(1, [[2]], { ringing: true }), waiter(2, [[2]])],
      [1],
      ring(2, 2),
    ],
    ['two callers wait for one centralist', [waiter(1, [[4]]), waiter(2, [[4]])], [], ring(1, 4)],
    ['the first caller waits for an engaged centralist', [waiter(1, [[4]]), waiter(2, [[5]])], [4], ring(2, 5)],
    ['the caller waited too long', [waiter(1, [[4]], { overdue: true })], [], giveUp(1)],
    [
      'the caller waited too long and a softphone rings',
      [waiter(1, [[4]], { overdue: true, ringing: true })],
      [],
      undefined,
    ],
    ['no centralist is left for the second caller', [waiter(1, [[4]]), waiter(2, [])], [4], giveUp(2)],
  ];
  for (const [what, waiters, engaged, turn] of turns) {
    it(`has ${turn === undefined ? 'no turn' : `the turn ${JSON.stringify(turn)}`} when ${what}`, () => {
      expect(nextTurn(waiters, (id) => engaged.includes(id))).to.deep.equal(turn);
    });
  }

  it('gives places to the callers for whom no softphone rings', () => {
    const waiters = [waiter(3, [[1]], { ringing: true }), waiter(5, [[1]]), waiter(8, [[2]]), waiter(9, [[1]])];
    expect([...placesOf(waiters)]).to.deep.equal([
      [5, 1],
      [8, 2],
      [9, 3],
    ]);
  });

  const team = { centralistId: 1, team: [2, 3] };
  const tiers: [what: string, onDuty: number[], rung: number[], first: number[], tiers: number[][]][] = [
    ['the centralist, the team and the others, in this order', [1, 2, 3, 4, 5], [], [], [[1], [2, 3], [4, 5]]],
    ['only centralists on duty', [3, 5], [], [], [[3], [5]]],
    ['no softphone when nobody is on duty', [], [], [], []],
    ['no softphone twice', [1, 2, 3, 4], [1, 3], [], [[2], [4]]],
    ['no softphone when all have rung', [1, 2], [1, 2], [], []],
    ['chosen centralists first, one by one, on duty or not', [1, 2], [], [9, 2], [[9], [2], [1]]],
    ['no chosen centralist twice', [1, 2], [9], [9, 2], [[2], [1]]],
  ];
  for (const [what, onDuty, rung, first, expected] of tiers) {
    it(`rings ${what}`, () => {
      expect(tiersOf(team, onDuty, new Set(rung), first)).to.deep.equal(expected);
    });
  }

  it('rings a centralist once who is also in the team', () => {
    expect(tiersOf({ centralistId: 1, team: [1, 2] }, [1, 2], new Set())).to.deep.equal([[1], [2]]);
  });
});
