import { expect } from 'chai';
import type { SoundedClause } from '../../../../src/adapters/speech/espeak/phonemes.js';
import { inPhonemes, partsOf } from '../../../../src/adapters/speech/natural/phonemes.js';
import { spoken } from '../../../../src/domain/spoken/spoken.js';

const clause = (ipa: string, mark: string, pauseMs = 0): SoundedClause => ({ ipa, mark, pauseMs });

describe('the parts that a natural voice speaks in one breath', () => {
  it('are sentences, with the marks of their clauses, and no pause after the last', () => {
    const parts = partsOf([[clause('a', ','), clause('b', '.', 650)], [clause('c', '!', 650)]]);
    expect(parts).to.deep.equal([
      { ipa: 'a, b.', pauseMs: 650 },
      { ipa: 'c!', pauseMs: 0 },
    ]);
  });

  it('end where a listener writes along, because a voice makes no pause there by itself', () => {
    const parts = partsOf([[clause('a', ','), clause('b', ',', 350), clause('c', ',', 350), clause('d', '.', 650)]]);
    expect(parts).to.deep.equal([
      { ipa: 'a, b,', pauseMs: 350 },
      { ipa: 'c,', pauseMs: 350 },
      { ipa: 'd.', pauseMs: 0 },
    ]);
  });

  it('are shorter than a very long sentence, which is divided at its commas', () => {
    const long = Array.from({ length: 12 }, () => clause('ən mɑn mɛt ən jɑs ɛn ən pɛt', ','));
    const parts = partsOf([[...long, clause('ɛn ən tɑs', '.', 650)]]);
    expect(parts.map(({ pauseMs }) => pauseMs)).to.deep.equal([250, 250, 0]);
    expect(parts.map(({ ipa }) => ipa.length < 160)).to.deep.equal([true, true, true]);
  });

  it('have the phonemes of the embedded voice', async () => {
    const [first, ...signs] = await inPhonemes(spoken('Kenteken W-543-KL.'));
    expect(first?.ipa).to.match(/ ʋˈ?eː,$/);
    expect(signs.map(({ pauseMs }) => pauseMs)).to.deep.equal([350, 350, 350, 350, 0]);
  });
});
