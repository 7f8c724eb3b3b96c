import { expect } from 'chai';
import { parsePhones, parsePostcodes, quickPhoneNumber } from '../../../src/app/participants/import-fields.js';
import { DuplicateRows } from '../../../src/app/participants/duplicate-rows.js';
import { createParticipants } from '../../../src/app/participants/participants.js';
import type { RawImportRow } from '../../../src/app/services.js';
import { parsePhoneNumber, type E164 } from '../../../src/domain/phone-number.js';
import type { Participant } from '../../../src/domain/participant.js';
import { Problem } from '../../../src/domain/problem.js';
import type { ImportRow } from '../../../src/ports/stores.js';
import { fakeParticipantStore } from '../../adapters/http/fake-services.js';

const clock = { now: () => 5, monotonic: () => 5, after: () => () => undefined };
const row = (line: number, phone: string, name = '', postcode = '8251AB'): RawImportRow => ({
  line,
  phone,
  postcode,
  name,
});

const codeOf = (id: number): string => String(id).padStart(6, '0');

describe('participants', () => {
  it('are signed up with cleaned fields', () => {
    const stored: Participant[] = [];
    const participants = createParticipants({ store: fakeParticipantStore(stored), clock, codeOf });
    participants.add({
      phones: ['06-12345678', '0612345678'],
      postcodes: ['8251 ab', '8252'],
      name: '  Jan   Jansen ',
    });
    expect(stored).to.deep.include({
      id: 1,
      name: 'Jan Jansen',
      language: 'nl',
      phones: ['+31612345678'],
      postcodes: [
        { pc4: 8251, letters: 'AB' },
        { pc4: 8252, letters: null },
      ],
      pausedUntil: null,
      nightCalls: false,
      createdAt: 5,
    });
  });

  it('are not stored when a field is wrong, and the problem names every wrong field', () => {
    const stored: Participant[] = [];
    const participants = createParticipants({ store: fakeParticipantStore(stored), clock, codeOf });
    const fields = (input: Parameters<typeof participants.add>[0]): string => {
      try {
        participants.add(input);
      } catch (error) {
        return (error as Problem).fields.map(({ field }) => field).join();
      }
      return 'none';
    };
    expect(fields({ phones: ['0612345678', '112'], postcodes: ['x'], name: 'n'.repeat(101), language: 'fr' })).to.equal(
      'phones.1,postcodes.0,name,language',
    );
    expect(fields({ phones: [], postcodes: [] })).to.equal('phones,postcodes');
    expect(stored).to.have.length(0);
  });

  it('are counted in an area, and a wrong area is refused', () => {
    const participants = createParticipants({ store: fakeParticipantStore([]), clock, codeOf });
    participants.add({ phones: ['0612345678'], postcodes: ['8253'] });
    expect(participants.count(['8251', '8253-8255'])).to.equal(1);
    expect(participants.count()).to.equal(1);
    expect(() => participants.count(['8255-8253'])).to.throw(Problem);
    expect(() => participants.count([])).to.throw(Problem);
  });

  it('are imported in chunks, and other work gets a turn between chunks', async () => {
    const chunks: number[] = [];
    let turns = 0;
    const store = {
      ...fakeParticipantStore([]),
      importRows: (rows: readonly ImportRow[]) => {
        chunks.push(rows.length);
        return { imported: rows.length, updated: 0 };
      },
    };
    const rows = Array.from({ length: 4_500 }, (_, index) => row(index + 2, `06${11_000_000 + index}`));
    const turn = (): void => {
      turns++;
      if (chunks.length < 3) setImmediate(turn);
    };
    setImmediate(turn);
    const report = await createParticipants({ store, clock, codeOf }).importRows(rows, { dryRun: false });
    expect(report).to.deep.include({ imported: 4_500, updated: 0, rejected: [], rejectedCount: 0, lines: 4_500 });
    expect(chunks).to.deep.equal([2_000, 2_000, 500]);
    expect(turns).to.be.greaterThan(1);
  });

  it('with the same phone and name are refused in an import, but a household is accepted', async () => {
    const participants = createParticipants({ store: fakeParticipantStore([]), clock, codeOf });
    const rows = [
      row(2, '0612345678 0321123456', 'Jan'),
      row(3, '0612345678', 'Marie'),
      row(4, '+31612345678', ' Jan '),
      row(5, '0321-123456', 'Jan'),
      { ...row(6, '0687654321'), problem: 'cannot be read' },
    ];
    const { imported, rejected } = await participants.importRows(rows, { dryRun: true });
    expect(imported).to.equal(2);
    expect(rejected).to.deep.equal([
      { line: 4, reason: 'same as line 2: the same phone and name' },
      { line: 5, reason: 'same as line 2: the same phone and name' },
      { line: 6, reason: 'cannot be read' },
    ]);
  });
});

