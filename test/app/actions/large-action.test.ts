import { expect } from 'chai';
import type { Action } from '../../../src/domain/action.js';
import { ControlRoom } from '../../support/control-room.js';
import { costOf, type Cost } from '../../support/database-cost.js';
import { numberOf, signUpMany } from '../../support/many-people.js';

const SMALL = 100;
const LARGE = 12_000;

describe('the cost of a call in a large action', function () {
  this.timeout(60_000);

  /** A running action that reached the second half of its participants, most of them by a stored call. */
  async function roomOf(people: number): Promise<{ room: ControlRoom; action: Action; person: number }> {
    const room = new ControlRoom({ lines: 4, tipLines: 0, cps: 4 });
    signUpMany(room, people);
    const action = await room.running();
    const person = people - 10;
    room.database.sqlite.exec(`
      INSERT INTO attempt (action_id, participant_id, phone, purpose, number, message_version, dialed_at, outcome, ended_at)
      SELECT action_id, participant_id, '${numberOf(1)}', 'alert', 1, 1, 1000, 'confirmed', 2000
      FROM selection WHERE participant_id > ${people / 2} AND participant_id <> ${person};
      UPDATE selection SET reached_at = 2000, heard_version = 1 WHERE participant_id > ${people / 2};`);
    return { room, action, person };
  }

  const compare = async (
    prepare: (room: ControlRoom, action: Action) => unknown,
    work: (room: ControlRoom, action: Action, person: number) => unknown,
  ): Promise<Cost> => {
    const costs: Cost[] = [];
    for (const people of [SMALL, LARGE]) {
      const { room, action, person } = await roomOf(people);
      await prepare(room, action);
      costs.push(await costOf(() => work(room, action, person)));
      room.close();
    }
    const [small, large] = costs as [Cost, Cost];
    expect(large).to.deep.equal(small);
    expect(large.statements).to.be.greaterThan(0);
    return large;
  };

  const order = (action: Action, person: number) => ({
    actionId: action.id,
    participantId: person,
    phone: numberOf(person - 1),
    purpose: 'alert' as const,
    number: 1,
  });

  it('does not grow with the action for a call that ends after the close', async () => {
    const cost = await compare(
      (room, action) => room.actions.close(action.id, { result: 'found' }),
      (room, action, person) => {
        room.actions.alertEnded({ ...order(action, person), heardVersion: 1 });
      },
    );
    expect(cost.rows).to.be.lessThan(5);
  });

  it('does not grow with the action for a call that ends after an update of the message', () =>
    compare(
      async (room, action) => {
        await room.actions.update(action.id, { text: 'message-2' });
        // The store keeps the action that it read last.
        room.stores.actions.get(action.id);
      },
      (room, action, person) => {
        room.actions.alertEnded({ ...order(action, person), heardVersion: 1 });
      },
    ));

  it('does not grow with the action for the steps of a call that reaches its participant', () =>
    compare(
      (room, action) => room.actions.counted(action.id),
      ({ stores, actions }, action, person) => {
        const attempt = stores.attempts.add({ ...order(action, person), messageVersion: 1, dialedAt: 3_000 });
        stores.attempts.rang(attempt.id, 3_100);
        stores.attempts.answered(attempt.id, 3_200);
        actions.confirmed({ ...order(action, person), heardVersion: 1, at: 3_250 });
        const end = {
          endedAt: 3_300,
          heardSeconds: 8,
          plays: 2,
          sipStatus: null,
          cause: null,
          retryAfterSeconds: null,
          reason: null,
        };
        stores.attempts.end(attempt.id, { ...end, outcome: 'confirmed' });
      },
    ));

  it('does not grow with the action for a page with the counts', async () => {
    const cost = await compare(
      (room, action) => room.actions.counted(action.id),
      (room, action, person) => {
        room.actions.reached(action.id, person, null, 1);
        room.actions.view(action.id);
      },
    );
    expect(cost.rows).to.be.lessThan(5);
  });

  it('does not grow with the action for the list of tips, which reads only the shown rows', async () => {
    const cost = await compare(
      ({ database, stores }, action) => {
        database.sqlite.exec(`
          INSERT INTO inbound_call (action_id, participant_id, result, received_at, connected_at, ended_at, call_id)
          SELECT action_id, participant_id, iif(participant_id % 2, 'abandoned', 'connected'), participant_id * 10,
            iif(participant_id % 2, NULL, 1), participant_id * 10, 'call' FROM selection;
          INSERT INTO tip (action_id, participant_id, inbound_id, type, created_at)
          SELECT action_id, participant_id, id, 'conversation', received_at + 1 FROM inbound_call
          WHERE result = 'connected';`);
        expect(stores.tips.count(action.id).total).to.be.greaterThan(40);
      },
      ({ stores }, action) => {
        const shown = stores.tips.newest(action.id, { limit: 40, offset: 20 });
        expect(shown).to.have.length(40);
        stores.callbacks.ofCalls(shown.map(({ call }) => call.id));
        stores.tips.count(action.id);
        stores.tips.missed(action.id);
      },
    );
    expect(cost).to.deep.equal({ statements: 6, rows: 100 });
  });

  it('is at most 5,000 rows for each part of the first count', async () => {
    const { room, action } = await roomOf(LARGE);
    let parts = 0;
    let most = 0;
    for (let done = false; !done; parts++) {
      const { rows } = await costOf(() => {
        done = room.stores.attempts.countSome(action.id);
      });
      most = Math.max(most, rows);
    }
    expect(parts).to.be.greaterThan(3);
    expect(most).to.be.at.most(5_000);
    expect(room.actions.view(action.id).counts).to.include({ selected: LARGE, reached: LARGE / 2 });
    room.close();
  });
});
