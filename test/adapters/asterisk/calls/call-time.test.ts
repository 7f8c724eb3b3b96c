import { expect } from 'chai';
import { timeInCall } from '../../../../src/adapters/asterisk/calls/call-time.js';

const ANSWERED = 1_800_000_000_000;
const HOUR = 3_600_000;
/** Twenty seconds after the answer; the step before this one was ten seconds after it. */
const [LAST, NOW] = [ANSWERED + 10_000, ANSWERED + 20_000];

const STEPS: readonly [what: string, ms: number][] = [
  ['an hour forward', HOUR],
  ['an hour back', -HOUR],
  ['a day forward', 24 * HOUR],
  ['ten years back', -87_600 * HOUR],
  ['a minute forward', 60_000],
];

describe('the time of a step in a call', () => {
  it('is what Asterisk wrote while the clock runs as it should, however late that is told', () => {
    for (const at of [LAST, LAST + 4_000, NOW])
      expect(timeInCall(at, { last: LAST, now: NOW, wall: NOW })).to.equal(at);
  });

  it('is what Asterisk wrote when a later process is told of it', () => {
    for (const at of [LAST - 90_000, LAST]) expect(timeInCall(at, { last: NOW, now: NOW, wall: NOW })).to.equal(at);
  });

  for (const [what, step] of STEPS) {
    it(`written before the clock was put ${what} is right as it is`, () => {
      expect(timeInCall(LAST + 3_000, { last: LAST, now: NOW, wall: NOW + step })).to.equal(LAST + 3_000);
    });
    it(`written after the clock was put ${what} is when it would have been`, () => {
      expect(timeInCall(LAST + 3_000 + step, { last: LAST, now: NOW, wall: NOW + step })).to.equal(LAST + 3_000);
    });
  }

  it('is whole milliseconds, as it is stored', () => {
    expect(timeInCall(NOW + HOUR, { last: LAST, now: NOW + 0.25, wall: NOW + HOUR })).to.equal(NOW);
  });

  it('is never before the step before, nor later than now', () => {
    const wall = NOW + HOUR;
    expect(timeInCall(ANSWERED - 2 * HOUR, { last: LAST, now: NOW, wall })).to.equal(LAST);
    expect(timeInCall(NOW + 5 * HOUR, { last: LAST, now: NOW, wall })).to.equal(NOW);
  });
});
