import { expect } from 'chai';
import { decodeALaw, decodeMuLaw, encodeALaw, encodeMuLaw } from '../../../src/adapters/speech/g711.js';
import { WaveFile } from './sound-helpers.js';

const ALL = Uint8Array.from({ length: 256 }, (_, code) => code);

describe('G.711', () => {
  it('gives silence and full scale their code words of the Recommendation', () => {
    const samples = Int16Array.of(0, 32_767, -32_768);
    expect([...encodeALaw(samples)]).to.deep.equal([0xd5, 0xaa, 0x2a]);
    expect([...encodeMuLaw(samples)]).to.deep.equal([0xff, 0x80, 0x00]);
  });

  it('gives A-law reference values inside each segment', () => {
    const pairs = [
      [8, 0xd5],
      [-8, 0x55],
      [504, 0xca],
      [-504, 0x4a],
      [1000, 0xfa],
      [-1000, 0x7a],
      [8000, 0x8a],
      [-8000, 0x0a],
    ] as const;
    const codes = encodeALaw(Int16Array.from(pairs, ([sample]) => sample));
    expect([...codes]).to.deep.equal(pairs.map(([, code]) => code));
  });

  it('comes back to the same code word from every value it can decode', () => {
    expect([...encodeALaw(decodeALaw(ALL))]).to.deep.equal([...ALL]);
    const back = encodeMuLaw(decodeMuLaw(ALL));
    // 0x7F is "minus zero" and comes back as zero.
    expect([...back]).to.deep.equal([...ALL].map((code) => (code === 0x7f ? 0xff : code)));
  });

  it('decodes as an independent decoder does', () => {
    const a = new WaveFile();
    a.fromScratch(1, 8000, '8a', ALL);
    a.fromALaw();
    expect([...decodeALaw(ALL)]).to.deep.equal([...a.getSamples(false, Int16Array)]);
    const mu = new WaveFile();
    mu.fromScratch(1, 8000, '8m', ALL);
    mu.fromMuLaw();
    expect([...decodeMuLaw(ALL)]).to.deep.equal([...mu.getSamples(false, Int16Array)]);
  });

  it('takes every 16-bit sample to the nearest step', () => {
    for (let sample = -32_768; sample <= 32_767; sample += 7) {
      const one = Int16Array.of(sample);
      const allowed = Math.max(16, Math.abs(sample) / 30);
      expect(Math.abs(decodeALaw(encodeALaw(one))[0]! - sample)).to.be.at.most(allowed);
      expect(Math.abs(decodeMuLaw(encodeMuLaw(one))[0]! - sample)).to.be.at.most(
        Math.max(allowed, 644 * (Math.abs(sample) > 32_000 ? 1 : 0)),
      );
    }
  });
});
