import { expect } from 'chai';
import { decodeALaw, decodeMuLaw, encodeALaw, encodeMuLaw } from '../../../src/adapters/speech/g711.js';

const ALL = Uint8Array.from({ length: 256 }, (_, code) => code);

/**
 * The 128 positive output values, as Tables 1a and 2a of the Recommendation define them: the middle of each
 * interval. `steps` are the widths of the intervals in each of the eight segments of 16, in 16-bit units.
 */
function middles(start: number, steps: readonly number[]): number[] {
  let from = start;
  return steps.flatMap((step) =>
    Array.from({ length: 16 }, () => {
      from += step;
      return from - step / 2;
    }),
  );
}
/** Table 1a: segments 1 and 2 have the same step, and each later segment has twice the step before it. */
const A_LAW = middles(0, [16, 16, 32, 64, 128, 256, 512, 1024]);
/** Table 2a: the first interval is half as wide and its output value is 0. */
const MU_LAW = middles(-4, [8, 16, 32, 64, 128, 256, 512, 1024]);

describe('G.711', () => {
  it('encodes silence and full scale as the code words of the Recommendation', () => {
    const samples = Int16Array.of(0, 32_767, -32_768);
    expect([...encodeALaw(samples)]).to.deep.equal([0xd5, 0xaa, 0x2a]);
    expect([...encodeMuLaw(samples)]).to.deep.equal([0xff, 0x80, 0x00]);
  });

  it('encodes A-law reference values inside each segment', () => {
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

  it('encodes every decoded value as the same code word', () => {
    expect([...encodeALaw(decodeALaw(ALL))]).to.deep.equal([...ALL]);
    const back = encodeMuLaw(decodeMuLaw(ALL));
    // 0x7F is "minus zero" and is encoded as zero.
    expect([...back]).to.deep.equal([...ALL].map((code) => (code === 0x7f ? 0xff : code)));
  });

  it('decodes every code word to the output value in the tables of the Recommendation', () => {
    const [aLaw, muLaw] = [new Int16Array(256), new Int16Array(256)];
    for (const [n, value] of A_LAW.entries()) {
      // The even bits are inverted on the line; bit 1 is the sign.
      aLaw[(0x80 | n) ^ 0x55] = value;
      aLaw[n ^ 0x55] = -value;
    }
    for (const [n, value] of MU_LAW.entries()) {
      // All bits are inverted on the line.
      muLaw[0xff - n] = value;
      muLaw[0x7f - n] = -value;
    }
    expect(A_LAW.at(-1)).to.equal(32_256);
    expect(MU_LAW.at(-1)).to.equal(32_124);
    expect([...decodeALaw(ALL)]).to.deep.equal([...aLaw]);
    expect([...decodeMuLaw(ALL)]).to.deep.equal([...muLaw]);
  });

  it('encodes every 16-bit sample to within one step of its value', () => {
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
