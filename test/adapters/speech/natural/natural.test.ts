import { expect } from 'chai';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import Module, { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inUse } from '../../../../src/adapters/speech/choose-engine.js';
import { embeddedEngine } from '../../../../src/adapters/speech/embedded.js';
import { installVoice } from '../../../../src/adapters/speech/natural/install-voice.js';
import {
  naturalEngine,
  speakParts,
  startVoice,
  type NaturalEngine,
} from '../../../../src/adapters/speech/natural/natural.js';
import { modelOf, putInUse, readVoice } from '../../../../src/adapters/speech/natural/voice-files.js';
import { placeOf } from '../../../../src/adapters/speech/sound-files.js';
import { createSoundWorker, type SoundWorker } from '../../../../src/adapters/speech/sound-worker.js';
import { createSoundMaker, type SoundMaker } from '../../../../src/adapters/speech/speech.js';
import { spoken } from '../../../../src/domain/spoken/spoken.js';
import { isAlive } from '../../../../src/lib/is-alive.js';
import { FakeLog } from '../../../support/fake-log.js';
import {
  BURST_MS,
  echoed,
  echoedSentences,
  echoModel,
  ECHO_RATE,
  piperSettings,
  writeVoice,
} from '../../../support/test-voices.js';
import { eventually } from '../../../telephone/support/eventually.js';
import { inTempFolder, quietLog, samplesOf } from '../sound-helpers.js';

const WIDE_RATE = 16_000;
const NAME = 'nl_NL-echo-medium';

type Resolve = (request: string, ...more: readonly unknown[]) => string;

/** Runs the work as if the optional package were not installed. */
async function withoutRuntime(work: () => Promise<void>): Promise<void> {
  const internals = Module as unknown as { _resolveFilename: Resolve };
  const resolve = internals._resolveFilename;
  internals._resolveFilename = function (this: unknown, request, ...more) {
    if (request === 'sherpa-onnx-node') throw new Error(`Cannot find module '${request}'`);
    return resolve.call(this, request, ...more);
  };
  try {
    await work();
  } finally {
    internals._resolveFilename = resolve;
  }
}

