import { join } from 'node:path';
import { expect } from 'chai';
import type { NewParticipant } from '../../../src/domain/participant.js';
import type { E164 } from '../../../src/domain/phone-number.js';
import type { ImportRow } from '../../../src/ports/stores.js';
import { addPerson, area, freshStores, inFolder, mobile, postcode, type Fixture } from './support/fixtures.js';

function row(phones: E164[], postcodes: string[], name: string | null = null): NewParticipant {
  return { name, language: 'nl', phones, postcodes: postcodes.map(postcode) };
}

function importInto(stores: Fixture, rows: NewParticipant[], dryRun = false) {
  const lines: ImportRow[] = rows.map((fields, index) => ({ ...fields, line: index + 2 }));
  return stores.participants.importRows(lines, { now: 2_000, dryRun });
}

describe('stored participants', () => {
  let stores: Fixture;
  beforeEach(() => {
    stores = freshStores();
  });
  afterEach(() => {
    stores.close();
  });

  it('are read back as they signed up, with their numbers in calling order', () => {
    const added = addPerson(stores, [mobile(2), mobile(1)], ['8251AB', '1012'], 'A. de Vries');
    expect(added).to.deep.equal({
      id: 1,
      name: 'A. de Vries',
      language: 'nl',
      phones: [mobile(2), mobile(1)],
      postcodes: [
        { pc4: 8251, letters: 'AB' },
        { pc4: 1012, letters: null },
      ],
      pausedUntil: null,
      nightCalls: false,
      createdAt: 1_000,
    });
    expect(stores.participants.get(1)).to.deep.equal(added);
    expect(stores.participants.get(2)).to.equal(undefined);
  });

  it('have a number or postcode once, even when it was given twice', () => {
    const { phones, postcodes } = addPerson(stores, [mobile(1), mobile(1)], ['8251AB', '8251ab']);
    expect(phones).to.deep.equal([mobile(1)]);
    expect(postcodes).to.have.length(1);
  });

  it('are all found by a shared number', () => {
    const one = addPerson(stores, [mobile(1), mobile(2)]);
    const other = addPerson(stores, [mobile(1)]);
    expect(stores.participants.byPhone(mobile(1)).map((person) => person.id)).to.deep.equal([one.id, other.id]);
    expect(stores.participants.byPhone(mobile(2))).to.deep.equal([one]);
    expect(stores.participants.byPhone(mobile(3))).to.deep.equal([]);
  });

  it('are candidates once when any of their postcodes is in the area, in the order of signing up', () => {
    const inRange = addPerson(stores, [mobile(1), mobile(9)], ['8252XY', '8253']);
    const exact = addPerson(stores, [mobile(2)], ['8260AB']);
    addPerson(stores, [mobile(3)], ['8260AC']);
    addPerson(stores, [mobile(4)], ['8260']);
    const edge = addPerson(stores, [mobile(5)], ['1012', '8254']);
    const where = area('8252-8254', '8253', '8260AB');
    expect([...stores.participants.candidates(where)].flat()).to.deep.equal([
      { participantId: inRange.id, phones: [mobile(1), mobile(9)], pausedUntil: null, nightCalls: false },
      { participantId: exact.id, phones: [mobile(2)], pausedUntil: null, nightCalls: false },
      { participantId: edge.id, phones: [mobile(5)], pausedUntil: null, nightCalls: false },
    ]);
    expect(stores.participants.count(where)).to.equal(3);
    expect(stores.participants.count(area('9999'))).to.equal(0);
    expect(stores.participants.count()).to.equal(5);
  });

  it('are candidates with their pause and their choice of night calls', () => {
    const { id } = addPerson(stores, [mobile(1)]);
    stores.db.sqlite.prepare('UPDATE participant SET paused_until = 77, night_calls = 1').run();
    const [candidate] = [...stores.participants.candidates(area('8251'))].flat();
    expect(candidate).to.deep.equal({ participantId: id, phones: [mobile(1)], pausedUntil: 77, nightCalls: true });
    expect(stores.participants.get(id)).to.include({ pausedUntil: 77, nightCalls: true });
  });

  it('are found in every segment of ids', () => {
    const ids = [1, 131_072, 400_000];
    for (const [n, id] of ids.entries()) {
      stores.db.sqlite.prepare('UPDATE sqlite_sequence SET seq = ?').run(id - 1);
      expect(addPerson(stores, [mobile(1), mobile(n + 10)]).id).to.equal(n === 0 ? 1 : id);
    }
    expect(stores.participants.byPhone(mobile(1)).map((person) => person.id)).to.deep.equal(ids);
    expect(stores.participants.byPhone(mobile(12)).map((person) => person.id)).to.deep.equal([400_000]);
    expect(
      [...stores.participants.candidates(area('8251'))].flat().map((person) => person.participantId),
    ).to.deep.equal(ids);
    expect(stores.participants.count(area('8251AB'))).to.equal(3);
    expect(importInto(stores, [row([mobile(12)], ['8260'])])).to.deep.equal({ imported: 0, updated: 1 });
  });

  it('are counted in an area of very many parts', () => {
    addPerson(stores, [mobile(1)], ['8251AB']);
    const parts = Array.from({ length: 5_000 }, (_, n) => `${1000 + n}`);
    expect(stores.participants.count(area(...parts, '8251AB'))).to.equal(1);
  });
});

