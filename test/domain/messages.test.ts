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

describe('the ending of an alert call', () => {
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
    it(`for ${kind} is the prompt ${ENDINGS[kind]}`, () => {
      expect(endingOf(kind)).to.equal(ENDINGS[kind]);
    });
  }
  it('is always a prompt that exists', () => {
    for (const kind of KINDS) expect(PROMPTS).to.include(endingOf(kind));
  });
});

describe('the text of the closing call', () => {
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
      it(`names the result ${result} of ${kind}`, () => {
        expect(closingText(kind, result)).to.match(result === 'found' ? FOUND[kind] : OTHERWISE[result]);
      });
    }
  }

  it('has whole sentences without an abbreviation, a figure or a placeholder', () => {
    for (const kind of KINDS) {
      for (const result of RESULTS) {
        const text = closingText(kind, result);
        expect(text).to.match(/^[A-Z][^.]*\.( [A-Z][^.]*\.)*$/);
        expect(text).not.to.match(/\b[A-Z]{2,}\b|\d|[{}]/);
      }
    }
  });

  it('contains no "niet" when the result is found', () => {
    for (const kind of KINDS) expect(closingText(kind, 'found')).not.to.match(/niet/);
  });
});

describe('sounds', () => {
  it('include no two prompts with the same name', () => {
    expect(new Set(PROMPTS).size).to.equal(PROMPTS.length);
  });
  it('are known by the name of the prompt or the hash of the rendered sound', () => {
    expect(prompt('ending')).to.deep.equal({ type: 'prompt', name: 'ending' });
    expect(rendered('0f'.repeat(16))).to.deep.equal({ type: 'rendered', soundId: '0f'.repeat(16) });
  });
  it('of a number are its digits one by one with a short pause between them, without other characters', () => {
    expect(digitByDigit('0 4-7').map((sound) => sound.type === 'prompt' && sound.name)).to.deep.equal([
      'digit-0',
      'silence-short',
      'digit-4',
      'silence-short',
      'digit-7',
    ]);
  });

  it('of seconds of silence are as few as possible', () => {
    const names = (seconds: number): string[] =>
      silence(seconds).map((sound) => (sound.type === 'prompt' ? sound.name : 'rendered'));
    expect(names(0)).to.deep.equal([]);
    expect(names(2)).to.deep.equal(['silence', 'silence']);
    expect(names(4)).to.deep.equal(['silence-4']);
    expect(names(6)).to.deep.equal(['silence-5', 'silence']);
    expect(names(9)).to.deep.equal(['silence-5', 'silence-4']);
  });
});
