import { expect } from 'chai';
import { rendered, silence } from '../../src/domain/messages.js';
import { chooseAction } from '../../src/flows/steps/choose-action.js';
import { askCode, offerCode, type CodeAnswer, type CodeActions } from '../../src/flows/steps/personal-code.js';
import { readDigits } from '../../src/flows/steps/digits.js';
import type { Digit } from '../../src/ports/call.js';
import { answeredCall, type FakeCall } from '../support/fake-call.js';
import { FakeClock } from '../support/fake-clock.js';

/** Keys one after another, half a second apart. */
const keys = (digits: string, from = 500): { digit: Digit; atMs: number }[] =>
  [...digits].map((digit, index) => ({ digit: digit as Digit, atMs: from + index * 500 }));

describe('keys pressed by a caller', () => {
  let clock: FakeClock;
  let call: FakeCall;

  beforeEach(() => {
    clock = new FakeClock();
  });

  afterEach(() => {
    expect(clock.pending, 'timers left behind').to.equal(0);
  });

  describe('as digits of a number', () => {
    const type = (digits: string, max = 6): Promise<string | undefined> => {
      call = answeredCall(clock, { presses: keys(digits) });
      return clock.finish(readDigits(call, [rendered('ask'), ...silence(4)], { max }));
    };

    for (const [digits, typed] of [
      ['123456', '123456'],
      ['123456#', '123456'],
      ['12*34*56', '123456'],
      ['123#', '123'],
      ['123', '123'],
      ['#123456', '123456'],
      ['#', undefined],
      ['*', undefined],
      ['', undefined],
    ] as const) {
      it(`'${digits}' is read as ${typed ?? 'nothing'}`, async () => {
        expect(await type(digits)).to.equal(typed);
      });
    }

    it('stop the sound', async () => {
      await type('123456');
      expect(call.timeline).to.deep.equal(['ask 0-500']);
    });

    it('leave no # over for the next question', async () => {
      await type('123456#');
      expect(await clock.finish(call.digit({ timeoutMs: 100 }))).to.equal(undefined);
    });
  });

  describe('to choose an action', () => {
    const titles = ['kind', 'fiets', 'kat'].map((title) => [rendered(title)]);
    const choose = (presses: { digit: Digit; atMs: number }[]): Promise<number> => {
      call = answeredCall(clock, { presses });
      return clock.finish(chooseAction(call, titles));
    };
    const ONCE = 'tip-choose tip-choose-1 kind tip-choose-2 fiets tip-choose-3 kat';

    it('are read out with the titles, and count during them', async () => {
      expect(await choose([{ digit: '2', atMs: 20_000 }])).to.equal(1);
      expect(call.heardWords).to.equal('tip-choose tip-choose-1 kind tip-choose-2 fiets');
      expect(call.steps).to.deep.equal(['choose']);
    });

    it('count after them', async () => {
      expect(await choose([{ digit: '3', atMs: 38_000 }])).to.equal(2);
      expect(call.heardWords).to.equal(ONCE);
    });

    it('repeat the question when they are not a choice', async () => {
      expect(await choose(keys('940').concat({ digit: '3', atMs: 23_000 }))).to.equal(2);
      expect(call.heardWords).to.equal(
        'tip-choose tip-choose tip-choose tip-choose tip-choose-1 kind tip-choose-2 fiets',
      );
    });

    it('choose the newest action when none is pressed after the question was asked twice', async () => {
      expect(await choose([])).to.equal(0);
      expect(call.heardWords).to.equal(`${ONCE} ${ONCE}`);
    });

    it('choose the newest action after five wrong keys', async () => {
      expect(await choose(keys('99999'))).to.equal(0);
      expect(call.heardWords).to.equal('tip-choose tip-choose tip-choose tip-choose tip-choose');
    });
  });

  describe('as a personal code', () => {
    const asked: string[] = [];
    const codes = (answers: Readonly<Record<string, CodeAnswer<string>>>): CodeActions<string> => ({
      check: (code) => {
        asked.push(code);
        return answers[code] ?? { type: 'wrong' };
      },
      checkWithNumber: (code, number) => {
        asked.push(`${code} ${number}`);
        return answers[`${code} ${number}`] ?? { type: 'wrong' };
      },
    });
    const anna: CodeAnswer<string> = { type: 'welcome', welcome: 'anna' };
    const ask = (presses: { digit: Digit; atMs: number }[], answers: Parameters<typeof codes>[0]) => {
      call = answeredCall(clock, { presses });
      return clock.finish(askCode(call, codes(answers)));
    };

    beforeEach(() => {
      asked.length = 0;
    });

    it('admit its participant, also with a # at the end', async () => {
      expect(await ask(keys('004711#', 14_000), { '004711': anna })).to.equal('anna');
      expect(call.heardWords).to.equal('tip-withheld tip-code tip-code');
      expect(asked).to.deep.equal(['004711']);
    });

    it('may be keyed before the question', async () => {
      expect(await ask(keys('004711', 100), { '004711': anna })).to.equal('anna');
      expect(call.timeline).to.deep.equal(['tip-withheld 0-100']);
    });

    it('may be wrong twice', async () => {
      const presses = [...keys('111111'), ...keys('222222', 6_000), ...keys('004711', 12_000)];
      expect(await ask(presses, { '004711': anna })).to.equal('anna');
      expect(asked).to.deep.equal(['111111', '222222', '004711']);
      expect(call.heardWords).to.equal('tip-withheld tip-code-wrong tip-code-wrong');
    });

    it('are refused after three wrong codes', async () => {
      const presses = [...keys('111111'), ...keys('222222', 6_000), ...keys('333333', 12_000)];
      expect(await ask(presses, {})).to.equal(undefined);
      expect(call.heardWords).to.equal('tip-withheld tip-code-wrong tip-code-wrong tip-code-refused');
    });

    it('are a wrong code when digits are missing', async () => {
      await ask(keys('123#'), {});
      expect(asked).to.deep.equal(['123']);
    });

    it('need the telephone number too when it is asked for', async () => {
      const presses = [...keys('004711'), ...keys('0612345678#', 6_000)];
      const answers = { '004711': { type: 'ask_number' }, '004711 0612345678': anna } as const;
      expect(await ask(presses, answers)).to.equal('anna');
      expect(call.heardWords).to.equal('tip-withheld tip-code-number');
    });

    it('are a wrong code without the number that was asked for', async () => {
      expect(await ask(keys('004711'), { '004711': { type: 'ask_number' } })).to.equal(undefined);
      expect(asked).to.deep.equal(['004711', '004711 ']);
    });

    it('are refused at once when no more codes are taken', async () => {
      expect(await ask(keys('004711'), { '004711': { type: 'refused' } })).to.equal(undefined);
      expect(call.heardWords).to.equal('tip-withheld tip-code-refused');
    });

    it('admit no caller who presses none', async () => {
      expect(await ask([], {})).to.equal(undefined);
      expect(call.heardWords).to.equal('tip-withheld tip-code tip-code');
      expect(asked).to.deep.equal([]);
    });
  });

  describe('to hear the personal code', () => {
    const offer = async (presses: { digit: Digit; atMs: number }[]): Promise<string> => {
      call = answeredCall(clock, { presses });
      await clock.finish(offerCode(call, 'tip-not-selected', '004711'));
      return call.heardWords;
    };

    it('make the code be spoken twice', async () => {
      const code = 'digit-0 digit-0 digit-4 digit-7 digit-1 digit-1';
      expect(await offer(keys('5', 8_000))).to.equal(
        `tip-not-selected tip-code-offer tip-code-is ${code} ${code} tip-code-use`,
      );
    });

    it('may be pressed before the offer', async () => {
      expect(await offer(keys('5', 1_000))).to.match(/^tip-not-selected tip-code-is /);
    });

    for (const digits of ['', '4', '#']) {
      it(`end the call when the key is ${digits === '' ? 'not pressed' : digits}`, async () => {
        expect(await offer(keys(digits, 7_000))).to.equal('tip-not-selected tip-code-offer');
      });
    }
  });
});