describe('fields of an import', () => {
  it('with plain numbers are read as by the numbering plan, for all first three digits', () => {
    for (let start = 0; start < 1000; start++) {
      for (const rest of ['000000', '123456', '999999', '112113']) {
        for (const prefix of ['0', '31', '+31', '0031']) {
          const text = `${prefix}${String(start).padStart(3, '0')}${rest}`;
          expect(quickPhoneNumber(text), text).to.deep.equal(parsePhoneNumber(text));
        }
      }
    }
  }).timeout(20_000);

  it('with several numbers or postcodes are split at every usual separator', () => {
    const phones = (text: string): unknown => {
      const result = parsePhones(text);
      return result.ok ? result.value.join(' ') : result.reason;
    };
    expect(phones('06 1234 5678')).to.equal('+31612345678');
    expect(phones('0612345678   06 8765 4321')).to.equal('+31612345678 +31687654321');
    expect(phones('+31 6 12345678 0321-123 456')).to.equal('+31612345678 +31321123456');
    expect(phones('0612345678 0612345678')).to.equal('+31612345678');
    expect(phones('0612345678 0687')).to.match(/^'0687' is too short/);
    const both = '+31612345678 +31321123456';
    for (const between of [
      ',',
      ', ',
      ';',
      ' / ',
      '/',
      ' en ',
      ' of ',
      '\n',
      '\r\n',
      ' - ',
      '|',
      '&',
      '  ',
      '\u00a0',
      '; ',
      ' + ',
    ])
      expect(phones(`06-12345678${between}0321 123456`), JSON.stringify(between)).to.equal(both);
    expect(phones('020/3141500')).to.equal('+31203141500');
    expect(phones('020/3141500 / 06/12345678')).to.equal('+31203141500 +31612345678');
    expect(phones('0612345678-0321123456')).to.equal(both);
    expect(phones('0612345678 thuis')).to.match(/^'thuis' may hold only digits.*'t'/);
    expect(phones(`${'1 '.repeat(600)}`)).to.match(/longer than/);
    const postcodes = parsePostcodes('8251 AB 8252 8253cd 8252');
    expect(postcodes.ok && postcodes.value.map(({ pc4, letters }) => `${pc4}${letters}`)).to.deep.equal([
      '8251AB',
      '8252null',
      '8253CD',
    ]);
    expect(parsePostcodes('8251AB;8252 en 8253')).to.have.property('value').with.length(3);
    expect(parsePostcodes('8251AB;x').ok).to.equal(false);
  });

  it('with the same number and name are found among 50,000 rows', () => {
    const seen = new DuplicateRows();
    const phone = (index: number): E164 => `+316${10_000_000 + index}` as E164;
    for (let index = 0; index < 50_000; index++)
      expect(seen.firstLine(phone(index), 'x', index + 2)).to.equal(index + 2);
    for (let index = 0; index < 50_000; index += 7) expect(seen.firstLine(phone(index), 'x', 1e6)).to.equal(index + 2);
    expect(seen.firstLine(phone(3), 'y', 7)).to.equal(7);
  });

  it('lead to a participant with a personal code, and an unknown id is not found', () => {
    const participants = createParticipants({ store: fakeParticipantStore([]), clock, codeOf });
    const { id } = participants.add({ phones: ['0612345678'], postcodes: ['8253'] });
    expect([participants.get(id).phones, participants.code(id)]).to.deep.equal([['+31612345678'], codeOf(id)]);
    for (const missing of [() => participants.get(99), () => participants.code(99)]) {
      expect(missing).to.throw(Problem).with.property('code', 'not_found');
    }
  });
});
