import { expect } from 'chai';
import { prompt } from '../../../src/domain/messages.js';
import { chooseActionByNumber } from '../../../src/flows/steps/choose-action.js';
import { CENTRALIST_ENTRY, readDigits } from '../../../src/flows/steps/digits.js';
import { answer, noAnswer, pressOneOf, askThreeTimes } from '../../../src/flows/steps/keys.js';
import { HungUp, type Digit } from '../../../src/ports/call.js';
import { answeredCall, type FakeCall } from '../../support/fake-call.js';
import { FakeClock } from '../../support/fake-clock.js';
import { types, type Typing } from '../../support/typist.js';

const QUESTION = [prompt('desk-pin')];

describe('questions to a centralist', () => {
  let clock: FakeClock;
  let call: FakeCall;

  /** Keys, each with its time since the answer. */
  const presses = (...keys: readonly [digit: string, atMs: number][]): void => {
    call = answeredCall(clock, { presses: keys.map(([digit, atMs]) => ({ digit: digit as Digit, atMs })) });
  };
  const listens = (typing: Typing): void => {
    call = answeredCall(clock);
    types(clock, call, typing);
  };
  const entered = (): Promise<string | undefined> => readDigits(call, QUESTION, CENTRALIST_ENTRY);
  const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

  beforeEach(() => {
    clock = new FakeClock();
  });

  describe('entering digits', () => {
    it('reads keys until #, and stops the sound at the first key', async () => {
      presses(['1', 1_000], ['2', 1_300], ['*', 1_600], ['4', 1_900], ['#', 2_500]);
      expect(await clock.finish(entered())).to.equal('12*4');
      expect(call.timeline).to.deep.equal(['desk-pin 0-1000']);
    });

    it('ends the entry when no key comes for five seconds', async () => {
      presses(['1', 4_000], ['2', 8_900]);
      const begun = clock.monotonic();
      expect(await clock.finish(entered())).to.equal('12');
      expect(clock.monotonic() - begun).to.equal(13_900);
    });

    it('gives an empty entry for # alone, and undefined for no key', async () => {
      presses(['#', 100]);
      expect(await clock.finish(entered())).to.equal('');
      presses();
      expect(await clock.finish(entered())).to.equal(undefined);
    });

    it('accepts keys that were pressed before the question', async () => {
      presses();
      for (const key of ['9', '8', '#'] as const) call.onDigit(key);
      expect(await clock.finish(entered())).to.equal('98');
    });

    it('keeps no more than 20 keys when a key is held down', async () => {
      presses(...Array.from({ length: 60 }, (_, n) => ['7', 100 + n * 100] as [string, number]), ['#', 9_000]);
      expect(await clock.finish(entered())).to.equal('7'.repeat(20));
      expect(await clock.finish(call.digit({ timeoutMs: 0 }))).to.equal(undefined);
    });

    it('ends with the call', async () => {
      call = answeredCall(clock, { presses: [{ digit: '1', atMs: 500 }], hangsUpAtMs: 900 });
      expect(await clock.finish(failure(entered()))).to.be.instanceOf(HungUp);
      expect(clock.pending).to.equal(0);
    });
  });

  describe('pressing one of a few keys', () => {
    it('gives the key, and plays the opening only once', async () => {
      listens({ 'desk-pin': ['9', '2'] });
      const pressed = pressOneOf(call, ['1', '2'], QUESTION, [prompt('desk-hear')]);
      expect(await clock.finish(pressed)).to.equal('2');
      expect(call.heardWords).to.equal('desk-hear desk-pin desk-wrong-key desk-pin');
    });

    it('gives up after three wrong keys', async () => {
      listens({ 'desk-pin': ['9', '#', '0'] });
      expect(await clock.finish(pressOneOf(call, ['1'], QUESTION))).to.equal(undefined);
      expect(call.heardWords).to.equal('desk-pin desk-wrong-key desk-pin desk-wrong-key desk-pin desk-wrong-key');
    });

    it('gives up when no key is pressed three times', async () => {
      listens({});
      expect(await clock.finish(pressOneOf(call, ['1'], QUESTION))).to.equal(undefined);
      expect(call.heardWords).to.equal('desk-pin desk-no-key desk-pin desk-no-key desk-pin desk-no-key');
    });

    it('ignores a key from before the question', async () => {
      presses();
      call.onDigit('1');
      types(clock, call, { 'desk-pin': '2' });
      expect(await clock.finish(pressOneOf(call, ['1', '2'], QUESTION))).to.equal('2');
    });
  });

  describe('three tries', () => {
    it('stop at the first usable answer', async () => {
      presses();
      const asked: boolean[] = [];
      const given = askThreeTimes(call, (again) => {
        asked.push(again);
        return Promise.resolve(asked.length < 2 ? noAnswer('desk-no-key') : answer('yes'));
      });
      expect(await clock.finish(given)).to.equal('yes');
      expect(asked).to.deep.equal([false, true]);
      expect(call.heardWords).to.equal('desk-no-key');
    });
  });

  describe('choosing an action by number', () => {
    const action = (number: number) => ({ number, name: [] });

    it('asks nothing when there is one action', async () => {
      listens({});
      expect(await clock.finish(chooseActionByNumber(call, [action(12)]))).to.include({ number: 12 });
      expect(call.heardWords).to.equal('');
    });

    it('says that there is no action', async () => {
      listens({});
      expect(await clock.finish(chooseActionByNumber(call, []))).to.equal(undefined);
      expect(call.heardWords).to.equal('desk-no-action');
    });

    it('asks for the number when there are several', async () => {
      listens({ 'desk-which': ['1#', '', '13#'] });
      expect(await clock.finish(chooseActionByNumber(call, [action(12), action(13)]))).to.include({ number: 13 });
      expect(call.heardWords).to.equal('desk-which desk-unknown desk-which desk-no-key desk-which');
    });
  });
});
