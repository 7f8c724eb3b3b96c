import { expect } from 'chai';
import type { Action } from '../../../src/domain/action.js';
import { ControlRoom, type RoomOptions } from '../../support/control-room.js';
import { costByTurn } from '../../support/database-cost.js';
import { PRESSES, type FarEnd } from '../../support/far-end.js';
import { numberOf, signUpMany } from '../../support/many-people.js';

const PEOPLE = 6_000;
/** Rows that one turn of the event loop may read and write. */
const ROWS = 5_000;

describe('closing and updating a large action', function () {
  this.timeout(60_000);

  const OPTIONS = { lines: 4, tipLines: 0, cps: 4 };
  let room: ControlRoom;
  afterEach(() => {
    room.close();
  });

  /**
   * A paused action in which everybody was reached with the first message. The first person was called
   * before the pause, and behaves as `first` says.
   */
  async function reachedAction(people: number, options: RoomOptions = {}, first: FarEnd = {}): Promise<Action> {
    room = new ControlRoom({ ...OPTIONS, retry: 'off', ...options });
    signUpMany(room, people);
    const action = await room.draft();
    room.telephony.script(numberOf(0), first);
    await room.actions.start(action.id, { anyway: true });
    room.actions.pause(action.id);
    expect(room.telephony.placed.length).to.be.within(1, 10);
    if (first.answersAfterMs === undefined) await room.clock.advance(60_000);
    room.database.sqlite.exec('UPDATE selection SET reached_at = 2000, heard_version = 1');
    return action;
  }
  const turns = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve));
  };
  const numbersCalled = (from: number): string[] =>
    room.telephony.placed.slice(from).map(({ order }) => (order.to.type === 'trunk' ? order.to.number : ''));
  const callsFor = (purpose: 'update' | 'closing'): number => {
    const { waiting, dialing, ringing, in_call } = room.dialer.people(1, purpose);
    return waiting + dialing + ringing + in_call;
  };

  it('reads no more in a turn of the event loop however many people there are', async () => {
    for (const people of [3_000, PEOPLE]) {
      const { id } = await reachedAction(people);
      const update = await costByTurn(() => room.actions.update(id, { text: 'message-2' }));
      expect(callsFor('update'), 'update').to.equal(people);
      const close = await costByTurn(() => room.actions.close(id, { result: 'found' }));
      expect(callsFor('closing'), 'closing').to.equal(people);
      expect(update.mostRows).to.be.at.most(ROWS);
      expect(close.mostRows).to.be.at.most(ROWS);
      expect(update.turns).to.be.at.least(people / 1_000);
      expect(close.turns).to.be.at.least(people / 1_000);
      room.close();
    }
    room = new ControlRoom(OPTIONS);
  });

  it('makes the closing calls in the order in which people signed up, each number once', async () => {
    const { id } = await reachedAction(2_500, { lines: 10_000, cps: 1_000 });
    const before = room.telephony.placed.length;
    room.telephony.otherwise = PRESSES;
    await room.actions.close(id, { result: 'found' });
    await room.clock.advance(120_000);
    expect(numbersCalled(before)).to.deep.equal(Array.from({ length: 2_500 }, (_, n) => numberOf(n)));
  });

  it('calls a person once whose alert call ends between two slices of the close', async () => {
    const { id } = await reachedAction(PEOPLE, {}, PRESSES);
    await room.clock.until(() => room.actions.view(id).counts.in_call === 1, 60_000);
    await room.clock.advance(5_000);
    expect(room.dialer.isLive(id, 1)).to.equal(true);
    const closing = room.actions.close(id, { result: 'found' });
    await turns(3);
    expect(room.actions.view(id).action.state).to.equal('closed');
    expect(callsFor('closing')).to.be.lessThan(PEOPLE - 1);
    room.telephony.placed[0]?.call.onEnd({ by: 'them' });
    await turns(1);
    await closing;
    expect(callsFor('closing')).to.equal(PEOPLE);
  });

  it('makes no more calls for an update once the action is closed in the middle of it', async () => {
    const { id } = await reachedAction(PEOPLE);
    const update = room.actions.update(id, { text: 'message-2' });
    for (let n = 0; callsFor('update') === 0 && n < 100; n++) await turns(1);
    expect(callsFor('update')).to.be.within(1, PEOPLE - 1);
    const closing = room.actions.close(id, { result: 'found' });
    await Promise.all([update, closing]);
    expect(callsFor('update')).to.equal(0);
    const told = room.stores.events.after(id, 0, 1_000).filter(({ type }) => type === 'action');
    expect(told.at(-1)?.data, 'the newest event of the action').to.include({ state: 'closed' });
    expect(callsFor('closing')).to.equal(PEOPLE);
  });

  it('calls everybody once with the newest message when a second update comes in the middle of the first', async () => {
    const { id } = await reachedAction(PEOPLE);
    const first = room.actions.update(id, { text: 'message-2' });
    for (let n = 0; callsFor('update') === 0 && n < 100; n++) await turns(1);
    const second = room.actions.update(id, { text: 'message-3' });
    await Promise.all([first, second]);
    expect(callsFor('update')).to.equal(PEOPLE);
    expect(room.actions.view(id).action.message.version).to.equal(3);
  });

  it('goes on with the closing calls after a restart when the process dies in the middle of the close', async () => {
    const { id } = await reachedAction(PEOPLE);
    const closing = room.actions.close(id, { result: 'found' });
    for (let n = 0; callsFor('closing') === 0 && n < 100; n++) await turns(1);
    room.dialer.stop();
    expect((await closing).state).to.equal('closed');
    expect(callsFor('closing')).to.be.within(1, PEOPLE - 1);
    room = await room.restart(OPTIONS);
    expect(callsFor('closing')).to.equal(PEOPLE);
  });

  it('is done in one turn when the action is small', async () => {
    const { id } = await reachedAction(50);
    expect((await costByTurn(() => room.actions.close(id, { result: 'found' }))).turns).to.be.at.most(3);
  });
});
