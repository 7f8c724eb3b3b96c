import { expect } from 'chai';
import {
  isFinalForNumber,
  isFinalForPerson,
  outcomeOfFailure,
  OUTCOMES,
  type CallFailure,
  type Outcome,
} from '../../src/domain/outcome.js';

describe('the outcome of an unanswered call', () => {
  const BY_STATUS: Readonly<Partial<Record<Outcome, readonly number[]>>> = {
    no_answer: [408, 480],
    busy: [486, 600],
    declined: [603],
    congestion: [429, 500, 502, 503, 504],
    unreachable: [404, 410, 484, 604, 488, 300, 301, 302, 305, 380],
  };
  for (const outcome of OUTCOMES) {
    for (const sipStatus of BY_STATUS[outcome] ?? []) {
      it(`is ${outcome} for SIP ${sipStatus}`, () => {
        expect(outcomeOfFailure({ sipStatus })).to.equal(outcome);
      });
    }
  }

  const BY_CAUSE: Readonly<Partial<Record<Outcome, readonly number[]>>> = {
    no_answer: [18, 19, 20],
    busy: [17],
    declined: [21],
    congestion: [34, 38, 41, 42, 44],
    unreachable: [1, 2, 3, 22, 27, 28, 29, 47, 58, 65, 79, 88, 127],
  };
  for (const outcome of OUTCOMES) {
    for (const cause of BY_CAUSE[outcome] ?? []) {
      it(`is ${outcome} for cause ${cause} without a SIP status`, () => {
        expect(outcomeOfFailure({ cause })).to.equal(outcome);
      });
    }
  }

  it('is unreachable for every other SIP status of a refusal', () => {
    const named = new Set([...Object.values(BY_STATUS).flat(), 403, 487]);
    for (let sipStatus = 300; sipStatus <= 699; sipStatus += 1) {
      if (named.has(sipStatus)) continue;
      expect(outcomeOfFailure({ sipStatus }), `SIP ${sipStatus}`).to.equal('unreachable');
    }
  });

  it('is unreachable for every other cause', () => {
    const named = new Set(Object.values(BY_CAUSE).flat());
    for (let cause = 0; cause <= 127; cause += 1) {
      if (named.has(cause)) continue;
      expect(outcomeOfFailure({ cause }), `cause ${cause}`).to.equal('unreachable');
    }
  });

  for (const sipReason of [
    'Call limit reached',
    'Limit exceeded',
    'CPSLimitExceeded',
    'Too many calls',
    'Max calls reached',
    'Maximum concurrent calls',
    'No channels available',
    'Rate exceeded',
    'Call rate too high',
    'Capacity',
    'Congestion',
  ]) {
    it(`is congestion for a 403 with the reason '${sipReason}', which speaks of a limit`, () => {
      expect(outcomeOfFailure({ sipStatus: 403, sipReason })).to.equal('congestion');
    });
  }

  for (const sipReason of [
    'Forbidden',
    'Barred by operator', // contains the letters of "rate"
    'Destination not allowed, ask your corporate administrator',
    'Unlimited plan required',
    '',
    undefined,
  ]) {
    const reason = sipReason === undefined ? 'without a reason' : `with the reason '${sipReason}'`;
    it(`is unreachable for a 403 ${reason}, which forbids the number`, () => {
      const failure: CallFailure = sipReason === undefined ? { sipStatus: 403 } : { sipStatus: 403, sipReason };
      expect(outcomeOfFailure(failure)).to.equal('unreachable');
    });
  }

  it('depends on words about a limit only for a 403', () => {
    expect(outcomeOfFailure({ sipStatus: 486, sipReason: 'Busy, call limit' })).to.equal('busy');
  });

  it('is no_answer when the ring time ran out, whatever the network answers to our CANCEL', () => {
    expect(outcomeOfFailure({ rangOut: true })).to.equal('no_answer');
    expect(outcomeOfFailure({ rangOut: true, sipStatus: 487, cause: 127 })).to.equal('no_answer');
    expect(outcomeOfFailure({ rangOut: true, sipStatus: 503 })).to.equal('no_answer');
  });

  it('is no_answer for a 487 without a CANCEL of ours, because the far end dropped the ringing call', () => {
    expect(outcomeOfFailure({ sipStatus: 487 })).to.equal('no_answer');
  });

  it('follows the SIP status when the cause differs', () => {
    expect(outcomeOfFailure({ sipStatus: 486, cause: 34 })).to.equal('busy');
    expect(outcomeOfFailure({ sipStatus: 503, cause: 17 })).to.equal('congestion');
    expect(outcomeOfFailure({ sipStatus: 404, cause: 21 })).to.equal('unreachable');
  });

  it('follows the cause when the SIP status is not a refusal', () => {
    expect(outcomeOfFailure({ sipStatus: 180, cause: 17 })).to.equal('busy');
    expect(outcomeOfFailure({ sipStatus: 183, cause: 34 })).to.equal('congestion');
  });

  it('is unreachable without a SIP status and a cause', () => {
    expect(outcomeOfFailure({})).to.equal('unreachable');
  });
});

describe('the effect of an outcome on the rest of the action', () => {
  const AFTER: Readonly<Record<Outcome, { number: 'may ring again' | 'is done'; person: 'goes on' | 'is done' }>> = {
    confirmed: { number: 'is done', person: 'is done' },
    no_digit: { number: 'is done', person: 'goes on' },
    hung_up: { number: 'is done', person: 'goes on' },
    no_answer: { number: 'may ring again', person: 'goes on' },
    busy: { number: 'may ring again', person: 'goes on' },
    declined: { number: 'is done', person: 'is done' },
    unreachable: { number: 'is done', person: 'goes on' },
    congestion: { number: 'may ring again', person: 'goes on' },
    cancelled: { number: 'is done', person: 'is done' },
    interrupted: { number: 'may ring again', person: 'goes on' },
  };

  it('is defined for exactly ten outcomes', () => {
    expect([...OUTCOMES].sort()).to.deep.equal(Object.keys(AFTER).sort());
  });

  for (const outcome of OUTCOMES) {
    const { number, person } = AFTER[outcome];
    it(`after ${outcome} the number ${number} and the person ${person}`, () => {
      expect(isFinalForNumber(outcome)).to.equal(number === 'is done');
      expect(isFinalForPerson(outcome)).to.equal(person === 'is done');
    });
  }
});
