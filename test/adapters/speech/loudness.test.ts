import { expect } from 'chai';
import { loudnessOf } from '../../../src/adapters/speech/loudness.js';
import { voiceLevel } from '../../../src/domain/voice-level.js';
import { SpeechError } from '../../../src/ports/speech.js';
import { sine, wavOf } from './sound-helpers.js';

const RATE = 8_000;
/** A voice as far as loudness goes: a tone of this size with pauses in it. */
function voice(size: number): Uint8Array {
  const said = sine(600, RATE, 1, size);
  const pause = new Float64Array(RATE / 2);
  return wavOf([Float64Array.from([...said, ...pause, ...said])], RATE, '16');
}

describe('the loudness of a recording', () => {
  it('is that of what is said, not of the pauses', () => {
    const { rms, peak } = loudnessOf(voice(0.1));
    expect(peak).to.be.closeTo(-20, 0.1);
    expect(rms).to.be.closeTo(-23, 0.3);
  });

  for (const [size, level] of [
    [0, 'none'],
    [0.002, 'none'],
    [0.015, 'soft'],
    [0.1, 'good'],
    [0.9, 'loud'],
  ] as const) {
    it(`tells that a voice of ${size} of full scale is ${level}`, () => {
      expect(voiceLevel(loudnessOf(voice(size)))).to.equal(level);
    });
  }

  it('of a recording in which nothing was kept is nothing', () => {
    expect(voiceLevel(loudnessOf(wavOf([new Float64Array(0)], RATE, '16')))).to.equal('none');
  });

  it('is not that of a file which is no wav', () => {
    expect(() => loudnessOf(new Uint8Array(100))).to.throw(SpeechError);
  });
});
