import { expect } from 'chai';
import { judgeVoices, voiceText } from '../../../bench/voice/goals.js';
import { LISTENING } from '../../../bench/voice/listening.js';
import { measure, pausesOf, syllablesIn } from '../../../bench/voice/measure.js';
import { MESSAGES } from '../../../bench/voice/messages.js';
import { parseOptions } from '../../../bench/voice/options.js';
import { spoken } from '../../../src/domain/spoken/spoken.js';

const RATE = 8_000;

/** Tones of 1 kHz with these silences between them, ms. */
function tones(size: number, ...silences: readonly number[]): Float64Array {
  const parts = [...silences, 0].flatMap((ms) => [
    ...Array.from({ length: RATE / 2 }, (_, i) => size * Math.sin((2 * Math.PI * 1_000 * i) / RATE)),
    ...new Array<number>((ms * RATE) / 1_000).fill(0),
  ]);
  return Float64Array.from(parts);
}

describe('Measuring a voice', () => {
  it('finds the pauses inside a sound, and neither short gaps nor the silence at the ends', () => {
    expect(pausesOf(tones(0.3, 200, 650, 100), RATE)).to.deep.equal([200, 650]);
    const ends = Float64Array.from([...new Float64Array(RATE), ...tones(0.3, 400), ...new Float64Array(RATE)]);
    expect(pausesOf(ends, RATE)).to.deep.equal([400]);
    expect(pausesOf(new Float64Array(RATE), RATE)).to.deep.equal([]);
  });

  it('counts syllables', () => {
    expect(syllablesIn('Kijk uit naar het kind')).to.equal(5);
    expect(syllablesIn('drieëntwintig, beëindigen, kabouter')).to.equal(4 + 4 + 3);
  });

  it('leaves the pauses out of the speed', () => {
    const { seconds, syllables, level, peak } = measure(
      'x',
      'la la la la',
      tones(0.1 * Math.SQRT2, 500, 500, 500),
      RATE,
    );
    expect(seconds).to.equal(3.5);
    expect(syllables).to.equal(2);
    expect(level).to.be.closeTo(-20, 0.2);
    expect(peak).to.be.closeTo(-17, 0.1);
  });
});

describe('The report of the voice benchmark', () => {
  const voice = (level: number, sii: number, realTimeFactor?: number) => ({
    name: 'embedded',
    engine: 'x',
    sounds: [{ name: 'a', seconds: 2, level, peak: -3, pauses: [650], syllables: 4, sii0: sii, sii5: sii - 0.16 }],
    ...(realTimeFactor === undefined ? {} : { realTimeFactor }),
  });

  it('judges level, intelligibility and speed', () => {
    expect(judgeVoices([voice(-20.4, 0.6, 0.07)]).map(({ reached }) => reached)).to.deep.equal([true, true, true]);
    expect(judgeVoices([voice(-21.1, 0.45, 0.2)]).map(({ reached }) => reached)).to.deep.equal([false, false, false]);
    expect(judgeVoices([voice(-20, 0.6)])).to.have.length(2);
  });

  it('shows every sound only when asked', () => {
    const voices = [voice(-20.4, 0.6, 0.07)];
    expect(voiceText(voices, judgeVoices(voices), false)).to.match(/embedded +1 +2 +-20\.40/);
    expect(voiceText(voices, judgeVoices(voices), false)).not.to.match(/^a /m);
    expect(voiceText(voices, judgeVoices(voices), true)).to.match(/^a +2\.0 +-20\.4/m);
  });
});

describe('The messages of the voice benchmark', () => {
  it('are fifty, all different, and can all be spoken', () => {
    expect(MESSAGES).to.have.length(50);
    expect(new Set(MESSAGES).size).to.equal(50);
    for (const text of MESSAGES) expect(spoken(text), text).not.to.match(/\d/);
  });

  it('of the listening test have a plate, a colour and a number each', () => {
    expect(LISTENING).to.have.length(10);
    for (const { text, plate } of LISTENING) expect(text).to.include(plate);
  });
});

describe('The options of the voice benchmark', () => {
  it('are all off by default', () => {
    expect(parseOptions([])).to.deep.equal({ samples: undefined, all: false, quick: false });
    expect(parseOptions(['--samples', 'here', '--all'])).to.deep.include({ samples: 'here', all: true });
  });
});
