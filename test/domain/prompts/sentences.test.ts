import { expect } from 'chai';
import { PROMPTS } from '../../../src/domain/messages.js';
import { neededFor, piecesOf, PROMPT_SETS, sentencesOf, setOf } from '../../../src/domain/prompts/sentences.js';
import { MANIFEST_TEXTS, WORDS } from '../../support/manifest-texts.js';

describe('the sentences of the prompts', () => {
  const sentences = sentencesOf(MANIFEST_TEXTS, WORDS);
  const names = sentences.map(({ name }) => name);

  it('are one sentence of the same name for a prompt without a number in it', () => {
    expect(piecesOf('thanks', 'Dank u wel.', WORDS)).to.deep.equal([
      { type: 'sentence', name: 'thanks', text: 'Dank u wel.' },
    ]);
    expect(piecesOf('tip-unknown', 'Bel 112, of 0900-8844.', WORDS)).to.have.length(1);
  });

  it('have the name of the service in them', () => {
    const [piece] = piecesOf('alert-prompt', 'Dit is {service}.', { ...WORDS, service: 'Buurtalarm' });
    expect(piece).to.deep.equal({ type: 'sentence', name: 'alert-prompt', text: 'Dit is Buurtalarm.' });
  });

  it('are cut at the number of the tip line, which is said digit by digit', () => {
    expect(piecesOf('ending', 'Ziet u iets? Bel {tipLine}. Bij direct gevaar: 112.', WORDS)).to.deep.equal([
      { type: 'sentence', name: 'ending.1', text: 'Ziet u iets? Bel' },
      { type: 'number', shown: '0800-0011', endsSentence: true },
      { type: 'sentence', name: 'ending.2', text: 'Bij direct gevaar: 112.' },
    ]);
    expect(piecesOf('ending-child', 'Bel {tipLine}, en blijf.', WORDS)).to.deep.equal([
      { type: 'sentence', name: 'ending-child.1', text: 'Bel' },
      { type: 'number', shown: '0800-0011', endsSentence: false },
      { type: 'sentence', name: 'ending-child.2', text: 'en blijf.' },
    ]);
    expect(piecesOf('ending', 'Bel {tipLine}.', WORDS)).to.have.length(2);
  });

  it('are shared within a series of prompts that differ in one digit', () => {
    const place = (n: number): unknown =>
      piecesOf(`tip-place-${n}` as 'tip-place-4', `U bent nummer ${n} in de rij.`, WORDS);
    expect(place(4)).to.deep.equal([
      { type: 'sentence', name: 'tip-place.1', text: 'U bent nummer' },
      { type: 'number', shown: '4', endsSentence: false },
      { type: 'sentence', name: 'tip-place.2', text: 'in de rij.' },
    ]);
    expect(piecesOf('tip-place-1', 'U bent de volgende.', WORDS)).to.deep.equal([
      { type: 'sentence', name: 'tip-place-1', text: 'U bent de volgende.' },
    ]);
  });

  it('refuse a placeholder that nobody fills in', () => {
    expect(() => piecesOf('thanks', 'Dank u, {name}.', WORDS)).to.throw('unknown placeholder {name}');
  });

  it('have one text for each name, so that one recording fits every prompt with that sentence', () => {
    for (const prompt of PROMPTS)
      for (const piece of piecesOf(prompt, MANIFEST_TEXTS[prompt].text, WORDS))
        if (piece.type === 'sentence')
          expect(sentences.find(({ name }) => name === piece.name)?.text, piece.name).to.equal(piece.text);
  });

  it('cover every prompt with words, and no tone', () => {
    const spoken = PROMPTS.filter((name) => MANIFEST_TEXTS[name].text !== '');
    for (const name of spoken) expect(piecesOf(name, MANIFEST_TEXTS[name].text, WORDS), name).not.to.deep.equal([]);
    for (const name of ['beep', 'hold', 'ringing', 'silence'] as const)
      expect(piecesOf(name, MANIFEST_TEXTS[name].text, WORDS)).to.deep.equal([]);
  });

  it('are numbered from 1, the alert call and its digits first', () => {
    expect(sentences.map(({ number }) => number)).to.deep.equal(names.map((_, index) => index + 1));
    expect(new Set(names).size).to.equal(names.length);
    expect(names[0]).to.equal('alert-prompt');
    expect(sentences.filter(({ set }) => set === 'alert').map(({ name }) => name)).to.include.members([
      'ending.1',
      'ending.2',
      'digit-0',
      'digit-9',
      'closing-thanks',
    ]);
    expect(sentences.map(({ set }) => PROMPT_SETS.indexOf(set))).to.deep.equal(
      sentences.map(({ set }) => PROMPT_SETS.indexOf(set)).toSorted((a, b) => a - b),
    );
  });

  it('say with a part of which prompt it is a part', () => {
    const part = sentences.find(({ name }) => name === 'ending.1');
    expect(part?.partOf).to.match(/^Ziet u iets\? Bel …/);
    expect(sentences.find(({ name }) => name === 'thanks')?.partOf).to.equal(null);
  });
});

describe('a set of prompts', () => {
  it('holds the prompts of one kind of call', () => {
    expect(setOf('ending')).to.equal('alert');
    expect(setOf('closing-thanks')).to.equal('alert');
    expect(setOf('digit-4')).to.equal('tip_line');
    expect(setOf('callback-hello')).to.equal('tip_line');
    expect(setOf('callback-desk')).to.equal('centralists');
    expect(setOf('desk-goodbye')).to.equal('centralists');
  });

  it('needs all ten digits when a number is said in it, whatever the number is', () => {
    const needed = neededFor('alert', MANIFEST_TEXTS, { ...WORDS, tipLine: '0800-1111' });
    expect([...needed]).to.include.members(Array.from({ length: 10 }, (_, digit) => `digit-${digit}`));
    expect([...needed]).not.to.include('ending');
    expect(
      [...neededFor('centralists', MANIFEST_TEXTS, WORDS)].filter((name) => name.startsWith('digit-')),
    ).to.deep.equal([]);
  });
});
