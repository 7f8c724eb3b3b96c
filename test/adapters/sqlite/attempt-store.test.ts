import { expect } from 'chai';
import type { Action } from '../../../src/domain/action.js';
import type { Participant } from '../../../src/domain/participant.js';
import { addPerson, addRunning, ending, freshStores, mobile, newAttempt, type Fixture } from './support/fixtures.js';

describe('stored attempt', () => {
  let stores: Fixture;
  let person: Participant;
  let action: Action;
  beforeEach(() => {
    stores = freshStores();
    person = addPerson(stores, [mobile(1)]);
    action = addRunning(stores, [person]);
  });
  afterEach(() => {
    stores.close();
  });
  const dial = () => stores.attempts.add(newAttempt(action, person.id, mobile(1)));

  it('has no times and no outcome when it is added', () => {
    const attempt = dial();
    expect(attempt).to.deep.equal({
      id: 1,
      ...newAttempt(action, person.id, mobile(1)),
      outcome: null,
      rangAt: null,
      answeredAt: null,
      confirmedAt: null,
      endedAt: null,
      heardSeconds: 0,
      plays: 0,
      sipStatus: null,
      cause: null,
      retryAfterSeconds: null,
      reason: null,
    });
    expect(stores.attempts.get(attempt.id)).to.deep.equal(attempt);
    expect(stores.attempts.get(99)).to.equal(undefined);
  });

  it('keeps the first time of each step', () => {
    const { id } = dial();
    for (const later of [0, 5_000]) {
      stores.attempts.rang(id, 21_000 + later);
      stores.attempts.answered(id, 22_000 + later);
      stores.attempts.confirmed(id, 23_000 + later);
    }
    expect(stores.attempts.get(id)).to.include({ rangAt: 21_000, answeredAt: 22_000, confirmedAt: 23_000 });
  });

  it('ends in exactly one outcome, which never changes', () => {
    const { id } = dial();
    const facts = { heardSeconds: 25.5, plays: 3, sipStatus: 200, cause: 16, reason: 'they hung up' };
    expect(stores.attempts.end(id, ending('confirmed', facts))).to.equal(true);
    expect(stores.attempts.end(id, ending('interrupted', { endedAt: 99_000 }))).to.equal(false);
    stores.attempts.rang(id, 40_000);
    stores.attempts.answered(id, 40_000);
    stores.attempts.confirmed(id, 40_000);
    expect(stores.attempts.get(id)).to.include({
      ...facts,
      outcome: 'confirmed',
      endedAt: 30_000,
      rangAt: null,
      answeredAt: null,
      confirmedAt: null,
    });
  });

  it('is in the list of its action, which can be read in parts', () => {
    const other = addRunning(stores, [person]);
    const own: number[] = [];
    for (let n = 0; n < 10; n++) {
      own.push(dial().id);
      stores.attempts.add(newAttempt(other, person.id, mobile(1)));
      if (n % 2 === 0) stores.attempts.end(own[n]!, ending('busy'));
    }
    const ids = (filter: Parameters<typeof stores.attempts.slice>[1]) =>
      stores.attempts.slice(action.id, filter).map(({ id }) => id);
    expect(ids({})).to.deep.equal(own);
    expect(ids({ limit: 3 })).to.deep.equal(own.slice(0, 3));
    expect(ids({ limit: 3, offset: 8 })).to.deep.equal(own.slice(8));
    expect(ids({ after: own[6]!, limit: 2 })).to.deep.equal(own.slice(7, 9));
    expect(ids({ after: own[9]! })).to.deep.equal([]);
    expect(ids({ outcome: 'busy' })).to.deep.equal(own.filter((_, n) => n % 2 === 0));
    expect(ids({ purpose: 'closing' })).to.deep.equal([]);
    expect(stores.attempts.slice(99, {})).to.deep.equal([]);
  });

  it('is found by the person it calls', () => {
    const other = addPerson(stores, [mobile(2)]);
    const ids = [dial(), stores.attempts.add(newAttempt(action, other.id, mobile(2))), dial()].map(({ id }) => id);
    expect(stores.attempts.ofPerson(action.id, person.id).map(({ id }) => id)).to.deep.equal([ids[0], ids[2]]);
    expect(stores.attempts.ofPerson(99, person.id)).to.deep.equal([]);
  });

  it('cannot end when it does not exist', () => {
    expect(stores.attempts.end(99, ending('busy'))).to.equal(false);
  });

  it('is open until it has an outcome, so that the next start finds it after a crash', () => {
    const open = dial();
    stores.attempts.end(dial().id, ending('busy'));
    expect(stores.attempts.open()).to.deep.equal([open]);
  });

  it('is found by action and by purpose', () => {
    const alert = dial();
    const closing = stores.attempts.add({ ...newAttempt(action, person.id, mobile(1)), purpose: 'closing', number: 2 });
    stores.attempts.add(newAttempt(addRunning(stores, [person]), person.id, mobile(1)));
    expect(stores.attempts.ofAction(action.id)).to.deep.equal([alert, closing]);
    expect(stores.attempts.ofAction(action.id, 'closing')).to.deep.equal([closing]);
    expect(stores.attempts.ofAction(action.id, 'update')).to.deep.equal([]);
  });
});
