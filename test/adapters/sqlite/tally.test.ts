import { expect } from 'chai';
import { OUTCOMES, type Outcome } from '../../../src/domain/outcome.js';
import type { Participant } from '../../../src/domain/participant.js';
import type { Action } from '../../../src/domain/action.js';
import { PURPOSES, type Purpose } from '../../../src/domain/attempt.js';
import { Tallies } from '../../../src/adapters/sqlite/tally.js';
import { addPerson, addRunning, ending, freshStores, mobile, newAttempt, type Fixture } from './support/fixtures.js';

interface Steps {
  outcome?: Outcome;
  purpose?: Purpose;
  messageVersion?: number;
  dialedAt?: number;
  endedAt?: number;
  rang?: boolean;
  answered?: boolean;
  heardSeconds?: number;
  plays?: number;
}

describe('counts of an action', () => {
  let stores: Fixture;
  let people: Participant[];
  let action: Action;
  beforeEach(() => {
    stores = freshStores();
    people = Array.from({ length: 5 }, (_, n) => addPerson(stores, [mobile(n)]));
    action = addRunning(stores, people);
  });
  afterEach(() => {
    stores.close();
  });

  const call = (n: number, steps: Steps): void => {
    const { purpose = 'alert', messageVersion = 1, dialedAt = 20_000, outcome, endedAt = 30_000 } = steps;
    const base = newAttempt(action, people[n]!.id, mobile(n));
    const { id } = stores.attempts.add({ ...base, purpose, messageVersion, dialedAt });
    if (steps.rang) stores.attempts.rang(id, 21_000);
    if (steps.answered) stores.attempts.answered(id, 22_000);
    const { heardSeconds = 0, plays = 0 } = steps;
    if (outcome) stores.attempts.end(id, ending(outcome, { endedAt, heardSeconds, plays }));
  };
  const reach = (n: number, at: number) => stores.actions.markReached(action.id, people[n]!.id, mobile(n), 1, at);
  const tally = () => stores.attempts.tally(action.id);
  const countedAgain = () => new Tallies(stores.db.sqlite, (work) => work()).tally(action.id);

  it('are all zero before the first call', () => {
    expect(tally()).to.deep.equal({
      selected: 5,
      called: 0,
      rang: 0,
      answered: 0,
      reached: 0,
      outcomes: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])),
      heard: 0,
      replayed: 0,
      halfCalledAt: null,
      ninetyCalledAt: null,
      allCalledAt: null,
      firstInviteAt: null,
      halfReachedAt: null,
      ninetyReachedAt: null,
      lastAttemptEndedAt: null,
      firstTipAt: null,
      closingCalled: 0,
      closingAnswered: 0,
    });
    expect(stores.attempts.tally(99)).to.include({ selected: 0, halfReachedAt: null });
  });

  it('count each person once and each attempt', () => {
    call(0, { outcome: 'no_answer', rang: true });
    call(0, { outcome: 'no_answer', rang: true });
    call(0, { outcome: 'confirmed', rang: true, answered: true });
    call(1, { outcome: 'busy' });
    call(2, { rang: true });
    expect(tally()).to.include({ called: 3, rang: 2, answered: 1 });
    expect(tally().outcomes).to.include({ no_answer: 2, confirmed: 1, busy: 1, no_digit: 0 });
  });

  it('count an answered call as rung, even when the network sent no ringing response', () => {
    call(0, { outcome: 'no_digit', answered: true });
    expect(tally()).to.include({ rang: 1, answered: 1 });
  });

  it('count people who heard the whole message in the version that was played to them', () => {
    stores.actions.setMessage(action.id, { text: null, soundId: 'longer', seconds: 40, version: 2, voice: null });
    call(0, { outcome: 'confirmed', heardSeconds: 12.2, plays: 1 });
    call(1, { outcome: 'confirmed', heardSeconds: 11, plays: 1 });
    call(2, { outcome: 'confirmed', heardSeconds: 30, plays: 1, messageVersion: 2, purpose: 'update' });
    call(3, { outcome: 'confirmed', heardSeconds: 80, plays: 2, messageVersion: 2, purpose: 'update' });
    expect(tally().heard).to.equal(2);
  });

  it('count people who asked for the message again after its two plays', () => {
    call(0, { outcome: 'confirmed', plays: 2 });
    call(1, { outcome: 'confirmed', plays: 3 });
    expect(tally().replayed).to.equal(1);
  });

  it('have the times at which half and ninety percent of the selected were reached, rounded up', () => {
    for (const [n, at] of [300, 100, 200, 500].entries()) reach(n, at);
    expect(tally()).to.include({ reached: 4, halfReachedAt: 300, ninetyReachedAt: null });
    reach(4, 400);
    expect(tally()).to.include({ reached: 5, halfReachedAt: 300, ninetyReachedAt: 500 });
  });

  it('have the start of the first alert call and the end of the last', () => {
    call(0, { outcome: 'busy', dialedAt: 20_500, endedAt: 31_000 });
    call(1, { outcome: 'busy', dialedAt: 20_100, endedAt: 32_000 });
    call(1, { outcome: 'busy', dialedAt: 50_000, endedAt: 60_000, purpose: 'closing' });
    call(2, { outcome: 'no_digit', purpose: 'closing' });
    expect(tally()).to.include({ firstInviteAt: 20_100, lastAttemptEndedAt: 32_000, called: 2 });
  });

  it('keep closing calls apart from the outcomes of the alert', () => {
    call(0, { outcome: 'confirmed', answered: true, purpose: 'closing', messageVersion: 7 });
    call(1, { outcome: 'no_answer', rang: true, purpose: 'closing' });
    call(1, { outcome: 'no_answer', rang: true, purpose: 'closing' });
    const counts = tally();
    expect(counts).to.include({ closingCalled: 2, closingAnswered: 1, rang: 0, answered: 0, heard: 0 });
    expect(counts.outcomes).to.include({ confirmed: 0, no_answer: 0 });
  });

  it('have the time of the first tip', () => {
    for (const createdAt of [900, 700]) {
      const inbound = stores.inbound.add({ from: mobile(0), callId: 'call-1', receivedAt: 600 });
      const participantId = people[0]!.id;
      const fresh = { actionId: action.id, participantId, inboundId: inbound.id, recordingId: null, createdAt };
      stores.tips.add({ ...fresh, type: 'conversation' });
    }
    expect(tally().firstTipAt).to.equal(700);
  });

  it('have the times at which half, ninety percent and all had been called once', () => {
    const calledOnce = () => {
      const { halfCalledAt, ninetyCalledAt, allCalledAt } = tally();
      return [halfCalledAt, ninetyCalledAt, allCalledAt];
    };
    call(0, { outcome: 'busy', endedAt: 31_000 });
    call(0, { outcome: 'confirmed', endedAt: 99_000 });
    call(1, { outcome: 'congestion', endedAt: 21_000 });
    call(1, { outcome: 'interrupted', endedAt: 22_000 });
    call(2, { outcome: 'no_answer', endedAt: 60_000 });
    expect(calledOnce()).to.deep.equal([null, null, null]);
    call(1, { outcome: 'no_digit', endedAt: 40_000 });
    expect(calledOnce()).to.deep.equal([60_000, null, null]);
    // A digit in a live call. The person counts as called once only when the call has ended.
    call(3, { answered: true });
    reach(3, 65_000);
    // This person called the tip line before being called.
    reach(4, 20_500);
    expect(calledOnce()).to.deep.equal([40_000, null, null]);
    stores.attempts.end(stores.attempts.open()[0]!.id, ending('confirmed', { endedAt: 70_000 }));
    expect(calledOnce()).to.deep.equal([40_000, 70_000, 70_000]);
  });

  it('give the durations of first calls, answered or not', () => {
    expect(stores.attempts.experience()).to.deep.equal({
      calls: 0,
      answered: 0,
      answeredMs: 0,
      plays: 0,
      unansweredMs: 0,
    });
    // The message lasts 12.5 s.
    call(0, { outcome: 'confirmed', answered: true, heardSeconds: 25, plays: 2, endedAt: 65_000 });
    call(1, { outcome: 'no_digit', answered: true, endedAt: 50_000 });
    call(2, { outcome: 'no_answer', endedAt: 50_000 });
    call(3, { outcome: 'busy', endedAt: 21_000 });
    call(4, { outcome: 'congestion', endedAt: 21_000 });
    call(4, { outcome: 'interrupted', endedAt: 99_000 });
    call(4, {});
    call(1, { outcome: 'confirmed', purpose: 'closing', answered: true, endedAt: 99_000 });
    expect(stores.attempts.experience()).to.deep.equal({
      calls: 4,
      answered: 2,
      answeredMs: 25_000,
      plays: 1,
      unansweredMs: 15_500,
    });
  });

  it('are the same when updated by each step as when counted from the tables', () => {
    tally();
    let seed = 7;
    const chance = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let n = 0; n < 200; n++) {
      const outcome = OUTCOMES[chance(OUTCOMES.length + 2)];
      const at = 20_000 + n * 100 - chance(3) * 150;
      call(chance(5), {
        purpose: PURPOSES[chance(PURPOSES.length)]!,
        ...(outcome && { outcome }),
        messageVersion: 1 + chance(2),
        dialedAt: at,
        endedAt: at + chance(500),
        rang: chance(2) === 0,
        answered: chance(2) === 0,
        heardSeconds: chance(12),
        plays: chance(5),
      });
      if (chance(40) === 0) reach(chance(5), at);
      if (n % 20 === 0) expect(tally()).to.deep.equal(countedAgain());
    }
    expect(tally()).to.deep.equal(countedAgain());
  });

  it('are finished when many actions are counted at the same time, step by step', () => {
    const waiting = new Set([action.id, ...Array.from({ length: 39 }, () => addRunning(stores, people).id)]);
    const tallies = new Tallies(stores.db.sqlite, (work) => work());
    for (let round = 0; round < 3; round++) for (const id of waiting) if (tallies.step(id)) waiting.delete(id);
    expect([...waiting]).to.deep.equal([]);
    expect(tallies.tally(action.id)).to.include({ selected: 5 });
  });

  it('count nothing of a transaction that was rolled back', () => {
    const before = tally();
    expect(() =>
      stores.together(() => {
        call(0, { outcome: 'confirmed', rang: true, answered: true });
        reach(0, 30_000);
        throw new Error('no room');
      }),
    ).to.throw('no room');
    expect(tally()).to.deep.equal(before);
    expect(countedAgain()).to.deep.equal(before);
  });
});
