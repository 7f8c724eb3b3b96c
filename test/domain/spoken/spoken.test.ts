import { expect } from 'chai';
import { spoken, spokenMessage } from '../../../src/domain/spoken/spoken.js';
import { POLICE_PHRASES } from './police-phrases.js';
import { TRADE_PHRASES } from './trade-phrases.js';

/** Written → said. Each group is a habit of Dutch dispatchers. */
const TABLE: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'telephone numbers in groups': [
    ['Bel 0800-0011.', 'Bel nul acht nul nul, nul nul, één één.'],
    ['08000011', 'nul acht nul nul, nul nul, één één'],
    ['0800 0011', 'nul acht nul nul, nul nul, één één'],
    ['Bij direct gevaar: 112', 'Bij direct gevaar, één één twee'],
    ['112.', 'één één twee.'],
    ['na 112 meter', 'na honderdtwaalf meter'],
    ['Bel 0900-8844', 'Bel nul negenhonderd, achtentachtig vierenveertig'],
    ['06-12345678', 'nul zes, één twee, drie vier, vijf zes, zeven acht'],
    ['06 12 34 56 78', 'nul zes, één twee, drie vier, vijf zes, zeven acht'],
    ['+31 6 12345678', 'plus drie één, zes, één twee, drie vier, vijf zes, zeven acht'],
    ['+31 (0)6 12345678', 'plus drie één, zes, één twee, drie vier, vijf zes, zeven acht'],
    ['0031612345678', 'nul nul drie één, zes, één twee, drie vier, vijf zes, zeven acht'],
    ['038-1234567', 'nul drie acht, één twee drie, vier vijf, zes zeven'],
    ['(0321) 12 34 56', 'nul drie twee één, één twee, drie vier, vijf zes'],
    ['bel 144', 'bel één vier vier'],
    ['bel 116 000', 'bel één één zes, nul nul nul'],
  ],
  postcodes: [
    ['8251 AB', 'tweeëntachtig eenenvijftig, A, B'],
    ['8251ab', 'tweeëntachtig eenenvijftig, A, B'],
    ['1000 AA', 'tien nul nul, A, A'],
    ['postcode 8251', 'postcode tweeëntachtig eenenvijftig'],
    ['in 2019 de man', 'in tweeduizend negentien de man'],
  ],
  'number plates of every sidecode': [
    ['XX-99-88', 'X, X, negen, negen, acht, acht'],
    ['99-88-XX', 'negen, negen, acht, acht, X, X'],
    ['12-AB-34', 'één, twee, A, B, drie, vier'],
    ['XX-99-YY', 'X, X, negen, negen, Y, Y'],
    ['AB-CD-12', 'A, B, C, D, één, twee'],
    ['12-AB-CD', 'één, twee, A, B, C, D'],
    ['12-ABC-3', 'één, twee, A, B, C, drie'],
    ['1-ABC-23', 'één, A, B, C, twee, drie'],
    ['AB-123-C', 'A, B, één, twee, drie, C'],
    ['R-543-KL', 'R, vijf, vier, drie, K, L'],
    ['ABC-12-D', 'A, B, C, één, twee, D'],
    ['A-12-BCD', 'A, één, twee, B, C, D'],
    ['1-AB-234', 'één, A, B, twee, drie, vier'],
    ['123-AB-4', 'één, twee, drie, A, B, vier'],
    ['r-543-kl', 'R, vijf, vier, drie, K, L'],
    ['R543KL', 'R, vijf, vier, drie, K, L'],
    ['1-ABC-234', 'één, A, B, C, twee, drie, vier'],
    ['kenteken AB 12 CD', 'kenteken A, B, één, twee, C, D'],
    ['kenteken begint met R-54', 'kenteken begint met R, vijf, vier'],
  ],
  'times on the clock': [
    ['om 14:30 uur', "om half drie 's middags"],
    ['om 14.15u', "om kwart over twee 's middags"],
    ['15u05', "vijf over drie 's middags"],
    ['9:45', "kwart voor tien 's ochtends"],
    ['23:59', "één voor twaalf 's avonds"],
    ['00:00 uur', "twaalf uur 's nachts"],
    ['12:20', "tien voor half één 's middags"],
    ['18:35 uur', "vijf over half zeven 's avonds"],
    ['14:00-15:30 uur', "twee uur 's middags tot half vier 's middags"],
    ['om 14 uur', "om twee uur 's middags"],
    ['al 14 uur vermist', 'al veertien uur vermist'],
    ['om 3 uur', 'om drie uur'],
  ],
  dates: [
    ['23-11-2026', 'drieëntwintig november tweeduizend zesentwintig'],
    ['2026-11-23', 'drieëntwintig november tweeduizend zesentwintig'],
    ['3/5/26', 'drie mei tweeduizend zesentwintig'],
    ['ma. 23 nov.', 'maandag drieëntwintig november.'],
    ['06-12-2026 14:30 uur', "zes december tweeduizend zesentwintig half drie 's middags"],
  ],
  'ages, lengths and other measures': [
    ['jongen van 8 jr. oud', 'jongen van acht jaar oud'],
    ['8-jarige jongen', 'achtjarige jongen'],
    ['een 22 jarig meisje', 'een tweeëntwintigjarig meisje'],
    ['25-30 jr', 'vijfentwintig tot dertig jaar'],
    ['1.75 m lang', 'één meter vijfenzeventig lang'],
    ['1,75 m', 'één meter vijfenzeventig'],
    ['1,8 m', 'één meter tachtig'],
    ['1m80', 'één meter tachtig'],
    ['1.70-1.80m', 'één meter zeventig tot één meter tachtig'],
    ['lengte 1.85', 'lengte één meter vijfentachtig'],
    ['175 cm', 'honderdvijfenzeventig centimeter'],
    ['12,5 m', 'twaalf komma vijf meter'],
    ['80 km/u', 'tachtig kilometer per uur'],
    ['120 km/h', 'honderdtwintig kilometer per uur'],
    ['€ 1.500,-', 'vijftienhonderd euro'],
    ['€15,50', 'vijftien euro vijftig'],
    ['20%', 'twintig procent'],
    ['2x gezien', 'twee keer gezien'],
    ['3e straat links', 'derde straat links'],
    ['de 21ste', 'de eenentwintigste'],
    ['mt. 43', 'maat drieënveertig'],
  ],
  numbers: [
    ['bouwjaar 1995', 'bouwjaar negentienhonderd vijfennegentig'],
    ['1.500 mensen', 'vijftienhonderd mensen'],
    ['10.000', 'tienduizend'],
    ['101', 'honderdeen'],
    ['1001', 'duizend één'],
    ['A6 bij N307', 'A zes bij N driehonderdzeven'],
    ['nr. 12a', 'nummer twaalf a'],
    ['007', 'nul nul zeven'],
    ['-5 graden', 'min vijf graden'],
    ["jaren '90", 'jaren negentig'],
    ['24/7', 'vierentwintig, zeven'],
    ['1234567890123', 'één twee drie vier vijf zes zeven acht negen nul één twee drie'],
  ],
  abbreviations: [
    ['ca. 20 en evt. meer', 'ongeveer twintig en eventueel meer'],
    ['o.a. een tas', 'onder andere een tas'],
    ['Kerkstr. 12', 'Kerkstraat twaalf'],
    ['in de Dorpsstr.', 'in de Dorpsstraat.'],
    ['m.b.t. de diefstal', 'met betrekking tot de diefstal'],
    ['t.h.v. de brug', 'ter hoogte van de brug'],
    ['thv de brug', 'ter hoogte van de brug'],
    ['i.v.m. een inbraak', 'in verband met een inbraak'],
    ['Jas, tas e.d. Hij rende.', 'Jas, tas en dergelijke. Hij rende.'],
    ['dhr. Jansen', 'de heer Jansen'],
    ['St. Jansstraat', 'Sint Jansstraat'],
  ],
  'signs, capitals and punctuation': [
    ['fiets & tas', 'fiets en tas'],
    ['man/vrouw', 'man of vrouw'],
    ['en/of', 'en of'],
    ['blauw + wit', 'blauw plus wit'],
    ['broek (spijker) en "Nike"', 'broek, spijker, en Nike'],
    ['jas: rood; broek: blauw', 'jas, rood, broek, blauw'],
    ['Wat?! Nu...', 'Wat? Nu.'],
    ['- rode jas\n- blauwe tas', 'rode jas. Blauwe tas'],
    ['Druk op #', 'Druk op hekje'],
    ['VW Golf GTI', 'V W Golf G T I'],
    ['LET OP: MAN MET MES OM 14:30 UUR', "let op, man met mes om half drie 's middags"],
    ['www.burgernet.nl', 'www punt burgernet punt nl'],
  ],
  'a capital after every full stop': [
    ['De daders zijn gevlucht. 2 mannen in een auto.', 'De daders zijn gevlucht. Twee mannen in een auto.'],
    ['Let op! 1 man is gevlucht.', 'Let op! Één man is gevlucht.'],
    ['Gezien? 112 bellen', 'Gezien? Één één twee bellen'],
    ["Hij is weg. 's nachts gezien", "Hij is weg. 's Nachts gezien"],
    ['Hij viel. ijs op de weg', 'Hij viel. IJs op de weg'],
    ['1: diefstal. 2: overval. 3: inbraak.', 'één, diefstal. Twee, overval. Drie, inbraak.'],
    ['Rijdt in Opel. AB-12-CD. 1-ABC-23 ook.', 'Rijdt in Opel. A, B, één, twee, C, D. Één, A, B, C, twee, drie ook.'],
    ['Dorpsstraat 12a. 2 mannen', 'Dorpsstraat twaalf a. Twee mannen'],
    ['Het is op tv. 3 mannen', 'Het is op tv. Drie mannen'],
    ['Weg om 14.30 u. 2 mannen', "Weg om half drie 's middags. Twee mannen"],
    ['Man van 30 jr. 2 fietsen', 'Man van dertig jaar. Twee fietsen'],
    ['Jas, tas e.d. 2 mannen', 'Jas, tas en dergelijke. Twee mannen'],
    ['Nog 200 m. 3 huizen verder', 'Nog tweehonderd meter. Drie huizen verder'],
    ['1. man met jas 2. vrouw', 'één, man met jas. Twee, vrouw'],
    ['Let op: 1) rode jas\n2) blauwe tas', 'Let op, één, rode jas. Twee, blauwe tas'],
    ['Verdachte 1. Man met jas. Verdachte 2. Vrouw', 'Verdachte één. Man met jas. Verdachte twee. Vrouw'],
    ['Eén man', 'Één man'],
    ['Eénpersoonsauto', 'Éénpersoonsauto'],
    ['Een man', 'Een man'],
  ],
  'no end of a sentence at an abbreviation': [
    ['volgens vgt. getuige', 'volgens vgt getuige'],
    ['een n.b. groep', 'een n b groep'],
    ['een n.b. groep van 3. Twee weg', 'een n b groep van drie. Twee weg'],
    ['Een fiets o.i.d. Hij rende.', 'Een fiets of iets dergelijks. Hij rende.'],
    ['ca. 25 jr. oud, t.h.v. de brug', 'ongeveer vijfentwintig jaar oud, ter hoogte van de brug'],
  ],
};

