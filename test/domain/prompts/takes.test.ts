import { expect } from 'chai';
import { neededFor, type PromptSet } from '../../../src/domain/prompts/sentences.js';
import {
  missingFrom,
  NO_TAKES,
  partsOf,
  readerOf,
  spokenPrompts,
  withoutTakes,
  withTakes,
  type ReaderTakes,
  type Takes,
} from '../../../src/domain/prompts/takes.js';
import { MANIFEST_TEXTS, scriptOf, WORDS } from '../../support/manifest-texts.js';

const SCRIPT = scriptOf();

/** Recordings of these sentences, with their names as the ids of their sounds. */
const takesOf = (names: Iterable<string>, mark = ''): ReaderTakes =>
  Object.fromEntries(
    [...names].map((name) => {
      const text = SCRIPT.sentences.find((sentence) => sentence.name === name)?.text ?? '';
      return [name, { text, soundId: `${mark}${name}`, seconds: 2, at: 0 }];
    }),
  );

const whole = (set: PromptSet, mark = ''): ReaderTakes => takesOf(neededFor(set, MANIFEST_TEXTS, WORDS), mark);
const without = (takes: ReaderTakes, name: string): ReaderTakes =>
  Object.fromEntries(Object.entries(takes).filter(([key]) => key !== name));
const readers = (takes: Takes): (string | undefined)[] =>
  (['alert', 'tip_line', 'centralists'] as const).map((set) => readerOf(set, takes, SCRIPT));

describe('a set of recorded prompts', () => {
  it('is played once its last sentence is recorded', () => {
    const almost = withTakes(NO_TAKES, 'Anna', without(whole('alert'), 'ending.2'), SCRIPT);
    expect(missingFrom('alert', almost.readers['Anna'] ?? {}, SCRIPT).map(({ name }) => name)).to.deep.equal([
      'ending.2',
    ]);
    expect(readers(almost)).to.deep.equal([undefined, undefined, undefined]);
    expect(spokenPrompts(almost, SCRIPT)).to.deep.equal([]);
    const complete = withTakes(almost, 'Anna', takesOf(['ending.2']), SCRIPT);
    expect(readers(complete)).to.deep.equal(['Anna', undefined, undefined]);
    expect(spokenPrompts(complete, SCRIPT).map(({ name }) => name)).to.have.members([
      'alert-prompt',
      'update-prompt',
      'alert-goodbye',
      'ending',
      'ending-child',
      'ending-adult',
      'thanks',
      'closing-prompt',
      'closing-thanks',
    ]);
  });

  it('is never made of two voices', () => {
    const anna = withTakes(NO_TAKES, 'Anna', without(whole('alert'), 'thanks'), SCRIPT);
    const both = withTakes(anna, 'Bram', takesOf(['thanks']), SCRIPT);
    expect(readers(both)).to.deep.equal([undefined, undefined, undefined]);
  });

  it('stays in the voice of its reader while another reader records some of it', () => {
    const anna = withTakes(NO_TAKES, 'Anna', whole('alert', 'anna-'), SCRIPT);
    const more = withTakes(anna, 'Bram', takesOf(['thanks', 'ending.1'], 'bram-'), SCRIPT);
    expect(readers(more)[0]).to.equal('Anna');
    const bram = withTakes(more, 'Bram', whole('alert', 'bram-'), SCRIPT);
    expect(readers(bram)[0]).to.equal('Bram');
    for (const spoken of spokenPrompts(bram, SCRIPT))
      for (const part of partsOf(spoken)) if (typeof part === 'string') expect(part).to.match(/^bram-/);
  });

  it('is played in the voice of the engine again when a new version changes the words of a sentence', () => {
    const anna = withTakes(NO_TAKES, 'Anna', whole('alert'), SCRIPT);
    const thanks = { ...MANIFEST_TEXTS['thanks'], text: 'Heel veel dank.' };
    const newer = scriptOf({ ...MANIFEST_TEXTS, thanks });
    expect(readerOf('alert', anna, newer)).to.equal(undefined);
    expect(missingFrom('alert', anna.readers['Anna'] ?? {}, newer).map(({ name }) => name)).to.deep.equal(['thanks']);
  });

  it('is still played when the number of the tip line changes, with the new digits', () => {
    const anna = withTakes(NO_TAKES, 'Anna', whole('alert'), SCRIPT);
    const moved = scriptOf(MANIFEST_TEXTS, { ...WORDS, tipLine: '0900-123' });
    expect(readerOf('alert', anna, moved)).to.equal('Anna');
    const ending = spokenPrompts(anna, moved).find(({ name }) => name === 'ending');
    if (!ending) throw new Error('the ending is not spoken');
    const sounds = partsOf(ending).filter((part) => typeof part === 'string');
    expect(sounds).to.deep.equal(['ending.1', ...[...'0900123'].map((digit) => `digit-${digit}`), 'ending.2']);
  });

  it('pauses longest between the groups of a number', () => {
    const anna = withTakes(NO_TAKES, 'Anna', whole('alert'), SCRIPT);
    const ending = spokenPrompts(anna, SCRIPT).find(({ name }) => name === 'alert-goodbye');
    if (!ending) throw new Error('the goodbye is not spoken');
    const parts = partsOf(ending);
    const pauses = parts.filter((part) => typeof part === 'number');
    // Before the number, three in 0800, one between the groups, three in 0011, and one after the number.
    expect(pauses).to.have.length(9);
    const [groups] = pauses.slice(4, 5);
    expect(pauses.filter((ms) => ms === groups)).to.have.length(1);
    expect(groups).to.be.greaterThan(pauses[1] ?? Infinity);
    expect(parts.at(0)).to.equal('alert-goodbye.1');
    expect(parts.at(-1)).to.equal('alert-goodbye.2');
  });

  it('is forgotten with its reader', () => {
    const anna = withTakes(withTakes(NO_TAKES, 'Anna', whole('alert'), SCRIPT), 'Bram', whole('centralists'), SCRIPT);
    expect(readers(withoutTakes(anna, 'Anna'))).to.deep.equal([undefined, undefined, 'Bram']);
    expect(withoutTakes(anna)).to.deep.equal(NO_TAKES);
  });
});
