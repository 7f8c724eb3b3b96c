import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Synthesizer } from '@echogarden/espeak-ng-emscripten';
import { sentencesOf } from '../../../src/adapters/speech/espeak/clauses.js';
import { withNumbersApart } from '../../../src/adapters/speech/espeak/number-words.js';
import { ipaOf } from '../../../src/adapters/speech/espeak/phonemes.js';
import { newSynthesizer } from '../../../src/adapters/speech/espeak/synthesizer.js';
import { openLexicon } from '../../../src/adapters/speech/lexicon-files.js';
import type { Lexicon } from '../../../src/domain/spoken/lexicon.js';
import { respell } from '../../../src/domain/spoken/lexicon.js';
import { cardinal } from '../../../src/domain/spoken/numbers.js';
import { spoken } from '../../../src/domain/spoken/spoken.js';
import { SOUNDS } from './sound-helpers.js';

/**
 * Sentences of unseen messages, and sounds that must be heard in them in this order. A stress mark stands
 * before the sound that carries the stress.
 */
const HEARD: readonly (readonly [text: string, ...sounds: string[]])[] = [
  ['Man op een zwarte fatbike.', 'fˈɛtbɑjk'],
  ['Grijze Opel Corsa, kenteken W-543-VL.', 'ˈoːpɵl', 'kˈɛnteːkən', 'ʋˈeː', 'vˈeː'],
  ['Rode Peugeot 206, Duits kenteken.', 'pøːzjˈoː', 'kˈɛnteːkən'],
  ['Twee mannen op een scooter, richting Nijmegen.', 'skˈut', 'nˈɛɪmeːɣən'],
  ['Overval in Utrecht, daders vuurwapengevaarlijk.', 'ˈoːvərv', 'ˈytrɛxt', 'vˈyrʋaːp', 'ɣəvˈaːrlək'],
  ['Meisje met een gele jas en witte sneakers.', 'ɣˈeːlə', 'snˈik'],
  ['Jongen in een hoodie en spijkerbroek.', 'hˈudi', 'spˈɛɪkərbr'],
  ['Zij heet Jacqueline en is 82 jaar.', 'lˈin', 'tʋˈeːən', 'tˈɑxtəx'],
  ['Postcode 8251 KN in Enschede.', 'tʋˈeːən', 'tˈɑxtəx', 'ɛnsxɵdˈeː'],
  ['Zilvergrijze bromfiets bij de luchthaven.', 'zˈɪlv', 'brˈɔm', 'lˈɵxt', 'hˈaːvən'],
  ["Gezien bij McDonald's aan de A6.", 'dˈɔn'],
  ['Hij is 17 jaar, de 17-jarige heet Youssef.', 'jˈusɛf'],
  ['Man in tuinbroek op een transportfiets, bij het busstation.', 'tˈœyn brˈuk', 'fˈits', 'bˈɵstaːʃ'],
  ['Zij draagt een nachthemd en een felrode ochtendjas.', 'nˈɑxt hˈɛm', 'fˈɛl rˈoːdə'],
  ['Station NS Lelystad, Audi RS6, richting NS-station.', 'ˈɛn ˈɛs lˈeː', 'ˈɛr ˈɛ sˈɛs', 'ˈɛn ˈɛsstaːʃˈɔn'],
  [
    'Alkmaarderweg, Nijmeegseweg, Vondelpark en Beatrixlaan.',
    'maːrdər ʋˈɛx',
    'sə ʋˈɛx',
    'vˈɔndəl pˈɑrk',
    'bˈeːjaːtrˌɪks',
  ],
  ['Zakkenroller, 30 à 35 jaar, wond aan rechterarm.', 'zˈɑkən', 'dˈɛrtəx ˈaː vˌɛɪfən', 'rˈɛxtər ˈɑrm'],
  ['Let op: gevaarlijke stof, 345 mensen weg.', 'drˈihɔndərt', 'vˈɪːrtəx'],
];

describe('words of the trade in the embedded voice', function () {
  this.timeout(60_000);

  let voice: Synthesizer;
  let lexicon: Lexicon;
  before(async () => {
    voice = await newSynthesizer();
    ({ lexicon } = await openLexicon(SOUNDS));
  });

  it('sound as before where they need no entry in the lexicon', async () => {
    const rows = (await readFile(new URL('said-right.csv', import.meta.url), 'utf8')).trim().split('\n').slice(1);
    expect(rows.length).to.be.above(1500);
    const other = rows.filter((row) => {
      const [word = '', ipa] = row.split(',');
      return respell(word, lexicon).text !== word || ipaOf(word, voice) !== ipa;
    });
    // A row here has an entry in the lexicon now, or another release of the engine says it in another way.
    expect(other).to.deep.equal([]);
  });

  it('have more than 1,700 entries, and none for a word that Dutch uses for something else', async () => {
    const csv = await readFile(join(SOUNDS, 'lexicon.csv'), 'utf8');
    expect(csv.trim().split('\n').length).to.be.above(1700);
    const text = 'Een man op het station mag met de bus naar het park, want de weg is vrij en het licht is rood.';
    expect(respell(text, lexicon).words).to.deep.equal([]);
  });

  for (const [text, ...sounds] of HEARD) {
    it(`are said right in: ${text}`, () => {
      const heard = sentencesOf(respell(spoken(text), lexicon).text)
        .flat()
        .map((clause) => ipaOf(clause.text, voice))
        .join(' ');
      let from = 0;
      for (const sound of sounds) {
        const at = heard.indexOf(sound, from);
        expect(at, `${sound} in ${heard}`).to.be.at.least(0);
        from = at + sound.length;
      }
    });
  }

  describe('numbers', () => {
    const ROWS: readonly (readonly [number, string])[] = [
      [82, 'tweeën tachtig'],
      [180, 'honderd tachtig'],
      [345, 'driehonderd vijfenveertig'],
      [800, 'acht honderd'],
      [1982, 'negentienhonderd tweeën tachtig'],
      [100, 'honderd'],
      [2026, 'tweeduizend zesentwintig'],
    ];
    for (const [number, apart] of ROWS)
      it(`${number} is read as "${apart}"`, () => expect(withNumbersApart(cardinal(number))).to.equal(apart));
    it('leave words such as "honderden" and "tachtiger" whole', () => {
      for (const word of ['honderden', 'tachtiger', 'tachtigste', 'honderdduizend'])
        expect(withNumbersApart(word)).to.equal(word);
      expect(withNumbersApart('zeventienjarige')).to.equal('zeventien jarige');
    });
  });
});