describe('a written text, in words for the speech engine', () => {
  for (const [habit, rows] of Object.entries(TABLE)) {
    describe(habit, () => {
      for (const [written, said] of rows)
        it(`'${written}' becomes '${said}'`, () => expect(spoken(written)).to.equal(said));
    });
  }

  describe('notations of the trade', () => {
    for (const [written, said] of TRADE_PHRASES)
      it(`'${written}' becomes '${said}'`, () => expect(spoken(written)).to.equal(said));
  });

  describe('the phrases of police messages', () => {
    it('are more than 500 and differ from one another', () => {
      expect(POLICE_PHRASES.length).to.be.greaterThan(500);
      expect(new Set(POLICE_PHRASES.map(([written]) => written)).size).to.equal(POLICE_PHRASES.length);
    });
    for (const [written, said] of POLICE_PHRASES) {
      it(`'${written}' becomes '${said}'`, () => expect(spoken(written)).to.equal(said));
    }
  });

  it('of the greatest length is read at once, whatever part it repeats', () => {
    for (const part of [
      'om ',
      '1.',
      '12.30-',
      'tussen ',
      '1/',
      'A.',
      '8251, ',
      'lengte van ',
      '1 en ',
      "'s ",
      '4x4x',
    ]) {
      const text = part.repeat(Math.ceil(1_500 / part.length)).slice(0, 1_500);
      // A pattern with catastrophic backtracking takes minutes here, and the time limit of the test ends it.
      expect(spoken(text)).not.to.match(/\d/);
    }
  });

  describe('of a message', () => {
    const R = 'R, vijf, vier, drie, K, L';
    const A = 'A, B, één, twee, C, D';
    for (const [habit, written, said] of [
      ['a plate twice, in its place', 'Auto R-543-KL, richting A6.', `Auto ${R}, ik herhaal, ${R}, richting A zes.`],
      [
        'the plate at the end twice',
        'Kenteken R-543-KL. Bel 112!',
        `Kenteken ${R}, ik herhaal, ${R}. Bel één één twee!`,
      ],
      [
        'two plates of a sentence after the second',
        'R-543-KL en AB-12-CD weg',
        `${R} en ${A}, ik herhaal, ${R}, en ${A}, weg`,
      ],
      ['each sentence by itself', 'R-543-KL. AB-12-CD.', `${R}, ik herhaal, ${R}. ${A}, ik herhaal, ${A}.`],
      ['no plate that the text says twice', 'R-543-KL. Let op R543KL.', `${R}. Let op ${R}.`],
      ['no plate that the text repeats', 'kenteken R-543-KL, herhaal R 543 KL', `kenteken ${R}, herhaal ${R}`],
      ['no part of a plate', 'kenteken begint met R-54', 'kenteken begint met R, vijf, vier'],
      ['no mark of a plate', 'Let op \uE000R-543-KL\uE001', `Let op ${R}, ik herhaal, ${R}`],
    ] as const)
      it(`says ${habit}`, () => expect(spokenMessage(written)).to.equal(said));

    it('says a plate once outside a message', () => expect(spoken('R-543-KL')).to.equal(R));
  });

  it('without a letter or a digit becomes empty', () => {
    for (const text of ['', '   ', '...', '!?', '\n\n', '\u0000']) expect(spoken(text)).to.equal('');
  });

  it('of random parts never fails, keeps no digit and does not become empty', function () {
    this.timeout(20_000);
    const parts = [
      '0',
      '1',
      '7',
      '12',
      'a',
      'B',
      'km',
      'uur',
      '-',
      '.',
      '/',
      ':',
      ',',
      '€',
      '%',
      ' ',
      '\n',
      '\ud800',
      '😀',
      '(',
      '²',
      "'",
      '+31',
      '06',
      'str.',
    ];
    let seed = 1;
    const next = (n: number): number => (seed = (seed * 48_271) % 2_147_483_647) % n;
    for (let i = 0; i < 3000; i += 1) {
      const text = Array.from({ length: next(30) }, () => parts[next(parts.length)]).join('');
      const said = spoken(text);
      expect(said, JSON.stringify(text)).not.to.match(/\d/);
      expect(said !== '', JSON.stringify(text)).to.equal(/[\p{L}\p{N}]/u.test(text) || said !== '');
    }
  });

  it('in plain words stays as it is', () => {
    const text = 'De politie zoekt een man met een rode jas. Hij rent in de richting van het station';
    expect(spoken(text)).to.equal(text);
  });
});
