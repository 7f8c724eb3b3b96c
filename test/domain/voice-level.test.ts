import { expect } from 'chai';
import { voiceLevel, type VoiceLevel } from '../../src/domain/voice-level.js';

describe('the level of a voice', () => {
  const TABLE: readonly [what: string, rms: number, peak: number, level: VoiceLevel][] = [
    ['a microphone that is off', -200, -200, 'none'],
    ['the noise of an idle line', -66, -60, 'none'],
    ['noise in a quiet room', -50, -41, 'none'],
    ['a voice far away', -45, -30, 'soft'],
    ['a soft voice', -37, -22, 'soft'],
    ['a normal voice', -26, -9, 'good'],
    ['a lively voice', -18.5, -0.2, 'good'],
    ['a distorted voice', -17, -0.2, 'loud'],
    ['a microphone against the lips', -10, -1, 'loud'],
  ];
  for (const [what, rms, peak, level] of TABLE) {
    it(`is ${level} for ${what}`, () => {
      expect(voiceLevel({ rms, peak })).to.equal(level);
    });
  }
});
