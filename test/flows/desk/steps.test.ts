import { expect } from 'chai';
import { prompt } from '../../../src/domain/messages.js';
import { whichAction } from '../../../src/flows/steps/which-action.js';
import { enterDigits } from '../../../src/flows/steps/enter-digits.js';
import { pressOneOf } from '../../../src/flows/steps/press-one-of.js';
import { answer, none, threeTries } from '../../../src/flows/steps/three-tries.js';
import { HungUp, type Digit } from '../../../src/ports/call.js';
import { answeredCall, type FakeCall } from '../../support/fake-call.js';
import { FakeClock } from '../../support/fake-clock.js';
import { types, type Typing } from '../../support/typist.js';

const QUESTION = [prompt('desk-pin')];

describe('what is asked of a centralist', () => {
  let clock: FakeClock;
  let call: FakeCall;

  /** Keys, each at its time from the answer. */
  const presses = (...keys: readonly [digit: string, atMs: number][]): void => {
    call = answeredCall(clock, { presses: keys.map(([digit, atMs]) => ({ digit: digit as Digit, atMs })) });
  };
  const listens = (typing: Typing): void => {
    call = answeredCall(clock);
    types(clock, call, typing);
  };
  const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

  beforeEach(() => {
    clock = new FakeClock();
  });

  describe('to enter digits', () => {
    it('are taken until the #; the first key stops the sound', async () => {
      presses(['1', 1_000], ['2', 1_300], ['*', 1_600], ['4', 1_900], ['#', 2_500]);
      expect(await clock.finish(enterDigits(call, QUESTION))).to.equal('12*4');
      expect(call.timeline).to.deep.equal(['desk-pin 0-1000']);
    });

    it('are taken as they are when no other key comes for five seconds', async () => {
      presses(['1', 4_000], ['2', 8_900]);
      const begun = clock.monotonic();
      expect(await clock.finish(enterDigits(call, QUESTION))).to.equal('12');
      expect(clock.monotonic() - begun).to.equal(13_900);
    });

    it('are nothing when only the # is pressed, and not there when no key is', async () => {
      presses(['#', 100]);
      expect(await clock.finish(enterDigits(call, QUESTION))).to.equal('');
      presses();
      expect(await clock.finish(enterDigits(call, QUESTION))).to.equal(undefined);
    });

    it('may be typed before they are asked for', async () => {
      presses();
      for (const key of ['9', '8', '#'] as const) call.onDigit(key);
      expect(await clock.finish(enterDigits(call, QUESTION))).to.equal('98');
    });

    it('end somewhere when somebody leans on a key', async () => {
      presses(...Array.from({ length: 60 }, (_, n) => ['7', 100 + n * 100] as [string, number]), ['#', 9_000]);
      expect(await clock.finish(enterDigits(call, QUESTION))).to.equal('7'.repeat(20));
      expect(await clock.finish(call.digit({ timeoutMs: 0 }))).to.equal(undefined);
    });

    it('end with the call', async () => {
      call = answeredCall(clock, { presses: [{ digit: '1', atMs: 500 }], hangsUpAtMs: 900 });
      expect(await clock.finish(failure(enterDigits(call, QUESTION)))).to.be.instanceOf(HungUp);
      expect(clock.pending).to.equal(0);
    });
  });

  describe('to press one of a few keys', () => {
    it('gives the key; what is said before the question is said once', async () => {
      listens({ 'desk-pin': ['9', '2'] });
      const pressed = pressOneOf(call, ['1', '2'], QUESTION, [prompt('desk-hear')]);
      expect(await clock.finish(pressed)).to.equal('2');
      expect(call.heardWords).to.equal('desk-hear desk-pin desk-wrong-key desk-pin');
    });

    it('gives up after three keys that mean nothing here', async () => {
      listens({ 'desk-pin': ['9', '#', '0'] });
      expect(await clock.finish(pressOneOf(call, ['1'], QUESTION))).to.equal(undefined);
      expect(call.heardWords).to.equal('desk-pin desk-wrong-key desk-pin desk-wrong-key desk-pin desk-wrong-key');
    });

    it('gives up when nothing is pressed three times', async () => {
      listens({});
      expect(await clock.finish(pressOneOf(call, ['1'], QUESTION))).to.equal(undefined);
      expect(call.heardWords).to.equal('desk-pin desk-no-key desk-pin desk-no-key desk-pin desk-no-key');
    });

    it('takes no key from before it was asked', async () => {
      presses();
      call.onDigit('1');
      types(clock, call, { 'desk-pin': '2' });
      expect(await clock.finish(pressOneOf(call, ['1', '2'], QUESTION))).to.equal('2');
    });
  });

  describe('three times', () => {
    it('is no more when there is an answer', async () => {
      presses();
      const asked: boolean[] = [];
      const given = threeTries(call, (again) => {
        asked.push(again);
        return Promise.resolve(asked.length < 2 ? none('desk-no-key') : answer('yes'));
      });
      expect(await clock.finish(given)).to.equal('yes');
      expect(asked).to.deep.equal([false, true]);
      expect(call.heardWords).to.equal('desk-no-key');
    });
  });

  describe('to choose an action', () => {
    const action = (number: number) => ({ number, name: [] });

    it('is not asked when there is one', async () => {
      listens({});
      expect(await clock.finish(whichAction(call, [action(12)]))).to.include({ number: 12 });
      expect(call.heardWords).to.equal('');
    });

    it('is told when there is none', async () => {
      listens({});
      expect(await clock.finish(whichAction(call, []))).to.equal(undefined);
      expect(call.heardWords).to.equal('desk-no-action');
    });

    it('is asked by number when there are several', async () => {
      listens({ 'desk-which': ['1#', '', '13#'] });
      expect(await clock.finish(whichAction(call, [action(12), action(13)]))).to.include({ number: 13 });
      expect(call.heardWords).to.equal('desk-which desk-unknown desk-which desk-no-key desk-which');
    });
  });
});
