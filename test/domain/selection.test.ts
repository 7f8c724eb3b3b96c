import { expect } from 'chai';
import type { E164 } from '../../src/domain/phone-number.js';
import { countExcluded, EXCLUSIONS, select, type Candidate } from '../../src/domain/selection.js';

const NOW = 1_700_000_000_000;
const DAY = { now: NOW, night: false };
const NIGHT = { now: NOW, night: true };

function candidate(participantId: number, phones: string[], other: Partial<Candidate> = {}): Candidate {
  return { participantId, phones: phones as E164[], pausedUntil: null, nightCalls: false, ...other };
}

const ids = (people: readonly { participantId: number }[]): number[] => people.map((person) => person.participantId);

describe('The selection of an action', () => {
  it('calls everybody, in the order given: nearest first', () => {
    const near = [candidate(9, ['+311']), candidate(2, ['+312']), candidate(5, ['+313'])];
    expect(ids(select(near, DAY).selected)).to.deep.equal([9, 2, 5]);
  });

  it('calls somebody once though several of their postcodes lie in the area', () => {
    const twice = candidate(1, ['+311', '+312']);
    const { selected, excluded } = select([twice, candidate(2, ['+313']), twice], DAY);
    expect(selected).to.deep.equal([
      { participantId: 1, phones: ['+311', '+312'] },
      { participantId: 2, phones: ['+313'] },
    ]);
    expect(excluded).to.deep.equal([]);
  });

  it('calls a number once though it was given twice', () => {
    expect(select([candidate(1, ['+311', '+312', '+311'])], DAY).selected).to.deep.equal([
      { participantId: 1, phones: ['+311', '+312'] },
    ]);
  });

  it('selects nobody from nobody', () => {
    expect(select([], DAY)).to.deep.equal({ selected: [], excluded: [] });
  });
});

describe('A household that shares a number', () => {
  it('is called on it once, for the first of them; the others are counted as sharing it', () => {
    const { selected, excluded } = select([candidate(1, ['+311']), candidate(2, ['+311'])], DAY);
    expect(ids(selected)).to.deep.equal([1]);
    expect(excluded).to.deep.equal([{ participantId: 2, reason: 'shared_number', sharedWith: 1 }]);
  });

  it('who has a number of their own too is called on that', () => {
    const { selected, excluded } = select([candidate(1, ['+311']), candidate(2, ['+311', '+312'])], DAY);
    expect(selected[1]).to.deep.equal({ participantId: 2, phones: ['+312'] });
    expect(excluded).to.deep.equal([]);
  });

  const SHARED: readonly [people: string[][], called: string[][], why: string][] = [
    [[['a', 'h'], ['h']], [['a'], ['h']], 'who has only the shared number is called on it, the other on their own'],
    [[['h'], ['a', 'h']], [['h'], ['a']], 'whoever comes first'],
    [
      [
        ['a', 'h'],
        ['h', 'b'],
      ],
      [['a', 'h'], ['b']],
      'both have their own: the first is called on the shared one too',
    ],
    [[['a', 'h'], ['h'], ['h']], [['a'], ['h']], 'of two with only the shared number the first is called for both'],
    [[['h', 'g'], ['h'], ['g']], [['g'], ['h']], 'nobody is left without a number by it'],
  ];
  for (const [people, called, why] of SHARED) {
    it(`${JSON.stringify(people)} are called as ${JSON.stringify(called)}: ${why}`, () => {
      const { selected, excluded } = select(
        people.map((phones, index) => candidate(index, phones)),
        DAY,
      );
      expect(selected.map(({ phones }) => phones)).to.deep.equal(called);
      expect(selected.length + excluded.length).to.equal(people.length);
    });
  }

  it('the number of somebody who is left out is free for who shares it', () => {
    const away = candidate(1, ['+311'], { pausedUntil: NOW + 1 });
    expect(ids(select([away, candidate(2, ['+311'])], DAY).selected)).to.deep.equal([2]);
  });

  it('never has one number called for two people', () => {
    const street = [1, 2, 3, 4, 5, 6, 7].map((id) => candidate(id, [`+31${id % 3}`, `+31${id % 4}`]));
    const called = select(street, DAY).selected.flatMap((person) => person.phones);
    expect(called).to.have.lengthOf(new Set(called).size);
    expect(new Set(called).size).to.equal(4);
  });
});

describe('Who is left out of a selection', () => {
  const PAUSE: readonly [pausedUntil: number | null, called: boolean, why: string][] = [
    [null, true, 'never paused'],
    [NOW + 1, false, 'paused for a moment more'],
    [NOW, true, 'the pause ends now'],
    [NOW - 1, true, 'the pause is over'],
  ];
  for (const [pausedUntil, called, why] of PAUSE) {
    it(`${why}: ${called ? 'called' : 'left out as paused'}`, () => {
      const { selected, excluded } = select([candidate(1, ['+311'], { pausedUntil })], DAY);
      expect(ids(selected)).to.deep.equal(called ? [1] : []);
      expect(excluded.map(({ reason }) => reason)).to.deep.equal(called ? [] : ['paused']);
    });
  }

  it('who sleeps at night is left out then; who asked for night calls is called', () => {
    const { selected, excluded } = select(
      [candidate(1, ['+311']), candidate(2, ['+312'], { nightCalls: true })],
      NIGHT,
    );
    expect(ids(selected)).to.deep.equal([2]);
    expect(excluded).to.deep.equal([{ participantId: 1, reason: 'night', sharedWith: null }]);
  });

  it('who paused is not called at night either, though they asked for night calls', () => {
    const both = candidate(1, ['+311'], { nightCalls: true, pausedUntil: NOW + 1 });
    expect(select([both], NIGHT).excluded).to.deep.equal([{ participantId: 1, reason: 'paused', sharedWith: null }]);
  });

  it('by day it matters to nobody who asked for night calls', () => {
    expect(
      ids(select([candidate(1, ['+311'], { nightCalls: true }), candidate(2, ['+312'])], DAY).selected),
    ).to.deep.equal([1, 2]);
  });

  it('is counted by reason, and reasons that do not occur are not named', () => {
    const { excluded } = select(
      [
        candidate(1, ['+311']),
        candidate(2, ['+311']),
        candidate(3, ['+313'], { pausedUntil: NOW + 1 }),
        candidate(4, ['+314'], { pausedUntil: NOW + 9 }),
      ],
      DAY,
    );
    expect(countExcluded(excluded)).to.deep.equal({ shared_number: 1, paused: 2 });
    expect(countExcluded([])).to.deep.equal({});
  });

  it('everybody is either called or left out, once', () => {
    const people = [1, 2, 3, 4, 5, 6].map((id) =>
      candidate(id, [`+31${id % 4}`], { pausedUntil: id % 3 === 0 ? NOW + 1 : null, nightCalls: id % 2 === 0 }),
    );
    const { selected, excluded } = select([...people, ...people], NIGHT);
    expect([...ids(selected), ...ids(excluded)].sort()).to.deep.equal([1, 2, 3, 4, 5, 6]);
  });

  it('the reasons are paused, night, declined and shared number', () => {
    expect(EXCLUSIONS).to.deep.equal(['paused', 'night', 'declined', 'shared_number']);
  });
});
