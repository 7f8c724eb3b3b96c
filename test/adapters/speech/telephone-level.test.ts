import { expect } from 'chai';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { commandEngine } from '../../../src/adapters/speech/command.js';
import { decodeALaw, encodeALaw } from '../../../src/adapters/speech/g711.js';
import { readManifest } from '../../../src/adapters/speech/manifest.js';
import type { OpenedSpeech } from '../../../src/adapters/speech/open-speech.js';
import { sayEngine } from '../../../src/adapters/speech/say.js';
import { createSoundWorker } from '../../../src/adapters/speech/sound-worker.js';
import { rendered } from '../../../src/domain/messages.js';
import { SpeechError } from '../../../src/ports/speech.js';
import { bandLevel, voiceLike } from './line-helpers.js';
import { inTempFolder, riff, sine, SOUNDS, wavOf } from './sound-helpers.js';
import { withSpeech } from './with-speech.js';

const TARGET = -20;
const NARROW = 8_000;

const PEAK = -3;
const peakOf = (samples: Float64Array): number =>
  20 * Math.log10(samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1e-9));

/** What arrives at a telephone: the A-law file, decoded. */
const heardFrom = (alaw: Uint8Array): Float64Array => Float64Array.from(decodeALaw(alaw), (sample) => sample / 32_768);

/** The level in the band of a line is the target, and no peak is too high. */
function expectTelephoneLevel(alaw: Uint8Array, what: string): void {
  const heard = heardFrom(alaw);
  expect(bandLevel(heard, NARROW), what).to.be.closeTo(TARGET, 1);
  // A-law has steps of 3 % at the peak.
  expect(peakOf(heard), `${what}: peak`).to.be.below(PEAK + 0.3);
}

const uploaded = async ({ speech, soundFiles }: OpenedSpeech, wav: Uint8Array): Promise<Uint8Array> => {
  const { soundId } = await speech.importWav(wav);
  return readFile(`${soundFiles.pathOf(rendered(soundId))}.alaw`);
};

/** Recordings as people send them: their voice, their room, their microphone. */
const PEOPLE: Readonly<Record<string, () => Uint8Array>> = {
  'a low voice in a studio': () => wavOf([voiceLike({ rate: 44_100, pitch: 85, tilt: 12 })], 44_100, '24'),
  'a high voice, soft': () => wavOf([voiceLike({ rate: 48_000, pitch: 240, tilt: 6, size: 0.01 })], 48_000, '16'),
  'a voice over the hum of the mains': () => {
    const voice = voiceLike({ rate: 44_100, pitch: 120, tilt: 9, size: 0.1 });
    const hum = sine(50, 44_100, voice.length / 44_100, 0.3);
    return wavOf([voice.map((sample, i) => sample + (hum[i] ?? 0))], 44_100, '16');
  },
  'a voice with the bump of a telephone that is put down': () => {
    const voice = voiceLike({ rate: 16_000, pitch: 120, tilt: 9, size: 0.2 });
    voice.set(sine(900, 16_000, 0.004, 0.95), 8_000);
    return wavOf([voice], 16_000, '16');
  },
  'a telephone: 8 kHz A-law, as a centralist speaks a message on a softphone': () => {
    const voice = voiceLike({ rate: NARROW, pitch: 110, tilt: 9, size: 0.05 });
    const alaw = encodeALaw(Int16Array.from(voice, (sample) => Math.round(sample * 32_767)));
    return riff({ code: 6, channels: 1, rate: NARROW, bits: 8 }, Buffer.from(alaw));
  },
};

describe('the level of every sound in the band of a telephone line', function () {
  this.timeout(60_000);

  it('is the same for the embedded voice, whatever it says', () =>
    withSpeech(async ({ speech, soundFiles }) => {
      for (const text of ['Let op.', 'Gezocht wordt een zilvergrijze Opel met kenteken 12-ABC-3, richting Utrecht.']) {
        const { soundId } = await speech.render(text);
        expectTelephoneLevel(await readFile(`${soundFiles.pathOf(rendered(soundId))}.alaw`), text);
      }
    }));

  for (const [who, record] of Object.entries(PEOPLE)) {
    it(`is the same for a recording: ${who}`, () =>
      withSpeech(async (opened) => {
        expectTelephoneLevel(await uploaded(opened, record()), who);
      }));
  }

  for (const tilt of [3, 9, 15]) {
    it(`is the same for a speech command whose voice loses ${tilt} dB an octave`, () =>
      inTempFolder(async (folder) => {
        const wav = join(folder, 'voice.wav');
        await writeFile(wav, wavOf([voiceLike({ rate: 22_050, pitch: 110, tilt })], 22_050, '16'));
        const script = `process.stdin.resume().on('end',()=>require('fs').createReadStream(${JSON.stringify(wav)}).pipe(process.stdout))`;
        const worker = createSoundWorker();
        try {
          const { alaw } = await commandEngine([process.execPath, '-e', script], worker).speak('goedemiddag');
          expectTelephoneLevel(alaw, `${tilt} dB an octave`);
        } finally {
          await worker.close();
        }
      }));
  }

  it('is the same for the voice of the system', () =>
    inTempFolder(async (folder) => {
      const wav = join(folder, 'voice.wav');
      await writeFile(wav, wavOf([voiceLike({ rate: 32_000, pitch: 95, tilt: 12 })], 32_000, '32f'));
      await writeFile(join(folder, 'say'), `#!/bin/sh\nwhile [ "$1" != "-o" ]; do shift; done; cp ${wav} "$2"\n`);
      await chmod(join(folder, 'say'), 0o755);
      const path = process.env['PATH'];
      process.env['PATH'] = `${folder}${delimiter}${path}`;
      const worker = createSoundWorker();
      try {
        const { alaw } = await sayEngine(worker, { platform: 'darwin', timeMs: 5_000 }).speak('hallo');
        expectTelephoneLevel(alaw, 'say');
      } finally {
        process.env['PATH'] = path;
        await worker.close();
      }
    }));

  it('is the same for every committed prompt that speaks', async () => {
    const { prompts } = await readManifest(SOUNDS);
    for (const [name, { text }] of Object.entries(prompts))
      if (text !== '') expectTelephoneLevel(await readFile(join(SOUNDS, `${name}.alaw`)), name);
  });

  it('stays under the target for a soft voice under loud clicks, which cannot be made louder without damage', () =>
    withSpeech(async (opened) => {
      const clicks = voiceLike({ rate: 16_000, pitch: 120, tilt: 9, size: 0.01 });
      for (let at = 800; at < clicks.length; at += 4_000) clicks.set([0.95, -0.95], at);
      const heard = heardFrom(await uploaded(opened, wavOf([clicks], 16_000, '16')));
      expect(bandLevel(heard, NARROW)).to.be.below(TARGET - 1);
      expect(peakOf(heard)).to.be.below(PEAK + 0.3);
    }));

  it('is no level at all when a line carries nothing of the sound, such as the hum of the mains', () =>
    withSpeech(async (opened) => {
      const failed = await uploaded(opened, wavOf([sine(50, 16_000, 2, 0.5)], 16_000, '16')).catch(
        (error: unknown) => error,
      );
      expect(failed).to.be.instanceOf(SpeechError).with.property('code', 'silent');
    }));
});
