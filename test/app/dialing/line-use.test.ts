import { expect } from 'chai';
import type { Action } from '../../../src/domain/action.js';
import { addPerson, mobile } from '../../adapters/sqlite/support/fixtures.js';
import { anybody, chance } from '../../support/chance.js';
import { ControlRoom } from '../../support/control-room.js';
import { lineUses, mostStarts, type LineUse } from '../../support/line-use.js';

/**
 * The earliest possible start of the last call, in ms after the first: the same calls with the same lengths
 * and in the same order, each started as soon as a line is free and the CPS allows it.
 */
function soonest(uses: readonly LineUse[], lines: number, cps: number): number {
  const free = Array.from({ length: lines }, () => 0);
  let slot = 0;
  let start = 0;
  for (const { from, to } of uses) {
    const line = free.indexOf(Math.min(...free));
    start = Math.max(free[line]!, slot);
    slot = start + 1_000 / cps;
    free[line] = start + to - from;
  }
  return start;
}

/** Chosen so that lines, the CPS or both are scarce. Calls last about twenty seconds. */
const LIMITS: readonly [lines: number, cps: number, people: number][] = [
  [10, 10, 150],
  [30, 10, 300],
  [30, 1.2, 150],
  [100, 10, 500],
  [100, 4, 400],
  [500, 100, 1_500],
  [500, 15, 900],
];

describe('the use of lines while there are people to call', () => {
  let room: ControlRoom;
  const open = (lines: number, cps: number, people: number): void => {
    room = new ControlRoom({ lines, tipLines: Math.max(2, lines / 10), cps, retry: 'busy:2@5s,no_answer:2@20s' });
    room.people(people);
    const next = chance(lines + cps);
    for (let n = 1; n <= people; n++)
      room.telephony.script(mobile(n), ...Array.from({ length: 9 }, () => anybody(next)));
  };
  /** The calls until everybody was called once. After that, some people only wait for their retry. */
  const untilAllCalledOnce = (action: Action): LineUse[] => {
    const attempts = room.attempts(action);
    const lastFirstTry = attempts.findLastIndex(({ number }) => number === 1);
    return lineUses(room, action).slice(0, lastFirstTry + 1);
  };
  afterEach(() => {
    room.close();
  });

  for (const [lines, cps, people] of LIMITS) {
    it(`is at least 98 % of what ${lines} lines at ${cps} calls a second allow, and never above the limits`, async () => {
      open(lines, cps, people);
      const action = await room.running();
      await room.clock.until(() => room.dialer.people(action.id).waiting === 0);
      const uses = untilAllCalledOnce(action);
      expect(uses).to.have.length.at.least(people);
      const took = uses.at(-1)!.from - uses[0]!.from;
      const outbound = lines - room.lines.limits.tipLines;
      expect(soonest(uses, outbound, cps) / took, 'of what is possible').to.be.within(0.98, 1.01);
      expect(room.telephony.mostOnTrunk).to.be.at.most(outbound);
      const starts = room.telephony.placed.map(({ at }) => at);
      expect(mostStarts(starts, 1_000)).to.be.at.most(Math.ceil(cps));
    }).timeout(60_000);
  }

  it('leaves alerts all lines but the tip lines until there are more inbound calls than tip lines', async () => {
    open(30, 10, 300);
    const { telephony, lines, clock } = room;
    const announce = telephony.placeAlert.bind(telephony);
    const seen: { outbound: number; inbound: number }[] = [];
    telephony.placeAlert = (order) => {
      seen.push({ outbound: lines.outbound, inbound: lines.inbound });
      return announce(order);
    };
    const action = await room.running();
    const next = chance(9);
    for (let caller = 1; room.dialer.people(action.id).waiting > 100; caller++) {
      // Participants from another area: their numbers are known, and they are in no action.
      addPerson(room.stores, [mobile(5_000 + caller)], ['9999XX']);
      telephony.ringUs(mobile(5_000 + caller), { hangsUpAtMs: Math.round(40_000 * next()) });
      await clock.advance(Math.round(6_000 * next()));
    }
    expect(Math.max(...seen.map(({ inbound }) => inbound)), 'tips at once').to.be.at.least(5);
    for (const { outbound, inbound } of seen) {
      expect(outbound).to.be.at.most(27);
      expect(outbound + inbound).to.be.at.most(30);
    }
    expect(Math.max(...seen.map(({ outbound }) => outbound))).to.equal(27);
  });
});
