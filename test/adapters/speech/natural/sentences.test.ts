import { expect } from 'chai';
import { spoken } from '../../../../src/domain/spoken/spoken.js';
import { spokenParts } from '../../../../src/adapters/speech/natural/sentences.js';

const said = (text: string): string =>
  spokenParts(spoken(text))
    .map(({ text: part, pauseMs }) => `${part} [${pauseMs}]`)
    .join(' ');

describe('the parts of a text that a natural voice speaks', () => {
  it('are sentences with a long pause between them, and none after the last', () => {
    expect(said('De daders zijn gevlucht. Bel ons! Wie weet meer?')).to.equal(
      'De daders zijn gevlucht. [650] Bel ons! [650] Wie weet meer? [0]',
    );
  });

  it('end after each sign of a plate, so that a listener can write it down', () => {
    expect(spokenParts('Een auto, kenteken W, vijf, vier, K, L, richting Almere.')).to.deep.equal([
      { text: 'Een auto, kenteken W,', pauseMs: 350 },
      { text: 'vijf,', pauseMs: 350 },
      { text: 'vier,', pauseMs: 350 },
      { text: 'K,', pauseMs: 350 },
      { text: 'L,', pauseMs: 250 },
      { text: 'richting Almere.', pauseMs: 0 },
    ]);
  });

  it('are shorter than a very long sentence, which is divided at its commas', () => {
    const parts = spokenParts(`${'een man met een jas en een pet, '.repeat(12)}en een tas.`);
    expect(parts.length).to.be.greaterThan(1);
    expect(parts.every(({ text }) => text.length < 260)).to.equal(true);
  });
});