describe('the natural voice', function () {
  this.timeout(60_000);
  let worker: SoundWorker;
  /** A folder in which the voice is installed. */
  let prepared: string;
  before(async () => {
    worker = createSoundWorker();
    prepared = await mkdtemp(join(tmpdir(), 'burgernet-voices-'));
    await install(join(prepared, 'voices'), prepared);
  });
  after(async () => {
    await worker.close();
    await rm(prepared, { recursive: true });
  });

  const install = async (voices: string, folder: string, name = NAME, settings?: string): Promise<void> => {
    const source = await writeVoice(folder, name, echoModel(), settings);
    await installVoice({ voices, source, accept: false, worker, log: quietLog, now: new Date() });
  };

  interface Voiced {
    readonly engine: NaturalEngine;
    readonly speech: SoundMaker;
    readonly log: FakeLog;
    readonly voices: string;
    readonly folder: string;
    /** The samples of a rendered sound, 16 kHz. */
    readonly heard: (soundId: string) => Promise<Float64Array>;
  }

  const withVoice = (work: (parts: Voiced) => Promise<void>): Promise<void> =>
    inTempFolder(async (folder) => {
      const voices = join(folder, 'voices');
      await cp(join(prepared, 'voices'), voices, { recursive: true });
      const log = new FakeLog();
      const embedded = embeddedEngine(worker);
      const engine = naturalEngine({ voices, embedded, worker, log });
      const speech = createSoundMaker({
        folder,
        engine: inUse({ engine, fallback: embedded, close: () => engine.close() }),
        worker,
        log,
        spoken,
      });
      const heard = async (soundId: string): Promise<Float64Array> =>
        samplesOf(await readFile(`${placeOf(folder, soundId)}.sln16`));
      try {
        await work({ engine, speech, log, voices, folder, heard });
      } finally {
        await engine.close();
      }
    });

  it('is given exactly the phonemes of each sentence, between the marks of a start and an end', () =>
    withVoice(async ({ voices }) => {
      const voice = readVoice(voices, NAME);
      const process = startVoice(voices, voice, quietLog);
      try {
        const parts = await worker.phonemes(spoken('De daders zijn gevlucht. Bel 112!'));
        expect(parts.map(({ ipa }) => ipa.replace(/[ˈˌ]/gu, ''))).to.deep.equal([
          'də daːdər sɛɪn ɣəvlɵxt.',
          'bɛl eːn eːn tʋeː!',
        ]);
        const { samples, rate } = await speakParts(parts, voice, process);
        expect(echoedSentences(samples, rate)).to.deep.equal(parts.map(({ ipa }) => ipa.normalize('NFD')));
      } finally {
        await process.close();
      }
    }));

  it('pauses 650 ms between sentences, for listeners who write along', () =>
    withVoice(async ({ speech, heard }) => {
      const { soundId, voice } = await speech.render('De daders zijn gevlucht. Twee mannen in een auto.');
      expect(voice).to.equal(`natural ${NAME}`);
      const bursts = echoed(await heard(soundId), WIDE_RATE);
      const end = bursts.findIndex(({ phoneme }) => phoneme === '$');
      const gap = (bursts[end + 1]?.atMs ?? 0) - (bursts[end]?.atMs ?? 0) - BURST_MS;
      expect(gap).to.be.within(640, 700);
    }));

  it('still says its phonemes after it was shaped for the telephone', () =>
    withVoice(async ({ speech, heard }) => {
      const { soundId } = await speech.render('Gezocht: een man.');
      const [ipa = ''] = (await worker.phonemes(spoken('Gezocht: een man.'))).map((part) => part.ipa);
      expect(echoedSentences(await heard(soundId), WIDE_RATE)).to.deep.equal([ipa]);
    }));

  it('speaks a sentence once more with a new process when its process is killed', () =>
    withVoice(async ({ engine, speech, log }) => {
      await speech.render('Een eerste bericht.');
      const first = engine.pid ?? 0;
      expect(isAlive(first)).to.equal(true);
      const rendering = speech.render('Een man met een rode jas is weggelopen. Hij heeft een pet op.');
      process.kill(first, 'SIGKILL');
      const { voice } = await rendering;
      expect(voice).to.equal(`natural ${NAME}`);
      expect(engine.pid).not.to.equal(first);
      expect(log.lines.filter(({ message }) => message === 'voice process ended')).to.have.length(1);
      expect(engine.blockedBy()).to.equal('');
    }));

  it('lets the embedded voice speak when the process dies again and again, and says so', () =>
    withVoice(async ({ engine, speech, log, voices }) => {
      await truncate(modelOf(voices, NAME), 2000);
      const { voice, soundId } = await speech.render('Een man met een rode jas.');
      expect(voice).to.equal('embedded');
      expect(speech.degradedBy()).to.include('damaged').and.include('install the voice again');
      expect(await speech.healthy()).to.equal(true);
      // The same words have another sound by each voice, so the natural voice is asked again later.
      const again = await speech.render('Een man met een rode jas.');
      expect(again).to.deep.equal({ soundId, seconds: again.seconds, voice: 'embedded' });
      const starts = log.lines.filter(({ message }) => message === 'voice process ended').length;
      await speech.render('Nog een bericht.');
      expect(log.lines.filter(({ message }) => message === 'voice process ended')).to.have.length(starts);
      expect(engine.blockedBy()).to.include('rests');
      expect(log.said('warn')).to.include('chosen voice failed, another voice speaks');
    }));

  it('changes the hash of every sound with the model and with its settings', () =>
    withVoice(async ({ engine, speech, voices, folder }) => {
      const ids = [engine.id];
      const sounds = [(await speech.render('Een bericht.')).soundId];
      await install(voices, folder, NAME, piperSettings(ECHO_RATE, { inference: { length_scale: 1.5 } }));
      ids.push(engine.id);
      sounds.push((await speech.render('Een bericht.')).soundId);
      const other = Buffer.concat([echoModel(), Buffer.from('12026869', 'hex')]);
      const source = await writeVoice(folder, NAME, other);
      await installVoice({ voices, source, accept: false, worker, log: quietLog, now: new Date() });
      ids.push(engine.id);
      sounds.push((await speech.render('Een bericht.')).soundId);
      expect(new Set(ids).size).to.equal(3);
      expect(new Set(sounds).size).to.equal(3);
      expect(engine.id).to.include(readVoice(voices, NAME).sha256.slice(0, 32));
    }));

  it('speaks the next message with another voice that was put in use, and ends the first process', () =>
    withVoice(async ({ engine, speech, voices, folder }) => {
      await speech.render('Een bericht.');
      const first = engine.pid ?? 0;
      await install(voices, folder, 'nl_NL-other-low');
      expect((await speech.render('Nog een bericht.')).voice).to.equal(`natural ${NAME}`);
      await putInUse(voices, 'nl_NL-other-low');
      expect((await speech.render('Een derde bericht.')).voice).to.equal('natural nl_NL-other-low');
      await speech.render('Een vierde bericht.');
      expect(engine.pid).not.to.equal(first);
      await engine.close();
      expect(isAlive(first)).to.equal(false);
    }));

  it('is the embedded voice while no voice is installed, and names the reason', () =>
    inTempFolder(async (folder) => {
      const embedded = embeddedEngine(worker);
      const log = new FakeLog();
      const engine = naturalEngine({ voices: join(folder, 'voices'), embedded, worker, log });
      const speech = createSoundMaker({
        folder,
        engine: inUse({ engine, fallback: embedded, close: () => engine.close() }),
        worker,
        log,
        spoken,
      });
      expect(speech.engine).to.equal(embedded.id);
      expect((await speech.render('Een bericht.')).voice).to.equal('embedded');
      expect(speech.degradedBy()).to.include('burgernet voices install');
      expect(log.said('warn')).to.deep.equal([]);
    }));

  it('is the embedded voice while its runtime, an optional package, is missing, and names the remedy', () =>
    withoutRuntime(() =>
      inTempFolder(async (folder) => {
        const voices = join(prepared, 'voices');
        const embedded = embeddedEngine(worker);
        const engine = naturalEngine({ voices, embedded, worker, log: quietLog });
        const used = inUse({ engine, fallback: embedded, close: () => engine.close() });
        const speech = createSoundMaker({ folder, engine: used, worker, log: quietLog, spoken });
        expect(speech.engine).to.equal(embedded.id);
        expect((await speech.render('Een bericht.')).voice).to.equal('embedded');
        expect(speech.degradedBy()).to.include('sherpa-onnx-node is not installed; run npm ci');
        const refused = await install(join(folder, 'voices'), folder).catch((error: unknown) => error);
        expect(refused).to.have.property('name', 'VoiceRefused');
        expect(refused).to.have.property('message').that.includes('sherpa-onnx-node is not installed');
      }),
    ));

  it('leaves no process behind when the service dies', () =>
    withVoice(async ({ voices }) => {
      const holder = fork(join(import.meta.dirname, '../../../support/voice-holder.ts'), [voices, NAME], {
        execArgv: ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
      });
      const [pid] = (await once(holder, 'message')) as [number];
      expect(isAlive(pid)).to.equal(true);
      holder.kill('SIGKILL');
      await once(holder, 'exit');
      await eventually(() => Promise.resolve(isAlive(pid) ? undefined : true), 10_000, 'the voice process ends');
    }));
});
