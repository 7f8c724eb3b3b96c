import { expect } from 'chai';
import { decodeALaw, encodeALaw } from '../../../src/adapters/speech/g711.js';
import { readPrompts } from '../../../src/phonenet/demo/reference-sounds.js';
import { firstSoundMs, hearings, timesHeard } from '../../../src/phonenet/listening/heard.js';
import type { Samples } from '../../../src/phonenet/listening/sound-file.js';
import { babble, cut, joined, silent } from '../support.js';

const MESSAGE = babble(1, 6_000);
const PROMPT = babble(2, 4_000);

/** A sound as it comes off the line: in A-law, and a little louder. */
function overTheLine(sound: Samples, gain = 1.01): Samples {
  const codes = encodeALaw(Int16Array.from(sound, (sample) => sample * gain * 32_767));
  return Float32Array.from(decodeALaw(codes), (sample) => sample / 32_768);
}

describe('recognition of sounds in a recording', () => {
  it('finds the first sound, and ignores the noise of a silent line', () => {
    const noise = silent(300).fill(8 / 32_768);
    expect(firstSoundMs(joined(noise, MESSAGE))).to.be.within(295, 305);
    expect(firstSoundMs(noise)).to.equal(undefined);
  });

  it('finds each play of a message at its exact time', () => {
    const recording = overTheLine(
      joined(silent(500), PROMPT, silent(120), MESSAGE, silent(1_000), MESSAGE, silent(200)),
    );
    expect(hearings(recording, MESSAGE).map(({ atMs, complete }) => [atMs, complete])).to.deep.equal([
      [4_620, true],
      [11_620, true],
    ]);
    expect(timesHeard(recording, PROMPT)).to.equal(1);
  });

  it('finds nothing that was not played', () => {
    expect(hearings(overTheLine(joined(PROMPT, PROMPT)), MESSAGE)).to.deep.equal([]);
    expect(hearings(silent(5_000), MESSAGE)).to.deep.equal([]);
  });

  it('measures how much of a cut-off sound was heard', () => {
    const [hearing] = hearings(overTheLine(joined(silent(40), cut(PROMPT, 0, 2_500), MESSAGE)), PROMPT);
    expect(hearing?.heardMs).to.be.within(2_440, 2_540);
    expect(hearing?.complete).to.equal(false);
  });

  it('follows a sound across late packets', () => {
    const late = joined(
      cut(MESSAGE, 0, 2_010),
      silent(180),
      cut(MESSAGE, 2_010, 4_100),
      silent(20),
      cut(MESSAGE, 4_100, 6_000),
    );
    const [hearing] = hearings(overTheLine(joined(silent(300), late)), MESSAGE);
    expect(hearing?.complete).to.equal(true);
    expect(hearing?.addedMs).to.be.within(195, 205);
    expect(hearing?.lostMs).to.equal(0);
  });

  it('follows a sound across a lost packet, and reports the loss', () => {
    const lossy = joined(cut(MESSAGE, 0, 3_000), cut(MESSAGE, 3_040, 6_000));
    const [hearing] = hearings(overTheLine(lossy), MESSAGE);
    expect(hearing?.complete).to.equal(true);
    expect(hearing?.lostMs).to.be.within(20, 60);
  });

  for (const [prompt, pauseMs] of [
    ['alert-prompt', 1_055],
    ['ending-child', 3_300],
    ['tip-unknown', 1_255],
  ] as const) {
    it(`follows a sound that is interrupted anywhere near a pause: ${prompt}`, async () => {
      const sound = (await readPrompts())[prompt];
      const whole = sound.length / 8;
      for (let tornMs = pauseMs - 50; tornMs <= pauseMs + 100; tornMs += 5) {
        const late = joined(cut(sound, 0, tornMs), silent(20), cut(sound, tornMs, whole));
        const lossy = joined(cut(sound, 0, tornMs), cut(sound, tornMs + 40, whole));
        for (const torn of [late, lossy]) expect(timesHeard(torn, sound), `at ${tornMs} ms`).to.equal(1);
      }
    });
  }

  it('does not follow a sound across a gap so long that a listener misses words', () => {
    const lossy = joined(cut(MESSAGE, 0, 3_000), cut(MESSAGE, 3_120, 6_000));
    expect(timesHeard(overTheLine(lossy), MESSAGE)).to.equal(0);
  });

  for (const tornMs of [100, 300, 620, 900, 1_150]) {
    it(`finds a sound that is interrupted ${tornMs} ms after its beginning`, () => {
      const late = joined(cut(MESSAGE, 0, tornMs), silent(160), cut(MESSAGE, tornMs, 6_000));
      const lossy = joined(cut(MESSAGE, 0, tornMs), cut(MESSAGE, tornMs + 40, 6_000));
      const recording = overTheLine(joined(PROMPT, silent(300), late, silent(1_000), lossy, silent(300), PROMPT));
      const heard = hearings(recording, MESSAGE);
      expect(heard.map(({ complete }) => complete)).to.deep.equal([true, true]);
      expect(heard[0]?.atMs).to.be.within(4_299, 4_301);
      expect(heard[0]?.addedMs).to.be.within(150, 170);
      expect(heard[1]?.lostMs).to.be.within(20, 60);
    });
  }

  it('distinguishes sounds with the same beginning', () => {
    const alike = joined(cut(MESSAGE, 0, 700), cut(PROMPT, 0, 3_000));
    expect(hearings(overTheLine(joined(silent(100), alike)), MESSAGE)).to.deep.equal([]);
  });

  it('finds a sound whose first packet came before the recorder started', () => {
    expect(timesHeard(overTheLine(cut(MESSAGE, 20, 6_000)), MESSAGE)).to.equal(1);
  });

  it('counts every repeat of a message', () => {
    const minute = overTheLine(joined(PROMPT, ...Array.from({ length: 7 }, () => joined(MESSAGE, silent(1_900)))));
    expect(timesHeard(minute, MESSAGE)).to.equal(7);
  });
});
