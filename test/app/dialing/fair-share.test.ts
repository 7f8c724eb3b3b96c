import { expect } from 'chai';
import type { Action } from '../../../src/domain/action.js';
import type { ActionInput } from '../../../src/app/services.js';
import { mobile } from '../../adapters/sqlite/support/fixtures.js';
import { anybody, chance } from '../../support/chance.js';
import { ControlRoom, type RoomOptions } from '../../support/control-room.js';
import { lineMs, lineUses } from '../../support/line-use.js';

const CHILD: Partial<ActionInput> = { kind: 'missing_child', priority: true };
const WINDOW_MS = 10_000;

const LIMITS = {
  lines: { lines: 66, tipLines: 6, cps: 100 },
  'calls a second': { lines: 500, tipLines: 50, cps: 8 },
};

describe('running actions', function () {
  this.timeout(60_000);
  let room: ControlRoom;
  const open = (options: RoomOptions, seed: number): void => {
    room = new ControlRoom({ retry: 'busy:2@5s,no_answer:1@20s', ...options });
    room.people(400);
    const next = chance(seed);
    for (let n = 1; n <= 400; n++) room.telephony.script(mobile(n), ...Array.from({ length: 9 }, () => anybody(next)));
  };
  afterEach(() => {
    room.close();
  });

  /** Lets the actions call until one runs out of people. Returns the period in which all could call. */
  async function whileAllCanCall(actions: readonly Action[]): Promise<{ from: number; to: number }> {
    const from = room.clock.monotonic();
    await room.clock.until(() => actions.some(({ id }) => room.dialer.people(id).waiting < 60));
    return { from, to: room.clock.monotonic() };
  }

  /** The largest deviation of an action from its share of the lines, as a fraction, in any ten seconds. */
  function worst(actions: readonly Action[], weights: readonly number[], { from, to }: { from: number; to: number }) {
    const uses = actions.map((action) => lineUses(room, action));
    const weight = weights.reduce((sum, one) => sum + one, 0);
    let most = 0;
    let windows = 0;
    for (let start = from; start + WINDOW_MS <= to; start += 500) {
      const held = uses.map((use) => lineMs(use, start, start + WINDOW_MS));
      const all = held.reduce((sum, one) => sum + one, 0);
      for (const [index, ms] of held.entries()) {
        most = Math.max(most, Math.abs(ms / ((all * weights[index]!) / weight) - 1));
      }
      windows++;
    }
    return { most, windows };
  }

  for (const [what, limits] of Object.entries(LIMITS)) {
    for (const seed of [1, 2, 3]) {
      it(`share the lines equally within 5 % over any ten seconds when ${what} are scarce (${seed})`, async () => {
        open(limits, seed);
        const actions = [await room.running(), await room.running()];
        const { most, windows } = worst(actions, [1, 1], await whileAllCanCall(actions));
        expect(windows).to.be.greaterThan(20);
        expect(most).to.be.at.most(0.05);
      });
    }

    it(`share the lines equally when there are three and ${what} are scarce`, async () => {
      open(limits, 4);
      const actions = [await room.running(), await room.running(), await room.running()];
      const { most, windows } = worst(actions, [1, 1, 1], await whileAllCanCall(actions));
      expect(windows).to.be.greaterThan(20);
      expect(most).to.be.at.most(0.05);
    });

    it(`give an action with priority three lines for each line of the other when ${what} are scarce`, async () => {
      open(limits, 5);
      const actions = [await room.running(), await room.running(CHILD)];
      const { most, windows } = worst(actions, [1, 3], await whileAllCanCall(actions));
      expect(windows).to.be.greaterThan(20);
      expect(most).to.be.at.most(0.05);
    });
  }

  it('give an action that begins later every line that becomes free, until it has its share', async () => {
    open(LIMITS.lines, 6);
    const first = await room.running();
    await room.clock.advance(15_000);
    const second = await room.running();
    await room.clock.until(() => live(second) >= 29, 60_000);
    const begun = room.attempts(first).filter(({ dialedAt }) => dialedAt > second.startedAt!).length;
    expect(begun).to.be.at.most(3);
  });

  it('lose no lines to an action that is paused', async () => {
    open(LIMITS.lines, 7);
    const paused = await room.running();
    room.actions.pause(paused.id);
    const alone = await room.running();
    await room.clock.advance(5_000);
    expect(live(alone)).to.be.within(57, 60);
  });

  it('get the same share as the closing calls of an action with priority', async () => {
    open(LIMITS.lines, 8);
    const child = await room.running(CHILD);
    await room.clock.advance(200_000);
    await room.actions.close(child.id, { result: 'found' });
    const other = await room.running();
    await room.clock.advance(12_000);
    expect(live(child)).to.be.within(28, 32);
    expect(live(other)).to.be.within(28, 32);
  });

  const live = (action: Action): number => {
    const { dialing, ringing, in_call } = room.dialer.people(action.id);
    return dialing + ringing + in_call;
  };
});

describe('one action', () => {
  it('calls people who heard the old message again before it makes first calls', async () => {
    const room = new ControlRoom({ lines: 12, tipLines: 2, cps: 1 });
    room.people(60);
    room.telephony.otherwise = { answersAfterMs: 1_000, presses: [{ digit: '1', atMs: 500 }], hangsUpAtMs: 1_000 };
    const action = await room.running();
    await room.clock.advance(10_000);
    await room.actions.update(action.id, { text: 'message-2' });
    const before = room.attempts(action).length;
    await room.clock.until(() => room.attempts(action, 'update').length >= 9);
    expect(room.attempts(action).length - before).to.be.at.most(1);
    room.close();
  });
});

describe('priority', () => {
  it('is allowed only for a missing child', async () => {
    const room = new ControlRoom();
    room.people(1);
    const refused = await room.draft({ kind: 'theft', priority: true }).catch((error: unknown) => error);
    expect(refused).to.include({ name: 'Problem', code: 'invalid' });
    expect(refused).to.have.nested.property('fields[0].field', 'priority');
    expect(room.actions.list()).to.deep.equal([]);
    const child = await room.draft({ kind: 'missing_child', priority: true });
    expect(room.stores.actions.get(child.id)?.priority).to.equal(true);
    expect((await room.draft({ kind: 'missing_child' })).priority).to.equal(false);
    room.close();
  });
});
