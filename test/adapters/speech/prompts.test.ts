import { expect } from 'chai';
import { cp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { embeddedEngine } from '../../../src/adapters/speech/embedded.js';
import { openLexicon } from '../../../src/adapters/speech/lexicon-files.js';
import { COMMITTED_SETTINGS, fill, readManifest } from '../../../src/adapters/speech/manifest.js';
import { hashOfPrompt, renderPrompts } from '../../../src/adapters/speech/render-prompts.js';
import { createSoundWorker } from '../../../src/adapters/speech/sound-worker.js';
import { PROMPT_LANGUAGES, PROMPTS } from '../../../src/domain/messages.js';
import { spokenIn } from '../../../src/domain/spoken/spoken-in.js';
import { ALL_SOUNDS, goertzel, inTempFolder, rms, samplesOf, SOUNDS } from './sound-helpers.js';

const sln16 = async (name: string): Promise<Float64Array> => samplesOf(await readFile(join(SOUNDS, `${name}.sln16`)));

for (const language of PROMPT_LANGUAGES) {
  const folder = join(ALL_SOUNDS, language);

  describe(`committed prompts in the language ${language}`, () => {
    it('exist in every format, with the length in the manifest', async () => {
      const { prompts } = await readManifest(folder);
      for (const name of PROMPTS) {
        const sizes = await Promise.all(
          ['alaw', 'ulaw', 'sln16'].map(async (form) => (await stat(join(folder, `${name}.${form}`))).size),
        );
        expect(sizes[0], name).to.equal(sizes[1]);
        expect(sizes[2], name).to.be.closeTo(sizes[0]! * 4, 8);
        expect(sizes[0]! / 8000, name).to.be.closeTo(prompts[name].seconds, 0.001);
      }
    });

    it('are rendered from the texts in the manifest; after a change run "npm run sounds"', async () => {
      const { prompts, engine } = await readManifest(folder);
      const { lexicon } = await openLexicon(folder);
      const embedded = embeddedEngine(createSoundWorker(), lexicon, language);
      expect(engine).to.equal(embedded.id);
      for (const name of PROMPTS)
        expect(prompts[name].sha256, name).to.equal(hashOfPrompt(name, prompts[name].text, embedded, language));
      const changed = `${prompts['thanks'].text} Nog een keer.`;
      expect(hashOfPrompt('thanks', changed, embedded, language)).not.to.equal(prompts['thanks'].sha256);
    });

    it('are the only files in the folder, and stay small', async () => {
      const files = await readdir(folder);
      const known = new Set<string>([
        ...(language === 'nl' ? ['lexicon.csv'] : []),
        'manifest.json',
        ...PROMPTS.flatMap((name) => ['alaw', 'ulaw', 'sln16'].map((form) => `${name}.${form}`)),
      ]);
      expect(files.filter((file) => !known.has(file))).to.deep.equal([]);
      const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
      // A second of speech takes 8 kB in each G.711 format and 32 kB in wideband. All prompts together last
      // under ten minutes.
      const { prompts } = await readManifest(folder);
      const seconds = PROMPTS.reduce((sum, name) => sum + prompts[name].seconds, 0);
      expect(seconds).to.be.below(600);
      expect(sizes.reduce((sum, size) => sum + size, 0)).to.be.below(seconds * 48_000 + 100_000);
    });

    it('begin with sound at once, at telephone level', async () => {
      const { prompts } = await readManifest(folder);
      for (const name of PROMPTS.filter((one) => prompts[one].text !== '')) {
        const samples = samplesOf(await readFile(join(folder, `${name}.sln16`)));
        // A single word such as "twee" begins softly, but no call begins with such a word. The English "th"
        // is soft too.
        expect(rms(samples.subarray(0, 1600)), `${name}: first 100 ms`).to.be.above(
          name.startsWith('digit-') || language === 'en' ? -40 : -32,
        );
        expect(
          samples.findIndex((s) => Math.abs(s) > 0.003),
          name,
        ).to.be.below(16 * 20);
        // The level in the band of a line has a test of its own (telephone-level.test.ts).
        expect(rms(samples), name).to.be.within(-23, -17);
        expect(
          samples.every((s) => Math.abs(s) < 0.72),
          `${name}: peak`,
        ).to.equal(true);
      }
    });

    it('are written out in words before a voice says them', async () => {
      const { prompts } = await readManifest(folder);
      for (const name of PROMPTS)
        expect(spokenIn[language](fill(prompts[name].text, COMMITTED_SETTINGS)), name).not.to.match(/\d/);
    });
  });
}

describe('committed prompts', () => {
  it('have the prescribed words', async () => {
    const { prompts } = await readManifest(SOUNDS);
    const said = (name: (typeof PROMPTS)[number]): string => fill(prompts[name].text, COMMITTED_SETTINGS);
    expect(said('alert-prompt')).to.equal(
      'Dit is Burgernet, met een dringend bericht van de politie. Druk op een cijfer om het bericht te horen.',
    );
    expect(said('ending')).to.match(/^Ziet u iets\? Bel 0800-0011\. Bij direct gevaar: 112\. .*nog eens te horen\.$/);
    expect(said('ending-child')).to.match(/actief.*blijf bij het kind tot de politie er is.*0?112/);
    expect(said('ending-adult')).to.match(/Bel 0800-0011.*houd de persoon in het oog/);
    expect(said('tip-connecting')).to.equal('U wordt doorverbonden.');
    expect(said('tip-unknown')).to.match(/^Uw nummer is niet bekend bij Burgernet\. Bel 112/);
    expect(said('tip-withheld')).to.match(/^Uw nummer is afgeschermd\./);
  });

  it('include a tone, a second of silence, and hold audio that loops without a click', async () => {
    const beep = await sln16('beep');
    expect(goertzel(beep, 880, 16_000)).to.be.above(-18);
    const silence = await readFile(join(SOUNDS, 'silence.alaw'));
    expect(silence.length).to.equal(8000);
    expect(silence.every((code) => code === 0xd5)).to.equal(true);
    const hold = await sln16('hold');
    expect(hold.length / 16_000).to.equal(6);
    expect(rms(hold)).to.be.within(-32, -24);
    expect(Math.abs(hold[0]!) + Math.abs(hold.at(-1)!)).to.be.below(0.001);
    const ringing = await sln16('ringing');
    expect(ringing.length / 16_000).to.equal(5);
    expect(goertzel(ringing.subarray(0, 16_000), 425, 16_000)).to.be.within(-22, -18);
    expect(rms(ringing.subarray(16_000))).to.be.below(-90);
  });

  it('have the same words for the same number in both languages', async () => {
    const [nl, en] = await Promise.all(PROMPT_LANGUAGES.map((one) => readManifest(join(ALL_SOUNDS, one))));
    for (const name of PROMPTS) {
      const figures = (text = ''): string[] => text.match(/\d[\d-]*|\{\w+\}/g)?.toSorted() ?? [];
      expect(figures(en?.prompts[name].text), name).to.deep.equal(figures(nl?.prompts[name].text));
      expect(en?.prompts[name].text === '', name).to.equal(nl?.prompts[name].text === '');
    }
  });

  it('are the same bytes when they are rendered again', async function () {
    this.timeout(300_000);
    await inTempFolder(async (folder) => {
      await cp(SOUNDS, folder, { recursive: true });
      await writeFile(join(folder, 'thanks.alaw'), 'damaged');
      await renderPrompts(folder);
      for (const file of await readdir(SOUNDS)) {
        const [made, committed] = await Promise.all([readFile(join(folder, file)), readFile(join(SOUNDS, file))]);
        expect(made.equals(committed), file).to.equal(true);
      }
    });
  });
});
