import { expect } from 'chai';
import type { E164 } from '../../src/domain/phone-number.js';
import { countExcluded, EXCLUSIONS, selectParticipants, type Candidate } from '../../src/domain/selection.js';

const NOW = 1_700_000_000_000;
const DAY = { now: NOW, night: false };
const NIGHT = { now: NOW, night: true };

function candidate(participantId: number, phones: string[], other: Partial<Candidate> = {}): Candidate {
  return { participantId, phones: phones as E164[], pausedUntil: null, nightCalls: false, ...other };
}

const ids = (people: readonly { participantId: number }[]): number[] => people.map((person) => person.participantId);

describe('the selection of an action', () => {
  it('calls all candidates in the given order', () => {
    const near = [candidate(9, ['+311']), candidate(2, ['+312']), candidate(5, ['+313'])];
    expect(ids(selectParticipants(near, DAY).selected)).to.deep.equal([9, 2, 5]);
  });

  it('calls a participant with several postcodes in the area once', () => {
    const twice = candidate(1, ['+311', '+312']);
    const { selected, excluded } = selectParticipants([twice, candidate(2, ['+313']), twice], DAY);
    expect(selected).to.deep.equal([
      { participantId: 1, phones: ['+311', '+312'] },
      { participantId: 2, phones: ['+313'] },
    ]);
    expect(excluded).to.deep.equal([]);
  });

  it('calls a number once when a participant has it twice', () => {
    expect(selectParticipants([candidate(1, ['+311', '+312', '+311'])], DAY).selected).to.deep.equal([
      { participantId: 1, phones: ['+311', '+312'] },
    ]);
  });

  it('is empty without candidates', () => {
    expect(selectParticipants([], DAY)).to.deep.equal({ selected: [], excluded: [] });
  });
});

describe('a number shared by a household', () => {
  it('is called once, for the first member, and the others are excluded as shared_number', () => {
    const { selected, excluded } = selectParticipants([candidate(1, ['+311']), candidate(2, ['+311'])], DAY);
    expect(ids(selected)).to.deep.equal([1]);
    expect(excluded).to.deep.equal([{ participantId: 2, reason: 'shared_number', sharedWith: 1 }]);
  });

  it('is not called for a member with another number, who is called on that', () => {
    const { selected, excluded } = selectParticipants([candidate(1, ['+311']), candidate(2, ['+311', '+312'])], DAY);
    expect(selected[1]).to.deep.equal({ participantId: 2, phones: ['+312'] });
    expect(excluded).to.deep.equal([]);
  });

  const SHARED: readonly [people: string[][], called: string[][], why: string][] = [
    [[['a', 'h'], ['h']], [['a'], ['h']], 'it is called for the second, who has no other number'],
    [[['h'], ['a', 'h']], [['h'], ['a']], 'it is called for the first, who has no other number'],
    [
      [
        ['a', 'h'],
        ['h', 'b'],
      ],
      [['a', 'h'], ['b']],
      'it is called for the first when both have another number',
    ],
    [[['a', 'h'], ['h'], ['h']], [['a'], ['h']], 'it is called for the first of two without another number'],
    [[['h', 'g'], ['h'], ['g']], [['g'], ['h']], 'a member with two shared numbers keeps one of them'],
  ];
  for (const [people, called, why] of SHARED) {
    it(`makes of ${JSON.stringify(people)} the calls ${JSON.stringify(called)}: ${why}`, () => {
      const { selected, excluded } = selectParticipants(
        people.map((phones, index) => candidate(index, phones)),
        DAY,
      );
      expect(selected.map(({ phones }) => phones)).to.deep.equal(called);
      expect(selected.length + excluded.length).to.equal(people.length);
    });
  }

  it('is called for the next member when the first is excluded', () => {
    const away = candidate(1, ['+311'], { pausedUntil: NOW + 1 });
    expect(ids(selectParticipants([away, candidate(2, ['+311'])], DAY).selected)).to.deep.equal([2]);
  });

  it('is never called for two participants', () => {
    const street = [1, 2, 3, 4, 5, 6, 7].map((id) => candidate(id, [`+31${id % 3}`, `+31${id % 4}`]));
    const called = selectParticipants(street, DAY).selected.flatMap((person) => person.phones);
    expect(called).to.have.lengthOf(new Set(called).size);
    expect(new Set(called).size).to.equal(4);
  });
});

describe('the excluded participants of a selection', () => {
  const PAUSE: readonly [pausedUntil: number | null, called: boolean, why: string][] = [
    [null, true, 'a participant without a pause'],
    [NOW + 1, false, 'a participant whose pause ends in a millisecond'],
    [NOW, true, 'a participant whose pause ends now'],
    [NOW - 1, true, 'a participant whose pause is over'],
  ];
  for (const [pausedUntil, called, why] of PAUSE) {
    it(`${called ? 'do not include' : 'include'} ${why}`, () => {
      const { selected, excluded } = selectParticipants([candidate(1, ['+311'], { pausedUntil })], DAY);
      expect(ids(selected)).to.deep.equal(called ? [1] : []);
      expect(excluded.map(({ reason }) => reason)).to.deep.equal(called ? [] : ['paused']);
    });
  }

  it('include at night all participants who did not ask for night calls', () => {
    const { selected, excluded } = selectParticipants(
      [candidate(1, ['+311']), candidate(2, ['+312'], { nightCalls: true })],
      NIGHT,
    );
    expect(ids(selected)).to.deep.equal([2]);
    expect(excluded).to.deep.equal([{ participantId: 1, reason: 'night', sharedWith: null }]);
  });

  it('include at night a paused participant who asked for night calls', () => {
    const both = candidate(1, ['+311'], { nightCalls: true, pausedUntil: NOW + 1 });
    expect(selectParticipants([both], NIGHT).excluded).to.deep.equal([
      { participantId: 1, reason: 'paused', sharedWith: null },
    ]);
  });

  it('do not depend by day on the wish for night calls', () => {
    expect(
      ids(selectParticipants([candidate(1, ['+311'], { nightCalls: true }), candidate(2, ['+312'])], DAY).selected),
    ).to.deep.equal([1, 2]);
  });

  it('are counted by reason, without reasons that do not occur', () => {
    const { excluded } = selectParticipants(
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

  it('are together with the selected all candidates, each once', () => {
    const people = [1, 2, 3, 4, 5, 6].map((id) =>
      candidate(id, [`+31${id % 4}`], { pausedUntil: id % 3 === 0 ? NOW + 1 : null, nightCalls: id % 2 === 0 }),
    );
    const { selected, excluded } = selectParticipants([...people, ...people], NIGHT);
    expect([...ids(selected), ...ids(excluded)].sort()).to.deep.equal([1, 2, 3, 4, 5, 6]);
  });

  it('have the reasons paused, night, declined and shared_number', () => {
    expect(EXCLUSIONS).to.deep.equal(['paused', 'night', 'declined', 'shared_number']);
  });
});
