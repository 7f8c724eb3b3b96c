import { expect } from 'chai';
import { loudnessOf } from '../../../src/adapters/speech/loudness.js';
import { voiceLevel } from '../../../src/domain/voice-level.js';
import { SpeechError } from '../../../src/ports/speech.js';
import { sine, wavOf } from './sound-helpers.js';

const RATE = 8_000;
/** Stands for a voice: a tone of this size with a pause in it. */
function voice(size: number): Uint8Array {
  const said = sine(600, RATE, 1, size);
  const pause = new Float64Array(RATE / 2);
  return wavOf([Float64Array.from([...said, ...pause, ...said])], RATE, '16');
}

describe('loudness of a recording', () => {
  it('leaves out the pauses', () => {
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
    it(`classifies a voice of ${size} of full scale as ${level}`, () => {
      expect(voiceLevel(loudnessOf(voice(size)))).to.equal(level);
    });
  }

  it('is `none` for an empty recording', () => {
    expect(voiceLevel(loudnessOf(wavOf([new Float64Array(0)], RATE, '16')))).to.equal('none');
  });

  it('throws SpeechError for a file that is not a wav', () => {
    expect(() => loudnessOf(new Uint8Array(100))).to.throw(SpeechError);
  });
});
