import { expect } from 'chai';
import { decodeALaw, encodeALaw } from '../../../src/adapters/speech/g711.js';
import { MARK_TONES, toneMarked, toneMarks } from '../../../src/phonenet/listening/tone-marks.js';
import { babble, cut, joined, silent } from '../support.js';

describe('tone marks', () => {
  it('are distinguished, in order, after A-law coding', () => {
    const marked = toneMarked(MARK_TONES);
    const heard = decodeALaw(encodeALaw(Int16Array.from(marked, (sample) => sample * 32_767)));
    expect(toneMarks(Float32Array.from(heard, (sample) => sample / 32_768)).map(({ hz }) => hz)).to.deep.equal([
      ...MARK_TONES,
    ]);
  });

  it('are found with their time and duration', () => {
    const marks = toneMarks(joined(silent(500), toneMarked([1040, 2300], { toneMs: 250, gapMs: 150 })));
    expect(marks.map(({ hz }) => hz)).to.deep.equal([1040, 2300]);
    expect(marks[0]?.atMs).to.be.within(490, 510);
    expect(marks[1]?.atMs).to.be.within(890, 910);
    expect(marks[1]?.ms).to.be.within(230, 270);
  });

  it('are counted once each when late packets interrupt them', () => {
    const tones = toneMarked([1040, 2300], { toneMs: 300, gapMs: 100 });
    const torn = joined(cut(tones, 0, 120), silent(80), cut(tones, 120, 560), silent(200), cut(tones, 560, 800));
    const marks = toneMarks(joined(torn, silent(350), toneMarked([2300])));
    expect(marks.map(({ hz }) => hz)).to.deep.equal([1040, 2300, 2300]);
    expect(marks[0]?.ms).to.be.within(270, 340);
  });

  it('are not found in speech, keys or silence', () => {
    const key = Float32Array.from(
      { length: 2_000 },
      (_, i) => 0.2 * (Math.sin((2 * Math.PI * 770 * i) / 8000) + Math.sin((2 * Math.PI * 1336 * i) / 8000)),
    );
    expect(toneMarks(joined(babble(3, 3_000), silent(300), key))).to.deep.equal([]);
  });
});
