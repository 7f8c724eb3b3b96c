import { expect } from 'chai';
import {
  afterWrongTry,
  FIRST_PAUSE_MS,
  FORGOTTEN_MS,
  FREE_TRIES,
  isForgotten,
  isGuessing,
  LONGEST_PAUSE_MS,
  remainingPauseMs,
  WINDOW_MS,
  type Tries,
} from '../../src/domain/guessing.js';

/** The state after this many wrong tries at one instant. */
function tried(times: number, now: number, before?: Tries): Tries {
  let tries = afterWrongTry(before, now);
  for (let more = 1; more < times; more += 1) tries = afterWrongTry(tries, now);
  return tries;
}

describe('guessing a password', () => {
  it('costs no pause for a few wrong tries', () => {
    const tries = tried(FREE_TRIES - 1, 0);
    expect(remainingPauseMs(tries, 0)).to.equal(0);
    expect(isGuessing(tries, 0)).to.equal(false);
  });

  it('costs a pause after ten wrong tries within a minute', () => {
    const tries = tried(FREE_TRIES, 0);
    expect(remainingPauseMs(tries, 0)).to.equal(FIRST_PAUSE_MS);
    expect(remainingPauseMs(tries, FIRST_PAUSE_MS)).to.equal(0);
    expect(isGuessing(tries, 0)).to.equal(true);
  });

  it('does not count tries from more than a minute ago', () => {
    const before = tried(FREE_TRIES - 1, 0);
    expect(remainingPauseMs(afterWrongTry(before, WINDOW_MS), WINDOW_MS)).to.equal(0);
  });

  it('counts the tries during a pause, but does not lengthen the pause', () => {
    const tries = tried(1_000, 1, tried(FREE_TRIES, 0));
    expect(remainingPauseMs(tries, 1)).to.equal(FIRST_PAUSE_MS - 1);
    expect(tries.total).to.equal(1_000 + FREE_TRIES);
  });

  it('costs a pause twice as long each time, a minute at most', () => {
    let now = 0;
    let tries = tried(FREE_TRIES, now);
    const pauses: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      pauses.push(remainingPauseMs(tries, now));
      now = tries.pausedUntil;
      while (remainingPauseMs(tries, now) === 0) tries = afterWrongTry(tries, now);
    }
    expect(pauses).to.deep.equal([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(LONGEST_PAUSE_MS).to.equal(60_000);
  });

  it('is forgotten after a quarter of an hour without a wrong try', () => {
    const tries = tried(FREE_TRIES, 0);
    expect(isForgotten(tries, FORGOTTEN_MS - 1)).to.equal(false);
    expect(isForgotten(tries, FORGOTTEN_MS)).to.equal(true);
    expect(remainingPauseMs(tried(FREE_TRIES, FORGOTTEN_MS, tries), FORGOTTEN_MS)).to.equal(FIRST_PAUSE_MS);
  });
});
