import { expect } from 'chai';
import { centralistProblems, cleanName } from '../../src/domain/centralist-fields.js';

const problems = (name: string, extension = '201'): string[] =>
  centralistProblems({ name: cleanName(name), extension }).map(({ field }) => field);

describe('the name and extension of a centralist', () => {
  for (const name of [
    'Anna',
    'Zoë Łukasz',
    'O’Neill; piket',
    'Jan "de Lange" <1>',
    'مريم',
    'Kees 👮‍♀️',
    '李',
    '7',
    'x'.repeat(80),
  ])
    it(`accept the name ${name.slice(0, 20)}`, () => {
      expect(problems(name)).to.deep.equal([]);
    });

  for (const [what, name] of [
    ['a NUL', 'An\0na'],
    ['a line feed', 'Anna\nVoorbeeld'],
    ['a carriage return', 'Anna\rVoorbeeld'],
    ['a tab', 'Anna\tVoorbeeld'],
    ['an escape', 'Anna\u001b[31m'],
    ['a delete', 'Anna\u007f'],
    ['a control character of Latin 1', 'Anna\u0085'],
    ['a line separator', 'Anna\u2028Voorbeeld'],
    ['half of a surrogate pair', 'Anna \ud83d'],
    ['only invisible characters', '\u202e\u200f'],
    ['only punctuation', '"<>;'],
    ['no letter at all', '   '],
    ['81 characters', 'x'.repeat(81)],
  ] as const)
    it(`are refused for a name with ${what}, and the problem names the field`, () => {
      expect(problems(name)).to.deep.equal(['name']);
    });

  it('are stored without characters that change the direction of writing', () => {
    expect(cleanName('\u202eAnna\u202c  de \u200fVries ')).to.equal('Anna de Vries');
  });

  for (const extension of ['1', '1234567', '20a', '20;1', '20\n', '٢٠١', '', '*20', '-20'])
    it(`are refused with the extension ${JSON.stringify(extension)}`, () => {
      expect(problems('Anna', extension)).to.deep.equal(['extension']);
    });
});
