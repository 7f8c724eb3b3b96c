import { expect } from 'chai';
import {
  formatAreaPart,
  formatPostcode,
  inArea,
  parseAreaPart,
  parseDialledArea,
  parsePostcode,
  type Area,
  type Postcode,
} from '../../src/domain/area.js';

function postcode(text: string): Postcode {
  const result = parsePostcode(text);
  if (!result.ok) throw new Error(result.reason);
  return result.value;
}

function area(...entries: string[]): Area {
  return {
    parts: entries.map((entry) => {
      const result = parseAreaPart(entry);
      if (!result.ok) throw new Error(result.reason);
      return result.value;
    }),
  };
}

describe('a postcode', () => {
  const READ: readonly [typed: string, value: Postcode][] = [
    ['8251', { pc4: 8251, letters: null }],
    ['8251AB', { pc4: 8251, letters: 'AB' }],
    ['8251 AB', { pc4: 8251, letters: 'AB' }],
    ['8251ab', { pc4: 8251, letters: 'AB' }],
    [' 8251 aB ', { pc4: 8251, letters: 'AB' }],
    ['1000', { pc4: 1000, letters: null }],
    ['9999ZZ', { pc4: 9999, letters: 'ZZ' }],
    ['8251SB', { pc4: 8251, letters: 'SB' }],
    ['8251AS', { pc4: 8251, letters: 'AS' }],
  ];
  for (const [typed, value] of READ) {
    it(`'${typed}' is read`, () => {
      expect(parsePostcode(typed)).to.deep.equal({ ok: true, value });
    });
  }

  const WRONG = ['', ' ', '0999', '0000', '825', '82511', '8251A', '8251ABC', 'AB8251', '8251-AB', '8251A1', '8251ÄB'];
  for (const typed of WRONG) {
    it(`'${typed}' is refused, and the reason shows a valid postcode`, () => {
      const result = parsePostcode(typed);
      expect(result.ok).to.equal(false);
      expect(result)
        .to.have.property('reason')
        .that.matches(/8251AB/);
    });
  }

  for (const letters of ['SA', 'SD', 'SS', 'sa', 'Sd']) {
    it(`'8251${letters}' is refused, because no postcode has these letters`, () => {
      expect(parsePostcode(`8251${letters}`))
        .to.have.property('reason')
        .that.matches(/SA, SD and SS/);
    });
  }

  for (const text of ['8251', '8251AB']) {
    it(`${text} is formatted as it was typed`, () => {
      expect(formatPostcode(postcode(text))).to.equal(text);
    });
  }
});

describe('an entry of an area', () => {
  const READ: readonly [typed: string, written: string][] = [
    ['8251', '8251'],
    ['8252AB', '8252AB'],
    ['8252 ab', '8252AB'],
    ['8253-8255', '8253-8255'],
    ['8253 - 8255', '8253-8255'],
    ['8253–8255', '8253-8255'],
    ['8253-8253', '8253'],
    ['1000-9999', '1000-9999'],
  ];
  for (const [typed, written] of READ) {
    it(`'${typed}' is read and formatted as ${written}`, () => {
      expect(area(typed).parts.map(formatAreaPart)).to.deep.equal([written]);
    });
  }

  const REFUSED: readonly [typed: string, why: RegExp][] = [
    ['8255-8253', /backwards/],
    ['8251SA', /SA, SD and SS/],
    ['0999-8000', /8253-8255/],
    ['8251AB-8251AD', /8253-8255/],
    ['8251-', /8253-8255/],
    ['', /8253-8255/],
    ['Dronten', /8253-8255/],
  ];
  for (const [typed, why] of REFUSED) {
    it(`'${typed}' is refused, and the reason says ${why.source}`, () => {
      expect(parseAreaPart(typed)).to.have.property('reason').that.matches(why);
    });
  }
});

describe('postcodes in the area 8251, 8252AB, 8253-8255', () => {
  const AREA = area('8251', '8252AB', '8253-8255');
  const LIVES: readonly [postcode: string, inside: boolean, why: string][] = [
    ['8250ZZ', false, 'just below it'],
    ['8251', true, 'the area contains the whole of 8251'],
    ['8251AA', true, 'the area contains every street of 8251'],
    ['8251ZZ', true, 'the area contains every street of 8251'],
    ['8252AB', true, 'the street itself'],
    ['8252AC', false, 'the next street'],
    ['8252', false, 'a whole PC4 is larger than the one street in the area'],
    ['8253', true, 'the lower end of the range'],
    ['8253XY', true, 'a street at the lower end of the range'],
    ['8254AA', true, 'inside the range'],
    ['8255ZZ', true, 'the upper end of the range'],
    ['8256AA', false, 'just above the range'],
    ['9251AA', false, 'another town'],
  ];
  for (const [text, inside, why] of LIVES) {
    it(`${text} lies ${inside ? 'in' : 'outside'} the area: ${why}`, () => {
      expect(inArea(postcode(text), AREA)).to.equal(inside);
    });
  }
});

describe('an area dialled on a telephone', () => {
  for (const [keys, entry] of [
    ['8251', '8251'],
    ['8251*8256', '8251-8256'],
    ['8251*8251', '8251'],
    ['1000*9999', '1000-9999'],
  ] as const) {
    it(`reads ${keys} as ${entry}`, () => {
      expect(parseDialledArea(keys)).to.deep.equal({ ok: true, value: entry });
    });
  }

  for (const keys of [
    '',
    '825',
    '82511',
    '0999',
    '8251*',
    '*8251',
    '8256*8251',
    '8251*825',
    '8251**8256',
    '8251*8256*8260',
  ]) {
    it(`refuses '${keys}'`, () => {
      expect(parseDialledArea(keys).ok).to.equal(false);
    });
  }
});
