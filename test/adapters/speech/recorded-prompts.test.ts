import { expect } from 'chai';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRecordedPrompts } from '../../../src/adapters/speech/recorded-prompts.js';
import { createSoundWorker, type SoundWorker } from '../../../src/adapters/speech/sound-worker.js';
import { placeOf } from '../../../src/adapters/speech/sound-files.js';
import type { PromptName } from '../../../src/domain/messages.js';
import { neededFor, sentencesOf, type PromptTexts } from '../../../src/domain/prompts/sentences.js';
import { problemsOf } from '../../../src/domain/prompts/take-check.js';
import { NO_TAKES, withTakes, type ReaderTakes } from '../../../src/domain/prompts/takes.js';
import type { RecordedPrompts } from '../../../src/ports/recorded-prompts.js';
import { FakeLog } from '../../support/fake-log.js';
import { MANIFEST_TEXTS, WORDS } from '../../support/manifest-texts.js';
import { goertzel, inTempFolder, rms, samplesOf, wavOf } from './sound-helpers.js';

const RATE = 44_100;

/** A voice: syllables of some harmonics, four a second, with this much before and after. */
function voice(seconds: number, { size = 0.3, before = 0.4, after = 0.4, noise = 0, hz = 200 } = {}): Float64Array {
  let seed = 1;
  const random = (): number => {
    seed = (seed * 16_807) % 2_147_483_647;
    return (seed / 2_147_483_647) * 2 - 1;
  };
  return Float64Array.from({ length: Math.round((before + seconds + after) * RATE) }, (_, i) => {
    const t = i / RATE - before;
    const speaks = t >= 0 && t < seconds;
    const syllable = 0.6 + 0.4 * Math.cos(2 * Math.PI * 4 * t);
    const tone = [1, 2, 3, 5, 8].reduce((sum, n) => sum + Math.sin(2 * Math.PI * hz * n * t) / 5, 0);
    return (speaks ? size * syllable * tone : 0) + noise * random();
  });
}

const wav = (samples: Float64Array): Buffer => wavOf([samples], RATE, '16');

