import { expect } from 'chai';
import { readShownCaller, type ShownCaller } from '../../../../src/adapters/asterisk/calls/caller-id.js';

interface Headers {
  readonly from?: string;
  readonly asserted?: readonly string[];
  readonly remote?: string;
  readonly privacy?: readonly string[];
}

const ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1';
const FROM = '<sip:0612345678@op.example>;tag=1';
const NUMBER = '+31612345678';

const shown = ({ from = ANONYMOUS, asserted = [], remote = '', privacy = [] }: Headers): ShownCaller =>
  readShownCaller(
    new URLSearchParams([
      ...privacy.map((value): [string, string] => ['privacy', value]),
      ['from', from],
      ...asserted.map((value): [string, string] => ['asserted', value]),
      ['remote', remote],
    ]).toString(),
  );

describe('caller ID of an INVITE', () => {
  const ASSERTED: readonly (readonly [string, readonly string[]])[] = [
    ['a sip URI', ['<sip:+31612345678@op.example>']],
    ['a sips URI', ['<sips:+31612345678@op.example>']],
    ['a tel URI', ['<tel:+31612345678>']],
    ['a URI without brackets', ['tel:+31612345678']],
    ['a sip and a tel URI in one header', ['<sip:+31612345678@op.example>, <tel:+31612345678>']],
    ['a tel and a sip URI in one header', ['<tel:+31612345678>,<sip:jan@op.example>']],
    ['two headers', ['<sip:jan@op.example>', '<tel:+31612345678>']],
    ['two headers, the number first', ['<tel:+31612345678>', '<sip:jan@op.example>']],
    ['a number in the tel URI only', ['"Jan" <sip:jan.de.wit@op.example>, <tel:+31612345678>']],
    ['an extension and a number', ['<sip:201234@pbx.example>, <tel:+31612345678>']],
    ['a name with a comma', ['"Wit, Jan de" <sip:+31612345678@op.example>']],
    ['a name with quotes', ['"Jan \\"de <b>, Witte\\" Wit" <sip:+31612345678@op.example>, "x" <tel:+31612345678>']],
    ['a name like a URI', ['"<sip:+31687654321@op.example>" <sip:+31612345678@op.example>']],
    ['a name without quotes', ['Jan de Wit <sip:+31612345678@op.example;user=phone>']],
    ['user parameters', ['<sip:+31612345678;npdi;rn=+31970000001;cpc=ordinary@op.example;user=phone>']],
    ['a local number in its country', ['<sip:0612345678;phone-context=+31@op.example>']],
    ['a local number without its 0', ['<tel:612345678;phone-context=+31>']],
    ['a number with separators', ['<tel:+31-6-1234.5678;verstat=TN-Validation-Passed>']],
    ['a number with escapes', ['<sip:%2B31612345678@op.example>']],
    ['a password', ['<sip:+31612345678:secret@op.example:5060>']],
  ];
  for (const [what, asserted] of ASSERTED) {
    it(`is the number in P-Asserted-Identity: ${what}`, () => {
      for (const privacy of [[], ['none'], ['None']]) {
        expect(shown({ asserted, privacy })).to.deep.equal({ from: shown({ asserted }).from, withheld: false });
      }
      expect(shown({ asserted }).from).to.be.oneOf([NUMBER, '0612345678']);
    });
  }

  it('is a number of another country when phone-context names that country', () => {
    expect(shown({ asserted: ['<tel:0475123456;phone-context=+32>'] }).from).to.equal('+32475123456');
  });

  for (const value of [
    ...['id', 'ID', 'id;critical', 'critical; id', 'header;id', 'user', 'user;session', 'none;id', 'id,x', ' "id" '],
    ...['header', 'HEADER', 'header;session', 'header; critical', 'session;header', 'history ;Header', 'x;;header;'],
    ...['header;user;id;session;critical;history', 'none;header', 'session\t;\tuser'],
  ]) {
    it(`is withheld with Privacy: ${value}`, () => {
      expect(shown({ asserted: ['<tel:+31612345678>'], privacy: [value] }).withheld).to.equal(true);
      expect(shown({ from: FROM, privacy: [value] }).withheld).to.equal(true);
    });
  }
  it('is withheld when the second of two Privacy headers withholds it', () => {
    expect(shown({ from: FROM, privacy: ['session', 'id'] }).withheld).to.equal(true);
  });
  for (const value of [
    ...['none', 'session', 'critical', 'history', 'session;critical;history', 'HISTORY', 'x', '', ';;', 'none;none'],
    ...['no-header', 'idx', 'headers', 'user-agent', 'i d', '%', '\u00e9'],
  ]) {
    it(`is shown with Privacy: ${value}`, () => {
      expect(shown({ asserted: ['<tel:+31612345678>'], privacy: [value] })).to.deep.equal({
        from: NUMBER,
        withheld: false,
      });
    });
  }

  for (const from of [
    ANONYMOUS,
    '<sip:anonymous@op.example>',
    'Anonymous <sip:c8oqz84zk7z@anonymous.invalid>',
    '"Anonymous" <sip:0612345678@op.example>',
    '"Anoniem" <sip:0612345678@op.example>',
    '<sip:unavailable@op.example>',
    '<sip:Restricted@op.example>',
    '<sip:op.example>',
    '<sip:@op.example>',
  ]) {
    it(`is withheld when the operator vouches for no number and From is ${from}`, () => {
      expect(shown({ from }).withheld).to.equal(true);
      expect(shown({ from, asserted: ['<sip:anonymous@op.example>'] }).withheld).to.equal(true);
    });
  }

  it('is the number in From when the operator vouches for none', () => {
    for (const from of [
      FROM,
      '"Unknown" <sip:0612345678@op.example>',
      '"Jan" <sip:0612345678;phone-context=op.example@op.example>',
      '<sip:0612345678;isub=1@op.example;user=phone>;tag=2',
    ]) {
      expect(shown({ from }), from).to.deep.equal({ from: '0612345678', withheld: false });
      expect(shown({ from, asserted: ['<sip:jan@op.example>'] }), from).to.include({ from: '0612345678' });
    }
    expect(shown({ from: '<tel:+31612345678>;tag=1' })).to.deep.equal({ from: NUMBER, withheld: false });
  });

  it('is the name in From, and not withheld, when From has no number', () => {
    expect(shown({ from: '"Jan" <sip:jan@op.example>' })).to.deep.equal({ from: 'jan', withheld: false });
  });

  it('is the number in P-Asserted-Identity when From has another one', () => {
    expect(shown({ from: FROM, asserted: ['<tel:+31687654321>'] }).from).to.equal('+31687654321');
  });

  it('is the number in Remote-Party-ID without P-Asserted-Identity, unless its privacy parameter withholds it', () => {
    const remote = '"Jan" <sip:+31612345678@op.example>;party=calling;screen=yes';
    expect(shown({ remote: `${remote};privacy=off` })).to.deep.equal({ from: NUMBER, withheld: false });
    expect(shown({ remote: `${remote};privacy=name` }).withheld).to.equal(false);
    for (const kind of ['full', '"full"', 'uri']) {
      expect(shown({ from: FROM, remote: `${remote};privacy=${kind}` }).withheld, kind).to.equal(true);
    }
  });

  it('ignores malformed headers', () => {
    for (const broken of ['', '<', '"', '<sip:', 'sip:@', '%zz', '<mailto:jan@op.example>', ',,,']) {
      expect(shown({ from: broken, asserted: [broken], remote: broken, privacy: [broken] }).withheld).to.equal(true);
      expect(shown({ from: FROM, asserted: [broken] }).from, broken).to.equal('0612345678');
    }
    expect(readShownCaller('')).to.deep.equal({ from: undefined, withheld: true });
    expect(readShownCaller(`from=%3Csip%3A%&asserted=%3Ctel%3A%2B31612345678%3E`).from).to.equal(NUMBER);
  });
});
