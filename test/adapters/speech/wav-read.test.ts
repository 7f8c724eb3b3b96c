import { expect } from 'chai';
import { Unusable } from '../../../src/adapters/speech/audio.js';
import { encodeALaw, encodeMuLaw } from '../../../src/adapters/speech/g711.js';
import { readWav } from '../../../src/adapters/speech/wav-read.js';
import { goertzel, riff, sine, wavOf } from './sound-helpers.js';

const TONE = sine(1000, 16_000, 0.5);
const usual = (): Buffer => wavOf([TONE], 16_000, '16');
const expectTone = (file: Uint8Array, seconds = 0.5): void => {
  const { rate, samples } = readWav(file);
  expect(samples.length / rate).to.be.closeTo(seconds, 0.001);
  expect(goertzel(samples, 1000, rate)).to.be.closeTo(-6, 0.2);
};
const refusal = (file: Uint8Array): string => {
  try {
    readWav(file);
    return 'taken';
  } catch (error) {
    expect(error).to.be.instanceOf(Unusable);
    expect((error as Unusable).message).to.match(/allowed/i);
    return (error as Unusable).code;
  }
};
/** The file with 32 bits changed. */
const patched = (file: Uint8Array, at: number, value: number): Uint8Array => {
  const copy = Buffer.from(file);
  copy.writeUInt32LE(value, at);
  return copy;
};

describe('reader of wav files', () => {
  for (const depth of ['8', '16', '24', '32', '32f', '64'] as const) {
    it(`reads ${depth} bits`, () => expectTone(wavOf([TONE], 16_000, depth)));
  }

  for (const rate of [8_000, 11_025, 22_050, 44_100, 48_000, 96_000]) {
    it(`reads ${rate} Hz`, () => expectTone(wavOf([sine(1000, rate, 0.5)], rate, '16')));
  }

  it('reads stereo and more channels as their mean', () => {
    expectTone(wavOf([TONE, TONE], 16_000, '16'));
    const { samples } = readWav(wavOf([TONE, TONE.map((s) => -s)], 16_000, '16'));
    expect(samples.every((s) => Math.abs(s) < 0.001)).to.equal(true);
    expectTone(wavOf([TONE, TONE, TONE, TONE], 16_000, '24'));
  });

  it('reads A-law and µ-law', () => {
    const samples = Int16Array.from(TONE, (sample) => Math.round(sample * 32_767));
    for (const [code, encode] of [
      [6, encodeALaw],
      [7, encodeMuLaw],
    ] as const)
      expectTone(riff({ code, channels: 1, rate: 16_000, bits: 8 }, Buffer.from(encode(samples))));
  });

  it('reads the format inside WAVE_FORMAT_EXTENSIBLE', () => {
    const plain = Buffer.from(usual());
    const extension = Buffer.alloc(24);
    extension.writeUInt16LE(22, 0);
    extension.writeUInt16LE(16, 2);
    extension.writeUInt16LE(1, 8);
    const file = Buffer.concat([plain.subarray(0, 36), extension, plain.subarray(36)]);
    file.writeUInt32LE(40, 16);
    file.writeUInt16LE(0xfffe, 20);
    expectTone(file);
  });

  it('skips other chunks, also those of an odd size', () => {
    const plain = Buffer.from(usual());
    const list = Buffer.concat([Buffer.from('LIST'), Buffer.from([5, 0, 0, 0]), Buffer.from('INFOx\0')]);
    expectTone(Buffer.concat([plain.subarray(0, 36), list, plain.subarray(36)]));
    expectTone(Buffer.concat([plain.subarray(0, 12), list, plain.subarray(12)]));
  });

  it('ignores impossible sizes of chunks', () => {
    expectTone(patched(usual(), 4, 0));
    expectTone(patched(usual(), 4, 0xffffffff));
    expectTone(patched(usual(), 40, 0xffffffff));
    expectTone(patched(usual(), 40, 0));
    expectTone(usual().subarray(0, 44 + 8_000), 0.25);
  });

  it('refuses a file that is not a wav or cannot be played, and says what is allowed', () => {
    expect(refusal(new Uint8Array(0))).to.equal('not_a_wav');
    expect(refusal(Buffer.from('ID3 this is music of another kind'))).to.equal('not_a_wav');
    expect(refusal(usual().subarray(0, 30))).to.equal('not_a_wav');
    expect(refusal(usual().subarray(0, 36))).to.equal('not_a_wav');
    const adpcm = Buffer.from(usual());
    adpcm.writeUInt16LE(17, 20);
    expect(refusal(adpcm)).to.equal('unplayable');
    expect(refusal(patched(usual(), 24, 0))).to.equal('unplayable');
    const noChannels = Buffer.from(usual());
    noChannels.writeUInt16LE(0, 22);
    expect(refusal(noChannels)).to.equal('unplayable');
  });
});
