import { expect } from 'chai';
import type { Action } from '../../../src/domain/action.js';
import { mobile } from '../../adapters/sqlite/support/fixtures.js';
import { anybody, chance } from '../../support/chance.js';
import { ControlRoom } from '../../support/control-room.js';
import { BUSY, HANGS_UP } from '../../support/far-end.js';
import { mostStarts } from '../../support/line-use.js';

const HOUR = 3_600_000;
/** Jumps such as those of NTP, or of an administrator who changes the clock for summer time. */
const JUMPS: readonly [what: string, ms: number][] = [
  ['an hour forward', HOUR],
  ['an hour back', -HOUR],
  ['two minutes forward', 120_000],
  ['two minutes back', -120_000],
  ['a second forward', 1_000],
  ['a second back', -1_000],
  ['ten years forward', 10 * 365 * 24 * HOUR],
  ['ten years back', -10 * 365 * 24 * HOUR],
];

describe('when the wall clock jumps', () => {
  let room: ControlRoom;

  afterEach(() => {
    room.close();
  });

  /** Runs an action with a jump at these times after its start. Returns each call's time and outcome. */
  const wholeAction = async (jumpsAt: readonly number[], ms: number): Promise<string[]> => {
    room = new ControlRoom({ lines: 12, tipLines: 2, cps: 4, retry: 'no_answer:2@20s,busy:2@5s' });
    room.people(60);
    const next = chance(3);
    for (let n = 1; n <= 60; n++) room.telephony.script(mobile(n), ...Array.from({ length: 4 }, () => anybody(next)));
    const action = await room.running();
    let passed = 0;
    for (const at of jumpsAt) {
      await room.clock.advance(at - passed);
      passed = at;
      room.clock.jump(ms);
    }
    await room.calledOut(action);
    const outcomes = new Map(room.attempts(action).map(({ id, outcome }) => [room.ids.ofAttempt(id), outcome]));
    return room.telephony.placed.map(({ to, at, order }) => `${at} ${to} ${outcomes.get(order.id)}`);
  };

  it('every call is made and ends as if the clock had not jumped', async function () {
    this.timeout(60_000);
    const undisturbed = await wholeAction([], 0);
    expect(undisturbed.filter((call) => call.includes('confirmed')).length).to.be.greaterThan(20);
    for (const [what, ms] of JUMPS) {
      room.close();
      // Jumps while calls begin, while they ring and talk, and while only retries are left.
      expect(await wholeAction([500, 4_000, 11_000, 30_000, 60_000], ms), what).to.deep.equal(undisturbed);
    }
  });

  describe('while the service is down and retries are still to be made', () => {
    const CPS = 5;
    const PEOPLE = 40;
    const RETRY_MS = 60_000;
    let action: Action;

    beforeEach(async () => {
      room = new ControlRoom({ lines: 100, cps: CPS, retry: 'busy:1@60s' });
      room.people(PEOPLE);
      room.telephony.otherwise = BUSY;
      action = await room.running();
      await room.clock.advance(15_000);
      expect(room.attempts(action)).to.have.lengthOf(PEOPLE);
    });

    for (const [what, ms] of JUMPS) {
      it(`${what}: everybody is called once more, no later than the retry delay and within the CPS`, async () => {
        room.clock.jump(ms);
        room = await room.restart({ lines: 100, cps: CPS, retry: 'busy:1@60s', otherwise: HANGS_UP });
        const back = room.clock.monotonic();
        await room.calledOut(action);
        const starts = room.telephony.placed.map(({ at }) => at);
        expect(room.telephony.placed.map(({ to }) => to)).to.have.members(
          Array.from({ length: PEOPLE }, (_, n) => mobile(n + 1)),
        );
        expect(mostStarts(starts, 1_000)).to.be.at.most(CPS);
        expect(starts.at(-1)! - back).to.be.at.most(RETRY_MS + (PEOPLE / CPS) * 1_000 * 1.1);
        await room.clock.advance(600_000);
        expect(room.telephony.placed, 'nobody is called again').to.have.lengthOf(PEOPLE);
      });
    }
  });

  it('calls during which the clock jumped do not count as experience for a plan', async () => {
    room = new ControlRoom({ retry: 'off', otherwise: HANGS_UP });
    room.people(60);
    const action = await room.running();
    await room.clock.advance(4_000);
    room.clock.jump(HOUR);
    await room.clock.advance(2_000);
    room.clock.jump(-HOUR);
    await room.calledOut(action);
    const { calls, answeredMs } = room.stores.attempts.experience();
    expect(calls).to.be.within(30, 59);
    expect(answeredMs).to.be.within(3_000, 4_000);
  });
});
