import { expect } from 'chai';
import { timeInCall } from '../../../../src/adapters/asterisk/calls/call-time.js';

const ANSWERED = 1_800_000_000_000;
const HOUR = 3_600_000;
/** Now is twenty seconds after the answer, and the previous step was ten seconds after the answer. */
const [LAST, NOW] = [ANSWERED + 10_000, ANSWERED + 20_000];

const STEPS: readonly [what: string, ms: number][] = [
  ['an hour forward', HOUR],
  ['an hour back', -HOUR],
  ['a day forward', 24 * HOUR],
  ['ten years back', -87_600 * HOUR],
  ['a minute forward', 60_000],
];

describe('time of a step in a call', () => {
  it('is the time that Asterisk wrote when the clock has not stepped, however late the report is', () => {
    for (const at of [LAST, LAST + 4_000, NOW])
      expect(timeInCall(at, { last: LAST, now: NOW, wall: NOW })).to.equal(at);
  });

  it('is the time that Asterisk wrote when a later process reads it', () => {
    for (const at of [LAST - 90_000, LAST]) expect(timeInCall(at, { last: NOW, now: NOW, wall: NOW })).to.equal(at);
  });

  for (const [what, step] of STEPS) {
    it(`stays unchanged when Asterisk wrote it before the clock was put ${what}`, () => {
      expect(timeInCall(LAST + 3_000, { last: LAST, now: NOW, wall: NOW + step })).to.equal(LAST + 3_000);
    });
    it(`is corrected when Asterisk wrote it after the clock was put ${what}`, () => {
      expect(timeInCall(LAST + 3_000 + step, { last: LAST, now: NOW, wall: NOW + step })).to.equal(LAST + 3_000);
    });
  }

  it('is in whole milliseconds', () => {
    expect(timeInCall(NOW + HOUR, { last: LAST, now: NOW + 0.25, wall: NOW + HOUR })).to.equal(NOW);
  });

  it('is never before the previous step, and never after now', () => {
    const wall = NOW + HOUR;
    expect(timeInCall(ANSWERED - 2 * HOUR, { last: LAST, now: NOW, wall })).to.equal(LAST);
    expect(timeInCall(NOW + 5 * HOUR, { last: LAST, now: NOW, wall })).to.equal(NOW);
  });
});
