import { expect } from 'chai';
import type { Action } from '../../../src/domain/action.js';
import type { E164 } from '../../../src/domain/phone-number.js';
import { Problem } from '../../../src/domain/problem.js';
import { ControlRoom, type RoomOptions } from '../../support/control-room.js';
import { costByTurn } from '../../support/database-cost.js';
import { PRESSES } from '../../support/far-end.js';

const PEOPLE = 6_000;
/** Most rows that one turn of the event loop may read and write. */
const ROWS = 5_000;

const number = (n: number): E164 => `+31612${String((n * 7_919) % 1_000_000).padStart(6, '0')}` as E164;

describe('the start of a large action', function () {
  this.timeout(60_000);

  const OPTIONS = { lines: 4, tipLines: 0, cps: 4 };
  let room: ControlRoom;
  afterEach(() => {
    room.close();
  });

  /** Signs up people in two postcodes. Every tenth person has the number of the person before. */
  const open = (people = PEOPLE, options: RoomOptions = {}): void => {
    room = new ControlRoom({ ...OPTIONS, ...options });
    signUp(people);
  };
  const signUp = (people: number): void => {
    for (let from = 0; from < people; from += 1_000) {
      const rows = Array.from({ length: Math.min(1_000, people - from) }, (_, n) => ({
        line: from + n + 2,
        name: `Person ${from + n}`,
        language: 'nl' as const,
        phones: (from + n) % 10 === 9 ? [number(from + n - 1)] : [number(from + n)],
        postcodes: [{ pc4: 8251 + (n % 2), letters: n % 3 === 0 ? null : 'AB' }],
      }));
      room.stores.participants.importRows(rows, { now: 1, dryRun: false });
    }
  };
  const draft = (): Promise<Action> => room.draft({ area: { postcodes: ['8251-8252'] } });
  const turns = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve));
  };
  /** The result of a start, with a refusal as a value, so that no rejection stays unhandled. */
  const begin = (id: number, options = {}): Promise<Action | Problem> =>
    room.actions.start(id, options).catch((error: unknown) => {
      if (error instanceof Problem) return error;
      throw error;
    });
  const stored = (id: number): Record<string, number> => {
    const count = (table: string): number =>
      Number(room.database.sqlite.prepare(`SELECT count(*) FROM ${table} WHERE action_id = ?`).pluck().get(id));
    return { people: count('selection'), numbers: count('selection_phone'), excluded: count('exclusion') };
  };
  const NOTHING = { people: 0, numbers: 0, excluded: 0 };
  const ALL = { people: PEOPLE, numbers: PEOPLE, excluded: PEOPLE / 10 };
  const codeOf = (result: Action | Problem): string => (result instanceof Problem ? result.code : result.state);

  /** Number of turns of the event loop that a start takes. Other work may come between two turns. */
  const turnsOfStart = async (): Promise<number> => {
    open();
    const { id } = await draft();
    const cost = await costByTurn(() => room.actions.start(id));
    room.close();
    return cost.turns;
  };

  it('takes turns, as its plan does, whose cost does not grow with the action', async () => {
    for (const people of [3_000, PEOPLE, 4 * PEOPLE]) {
      open(people);
      const { id } = await draft();
      const plan = await costByTurn(() => room.actions.preview(id));
      const start = await costByTurn(() => room.actions.start(id));
      expect(plan.mostRows).to.be.at.most(ROWS);
      expect(start.mostRows).to.be.at.most(ROWS);
      expect(plan.turns).to.be.at.least(people / 1_000);
      expect(start.turns).to.be.at.least(people / 500);
      expect(room.dialer.people(id)).to.include({ waiting: people * 0.9 - 1, dialing: 1 });
      room.close();
    }
    open(1);
  });

  it('takes one turn for a small action', async () => {
    open(50);
    const { id } = await draft();
    expect((await costByTurn(() => room.actions.start(id))).turns).to.equal(1);
  });

  it('calls the participants in the order of their sign-up, each number once', async () => {
    open(1_200, { cps: 1_000, lines: 10_000, otherwise: PRESSES });
    const { id } = await draft();
    await room.actions.start(id);
    await room.clock.advance(60_000);
    const called = room.telephony.placed.map(({ to }) => to);
    const owners = Array.from({ length: 1_200 }, (_, n) => n).filter((n) => n % 10 !== 9);
    expect(called).to.deep.equal(owners.map(number));
    expect(stored(id)).to.deep.equal({ people: 1_200, numbers: 1_200, excluded: 120 });
  });

  it('is all or nothing when the process dies after any turn', async () => {
    const all = await turnsOfStart();
    expect(all).to.be.greaterThan(10);
    for (const at of [1, 5, 9, 14, 18, 22, all - 3].filter((turn) => turn < all - 1)) {
      open();
      const { id } = await draft();
      const started = begin(id);
      await turns(at);
      const written = stored(id);
      room.dialer.stop();
      expect(codeOf(await started), `after ${at} turns`).to.equal('unavailable');
      // A process that dies cleans up nothing, so the rows that it had written are put back.
      await costByTurn(() => restore(id, written));
      room = await room.restart(OPTIONS);
      await room.clock.advance(5_000);
      expect(room.actions.view(id).action).to.include({ state: 'draft', startedAt: null });
      expect(room.actions.view(id).counts).to.include({ selected: 0, waiting: 0 });
      expect(room.telephony.placed).to.have.length(0);
      expect(codeOf(await begin(id))).to.equal('running');
      expect(stored(id)).to.deep.equal(ALL);
      expect(room.actions.view(id).counts.selected).to.equal(PEOPLE * 0.9);
      room.close();
    }
    open(1);
  });

  /** Puts back the staged rows of a selection. */
  const restore = (id: number, { people = 0 }: Record<string, number>): void => {
    room.database.sqlite.exec(`
      INSERT OR IGNORE INTO selection (action_id, participant_id, position, phones)
      SELECT ${id}, id, id, '["+31600000000"]' FROM participant ORDER BY id DESC LIMIT ${people};
      INSERT OR IGNORE INTO selection_phone (number, action_id, participant_id)
      SELECT '+31600000000', action_id, participant_id FROM selection WHERE action_id = ${id};
      INSERT OR IGNORE INTO exclusion (action_id, participant_id, reason)
      SELECT action_id, participant_id, 'declined' FROM selection WHERE action_id = ${id};`);
  };

  it('leaves a draft without a selection when the disk becomes full in the middle', async () => {
    open();
    const { id } = await draft();
    const started = begin(id);
    await turns(16);
    expect(stored(id).people).to.be.greaterThan(0);
    expect(room.actions.view(id).counts.selected, 'not before it runs').to.equal(0);
    room.diskWorks = false;
    expect(codeOf(await started)).to.equal('unavailable');
    expect(room.actions.view(id).action.state).to.equal('draft');
    room.diskWorks = true;
    expect(codeOf(await begin(id))).to.equal('running');
    expect(stored(id)).to.deep.equal(ALL);
    expect(room.database.sqlite.pragma('foreign_keys', { simple: true })).to.equal(1);
    expect(room.database.sqlite.pragma('foreign_key_check')).to.deep.equal([]);
  });

  it('plays a message that is changed in the middle, or is refused when the screen showed another', async () => {
    for (const expect_ of [{}, { messageVersion: 1 }]) {
      open(PEOPLE, { otherwise: PRESSES });
      const { id } = await draft();
      const started = begin(id, { expect: expect_ });
      await turns(16);
      await room.actions.update(id, { text: 'message-2' });
      if ('messageVersion' in expect_) {
        expect(codeOf(await started)).to.equal('changed');
        expect(room.actions.view(id).action.state).to.equal('draft');
        expect(stored(id)).to.deep.equal(NOTHING);
      } else {
        expect(codeOf(await started)).to.equal('running');
        await room.clock.advance(30_000);
        expect(room.telephony.placed[0]?.call.heardWords).to.include('message-2').and.not.include('message-1');
      }
      room.close();
    }
    open(1);
  });

  it('makes one selection when two consoles start the action', async () => {
    open();
    const { id } = await draft();
    const first = begin(id);
    await turns(12);
    const second = begin(id);
    expect([codeOf(await first), codeOf(await second)]).to.deep.equal(['running', 'running']);
    expect(stored(id)).to.deep.equal(ALL);
    expect(room.dialer.people(id)).to.include({ waiting: PEOPLE * 0.9 - 1, dialing: 1 });
  });

  it('is refused when an action that looks like this one starts in the middle', async () => {
    open();
    const [one, other] = [await draft(), await draft()];
    const first = begin(one.id);
    await turns(3);
    const second = begin(other.id);
    expect([codeOf(await first), codeOf(await second)]).to.deep.equal(['running', 'look_alike']);
    expect(stored(other.id)).to.deep.equal(NOTHING);
    expect(stored(one.id)).to.deep.equal(ALL);
  });

  it('cannot be interrupted by a close', async () => {
    open();
    const { id } = await draft();
    const started = begin(id);
    await turns(12);
    const closed = await room.actions.close(id, { result: 'found' }).catch((error: unknown) => error);
    expect(closed).to.be.instanceOf(Problem).with.property('code', 'conflict');
    expect(codeOf(await started)).to.equal('running');
    expect((await room.actions.close(id, { result: 'found' })).state).to.equal('closed');
    expect(room.dialer.people(id).waiting).to.equal(0);
  });

  it('selects each participant once when participants change in the middle', async () => {
    open();
    const { id } = await draft();
    const started = begin(id);
    await turns(4);
    room.database.sqlite.exec(`
      DELETE FROM participant WHERE id IN (1, ${PEOPLE - 1});
      UPDATE participant SET paused_until = 9e15 WHERE id = ${PEOPLE - 2};`);
    expect(codeOf(await started)).to.equal('running');
    const rows = room.database.sqlite.prepare(
      'SELECT count(*) AS people, count(DISTINCT participant_id) AS once FROM selection WHERE action_id = ?',
    );
    const { people, once } = rows.get(id) as { people: number; once: number };
    expect(people).to.equal(once);
    expect(people).to.be.within(PEOPLE - 3, PEOPLE);
    expect(room.database.sqlite.pragma('foreign_key_check')).to.deep.equal([]);
  });
});
