import { expect } from 'chai';
import { selectParticipants } from '../../../src/domain/selection.js';
import {
  addDraft,
  addPerson,
  addRunning,
  area,
  calleesOf,
  freshStores,
  mobile,
  type Fixture,
} from './support/fixtures.js';

/**
 * Starts an action as the application does: the domain selects from the candidates of the area, and one move
 * stores the selection and the new state.
 */
function startWithEverybody(stores: Fixture) {
  const { id } = addDraft(stores);
  const selection = selectParticipants([...stores.participants.candidates(area('8251-8254'))].flat(), {
    now: 1,
    night: false,
  });
  stores.actions.move(id, 'draft', 'running', { at: 10, selection });
  return { id, selection };
}

describe('marking people as reached', () => {
  let stores: Fixture;
  beforeEach(() => {
    stores = freshStores();
  });
  afterEach(() => {
    stores.close();
  });

  it('keeps the first time and the newest message, and returns the newly reached people', () => {
    const person = addPerson(stores, [mobile(1)]);
    const { id } = addRunning(stores, [person]);
    expect(stores.actions.markReached(id, person.id, mobile(1), 1, 100)).to.deep.equal([person.id]);
    expect(stores.actions.markReached(id, person.id, mobile(1), 2, 200)).to.deep.equal([]);
    expect(stores.actions.markReached(id, person.id, mobile(1), 1, 300)).to.deep.equal([]);
    expect(calleesOf(stores, id)[0]).to.include({ reachedAt: 100, heardVersion: 2 });
  });

  it('reaches only selected people', () => {
    const selected = addPerson(stores, [mobile(1)]);
    const other = addPerson(stores, [mobile(2)]);
    const { id } = addRunning(stores, [selected]);
    expect(stores.actions.markReached(id, other.id, mobile(2), 1, 100)).to.deep.equal([]);
  });

  it('reaches a whole household by its one call', () => {
    const jan = addPerson(stores, [mobile(1)], ['8251AB'], 'Jan');
    const els = addPerson(stores, [mobile(1)], ['8251AB'], 'Els');
    const { id, selection } = startWithEverybody(stores);
    expect(selection.excluded).to.deep.equal([{ participantId: els.id, reason: 'shared_number', sharedWith: jan.id }]);
    expect(calleesOf(stores, id).map((callee) => callee.participantId)).to.deep.equal([jan.id]);
    expect(stores.actions.markReached(id, jan.id, mobile(1), 1, 100)).to.deep.equal([jan.id, els.id]);
    expect(
      stores.actions
        .standings(mobile(1), { closedAfter: 0, simulated: false })
        .map(({ participantId, reachedAt }) => ({ participantId, reachedAt })),
    ).to.deep.equal([
      { participantId: jan.id, reachedAt: 100 },
      { participantId: els.id, reachedAt: 100 },
    ]);
    expect(stores.attempts.tally(id)).to.include({ selected: 1, reached: 1 });
    // A person who was called through a housemate is a callee too, without a number to call.
    expect(stores.actions.callee(id, els.id))
      .to.include({ reachedAt: 100, heardVersion: 1 })
      .and.deep.include({ phones: [] });
    expect(stores.actions.callee(id, 99)).to.equal(undefined);
  });

  it('reaches a housemate with a number of their own when the shared number is answered', () => {
    const jan = addPerson(stores, [mobile(1)]);
    const els = addPerson(stores, [mobile(1), mobile(2)]);
    const { id } = startWithEverybody(stores);
    expect(calleesOf(stores, id).map((callee) => callee.phones)).to.deep.equal([[mobile(1)], [mobile(2)]]);
    expect(stores.actions.markReached(id, jan.id, mobile(1), 1, 100)).to.deep.equal([jan.id, els.id]);
    expect(stores.attempts.tally(id)).to.include({ selected: 2, reached: 2 });
  });

  it('does not reach a housemate by a number that only one of them has', () => {
    const jan = addPerson(stores, [mobile(1)]);
    const els = addPerson(stores, [mobile(1), mobile(2)]);
    const { id } = startWithEverybody(stores);
    expect(stores.actions.markReached(id, els.id, mobile(2), 1, 100)).to.deep.equal([els.id]);
    expect(calleesOf(stores, id).find((callee) => callee.participantId === jan.id)!.reachedAt).to.equal(null);
  });

  it('reaches only one person for a personal code without a number', () => {
    const jan = addPerson(stores, [mobile(1)]);
    addPerson(stores, [mobile(1)]);
    const { id } = startWithEverybody(stores);
    expect(stores.actions.markReached(id, jan.id, null, 1, 100)).to.deep.equal([jan.id]);
  });

  it('does not reach a housemate who paused', () => {
    const jan = addPerson(stores, [mobile(1)]);
    const els = addPerson(stores, [mobile(1)]);
    const excluded = [{ participantId: els.id, reason: 'paused' as const, sharedWith: null }];
    const { id } = addRunning(stores, [jan], { excluded });
    expect(stores.actions.markReached(id, jan.id, mobile(1), 1, 100)).to.deep.equal([jan.id]);
    const reasons = stores.db.sqlite.prepare('SELECT reason FROM exclusion WHERE action_id = ?').pluck().all(id);
    expect(reasons).to.deep.equal(['paused']);
  });
});

describe('actions of a caller on the tip line', () => {
  let stores: Fixture;
  beforeEach(() => {
    stores = freshStores();
  });
  afterEach(() => {
    stores.close();
  });

  it('are every running, paused and recently closed action that selected the caller', () => {
    const person = addPerson(stores, [mobile(1)]);
    const running = addRunning(stores, [person], { at: 100 });
    const paused = addRunning(stores, [person], { at: 200 });
    const longClosed = addRunning(stores, [person], { at: 300 });
    const justClosed = addRunning(stores, [person], { at: 400 });
    addRunning(stores, [addPerson(stores, [mobile(2)])]);
    stores.actions.move(paused.id, 'running', 'paused', { at: 500 });
    stores.actions.move(longClosed.id, 'running', 'closed', { at: 600, result: 'found' });
    stores.actions.move(justClosed.id, 'running', 'closed', { at: 601, result: 'found' });
    stores.actions.markReached(paused.id, person.id, mobile(1), 1, 550);
    const participantId = person.id;
    expect(stores.actions.standings(mobile(1), { closedAfter: 600, simulated: false })).to.deep.equal([
      { actionId: running.id, participantId, state: 'running', startedAt: 100, closedAt: null, reachedAt: null },
      { actionId: paused.id, participantId, state: 'paused', startedAt: 200, closedAt: null, reachedAt: 550 },
      { actionId: justClosed.id, participantId, state: 'closed', startedAt: 400, closedAt: 601, reachedAt: null },
    ]);
    expect(stores.actions.standings(mobile(3), { closedAfter: 0, simulated: false })).to.deep.equal([]);
  });

  it('are found by every number that the caller had at the start, also one that is called for a housemate', () => {
    const jan = addPerson(stores, [mobile(1)]);
    const els = addPerson(stores, [mobile(1), mobile(2)]);
    startWithEverybody(stores);
    const who = (n: number) =>
      stores.actions
        .standings(mobile(n), { closedAfter: 0, simulated: false })
        .map((standing) => standing.participantId);
    expect(who(1)).to.deep.equal([jan.id, els.id]);
    expect(who(2)).to.deep.equal([els.id]);
  });
});
