import { expect } from 'chai';
import {
  callerNumber,
  formatForPeople,
  formatForTrunk,
  parsePhoneNumber,
  type E164,
} from '../../src/domain/phone-number.js';

const e164 = (text: string): E164 => text as E164;

/** The reason of the refusal. Fails when the number was accepted. */
function refusal(text: string): string {
  const result = parsePhoneNumber(text);
  if (result.ok) throw new Error(`'${text}' was accepted as ${result.value}`);
  return result.reason;
}

describe('a telephone number at sign-up', () => {
  const NOTATIONS: readonly [typed: string, number: string][] = [
    ['0612345678', '+31612345678'],
    ['06-12345678', '+31612345678'],
    ['06 1234 5678', '+31612345678'],
    ['06-1234 5678', '+31612345678'],
    ['06.12.34.56.78', '+31612345678'],
    [' 0612345678\t', '+31612345678'],
    ['06\u00a012345678', '+31612345678'],
    ['+31612345678', '+31612345678'],
    ['+31 6 12345678', '+31612345678'],
    ['+31 (0)6 12345678', '+31612345678'],
    ['+310612345678', '+31612345678'],
    ['0031612345678', '+31612345678'],
    ['0031 (0)6 12345678', '+31612345678'],
    ['31612345678', '+31612345678'],
    ['310612345678', '+31612345678'],
    ['612345678', '+31612345678'],
    ['0321-312345', '+31321312345'],
    ['(0321) 31 23 45', '+31321312345'],
    ['020/3141500', '+31203141500'],
    ['0113-212345', '+31113212345'], // Goes: an area code that begins like a help number
    ['0316-123456', '+31316123456'], // an area code that begins like the country code
    ['316123456', '+31316123456'], // the same without its 0
    ['\u202d0612345678\u202c', '+31612345678'], // as copied from a contact list
    ['06\u200b1234\u20605678\ufeff', '+31612345678'],
    ['06\u00ad12345678\u200e', '+31612345678'],
    ['\u206806\u200f12345678\u2069', '+31612345678'],
    ['06\u201112345678', '+31612345678'], // a non-breaking hyphen
    ['06\u2013 1234\u20145678', '+31612345678'],
    ['06\u221212345678', '+31612345678'], // a minus sign
    ['06\u202f12\u2009345\u3000678', '+31612345678'],
    ['０６１２３４５６７８', '+31612345678'],
    ['＋３１ ６ １２３４５６７８', '+31612345678'],
    ['٠٦١٢٣٤٥٦٧٨', '+31612345678'], // Arabic-Indic digits
    ['۰۶۱۲۳۴۵۶۷۸', '+31612345678'], // Persian digits
    ['०६१२३४५६७८', '+31612345678'], // Devanagari
    ["'0612345678", '+31612345678'], // the apostrophe that marks text in a spreadsheet
    ['="0612345678"', '+31612345678'],
    ['612345678.0', '+31612345678'],
    ['31612345678,00', '+31612345678'],
    ['085-1234567', '+31851234567'], // a VoIP number
  ];
  for (const [typed, number] of NOTATIONS) {
    it(`'${typed}' is read as ${number}`, () => {
      expect(parsePhoneNumber(typed)).to.deep.equal({ ok: true, value: number });
    });
  }

  const REFUSED: readonly [typed: string, why: RegExp][] = [
    ['', /is empty/],
    ['   ', /is empty/],
    ['6,12E+08', /spreadsheet/],
    ['3.1612345678e+10', /spreadsheet/],
    ['06123456O8', /'O' \(U\+004F LETTER O, not the digit 0\)/],
    ['06\u041e2345678', /U\+041E CYRILLIC CAPITAL LETTER O/],
    ['06\u00001234567', /U\+0000 NUL/],
    ['06\u202d123\u2022456', /U\+2022 BULLET/],
    ['0612345678 \u{1f4de}', /U\+1F4DE/],
    ['112', /emergency/],
    ['0112', /emergency/],
    ['+31112', /emergency/],
    ['0031 112', /emergency/],
    ['113', /emergency/],
    ['144', /emergency/],
    ['116000', /emergency/],
    ['08000011', /freephone/],
    ['0800-0011', /freephone/],
    ['+31 800 0011', /freephone/],
    ['0031 800 0011', /freephone/],
    ['0800123456', /freephone/],
    ['0900-8844', /information/],
    ['+319008844', /information/],
    ['0906-1234', /information/],
    ['09091234567', /information/],
    ['14020', /mobile or landline/],
    ['140321', /mobile or landline/],
    ['+3114020', /mobile or landline/],
    ['088-2345678', /mobile or landline/],
    ['084-1234567', /mobile or landline/],
    ['0662345678', /mobile or landline/], // a pager
    ['+4915112345678', /foreign/],
    ['004915112345678', /foreign/],
    ['+32470123456', /foreign/],
    ['0', /too short/],
    ['00', /too short/],
    ['0612', /too short/],
    ['061234567', /too short/],
    ['+31', /too short/],
    ['0321-31234', /too short/],
    ['06123456789', /too long/],
    ['+316123456789', /too long/],
    ['0321-3123456', /too long/],
    ['0112345678', /numbering plan/],
    ['0999999999', /numbering plan/],
    ['06abc', /only digits/],
    ['bel mij', /only digits/],
    ['+', /only digits/],
    ['++31612345678', /only digits/],
    ['06+12345678', /only digits/],
    ['tel:0612345678', /only digits/],
    ['0612345678 thuis', /only digits/],
  ];
  for (const [typed, why] of REFUSED) {
    it(`'${typed}' is refused, and the reason says ${why.source}`, () => {
      expect(refusal(typed)).to.match(why);
    });
  }

  it('is not called foreign when no country has it', () => {
    expect(refusal('0000000000')).not.to.match(/foreign/);
  });
});

