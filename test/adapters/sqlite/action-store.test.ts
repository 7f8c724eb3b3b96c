import { expect } from 'chai';
import { Problem } from '../../../src/domain/problem.js';
import {
  addDraft,
  addPerson,
  addRunning,
  calleesOf,
  freshStores,
  mobile,
  selectionOf,
  type Fixture,
} from './support/fixtures.js';

describe('stored actions', () => {
  let stores: Fixture;
  beforeEach(() => {
    stores = freshStores();
  });
  afterEach(() => {
    stores.close();
  });

  it('begin as a draft with the next number, and are read back unchanged', () => {
    const first = addDraft(stores);
    const second = addDraft(stores);
    expect([first.number, second.number]).to.deep.equal([1, 2]);
    expect(first).to.deep.include({
      kind: 'missing_child',
      state: 'draft',
      area: {
        parts: [
          { type: 'range', from: 8251, to: 8253 },
          { type: 'pc6', pc4: 8254, letters: 'AB' },
        ],
      },
      criteria: { timeCritical: true, clearDescription: true },
      message: {
        text: 'Wij zoeken een meisje van zes.',
        soundId: 'sound-1',
        seconds: 12.5,
        version: 1,
        voice: 'embedded',
      },
      closingMessage: null,
      result: null,
      createdAt: 5_000,
      startedAt: null,
      closedAt: null,
    });
    expect(stores.actions.get(first.id)).to.deep.equal(first);
    expect(stores.actions.get(99)).to.equal(undefined);
    expect(stores.actions.all()).to.deep.equal([first, second]);
  });

  it('cannot be added for a centralist who does not exist', () => {
    const { id: _id, number: _number, ...draft } = addDraft(stores);
    expect(() => stores.actions.add({ ...draft, centralistId: 99 }, 1)).to.throw('FOREIGN KEY');
    expect(stores.actions.all()).to.have.length(1);
  });

  it('start once, together with their selection; a second start changes nothing', () => {
    const people = [addPerson(stores, [mobile(1)]), addPerson(stores, [mobile(2), mobile(3)])];
    const { id } = addDraft(stores);
    expect(stores.actions.move(id, 'draft', 'running', { at: 10, selection: selectionOf(people) })).to.equal(true);
    expect(stores.actions.move(id, 'draft', 'running', { at: 11, selection: selectionOf([]) })).to.equal(false);
    expect(stores.actions.get(id)).to.include({ state: 'running', startedAt: 10 });
    expect(calleesOf(stores, id)).to.deep.equal([
      { participantId: 1, phones: [mobile(1)], reachedAt: null, heardVersion: 0 },
      { participantId: 2, phones: [mobile(2), mobile(3)], reachedAt: null, heardVersion: 0 },
    ]);
  });

  it('do not start when their selection cannot be stored', () => {
    const person = addPerson(stores, [mobile(1)]);
    const { id } = addDraft(stores);
    const twice = selectionOf([person, person]);
    expect(() => stores.actions.move(id, 'draft', 'running', { at: 10, selection: twice })).to.throw('UNIQUE');
    expect(stores.actions.get(id)!.state).to.equal('draft');
    expect(calleesOf(stores, id)).to.deep.equal([]);
  });

  it('have their callees in the order of the selection, not of signing up', () => {
    const [a, b, c] = [1, 2, 3].map((n) => addPerson(stores, [mobile(n)]));
    const { id } = addRunning(stores, [c!, a!, b!]);
    expect(calleesOf(stores, id).map((callee) => callee.participantId)).to.deep.equal([c!.id, a!.id, b!.id]);
  });

  it('keep their start time when they pause and resume, and close with a result and a closing message', () => {
    const { id } = addRunning(stores, [addPerson(stores, [mobile(1)])], { at: 10 });
    expect(stores.actions.move(id, 'running', 'paused', { at: 20 })).to.equal(true);
    expect(stores.actions.move(id, 'running', 'paused', { at: 21 })).to.equal(false);
    expect(stores.actions.move(id, 'paused', 'running', { at: 30 })).to.equal(true);
    const closingMessage = { text: 'Gevonden.', soundId: 'sound-2', seconds: 4, version: 1, voice: 'natural x' };
    expect(stores.actions.move(id, 'running', 'closed', { at: 40, result: 'found', closingMessage })).to.equal(true);
    expect(stores.actions.get(id)).to.deep.include({
      state: 'closed',
      startedAt: 10,
      closedAt: 40,
      result: 'found',
      closingMessage,
    });
  });

  it('are found by state', () => {
    const draft = addDraft(stores);
    const running = addRunning(stores, []);
    const paused = addRunning(stores, []);
    stores.actions.move(paused.id, 'running', 'paused', { at: 20 });
    const ids = stores.actions.inState('running', 'paused').map((action) => action.id);
    expect(ids).to.deep.equal([running.id, paused.id]);
    expect(stores.actions.inState('draft')).to.deep.equal([draft]);
    expect(stores.actions.inState()).to.deep.equal([]);
  });

  it('give a new message the next version, and keep the old one', () => {
    const { id } = addDraft(stores);
    stores.actions.setMessage(id, {
      text: 'Zij is op een step.',
      soundId: 'sound-3',
      seconds: 8,
      version: 2,
      voice: null,
    });
    expect(stores.actions.get(id)!.message).to.deep.equal({
      text: 'Zij is op een step.',
      soundId: 'sound-3',
      seconds: 8,
      version: 2,
      voice: null,
    });
    const versions = stores.db.sqlite.prepare('SELECT version FROM action_message ORDER BY version').pluck().all();
    expect(versions).to.deep.equal([1, 2]);
    expect(() =>
      stores.actions.setMessage(99, { text: null, soundId: 'x', seconds: 1, version: 2, voice: null }),
    ).to.throw(Problem);
  });
});