describe('recorded prompts on disk', function () {
  this.timeout(60_000);
  let worker: SoundWorker;
  let log: FakeLog;
  let played: ReadonlyMap<PromptName, string>;
  before(() => void (worker = createSoundWorker()));
  after(() => worker.close());
  beforeEach(() => {
    log = new FakeLog();
    played = new Map();
  });

  const open = (folder: string, texts: PromptTexts = MANIFEST_TEXTS, words = WORDS): Promise<RecordedPrompts> =>
    openRecordedPrompts({
      folder,
      texts,
      words,
      worker,
      log,
      played: {
        useRecorded: (places) => {
          played = places;
          return Promise.resolve();
        },
      },
    });
  /** Recordings of a whole set: the text does not matter here, so all sentences share two sounds. */
  const wholeSet = async (prompts: RecordedPrompts, set: 'alert' | 'tip_line' = 'alert'): Promise<ReaderTakes> => {
    const [long, short] = [
      await prompts.importTake(wav(voice(2))),
      await prompts.importTake(wav(voice(0.5, { hz: 150 }))),
    ];
    const { sentences } = prompts.script;
    return Object.fromEntries(
      [...neededFor(set, prompts.script.texts, prompts.script.words)].map((name) => {
        const { soundId, seconds } = name.startsWith('digit-') ? short : long;
        return [name, { text: sentences.find((one) => one.name === name)?.text ?? '', soundId, seconds, at: 1 }];
      }),
    );
  };
  const samplesAt = async (place: string): Promise<Float64Array> => samplesOf(await readFile(`${place}.sln16`));

  describe('an imported recording', () => {
    it('is cut to the speech, with the same short silence at both ends', async () => {
      await inTempFolder(async (folder) => {
        const prompts = await open(folder);
        const { measured, seconds, soundId } = await prompts.importTake(wav(voice(2, { before: 1.2, after: 2.5 })));
        expect(measured.seconds).to.be.closeTo(2, 0.06);
        expect(seconds).to.be.closeTo(2.18, 0.08);
        const samples = await samplesAt(placeOf(folder, soundId));
        const first = samples.findIndex((sample) => Math.abs(sample) > 0.02) / 16_000;
        const last = samples.findLastIndex((sample) => Math.abs(sample) > 0.02) / 16_000;
        expect(first).to.be.within(0.01, 0.08);
        expect(seconds - last).to.be.within(0.08, 0.16);
      });
    });

    it('gets the same ends when it has no silence of its own', async () => {
      await inTempFolder(async (folder) => {
        const { seconds } = await (await open(folder)).importTake(wav(voice(2, { before: 0, after: 0 })));
        expect(seconds).to.be.closeTo(2.13, 0.06);
      });
    });

    it('keeps its speech although a click comes before it', async () => {
      await inTempFolder(async (folder) => {
        const samples = voice(2, { before: 1.5 });
        samples.fill(0.9, RATE / 2, RATE / 2 + 200);
        const { measured } = await (await open(folder)).importTake(wav(samples));
        expect(measured.seconds).to.be.closeTo(2, 0.06);
      });
    });

    it('is as loud as every other sound, however soft it was', async () => {
      await inTempFolder(async (folder) => {
        const prompts = await open(folder);
        const levels: number[] = [];
        for (const size of [0.02, 0.3, 0.9]) {
          const { soundId } = await prompts.importTake(wav(voice(2, { size })));
          levels.push(rms(await samplesAt(placeOf(folder, soundId))));
        }
        expect(Math.max(...levels) - Math.min(...levels)).to.be.below(1);
      });
    });

    it('is measured as it was: its level, its noise, and whether it is distorted', async () => {
      await inTempFolder(async (folder) => {
        const prompts = await open(folder);
        const problems = async (samples: Float64Array): Promise<readonly string[]> =>
          problemsOf('Dank u wel voor uw hulp.', (await prompts.importTake(wav(samples))).measured);
        expect(await problems(voice(2))).to.deep.equal([]);
        expect(await problems(voice(2, { size: 0.005 }))).to.deep.equal(['too_soft']);
        expect(await problems(voice(2, { size: 4 }).map((one) => Math.max(-1, Math.min(1, one))))).to.deep.equal([
          'clipped',
        ]);
        expect(await problems(voice(2, { noise: 0.2 }))).to.deep.equal(['noisy']);
        expect(await problems(voice(2, { noise: 0.003 }))).to.deep.equal([]);
        expect(await problems(voice(0.3))).to.deep.equal(['too_short']);
      });
    });

    it('is refused when it is no wav, is silent, or is only hum', async () => {
      await inTempFolder(async (folder) => {
        const prompts = await open(folder);
        const code = (bytes: Buffer): Promise<string> =>
          prompts.importTake(bytes).then(
            () => 'taken',
            (error: { code: string }) => error.code,
          );
        expect(await code(Buffer.from('ID3 this is an mp3'))).to.equal('not_a_wav');
        expect(await code(wav(new Float64Array(RATE)))).to.equal('silent');
        expect(await code(wav(new Float64Array(100)))).to.equal('unplayable');
        const hum = Float64Array.from({ length: RATE }, (_, i) => 0.02 * Math.sin((2 * Math.PI * 50 * i) / RATE));
        expect(await code(wav(hum))).to.equal('silent');
      });
    });
  });

  it('play a complete set, with the digits of the number joined in between', async () => {
    await inTempFolder(async (folder) => {
      const prompts = await open(folder);
      expect(played.size).to.equal(0);
      const takes = await wholeSet(prompts);
      await prompts.replace(withTakes(NO_TAKES, 'Anna', takes, prompts.script));
      expect(played.get('thanks')).to.equal(placeOf(folder, takes['thanks']?.soundId ?? ''));
      const goodbye = await samplesAt(played.get('alert-goodbye') ?? '');
      // Two sentences of 2 s, eight digits of half a second, and the pauses between them.
      expect(goodbye.length / 16_000).to.be.within(4 + 4 + 2, 4 + 4 + 4);
      expect(goertzel(goodbye.subarray(0, 16_000), 200, 16_000)).to.be.above(-40);
      expect(played.get('tip-unknown')).to.equal(undefined);
    });
  });

  it('are played after a restart, and with another number in the prompts', async () => {
    await inTempFolder(async (folder) => {
      const prompts = await open(folder);
      await prompts.replace(withTakes(NO_TAKES, 'Anna', await wholeSet(prompts), prompts.script));
      const [thanks, ending] = [played.get('thanks'), played.get('ending')];
      await open(folder);
      expect([played.get('thanks'), played.get('ending')]).to.deep.equal([thanks, ending]);
      await open(folder, MANIFEST_TEXTS, { ...WORDS, tipLine: '0900-123' });
      expect(played.get('thanks')).to.equal(thanks);
      expect(played.get('ending')).to.be.a('string').and.not.to.equal(ending);
    });
  });

  it('leave a set to the engine whose text changed, or whose sound is gone', async () => {
    await inTempFolder(async (folder) => {
      const prompts = await open(folder);
      const takes = await wholeSet(prompts);
      await prompts.replace(withTakes(NO_TAKES, 'Anna', takes, prompts.script));
      await open(folder, { ...MANIFEST_TEXTS, thanks: { text: 'Heel veel dank.' } });
      expect(played.size).to.equal(0);
      expect(log.lines.at(-1)?.fields).to.deep.equal({ set: 'alert', missing: ['thanks'] });
      await rm(`${placeOf(folder, takes['digit-1']?.soundId ?? '')}.alaw`);
      await open(folder);
      expect(played.size).to.equal(0);
      expect(log.lines.map(({ message }) => message)).to.include('recorded sentences are gone; record them again');
    });
  });

  it('change all at once, or not at all', async () => {
    await inTempFolder(async (folder) => {
      const prompts = await open(folder);
      const takes = await wholeSet(prompts);
      await prompts.replace(withTakes(NO_TAKES, 'Anna', takes, prompts.script));
      const [before, kept] = [played, prompts.takes];
      const file = join(folder, 'takes.json');
      await rm(file);
      // A folder in the place of the file: it cannot be replaced.
      await writeFile(`${folder}/keep`, '');
      const { mkdir } = await import('node:fs/promises');
      await mkdir(join(file, 'full'), { recursive: true });
      const outcome = await prompts.replace(NO_TAKES).then(
        () => 'stored',
        () => 'refused',
      );
      expect(outcome).to.equal('refused');
      expect(played).to.equal(before);
      expect(prompts.takes).to.equal(kept);
    });
  });

  it('leave everything to the engine when their list is damaged', async () => {
    await inTempFolder(async (folder) => {
      for (const text of ['{', '[]', '{"readers":{"Anna":{"thanks":{"soundId":"../../etc"}}},"chosen":{}}']) {
        await writeFile(join(folder, 'takes.json'), text);
        const prompts = await open(folder);
        expect(prompts.takes).to.deep.equal(NO_TAKES);
        expect(await readFile(join(folder, 'takes.json.damaged'), 'utf8')).to.equal(text);
      }
      expect(log.lines.filter(({ level }) => level === 'error')).to.have.length(3);
    });
  });

  it('need no sentence that is in no prompt', () => {
    expect(sentencesOf(MANIFEST_TEXTS, WORDS).filter(({ text }) => text === '')).to.deep.equal([]);
  });
});
