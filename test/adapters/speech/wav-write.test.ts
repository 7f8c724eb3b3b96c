import { expect } from 'chai';
import { writeWav } from '../../../src/adapters/speech/wav-write.js';
import { wavOf } from './sound-helpers.js';

describe('writer of wav files', () => {
  it('writes the header of the RIFF specification before the samples', () => {
    // Byte by byte from Microsoft Multimedia Programming Interface 1.0: three samples at 16 kHz.
    const expected = [
      ...[0x52, 0x49, 0x46, 0x46], // "RIFF"
      ...[0x2a, 0x00, 0x00, 0x00], // 42 bytes follow
      ...[0x57, 0x41, 0x56, 0x45], // "WAVE"
      ...[0x66, 0x6d, 0x74, 0x20], // "fmt "
      ...[0x10, 0x00, 0x00, 0x00], // 16 bytes follow
      ...[0x01, 0x00], // PCM
      ...[0x01, 0x00], // one channel
      ...[0x80, 0x3e, 0x00, 0x00], // 16,000 samples a second
      ...[0x00, 0x7d, 0x00, 0x00], // 32,000 bytes a second
      ...[0x02, 0x00], // two bytes a frame
      ...[0x10, 0x00], // 16 bits a sample
      ...[0x64, 0x61, 0x74, 0x61], // "data"
      ...[0x06, 0x00, 0x00, 0x00], // 6 bytes follow
      ...[0x00, 0x01, 0xff, 0x7f, 0x00, 0x80], // 256, 32,767 and -32,768
    ];
    expect([...writeWav(16_000, Int16Array.of(256, 32_767, -32_768))]).to.deep.equal(expected);
  });

  it('writes the rate of the trunk, and no samples at all', () => {
    const file = writeWav(8_000, new Int16Array(0));
    expect(Buffer.from(file)).to.deep.equal(wavOf([new Float64Array(0)], 8_000, '16'));
    expect(file).to.have.lengthOf(44);
  });
});
