import { expect } from 'chai';
import { readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { prompt, rendered } from '../../../src/domain/messages.js';
import { SpeechError } from '../../../src/ports/speech.js';
import type { SpeechErrorCode } from '../../../src/ports/speech.js';
import { goertzel, rms, samplesOf, sine, SOUNDS, wavOf } from './sound-helpers.js';
import { withSpeech } from './with-speech.js';

async function codeOf(work: Promise<unknown>): Promise<SpeechErrorCode> {
  try {
    await work;
  } catch (error) {
    expect(error).to.be.instanceOf(SpeechError);
    expect((error as SpeechError).message).to.match(/\.$/);
    return (error as SpeechError).code;
  }
  throw new Error('not refused');
}

describe('speech', function () {
  this.timeout(120_000);

  it('renders a text in every format, at telephone level, with sound at once', () =>
    withSpeech(async ({ speech, soundFiles }) => {
      const { soundId, seconds } = await speech.render('Gezocht: een man van ca. 30 jr. met een rode jas.');
      expect(soundId).to.match(/^[0-9a-f]{32}$/);
      const place = soundFiles.pathOf(rendered(soundId));
      expect(place.endsWith(join(soundId.slice(0, 2), soundId))).to.equal(true);
      const [alaw, ulaw, sln16] = await Promise.all(
        ['alaw', 'ulaw', 'sln16'].map((form) => readFile(`${place}.${form}`)),
      );
      expect(alaw!.length).to.equal(ulaw!.length);
      expect(sln16!.length).to.be.closeTo(alaw!.length * 4, 8);
      expect(soundFiles.msOf(rendered(soundId))).to.be.closeTo(seconds * 1000, 1);
      const samples = samplesOf(sln16!);
      const peak = 20 * Math.log10(samples.reduce((most, s) => Math.max(most, Math.abs(s)), 0));
      expect(peak).to.be.below(-2.9);
      expect(rms(samples)).to.be.within(-24, -19);
      expect(samples.findIndex((s) => Math.abs(s) > 0.003)).to.be.below(16 * 20);
    }));

  it('renders the same text once, also for simultaneous requests', () =>
    withSpeech(async ({ speech, soundFiles }, folder) => {
      const all = await Promise.all(Array.from({ length: 20 }, () => speech.render('Let op een blauwe fiets.')));
      expect(new Set(all.map(({ soundId }) => soundId)).size).to.equal(1);
      const { soundId } = all[0]!;
      const first = await stat(`${soundFiles.pathOf(rendered(soundId))}.alaw`);
      const again = await speech.render('  Let op een blauwe   fiets. ');
      expect(again.soundId).to.equal(soundId);
      expect((await stat(`${soundFiles.pathOf(rendered(soundId))}.alaw`)).mtimeMs).to.equal(first.mtimeMs);
      expect((await readdir(join(folder, soundId.slice(0, 2)))).length, 'no drafts are left').to.equal(3);
      expect((await speech.render('Let op een rode fiets.')).soundId).not.to.equal(soundId);
    }));

  it('renders the same bytes whatever was rendered before', async () => {
    const sounds: Buffer[] = [];
    for (const before of ['Een tekst vooraf.', 'Een heel andere tekst die langer is.']) {
      await withSpeech(async ({ speech, soundFiles }) => {
        await speech.render(before);
        const { soundId } = await speech.render('Ziet u deze man?');
        sounds.push(await readFile(`${soundFiles.pathOf(rendered(soundId))}.sln16`));
      });
    }
    expect(sounds[0]!.equals(sounds[1]!)).to.equal(true);
  });

  it('says how a message will be read: each plate twice, and the words of the lexicon', () =>
    withSpeech(async ({ speech }) => {
      const text = 'Een Opel met kenteken R-543-KL.';
      const { spoken, words } = speech.read(text);
      expect(spoken).to.equal(
        'Een Opel met kenteken R, vijf, vier, drie, K, L, ik herhaal, R, vijf, vier, drie, K, L.',
      );
      expect(words.map(({ word }) => word)).to.include.members(['Opel', 'kenteken']);
      const [message, title] = [await speech.render(text, 'message'), await speech.render(text)];
      expect(message.seconds).to.be.above(title.seconds + 3);
      expect(() => speech.read(''))
        .to.throw(SpeechError)
        .with.property('code', 'empty');
    }));

  it('renders a text of 1,500 characters, which takes more than 120 seconds', () =>
    withSpeech(async ({ speech }) => {
      const text = 'In Dronten is sinds 15:30 uur een meisje van 7 jaar weg. '.repeat(40).slice(0, 1_500);
      expect((await speech.render(text, 'message')).seconds).to.be.within(120, 180);
    }));

  it('renders a damaged sound again', () =>
    withSpeech(async ({ speech, soundFiles }, folder) => {
      const { soundId } = await speech.render('Nog een keer.');
      const place = join(folder, soundId.slice(0, 2), soundId);
      await import('node:fs/promises').then((fs) => fs.truncate(`${place}.ulaw`, 10));
      await speech.render('Nog een keer.');
      expect((await stat(`${place}.ulaw`)).size).to.equal((await stat(`${place}.alaw`)).size);
      expect(soundFiles.pathOf(rendered(soundId))).to.equal(place);
    }));

  it('changes only the level of an uploaded tone', () =>
    withSpeech(async ({ speech, soundFiles }) => {
      const stereo = [sine(1234, 44_100, 2, 0.05), sine(1234, 44_100, 2, 0.05)];
      const { soundId, seconds } = await speech.importWav(wavOf(stereo, 44_100, '24'));
      expect(seconds).to.be.closeTo(2, 0.01);
      const sln16 = samplesOf(await readFile(`${soundFiles.pathOf(rendered(soundId))}.sln16`));
      const middle = sln16.subarray(1_600, sln16.length - 1_600);
      expect(rms(middle)).to.be.closeTo(-20, 0.3);
      expect(goertzel(middle, 1234, 16_000) - (rms(middle) + 3.01), 'all its power is the tone').to.be.closeTo(0, 0.05);
      const wav = await soundFiles.wavOf(rendered(soundId));
      expect(Buffer.from(wav!).toString('latin1', 0, 4)).to.equal('RIFF');
      expect(new DataView(wav!.buffer, wav!.byteOffset).getUint32(24, true)).to.equal(16_000);
    }));

  it('refuses each unusable text and wav with a code and a sentence', () =>
    withSpeech(async ({ speech }) => {
      expect(await codeOf(speech.render(''))).to.equal('empty');
      expect(await codeOf(speech.render(' ... \n'))).to.equal('empty');
      expect(await codeOf(speech.render('a'.repeat(1501)))).to.equal('too_long');
      expect(await codeOf(speech.render('06-12345678 '.repeat(120)))).to.equal('too_long');
      expect(await codeOf(speech.importWav(Buffer.from('not a wav')))).to.equal('not_a_wav');
      expect(await codeOf(speech.importWav(wavOf([sine(400, 8_000, 0.3)], 8_000, '16')))).to.equal('unplayable');
      expect(await codeOf(speech.importWav(wavOf([sine(400, 8_000, 121)], 8_000, '16')))).to.equal('too_long');
      expect(await codeOf(speech.importWav(wavOf([sine(400, 8_000, 2, 0.0005)], 8_000, '16')))).to.equal('silent');
    }));

  it('renders the prompts that another tip line changes, and uses the committed sound of the others', () =>
    withSpeech(
      ({ soundFiles }, folder) => {
        expect(soundFiles.pathOf(prompt('ending')).startsWith(folder)).to.equal(true);
        expect(soundFiles.pathOf(prompt('thanks'))).to.equal(join(SOUNDS, 'thanks'));
        expect(soundFiles.msOf(prompt('silence'))).to.equal(1000);
        return Promise.resolve();
      },
      { tipLine: '0800-1234' },
    ));

  it('uses the committed prompts for every notation of the same number', async () => {
    for (const tipLine of ['08000011', '0800-0011', '0800 0011']) {
      await withSpeech(
        ({ soundFiles }) =>
          Promise.resolve(expect(soundFiles.pathOf(prompt('ending'))).to.equal(join(SOUNDS, 'ending'))).then(
            () => undefined,
          ),
        { tipLine },
      );
    }
  });

  it('finds no missing sound, and refuses a path as a sound id', () =>
    withSpeech(async ({ soundFiles }) => {
      const none = rendered('0'.repeat(32));
      expect(() => soundFiles.pathOf(none)).to.throw('sound not found');
      expect(await soundFiles.wavOf(none)).to.equal(undefined);
      expect(() => soundFiles.pathOf(rendered('../../../etc/passwd'))).to.throw('not a sound id');
    }));

  it('fails when a sound cannot be stored, and stores it once the disk works', () =>
    withSpeech(async ({ speech, soundFiles }, folder) => {
      const places = Array.from({ length: 256 }, (_, n) => join(folder, n.toString(16).padStart(2, '0')));
      await Promise.all(places.map((place) => symlink(join(folder, 'no', 'where'), place)));
      expect(await codeOf(speech.render('Geen plaats.'))).to.equal('engine_failed');
      await Promise.all(places.map((place) => rm(place)));
      const { soundId } = await speech.render('Geen plaats.');
      expect(soundFiles.msOf(rendered(soundId))).to.be.greaterThan(500);
    }));

  it('fails every request after close, and can be closed twice', () =>
    withSpeech(async (opened) => {
      const { speech } = opened;
      expect(await speech.healthy()).to.equal(true);
      await opened.close();
      await opened.close();
      expect(await codeOf(speech.render('Te laat.'))).to.equal('engine_failed');
      expect(await speech.healthy()).to.equal(false);
    }));
});
