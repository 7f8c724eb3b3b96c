import { expect } from 'chai';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Synthesizer } from '@echogarden/espeak-ng-emscripten';
import { ipaOf, phonemes } from '../../../src/adapters/speech/espeak/phonemes.js';
import { newSynthesizer } from '../../../src/adapters/speech/espeak/synthesizer.js';
import { openLexicon } from '../../../src/adapters/speech/lexicon-files.js';
import { openSpeech } from '../../../src/adapters/speech/open-speech.js';
import { prompt } from '../../../src/domain/messages.js';
import { respell } from '../../../src/domain/spoken/lexicon.js';
import { readLexicon } from '../../../src/domain/spoken/lexicon-csv.js';
import { eventually } from '../../telephone/support/eventually.js';
import { ALL_SOUNDS, inTempFolder, quietLog, SOUNDS } from './sound-helpers.js';

describe('lexicon of the embedded voice', function () {
  this.timeout(60_000);

  let voice: Synthesizer;
  before(async () => {
    voice = await newSynthesizer();
  });

  it('has the sounds that the voice makes of each word', async () => {
    const { words, problems } = readLexicon(await readFile(join(SOUNDS, 'lexicon.csv'), 'utf8'));
    expect(problems).to.deep.equal([]);
    expect(words.length).to.be.above(30);
    const other = words.filter(({ say, ipa }) => ipa !== ipaOf(say, voice));
    // Each row as it should be, so that a correct new word can be copied from here.
    expect(other.map(({ word, say }) => `${word},${say},${ipaOf(say, voice)}`)).to.deep.equal([]);
  });

  it('changes how each of its words is said', async () => {
    const { words } = readLexicon(await readFile(join(SOUNDS, 'lexicon.csv'), 'utf8'));
    // A row whose word stays as it is keeps that word whole, although it has an end of the list.
    const whole = words.filter(({ word, say }) => !word.startsWith('-') && word !== say);
    expect(whole.filter(({ word, ipa }) => ipaOf(word, voice) === ipa).map(({ word }) => word)).to.deep.equal([]);
  });

  it("takes the administrator's own words over the shipped ones, and leaves out a bad line", () =>
    inTempFolder(async (folder) => {
      const file = join(folder, 'lexicon.csv');
      await writeFile(file, 'word;say\nkenteken;nummerbord\nbad line\nUrk;urrek\n');
      const { lexicon, own, problems } = await openLexicon(SOUNDS, file);
      expect(respell('kenteken op Urk, direct', lexicon).text).to.equal('nummerbord op Urrek, die rekt');
      expect(own.size).to.equal(2);
      expect(problems).to.deep.equal([{ file, line: 3, field: 'say', message: 'is empty' }]);
    }));

  it('does without a file that is missing or not UTF-8', () =>
    inTempFolder(async (folder) => {
      expect((await openLexicon(SOUNDS, join(folder, 'none.csv'))).problems).to.deep.equal([]);
      const file = join(folder, 'latin.csv');
      await writeFile(file, Buffer.from('word,say\ncaf\xe9,kaffee\n', 'latin1'));
      const { lexicon, problems } = await openLexicon(SOUNDS, file);
      expect(problems.map(({ message }) => message)).to.deep.equal(['is not UTF-8; save it as CSV UTF-8']);
      expect(respell('direct', lexicon).text).to.equal('die rekt');
    }));

  it('renders again only the texts and prompts that have a changed word', () =>
    inTempFolder(async (folder) => {
      const file = join(folder, 'lexicon.csv');
      const open = () =>
        openSpeech({
          folder,
          soundsFolder: ALL_SOUNDS,
          voices: join(folder, 'voices'),
          engine: 'embedded',
          tipLine: '0800-0011',
          ownLexicon: file,
          log: quietLog,
        });
      const ids = async () => {
        const opened = await open();
        const { speech, soundFiles } = opened;
        const texts = ['Een man in een Fiat.', 'Een man op een fiets.'];
        const sounds = await Promise.all(texts.map(async (text) => (await speech.render(text)).soundId));
        opened.renderPrompts();
        await eventually(() => speech.prompts.rendered === speech.prompts.all || undefined, 10_000, 'the prompts');
        const prompts = (['thanks', 'tip-connecting'] as const).map((name) => soundFiles.pathOf(prompt(name)));
        await opened.close();
        return { sounds, prompts };
      };
      const before = await ids();
      await writeFile(file, 'word,say\nFiat,fie at\ndoorverbonden,door verbonden\n');
      const after = await ids();
      expect(after.sounds[0]).not.to.equal(before.sounds[0]);
      expect(after.sounds[1]).to.equal(before.sounds[1]);
      expect(after.prompts[0]).to.equal(join(SOUNDS, 'thanks'));
      expect(after.prompts[1]?.startsWith(folder)).to.equal(true);
      expect(before.prompts[1]).to.equal(join(SOUNDS, 'tip-connecting'));
    }));

  it('calls every letter and digit of a plate by its name', async () => {
    const names = {
      A: 'ˈaː',
      B: 'bˈeː',
      C: 'sˈeː',
      D: 'dˈeː',
      E: 'ˈeː',
      F: 'ˈɛf',
      G: 'ɣˈeː',
      H: 'hˈaː',
      I: 'ˈiː',
      J: 'jˈeː',
      K: 'kˈaː',
      L: 'ˈɛl',
      M: 'ˈɛm',
      N: 'ˈɛn',
      O: 'ˈoː',
      P: 'pˈeː',
      Q: 'kˈy',
      R: 'ˈɛr',
      S: 'ˈɛs',
      T: 'tˈeː',
      U: 'ˈy',
      V: 'vˈeː',
      W: 'ʋˈeː',
      X: 'ˈɪks',
      Y: 'ˈɛɪ',
      Z: 'zˈɛt',
      nul: 'nˈɵl',
      één: 'ˈeːn',
      twee: 'tʋˈeː',
      drie: 'drˈi',
      vier: 'vˈir',
      vijf: 'vˈɛɪf',
      zes: 'zˈɛs',
      zeven: 'zˈeːvən',
      acht: 'ˈɑxt',
      negen: 'nˈeːɣən',
    };
    const [sentence] = await phonemes(Object.keys(names).join(', '));
    expect(sentence?.map(({ ipa }) => ipa)).to.deep.equal(Object.values(names));
    expect(new Set(sentence?.slice(0, -1).map(({ pauseMs }) => pauseMs))).to.deep.equal(new Set([350]));
    // A small letter is a name too, but a letter after an apostrophe is no word.
    expect((await phonemes("kamer twee w, 's nachts"))[0]?.map(({ ipa }) => ipa)).to.deep.equal([
      'kˈaːmər tʋˈeː ʋˈeː',
      's nˈɑxts',
    ]);
  });

  it('gives the sounds of a text sentence by sentence, with its pauses', async () => {
    const sentences = await phonemes('Kenteeken W, vijf, A. Bel nul zes, één twee, of stop!');
    expect(sentences.map((sentence) => sentence.map(({ mark, pauseMs }) => `${mark}${pauseMs}`))).to.deep.equal([
      [',350', ',350', '.650'],
      [',350', ',500', ',350', ',0', '!650'],
    ]);
    expect(sentences[0]?.[0]?.ipa).to.equal('kˈɛnteːkən ʋˈeː');
  });
});