describe('import of participants', () => {
  let stores: Fixture;
  beforeEach(() => {
    stores = freshStores();
  });
  afterEach(() => {
    stores.close();
  });

  it('adds new participants and counts known ones', () => {
    expect(importInto(stores, [row([mobile(1)], ['8251'], 'Jan'), row([mobile(2)], ['8252'])])).to.deep.equal({
      imported: 2,
      updated: 0,
    });
    expect(importInto(stores, [row([mobile(1)], ['8251'], 'Jan'), row([mobile(3)], ['8252'])])).to.deep.equal({
      imported: 1,
      updated: 1,
    });
    expect(stores.participants.count()).to.equal(3);
    expect(stores.participants.get(1)).to.include({ name: 'Jan', createdAt: 2_000 });
  });

  it('replaces the postcodes and numbers of a participant who moved', () => {
    importInto(stores, [row([mobile(1), mobile(2)], ['8251AB'], 'Jan')]);
    importInto(stores, [row([mobile(2), mobile(3)], ['1012', '1013'], 'Jan')]);
    const [jan] = stores.participants.byPhone(mobile(3));
    expect(jan).to.include({ id: 1, name: 'Jan' });
    expect(jan!.phones).to.deep.equal([mobile(2), mobile(3)]);
    expect(jan!.postcodes.map(({ pc4 }) => pc4)).to.deep.equal([1012, 1013]);
    expect(stores.participants.byPhone(mobile(1))).to.deep.equal([]);
    expect(stores.participants.count(area('8251'))).to.equal(0);
  });

  it('makes two participants of one number with two names', () => {
    importInto(stores, [row([mobile(1)], ['8251'], 'Jan'), row([mobile(1)], ['8251'], 'Els')]);
    expect(stores.participants.byPhone(mobile(1)).map(({ name }) => name)).to.deep.equal(['Jan', 'Els']);
    expect(importInto(stores, [row([mobile(1)], ['8252'], 'Els')]).updated).to.equal(1);
    const [jan, els] = stores.participants.byPhone(mobile(1));
    expect(jan!.postcodes[0]!.pc4).to.equal(8251);
    expect(els!.postcodes[0]!.pc4).to.equal(8252);
  });

  it('adds a missing name, and keeps the name when a line has none', () => {
    importInto(stores, [row([mobile(1)], ['8251'])]);
    importInto(stores, [row([mobile(1)], ['8251'], 'Jan')]);
    importInto(stores, [row([mobile(1)], ['8252'])]);
    expect(stores.participants.byPhone(mobile(1)).map(({ name }) => name)).to.deep.equal(['Jan']);
  });

  it('imports a person with two lines in a file once, by the last line', () => {
    const counts = importInto(stores, [
      row([mobile(1)], ['8251'], 'Jan'),
      row([mobile(2), mobile(1)], ['8252'], 'Jan'),
    ]);
    expect(counts).to.deep.equal({ imported: 1, updated: 1 });
    expect(stores.participants.byPhone(mobile(2))[0]!.postcodes[0]!.pc4).to.equal(8252);
  });

  it('does not match a participant by a number that an earlier line removed', () => {
    importInto(stores, [row([mobile(1), mobile(2)], ['8251'], 'Jan')]);
    const counts = importInto(stores, [row([mobile(2)], ['8251'], 'Jan'), row([mobile(1)], ['8260'], 'Jan')]);
    expect(counts).to.deep.equal({ imported: 1, updated: 1 });
    expect(stores.participants.count()).to.equal(2);
  });

  it('stores nothing in a dry run, and counts the same', () => {
    importInto(stores, [row([mobile(1)], ['8251'], 'Jan')]);
    const rows = [row([mobile(1)], ['8260'], 'Jan'), row([mobile(2)], ['8260'])];
    expect(importInto(stores, rows, true)).to.deep.equal({ imported: 1, updated: 1 });
    expect(stores.participants.count()).to.equal(1);
    expect(stores.participants.count(area('8260'))).to.equal(0);
    expect(importInto(stores, rows)).to.deep.equal({ imported: 1, updated: 1 });
  });

  it('matches participants who were added between two chunks, also by another program', async () => {
    await inFolder((folder) => {
      const file = join(folder, 'burgernet.db');
      const mine = freshStores(file);
      const other = freshStores(file);
      addPerson(mine, [mobile(1)]);
      addPerson(other, [mobile(2)]);
      const rows = [1, 2, 3].map((n) => row([mobile(n)], ['8251']));
      expect(importInto(mine, rows)).to.deep.equal({ imported: 1, updated: 2 });
      expect(importInto(other, rows)).to.deep.equal({ imported: 0, updated: 3 });
      mine.close();
      other.close();
    });
  });

  it('matches participants who were stored before the program started', async () => {
    await inFolder((folder) => {
      const file = join(folder, 'burgernet.db');
      for (const expected of [
        { imported: 1, updated: 0 },
        { imported: 0, updated: 1 },
      ]) {
        const reopened = freshStores(file);
        expect(importInto(reopened, [row([mobile(1)], ['8251'], 'Jan')])).to.deep.equal(expected);
        reopened.close();
      }
    });
  });

  it('stores nothing of a chunk with a line that cannot be stored, and imports the next chunk', () => {
    const bad = { ...row([mobile(2)], []), postcodes: [{ pc4: 12, letters: null }] };
    expect(() => importInto(stores, [row([mobile(1)], ['8251']), bad])).to.throw('participant_postcode_pc4');
    expect(stores.participants.count()).to.equal(0);
    expect(importInto(stores, [row([mobile(1)], ['8251'])]).imported).to.equal(1);
  });
});
