import { expect } from 'chai';
import { intelligibility, intelligibilityOf, STANDARD_SPEECH } from '../../../bench/voice/intelligibility.js';
import { inNoise, speechNoise } from '../../../bench/voice/noise.js';

const RATE = 8_000;

describe('The approximate speech intelligibility index', () => {
  it('of standard speech in noise of its own spectrum depends on the level only', () => {
    expect(intelligibility(STANDARD_SPEECH, 0)).to.be.closeTo(0.5, 1e-9);
    expect(intelligibility(STANDARD_SPEECH, -5)).to.be.closeTo(1 / 3, 1e-9);
    expect(intelligibility(STANDARD_SPEECH, 15)).to.be.closeTo(1, 1e-9);
    expect(intelligibility(STANDARD_SPEECH, 40)).to.equal(1);
    expect(intelligibility(STANDARD_SPEECH, -15)).to.be.closeTo(0, 1e-9);
    expect(intelligibility(STANDARD_SPEECH, -40)).to.equal(0);
  });

  it('does not depend on how loud voice and noise are together', () => {
    const soft = STANDARD_SPEECH.map((power) => power / 1_000);
    expect(intelligibility(soft, -5)).to.be.closeTo(intelligibility(STANDARD_SPEECH, -5), 1e-9);
  });

  it('is higher for a voice whose consonants are raised', () => {
    const raised = STANDARD_SPEECH.map((power, i) => (i >= 7 ? power * 4 : power));
    expect(intelligibility(raised, 0)).to.be.above(intelligibility(STANDARD_SPEECH, 0) + 0.05);
  });

  it('of a sound is that of its spectrum: speech noise counts as standard speech', () => {
    expect(intelligibilityOf(speechNoise(4 * RATE, RATE, 7), RATE, 0)).to.be.closeTo(0.5, 0.02);
    expect(intelligibilityOf(speechNoise(4 * RATE, RATE, 7), RATE, -5)).to.be.closeTo(1 / 3, 0.02);
  });
});

describe('Noise with the spectrum of speech', () => {
  it('is added at the level asked for', () => {
    const voice = speechNoise(4 * RATE, RATE, 1).map((sample) => sample * 0.5);
    const mixed = inNoise(voice, RATE, 0, 2);
    const power = (of: Float64Array): number => of.reduce((sum, sample) => sum + sample * sample, 0);
    expect(10 * Math.log10(power(mixed) / power(voice))).to.be.closeTo(3, 0.4);
    expect(mixed.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)).to.be.below(1);
  });

  it('is the same for the same seed', () => {
    expect([...speechNoise(100, RATE, 3)]).to.deep.equal([...speechNoise(100, RATE, 3)]);
    expect([...speechNoise(100, RATE, 3)]).not.to.deep.equal([...speechNoise(100, RATE, 4)]);
  });
});
