import { expect } from 'chai';
import type { Action } from '../../src/domain/action.js';
import { ControlRoom } from '../support/control-room.js';
import { addPerson, mobile } from '../adapters/sqlite/support/fixtures.js';
import { costByTurn } from '../support/database-cost.js';
import { numberOf, signUpMany } from '../support/many-people.js';

const PEOPLE = 6_000;
/** Rows that one turn of the event loop may read and write. */
const ROWS = 5_000;

describe('recovery of a large action', function () {
  this.timeout(60_000);

  const OPTIONS = { lines: 4, tipLines: 0, cps: 4, retry: 'off' };
  let room: ControlRoom;
  afterEach(() => {
    room.close();
  });

  /**
   * A paused action in which every third person was not reached, and every third heard an older message. A
   * new process is about to take it over.
   */
  async function deadProcess(people: number): Promise<Action> {
    room = new ControlRoom(OPTIONS);
    signUpMany(room, people);
    const action = await room.running();
    room.actions.pause(action.id);
    await room.clock.advance(60_000);
    room.stores.actions.setMessage(action.id, { ...action.message, version: 2 });
    room.database.sqlite.exec(`
      UPDATE selection SET reached_at = 2000, heard_version = participant_id % 3 WHERE participant_id % 3 > 0;
      UPDATE selection SET reached_at = NULL, heard_version = 0 WHERE participant_id % 3 = 0;`);
    room.dialer.stop();
    room = new ControlRoom({ ...OPTIONS, after: room });
    return action;
  }
  const turns = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve));
  };
  const callsFor = (purpose: 'alert' | 'update' | 'closing'): number => {
    const { waiting, dialing, ringing, in_call } = room.dialer.people(1, purpose);
    return waiting + dialing + ringing + in_call;
  };

  it('reads no more in a turn of the event loop however many people there are', async () => {
    for (const people of [3_000, PEOPLE]) {
      await deadProcess(people);
      const { mostRows, turns: taken } = await costByTurn(() => room.app.recover());
      expect(callsFor('update'), 'update').to.equal(people / 3);
      // The first persons were called before the process died, and without retries they are not called again.
      expect(callsFor('alert'), 'alert').to.be.within(people / 3 - 10, people / 3);
      expect(mostRows).to.be.at.most(ROWS);
      expect(taken).to.be.at.least(people / 1_000);
      room.close();
    }
    room = new ControlRoom(OPTIONS);
  });

  it('does not call a person who is reached by the tip line meanwhile', async () => {
    const { id } = await deadProcess(PEOPLE);
    const recovering = room.app.recover();
    await turns(3);
    expect(callsFor('alert')).to.equal(0);
    // The last person in the calling order, who was not reached.
    room.actions.reached(id, PEOPLE, numberOf(PEOPLE - 1), 2);
    await recovering;
    const left = room.database.sqlite.prepare<[], number>(
      `SELECT count(*) FROM selection WHERE reached_at IS NULL AND participant_id NOT IN (SELECT participant_id FROM attempt)`,
    );
    expect(callsFor('alert')).to.equal(left.pluck().get());
  });

  it('makes no alert calls in an action that a centralist closes meanwhile, and all closing calls', async () => {
    const { id } = await deadProcess(PEOPLE);
    const recovering = room.app.recover();
    await turns(3);
    const closing = room.actions.close(id, { result: 'found' });
    await Promise.all([recovering, closing]);
    expect([callsFor('alert'), callsFor('update')]).to.deep.equal([0, 0]);
    expect(callsFor('closing')).to.equal((PEOPLE / 3) * 2);
  });

  describe('while another action waits for its turn', () => {
    /** Recovers with a second running action, which a centralist changes before its turn comes. */
    async function recoverWith(change: (second: Action) => unknown): Promise<Action> {
      await deadProcess(PEOPLE);
      await room.app.recover();
      for (let n = 1; n <= 20; n++) addPerson(room.stores, [mobile(n)], ['8252AB']);
      const second = await room.running({ area: { postcodes: ['8252'] } });
      room.dialer.stop();
      room = new ControlRoom({ ...OPTIONS, after: room });
      const recovering = room.app.recover();
      await turns(3);
      await Promise.all([change(second), recovering]);
      return second;
    }
    const people = (id: number, purpose: 'alert' | 'update'): number => {
      const { waiting, dialing, ringing, in_call } = room.dialer.people(id, purpose);
      return waiting + dialing + ringing + in_call;
    };

    it('makes no calls in an action that is closed then', async () => {
      const { id } = await recoverWith((second) => room.actions.close(second.id, { result: 'found' }));
      expect([people(id, 'alert'), people(id, 'update')]).to.deep.equal([0, 0]);
    });

    it('makes no calls in an action that is paused then', async () => {
      const { id } = await recoverWith((second) => room.actions.pause(second.id));
      const before = room.telephony.placed.length;
      await room.clock.advance(60_000);
      expect(people(id, 'alert')).to.be.above(0);
      expect(room.telephony.placed.length).to.equal(before);
    });
  });
});
