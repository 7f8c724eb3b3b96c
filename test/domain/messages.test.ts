import { expect } from 'chai';
import { KINDS, RESULTS, type Kind, type Result } from '../../src/domain/kinds.js';
import {
  closingText,
  digitByDigit,
  endingOf,
  prompt,
  PROMPTS,
  rendered,
  silence,
  type PromptName,
} from '../../src/domain/messages.js';

describe('The ending of an alert call', () => {
  const ENDINGS: Readonly<Record<Kind, PromptName>> = {
    theft: 'ending',
    robbery: 'ending',
    burglary: 'ending',
    hit_and_run: 'ending',
    bag_snatching: 'ending',
    violence: 'ending',
    missing_child: 'ending-child',
    missing_adult: 'ending-adult',
    missing_goods: 'ending',
  };
  for (const kind of KINDS) {
    it(`of ${kind} is the prompt ${ENDINGS[kind]}`, () => {
      expect(endingOf(kind)).to.equal(ENDINGS[kind]);
    });
  }
  it('is always a prompt that exists', () => {
    for (const kind of KINDS) expect(PROMPTS).to.include(endingOf(kind));
  });
});

describe('What the closing call says', () => {
  const FOUND: Readonly<Record<Kind, RegExp>> = {
    theft: /^Wie of wat wij zochten is gevonden\.$/,
    robbery: /^Wie of wat wij zochten is gevonden\.$/,
    burglary: /^Wie of wat wij zochten is gevonden\.$/,
    hit_and_run: /^Wie of wat wij zochten is gevonden\.$/,
    bag_snatching: /^Wie of wat wij zochten is gevonden\.$/,
    violence: /^Wie of wat wij zochten is gevonden\.$/,
    missing_child: /^Het vermiste kind is gevonden\.$/,
    missing_adult: /^De vermiste persoon is gevonden\.$/,
    missing_goods: /^De vermiste goederen zijn gevonden\.$/,
  };
  const OTHERWISE: Readonly<Record<Exclude<Result, 'found'>, RegExp>> = {
    arrested: /aangehouden/,
    not_found: /nog niet gevonden.*U hoeft niet meer uit te kijken/,
    false_alarm: /loos alarm.*U hoeft niet meer uit te kijken/,
  };
  for (const kind of KINDS) {
    for (const result of RESULTS) {
      it(`of ${kind} that ended in ${result}`, () => {
        expect(closingText(kind, result)).to.match(result === 'found' ? FOUND[kind] : OTHERWISE[result]);
      });
    }
  }

  it('is whole sentences without an abbreviation, a figure or a placeholder', () => {
    for (const kind of KINDS) {
      for (const result of RESULTS) {
        const text = closingText(kind, result);
        expect(text).to.match(/^[A-Z][^.]*\.( [A-Z][^.]*\.)*$/);
        expect(text).not.to.match(/\b[A-Z]{2,}\b|\d|[{}]/);
      }
    }
  });

  it('never says that nothing was found when something was', () => {
    for (const kind of KINDS) expect(closingText(kind, 'found')).not.to.match(/niet/);
  });
});

describe('Sounds', () => {
  it('no prompt is named twice', () => {
    expect(new Set(PROMPTS).size).to.equal(PROMPTS.length);
  });
  it('a prompt is known by its name, a rendered sound by its content', () => {
    expect(prompt('ending')).to.deep.equal({ type: 'prompt', name: 'ending' });
    expect(rendered('0f'.repeat(16))).to.deep.equal({ type: 'rendered', soundId: '0f'.repeat(16) });
  });
  it('a number is said digit by digit, without what is none', () => {
    expect(digitByDigit('0 4-7').map((sound) => sound.type === 'prompt' && sound.name)).to.deep.equal([
      'digit-0',
      'digit-4',
      'digit-7',
    ]);
  });

  it('seconds of silence are as few sounds as there can be', () => {
    const names = (seconds: number): string[] =>
      silence(seconds).map((sound) => (sound.type === 'prompt' ? sound.name : 'rendered'));
    expect(names(0)).to.deep.equal([]);
    expect(names(2)).to.deep.equal(['silence', 'silence']);
    expect(names(4)).to.deep.equal(['silence-4']);
    expect(names(6)).to.deep.equal(['silence-5', 'silence']);
    expect(names(9)).to.deep.equal(['silence-5', 'silence-4']);
  });
});
