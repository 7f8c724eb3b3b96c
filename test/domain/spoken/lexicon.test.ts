import { expect } from 'chai';
import { lexiconOf, respell } from '../../../src/domain/spoken/lexicon.js';
import { readLexicon } from '../../../src/domain/spoken/lexicon-csv.js';

const said = (text: string, ...words: readonly (readonly [string, string])[]): string =>
  respell(text, lexiconOf(words.map(([word, say]) => ({ word, say })))).text;

describe('lexicon', () => {
  it('replaces whole words in any case, and keeps the capital of a sentence', () => {
    expect(said('Het kenteken. Kenteken onbekend, KENTEKEN.', ['kenteken', 'kenteeken'])).to.equal(
      'Het kenteeken. Kenteeken onbekend, Kenteeken.',
    );
    expect(said('De kentekenplaat en mijnkenteken', ['kenteken', 'kenteeken'])).to.equal(
      'De kentekenplaat en mijnkenteken',
    );
  });

  it('finds a word beside a hyphen, an apostrophe, punctuation and the ends of the text', () => {
    expect(said("Opel-rijder, Opel's (Opel) e-opel Opel", ['opel', 'opul'])).to.equal(
      "Opul-rijder, Opul's (Opul) e-opul Opul",
    );
  });

  it('takes the longest of several words that begin the same', () => {
    const words = [
      ['bike', 'baik'],
      ['e-bike', 'iebaik'],
      ['Albert', 'albert'],
      ['Albert Heijn', 'albert hein'],
    ] as const;
    expect(said('een e-bike bij Albert Heijn, een bike van Albert Jansen', ...words)).to.equal(
      'een iebaik bij Albert hein, een baik van Albert Jansen',
    );
  });

  it('finds a word that begins with an apostrophe, and no letter after one', () => {
    expect(said("in 's-Gravenhage, 's nachts", ["'s-gravenhage", 'sgraavenhage'], ['s', 'es'])).to.equal(
      "in sgraavenhage, 's nachts",
    );
  });

  it('divides a long word before an end of the list, and says both parts as listed', () => {
    const words = [
      ['-plaat', 'plaat'],
      ['-broek', 'broek'],
      ['-sportbroek', 'sport broek'],
      ['kenteken', 'kenteeken'],
    ] as const;
    expect(said('Kentekenplaat, tuinbroek, zomersportbroek', ...words)).to.equal(
      'Kenteeken plaat, tuin broek, zomer sport broek',
    );
    expect(said('een broek, de ijbroek, broekzak, tuin-broek', ...words)).to.equal(
      'een broek, de ijbroek, broekzak, tuin-broek',
    );
    expect(said("tuinbroek's", ...words)).to.equal("tuin broek's");
  });

  it('divides the name of a street after a weak end, or after a word of the list', () => {
    const words = [['Beatrix', 'beejatriks']] as const;
    expect(said('Alkmaarderweg, Amsterdammerstraatweg en Schiedamsedijk', ...words)).to.equal(
      'Alkmaarder weg, Amsterdammer straatweg en Schiedamse dijk',
    );
    expect(said('Beatrixlaan, Kerkstraat, Onderweg en onderweg', ...words)).to.equal(
      'Beejatriks laan, Kerkstraat, Onderweg en onderweg',
    );
  });

  it('names the words that it replaced, each once', () => {
    const lexicon = lexiconOf([
      { word: 'scooter', say: 'skoeter', ipa: 'x' },
      { word: 'Opel', say: 'opul' },
      { word: 'jeans', say: 'dzjiens' },
    ]);
    expect(respell('Een scooter, een Opel en nog een scooter.', lexicon).words).to.deep.equal([
      { word: 'scooter', say: 'skoeter', ipa: 'x' },
      { word: 'Opel', say: 'opul' },
    ]);
  });

  it('lets a later list replace a word of an earlier one', () => {
    const lexicon = lexiconOf([{ word: 'Urk', say: 'urk' }], [{ word: 'URK', say: 'urrek' }]);
    expect(respell('Op Urk', lexicon).text).to.equal('Op Urrek');
  });

  describe('file', () => {
    it('is CSV with commas or semicolons, comments, quoted fields and any line end', () => {
      const words = [
        { word: 'Opel', say: 'opul', ipa: 'oːpəl' },
        { word: "McDonald's", say: 'mekdonnelts' },
      ];
      expect(readLexicon("word,say,ipa\n# cars\nOpel,opul,oːpəl\n\nMcDonald's,mekdonnelts,\n")).to.deep.equal({
        words,
        problems: [],
      });
      expect(readLexicon('\uFEFFWord;Say;IPA\r\n"Opel";opul;oːpəl\r\nMcDonald’s;mekdonnelts\r\n').words).to.deep.equal(
        words,
      );
      expect(readLexicon('word,say\nOpel,opul').words).to.deep.equal([{ word: 'Opel', say: 'opul' }]);
      expect(readLexicon('')).to.deep.equal({ words: [], problems: [] });
    });

    it('leaves out a bad line, says which line and field, and keeps the others', () => {
      const { words, problems } = readLexicon(
        [
          'word,say,ipa',
          'Opel,opul,',
          'A6,aa zes,',
          ',niets,',
          'Urk,,',
          'opel,oppel,',
          'jeans,<b>dzjiens</b>,',
          'hoodie,hoedie,x,y',
          '"open,open,',
          `lang,${'a'.repeat(61)},`,
          'scooter,skoeter,',
        ].join('\n'),
      );
      expect(words.map(({ word }) => word)).to.deep.equal(['Opel', 'scooter']);
      expect(problems.map(({ line, field }) => `${line} ${field}`)).to.deep.equal([
        '3 word',
        '4 word',
        '5 say',
        '6 word',
        '7 say',
        '8 line',
        '9 line',
        '10 say',
      ]);
      expect(problems[3]?.message).to.equal('"opel" is in line 2 already');
    });

    it('is refused as a whole without its header', () => {
      expect(readLexicon('Opel,opul\nUrk,urk')).to.deep.equal({
        words: [],
        problems: [{ line: 1, field: 'line', message: 'must be the header word,say,ipa' }],
      });
    });
  });
});
