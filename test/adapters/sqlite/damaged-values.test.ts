import { expect } from 'chai';
import type { BadValue } from '../../../src/adapters/sqlite/migrations.js';
import { openStores } from '../../../src/adapters/sqlite/stores.js';
import type { Stores } from '../../../src/ports/stores.js';
import { addDraft, addPerson, addRunning, calleesOf, freshStores, mobile, type Fixture } from './support/fixtures.js';

/** Not JSON, truncated, empty, and JSON of another type. */
const DAMAGES = ['no json', '{"parts":[{"type":"ran', '', 'null', '5', '"text"', '[{}]', '{"parts":[null]}', '\u0000'];

describe('damaged value in the database', () => {
  let fixture: Fixture;
  let bad: BadValue[];
  let stores: Stores;

  const damageWith = (sql: string, ...values: unknown[]): void => {
    fixture.db.sqlite.pragma('ignore_check_constraints = 1');
    fixture.db.sqlite.prepare(sql).run(...values);
    fixture.db.sqlite.pragma('ignore_check_constraints = 0');
  };

  beforeEach(() => {
    fixture = freshStores();
    bad = [];
    stores = openStores(fixture.db, (one) => bad.push(one));
  });
  afterEach(() => {
    fixture.close();
  });

  for (const damage of DAMAGES) {
    const shown = JSON.stringify(damage);

    it(`of an action (${shown}) leaves this action and the others readable, and is reported once`, () => {
      const { id } = addDraft(fixture);
      const other = addDraft(fixture);
      damageWith('UPDATE action SET area = ?, team = ?, plan = ? WHERE id = ?', damage, damage, damage, id);
      for (let time = 0; time < 2; time += 1) {
        const lists = [stores.actions.all(), stores.actions.slice({}), stores.actions.inState('draft')];
        for (const list of lists) expect(list.map((action) => action.id)).to.deep.equal([id, other.id]);
        expect(stores.actions.all()[0]).to.deep.include({ area: { parts: [] }, team: [], plan: null });
        expect(stores.actions.all()[1]?.area).to.deep.equal(other.area);
      }
      expect(stores.actions.get(id)).to.include({ id, state: 'draft' });
      expect(bad).to.deep.equal(['area', 'team', 'plan'].map((column) => ({ table: 'action', column, id })));
    });

    it(`of a callee (${shown}) leaves the other callees`, () => {
      const people = [addPerson(fixture, [mobile(1)]), addPerson(fixture, [mobile(2)])];
      const { id } = addRunning(fixture, people);
      const [first = 0, second = 0] = people.map((person) => person.id);
      damageWith('UPDATE selection SET phones = ? WHERE participant_id = ?', damage, first);
      expect(calleesOf(stores, id).map(({ participantId }) => participantId)).to.deep.equal([second]);
      expect(stores.actions.callee(id, first)).to.equal(undefined);
      expect(bad).to.deep.equal([{ table: 'selection', column: 'phones', id }]);
    });

    it(`of an event (${shown}) leaves the other events, in pages of the same length`, () => {
      const { id: actionId } = addDraft(fixture);
      const ids = [1, 2, 3, 4].map((at) => stores.events.add({ actionId, type: 'action', data: {}, at }).id);
      damageWith(
        'UPDATE event SET data = ? WHERE id IN (?, ?)',
        damage === '{"parts":[null]}' ? '[]' : damage,
        ids[0],
        ids[2],
      );
      const whole = [ids[1], ids[3]];
      for (const limit of [2, 3, 100]) {
        expect(stores.events.after(actionId, 0, limit).map(({ id }) => id)).to.deep.equal(whole);
        expect(stores.events.since(0, limit).map(({ id }) => id)).to.deep.equal(whole);
      }
      expect(bad.map(({ id }) => id)).to.deep.equal([ids[0], ids[2]]);
    });
  }
});
