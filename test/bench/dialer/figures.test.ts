import { expect } from 'chai';
import { figuresOf, lineUse, mostAtOnce, type Expected } from '../../../bench/dialer/figures.js';
import type { CallRecord } from '../../../bench/lib/far-end/call-book.js';

const call = (number: string, invitedAt: number, more: Partial<CallRecord> = {}): CallRecord => ({
  number,
  invitedAt,
  answeredAt: invitedAt + 200,
  firstVoiceAt: invitedAt + 205,
  digitEndedAt: invitedAt + 700,
  messageAt: invitedAt + 710,
  endedAt: invitedAt + 2_000,
  messagePackets: 50,
  thanksPackets: 5,
  ...more,
});
const expected = (numbers: readonly string[], more: Partial<Expected> = {}): Expected => ({
  ...{ numbers, lines: 10, cps: 10, messagePackets: 50, unheeded: 0 },
  ...more,
});

describe("Figures of a run from the far end's records", () => {
  it('count three complete calls, their rate and their delays', () => {
    const figures = figuresOf([call('1', 0), call('2', 100), call('3', 200)], expected(['1', '2', '3']));
    expect(figures).to.deep.include({
      ...{ wanted: 3, placed: 3, twice: 0, never: 0, complete: 3, completeShare: 1, rate: 10, peak: 3, lineUse: 1 },
      answerToSound: { p50: 5, p99: 5 },
      digitToMessage: { p50: 10, p99: 10 },
      holdMs: 2_000,
    });
  });

  it('count a number called twice, a number never called, and a number outside the load', () => {
    const figures = figuresOf([call('1', 0), call('1', 10), call('9', 20)], expected(['1', '2']));
    expect(figures).to.include({ placed: 3, twice: 2, never: 1, completeShare: 0 });
  });

  for (const [what, more] of [
    ['heard only half of the message', { messagePackets: 25 }],
    ['did not hear the thanks', { thanksPackets: 0 }],
    ['was never hung up', { endedAt: null }],
  ] as const) {
    it(`leave a call incomplete that ${what}`, () => {
      expect(figuresOf([call('1', 0, more)], expected(['1']))).to.include({ complete: 0, completeShare: 0 });
    });
  }

  it('keep a call complete when a few packets were lost', () => {
    expect(figuresOf([call('1', 0, { messagePackets: 48 })], expected(['1'])).complete).to.equal(1);
  });

  it('leave the first calls out of delays and rate, but require them to be complete', () => {
    const slow = call('1', 0, { firstVoiceAt: 5_000, thanksPackets: 0 });
    const figures = figuresOf([slow, call('2', 1_000), call('3', 1_050)], expected(['1', '2', '3'], { unheeded: 1 }));
    expect(figures.answerToSound.p99).to.equal(5);
    expect(figures.rate).to.equal(20);
    expect(figures.completeShare).to.be.closeTo(2 / 3, 1e-9);
  });

  it('have no delays without any call', () => {
    expect(figuresOf([], expected(['1']))).to.deep.include({
      ...{ placed: 0, never: 1, completeShare: 0, rate: 0, peak: 0 },
      answerToSound: { p50: undefined, p99: undefined },
    });
  });
});

describe('Most calls at the same time', () => {
  it('does not count a call that ends in the instant in which another begins', () => {
    const calls = [
      { invitedAt: 0, endedAt: 100 },
      { invitedAt: 50, endedAt: null },
      { invitedAt: 100, endedAt: 200 },
    ];
    expect(mostAtOnce(calls)).to.equal(2);
  });
});

describe('Line use', () => {
  const calls = (...starts: number[]) => starts.map((invitedAt) => ({ invitedAt, endedAt: invitedAt + 1_000 }));

  it('is 1 when the CPS is the limit and every start time is used', () => {
    expect(lineUse(calls(0, 100, 200, 300), { lines: 100, cps: 10 })).to.equal(1);
  });

  it('is 1 when the lines are the limit and each is used again at once', () => {
    expect(lineUse(calls(0, 0, 1_000, 1_000, 2_000), { lines: 2, cps: 1_000_000 })).to.be.closeTo(1, 1e-3);
  });

  it('falls when a line stands idle', () => {
    expect(lineUse(calls(0, 1_250, 2_500), { lines: 1, cps: 100 })).to.equal(0.8);
  });

  it('falls when start times are not used', () => {
    expect(lineUse(calls(0, 200, 400), { lines: 100, cps: 10 })).to.equal(0.5);
  });

  it('is 1 for a single call', () => {
    expect(lineUse(calls(5), { lines: 1, cps: 1 })).to.equal(1);
  });
});
