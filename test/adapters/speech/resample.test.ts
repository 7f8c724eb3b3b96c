import { expect } from 'chai';
import { resample } from '../../../src/adapters/speech/resample.js';
import { goertzel, rms, sine } from './sound-helpers.js';

describe('resampler', () => {
  for (const from of [8_000, 11_025, 22_050, 44_100, 48_000]) {
    for (const to of [8_000, 16_000]) {
      it(`keeps a tone of 1 kHz from ${from} to ${to} Hz`, () => {
        const { samples, rate } = resample({ rate: from, samples: sine(1000, from, 1) }, to);
        expect(rate).to.equal(to);
        expect(samples.length).to.equal(to);
        const middle = samples.subarray(to / 4, (to * 3) / 4);
        expect(goertzel(middle, 1000, to)).to.be.closeTo(-6.02, 0.1);
        expect(rms(middle)).to.be.closeTo(-9.03, 0.1);
      });
    }
  }

  it('removes a tone of 6 kHz at 8 kHz instead of folding it to 2 kHz', () => {
    const { samples } = resample({ rate: 22_050, samples: sine(6000, 22_050, 1) }, 8_000);
    const middle = samples.subarray(2_000, 6_000);
    expect(goertzel(middle, 2000, 8_000)).to.be.below(-80);
    expect(rms(middle)).to.be.below(-80);
  });

  it('adds no images of a low tone when it raises the rate', () => {
    const { samples } = resample({ rate: 8_000, samples: sine(1000, 8_000, 1) }, 16_000);
    expect(goertzel(samples.subarray(4_000, 12_000), 7000, 16_000)).to.be.below(-80);
  });
});
