import { expect } from 'chai';
import { countsWords, planWords, timeWords, titleByPhone } from '../../src/domain/desk-words.js';
import { KINDS } from '../../src/domain/kinds.js';

describe('the spoken plan', () => {
  const TABLE: readonly [selected: number, seconds: number, words: string][] = [
    [4312, 372, '4312 deelnemers, ongeveer 6 minuten.'],
    [1, 42, '1 deelnemer, minder dan een minuut.'],
    [0, 0, '0 deelnemers, minder dan een minuut.'],
    [2, 59, '2 deelnemers, minder dan een minuut.'],
    [2, 60, '2 deelnemers, ongeveer 1 minuut.'],
    [2, 89, '2 deelnemers, ongeveer 1 minuut.'],
    [2, 90, '2 deelnemers, ongeveer 2 minuten.'],
    [9000, 7_100, '9000 deelnemers, ongeveer 118 minuten.'],
    [90_000, 7_200, '90000 deelnemers, ongeveer 2 uur.'],
  ];
  for (const [selected, all, words] of TABLE) {
    it(`of ${selected} participants and ${all} s is '${words}'`, () => {
      expect(planWords({ selected, estimateSeconds: { all } })).to.equal(words);
    });
  }

  it('gives a long time in hours', () => {
    expect(timeWords(3 * 3600 + 1700)).to.equal('ongeveer 3 uur');
  });
});

describe('the spoken counts', () => {
  it('are one sentence for each count', () => {
    expect(countsWords({ selected: 4312, called: 3000, reached: 1200, tips: 3 })).to.equal(
      '4312 deelnemers in het gebied. 3000 gebeld. 1200 bereikt. 3 tips.',
    );
  });

  it('use the singular for one', () => {
    expect(countsWords({ selected: 1, called: 1, reached: 1, tips: 1 })).to.equal(
      '1 deelnemer in het gebied. 1 gebeld. 1 bereikt. 1 tip.',
    );
  });

  it('say "niemand" and "geen" for zero', () => {
    expect(countsWords({ selected: 2, called: 0, reached: 0, tips: 0 })).to.equal(
      '2 deelnemers in het gebied. Nog niemand gebeld. Nog niemand bereikt. Nog geen tips.',
    );
  });
});

describe('the title of an action started by telephone', () => {
  it('names the kind and the area', () => {
    expect(titleByPhone('missing_child', ['8251'])).to.equal('Vermist kind, 8251');
    expect(titleByPhone('robbery', ['8251-8256', '8260'])).to.equal('Overval, 8251-8256, 8260');
  });

  it('lists at most three parts of an area', () => {
    expect(titleByPhone('theft', ['8251', '8252', '8253', '8255', '8260'])).to.equal(
      'Diefstal, 8251, 8252, 8253, en nog 2',
    );
  });

  it('has at most 80 characters for every kind', () => {
    for (const kind of KINDS) expect(titleByPhone(kind, Array<string>(12).fill('8251-8256')).length).to.be.at.most(80);
  });
});
