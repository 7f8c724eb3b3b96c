import { expect } from 'chai';
import { rendered } from '../../../src/domain/messages.js';
import { closeAction, type CloseResult } from '../../../src/flows/centralists/close-action.js';
import { hearCounts, type CountsResult } from '../../../src/flows/centralists/hear-counts.js';
import type { OfferedAction } from '../../../src/flows/steps/choose-action.js';
import { answeredCall, type FakeCall } from '../../support/fake-call.js';
import { FakeClock } from '../../support/fake-clock.js';
import { types, type Typing, type TypistOptions } from '../../support/typist.js';

const action = (number: number): OfferedAction => ({
  number,
  name: [rendered(`actie-${number}`), rendered(`titel-${number}`)],
});

describe('closing an action by telephone', () => {
  let clock: FakeClock;
  let call: FakeCall;
  let closed: string[];
  let works: boolean;

  const hears = (numbers: readonly number[], typing: Typing, options?: TypistOptions): Promise<CloseResult> => {
    call = answeredCall(clock);
    types(clock, call, typing, options);
    const close = ({ number }: OfferedAction, result: string): Promise<boolean> => {
      closed.push(`${number} ${result}`);
      return Promise.resolve(works);
    };
    return clock.finish(closeAction(call, { offered: numbers.map(action), close }));
  };

  beforeEach(() => {
    clock = new FakeClock();
    closed = [];
    works = true;
  });

  ['found', 'arrested', 'not_found', 'false_alarm'].forEach((result, index) => {
    it(`closes it as ${result} with key ${index + 1}`, async () => {
      const typing = { 'desk-result': String(index + 1), 'desk-close': '1' };
      expect(await hears([12], typing)).to.equal('closed');
      expect(closed).to.deep.equal([`12 ${result}`]);
      expect(call.heardWords).to.equal('actie-12 titel-12 desk-result desk-close desk-closed desk-goodbye');
    });
  });

  it('asks for the number when there are several', async () => {
    const typing = { 'desk-which': ['14#', '13#'], 'desk-result': '1', 'desk-close': '1' };
    expect(await hears([12, 13], typing)).to.equal('closed');
    expect(closed).to.deep.equal(['13 found']);
    expect(call.heardWords).to.match(/^desk-which desk-unknown desk-which actie-13 titel-13 desk-result/);
  });

  it('says that there is no action', async () => {
    expect(await hears([], {})).to.equal('no_action');
    expect(call.heardWords).to.equal('desk-no-action desk-goodbye');
  });

  for (const [what, typing] of [
    ['the centralist presses 2', { 'desk-result': '1', 'desk-close': '2' }],
    ['the centralist presses wrong keys', { 'desk-result': ['5', '6', '7'] }],
    ['the centralist presses nothing', {}],
    ['the centralist does not confirm', { 'desk-result': '1' }],
    ['the centralist confirms before the question', { 'desk-result': '11', 'desk-close': '2' }],
  ] as const) {
    it(`leaves it open when ${what}`, async () => {
      expect(await hears([12], typing)).to.equal('not_closed');
      expect(call.heardWords).to.match(/desk-not-closed desk-goodbye$/);
      expect(closed).to.deep.equal([]);
    });
  }

  it('leaves it open when the centralist hangs up before the last key', async () => {
    const options = { hangsUpAt: { sound: 'desk-close', afterMs: 300 } };
    expect(await hears([12], { 'desk-result': '1' }, options)).to.equal('hung_up');
    expect(closed).to.deep.equal([]);
    expect(clock.pending).to.equal(0);
  });

  it('closes it even when the centralist hangs up after the last key', async () => {
    const options = { hangsUpAt: { sound: 'desk-closed', afterMs: 100 } };
    expect(await hears([12], { 'desk-result': '1', 'desk-close': '1' }, options)).to.equal('closed');
    expect(closed).to.deep.equal(['12 found']);
  });

  it('says so when the action cannot be closed', async () => {
    works = false;
    expect(await hears([12], { 'desk-result': '1', 'desk-close': '1' })).to.equal('not_closed');
    expect(call.heardWords).to.match(/desk-close desk-failed desk-not-closed desk-goodbye$/);
  });
});

describe('hearing how an action is going', () => {
  let clock: FakeClock;
  let call: FakeCall;

  const hears = (numbers: readonly number[], typing: Typing = {}, counts = true): Promise<CountsResult> => {
    call = answeredCall(clock);
    types(clock, call, typing);
    const offered = numbers.map(action);
    return clock.finish(
      hearCounts(call, {
        offered,
        counts: ({ number }) => Promise.resolve(counts ? rendered(`counts-${number}`) : undefined),
      }),
    );
  };

  beforeEach(() => {
    clock = new FakeClock();
  });

  it('says the action and its counts', async () => {
    expect(await hears([12])).to.equal('heard');
    expect(call.heardWords).to.equal('actie-12 titel-12 counts-12 desk-goodbye');
  });

  it('asks for the number when there are several', async () => {
    expect(await hears([12, 13], { 'desk-which': '13#' })).to.equal('heard');
    expect(call.heardWords).to.equal('desk-which actie-13 titel-13 counts-13 desk-goodbye');
  });

  it('says that there is no action', async () => {
    expect(await hears([])).to.equal('not_heard');
    expect(call.heardWords).to.equal('desk-no-action desk-goodbye');
  });

  it('says so when the counts cannot be spoken', async () => {
    expect(await hears([12], {}, false)).to.equal('not_heard');
    expect(call.heardWords).to.equal('desk-failed desk-goodbye');
  });
});
