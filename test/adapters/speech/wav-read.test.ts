import { expect } from 'chai';
import { Unusable } from '../../../src/adapters/speech/audio.js';
import { readWav } from '../../../src/adapters/speech/wav-read.js';
import { goertzel, sine, WaveFile, wavOf } from './sound-helpers.js';

const TONE = sine(1000, 16_000, 0.5);
const usual = (): Uint8Array => wavOf([TONE], 16_000, '16');
const isTone = (file: Uint8Array, seconds = 0.5): void => {
  const { rate, samples } = readWav(file);
  expect(samples.length / rate).to.be.closeTo(seconds, 0.001);
  expect(goertzel(samples, 1000, rate)).to.be.closeTo(-6, 0.2);
};
const refused = (file: Uint8Array): string => {
  try {
    readWav(file);
    return 'taken';
  } catch (error) {
    expect(error).to.be.instanceOf(Unusable);
    expect((error as Unusable).message).to.match(/allowed/i);
    return (error as Unusable).code;
  }
};
/** Bytes of the file with 32 bits changed. */
const patched = (file: Uint8Array, at: number, value: number): Uint8Array => {
  const copy = Buffer.from(file);
  copy.writeUInt32LE(value, at);
  return copy;
};

describe('reading a wav', () => {
  for (const depth of ['8', '16', '24', '32', '32f', '64'] as const) {
    it(`takes ${depth} bits`, () => isTone(wavOf([TONE], 16_000, depth)));
  }

  for (const rate of [8_000, 11_025, 22_050, 44_100, 48_000, 96_000]) {
    it(`takes ${rate} Hz`, () => isTone(wavOf([sine(1000, rate, 0.5)], rate, '16')));
  }

  it('takes stereo and more channels as their mean', () => {
    isTone(wavOf([TONE, TONE], 16_000, '16'));
    const { samples } = readWav(wavOf([TONE, TONE.map((s) => -s)], 16_000, '16'));
    expect(samples.every((s) => Math.abs(s) < 0.001)).to.equal(true);
    isTone(wavOf([TONE, TONE, TONE, TONE], 16_000, '24'));
  });

  it('takes A-law and µ-law', () => {
    for (const law of ['toALaw', 'toMuLaw'] as const) {
      const wav = new WaveFile(usual());
      wav[law]();
      isTone(wav.toBuffer());
    }
  });

  it('looks through WAVE_FORMAT_EXTENSIBLE', () => {
    const plain = Buffer.from(usual());
    const extension = Buffer.alloc(24);
    extension.writeUInt16LE(22, 0);
    extension.writeUInt16LE(16, 2);
    extension.writeUInt16LE(1, 8);
    const file = Buffer.concat([plain.subarray(0, 36), extension, plain.subarray(36)]);
    file.writeUInt32LE(40, 16);
    file.writeUInt16LE(0xfffe, 20);
    isTone(file);
  });

  it('steps over other chunks, those of an odd size too', () => {
    const plain = Buffer.from(usual());
    const list = Buffer.concat([Buffer.from('LIST'), Buffer.from([5, 0, 0, 0]), Buffer.from('INFOx\0')]);
    isTone(Buffer.concat([plain.subarray(0, 36), list, plain.subarray(36)]));
    isTone(Buffer.concat([plain.subarray(0, 12), list, plain.subarray(12)]));
  });

  it('believes no size that cannot be', () => {
    isTone(patched(usual(), 4, 0));
    isTone(patched(usual(), 4, 0xffffffff));
    isTone(patched(usual(), 40, 0xffffffff));
    isTone(patched(usual(), 40, 0));
    isTone(usual().subarray(0, 44 + 8_000), 0.25);
  });

  it('refuses what is no wav and what it cannot play, and says what is allowed', () => {
    expect(refused(new Uint8Array(0))).to.equal('not_a_wav');
    expect(refused(Buffer.from('ID3 this is music of another kind'))).to.equal('not_a_wav');
    expect(refused(usual().subarray(0, 30))).to.equal('not_a_wav');
    expect(refused(usual().subarray(0, 36))).to.equal('not_a_wav');
    const adpcm = Buffer.from(usual());
    adpcm.writeUInt16LE(17, 20);
    expect(refused(adpcm)).to.equal('unplayable');
    expect(refused(patched(usual(), 24, 0))).to.equal('unplayable');
    const noChannels = Buffer.from(usual());
    noChannels.writeUInt16LE(0, 22);
    expect(refused(noChannels)).to.equal('unplayable');
  });
});