describe("the caller's number from the caller ID", () => {
  const SHOWN: readonly [shown: string | undefined, number: string | undefined][] = [
    ['0612345678', '+31612345678'],
    ['+31612345678', '+31612345678'],
    ['0031612345678', '+31612345678'],
    ['31612345678', '+31612345678'],
    ['612345678', '+31612345678'],
    ['+31 (0)6 12345678', '+31612345678'],
    ['+310612345678', '+31612345678'],
    ['0321312345', '+31321312345'],
    ['0882345678', '+31882345678'], // an organisation cannot sign up but can call
    ['08000011', '+318000011'],
    ['+4915112345678', '+4915112345678'],
    ['004915112345678', '+4915112345678'],
    ['4915112345678', '+4915112345678'],
    ['32470123456', '+32470123456'],
    ['447400123456', '+447400123456'],
    [undefined, undefined],
    ['', undefined],
    ['anonymous', undefined],
    ['Anonymous', undefined],
    ['unknown', undefined],
    ['100', undefined],
    ['14020', undefined],
    ['112', undefined],
    ['00000000', undefined],
    ['0000612345678', undefined],
    ['+0612345678', undefined],
    ['+1234567890123456', undefined], // E.164 has at most fifteen digits
    ['sip:0612345678@example.org', undefined],
  ];
  for (const [shown, number] of SHOWN) {
    it(`is ${number ?? 'undefined'} for ${shown === undefined ? 'no caller ID' : `'${shown}'`}`, () => {
      expect(callerNumber(shown)).to.equal(number);
    });
  }

  it('equals the number at sign-up, whatever the notations are', () => {
    const signedUp = ['0612345678', '06-1234 5678', '+31612345678'].map((typed) => {
      const result = parsePhoneNumber(typed);
      return result.ok ? result.value : undefined;
    });
    const rings = ['0612345678', '0031612345678', '31612345678', '+31612345678'].map(callerNumber);
    expect(new Set([...signedUp, ...rings])).to.deep.equal(new Set([e164('+31612345678')]));
  });
});

describe('a formatted number', () => {
  const TRUNK: readonly [number: string, format: 'e164' | 'national', dialled: string][] = [
    ['+31612345678', 'e164', '+31612345678'],
    ['+31612345678', 'national', '0612345678'],
    ['+31321312345', 'national', '0321312345'],
    ['+4915112345678', 'national', '+4915112345678'],
  ];
  for (const [number, format, dialled] of TRUNK) {
    it(`of ${number} on a trunk with the format ${format} is ${dialled}`, () => {
      expect(formatForTrunk(e164(number), format)).to.equal(dialled);
    });
  }

  const PEOPLE: readonly [number: string, read: string][] = [
    ['+31612345678', '06-12345678'],
    ['+31321312345', '0321-312345'],
    ['+31203141500', '020-3141500'],
    ['+318000011', '0800-0011'],
    ['+3114020', '14020'],
    ['+4915112345678', '+4915112345678'],
  ];
  for (const [number, read] of PEOPLE) {
    it(`of ${number} for people is ${read}`, () => {
      expect(formatForPeople(e164(number))).to.equal(read);
    });
  }
});
