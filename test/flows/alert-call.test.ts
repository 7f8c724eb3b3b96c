import { expect } from 'chai';
import { rendered } from '../../src/domain/messages.js';
import { alertCall, type AlertResult, type AlertScript } from '../../src/flows/alert-call.js';
import type { Digit } from '../../src/ports/call.js';
import { answeredCall, type FakeCall } from '../support/fake-call.js';
import { FakeClock } from '../support/fake-clock.js';
import type { FarEnd } from '../support/far-end.js';

const DIGITS: readonly Digit[] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#'];

interface Outcome {
  readonly result: AlertResult;
  readonly call: FakeCall;
  /** When the message was asked for, in ms from the answer. */
  readonly confirmedAt: readonly number[];
}

async function alert(farEnd: FarEnd, script: Partial<AlertScript> = {}): Promise<Outcome> {
  const clock = new FakeClock();
  const call = answeredCall(clock, farEnd);
  const start = clock.monotonic();
  const confirmedAt: number[] = [];
  const result = await clock.finish(
    alertCall(call, {
      opening: 'alert-prompt',
      ending: 'ending',
      confirmedBefore: false,
      confirm: () => {
        confirmedAt.push(clock.monotonic() - start);
        return rendered('message');
      },
      ...script,
    }),
  );
  await clock.finish(call.hangUp());
  expect(clock.pending, 'timers left behind').to.equal(0);
  return { result, call, confirmedAt };
}

const press = (...atMs: number[]): FarEnd => ({ presses: atMs.map((at) => ({ digit: '1', atMs: at })) });

describe('the alert call', () => {
  describe('without a digit', () => {
    it('says three times who we are, four seconds apart, then goodbye, and never the message', async () => {
      const { result, call, confirmedAt } = await alert({});
      expect(result).to.equal('no_digit');
      expect(call.timeline).to.deep.equal([
        'alert-prompt 0-3000',
        'alert-prompt 7000-10000',
        'alert-prompt 14000-17000',
        'alert-goodbye 21000-24000',
      ]);
      expect(confirmedAt).to.deep.equal([]);
      expect(call.steps).to.deep.equal(['prompt', 'goodbye']);
    });

    for (const [when, hangsUpAtMs] of [
      ['in the prompt', 1_000],
      ['in a pause', 5_000],
      ['in the goodbye', 22_000],
    ] as const) {
      it(`has hung up who does so ${when}`, async () => {
        const { result, call } = await alert({ hangsUpAtMs });
        expect(result).to.equal('hung_up');
        expect(call.heardWords).not.to.contain('message');
      });
    }
  });

  describe('with a digit', () => {
    it('plays the message, a pause, the message once more, where to ring, and thanks', async () => {
      const { result, call } = await alert(press(2_000));
      expect(result).to.equal('confirmed');
      expect(call.timeline).to.deep.equal([
        'alert-prompt 0-2000',
        'message 2000-10000',
        'message 11000-19000',
        'ending 19000-22000',
        'thanks 27000-30000',
      ]);
      expect(call.steps).to.deep.equal(['prompt', 'message', 'ending', 'thanks']);
    });

    for (const [when, atMs] of [
      ['at the very answer', 0],
      ['in the first prompt', 1_500],
      ['in the pause after it', 4_000],
      ['in the second prompt', 8_000],
      ['in the last second of the last pause', 20_999],
    ] as const) {
      it(`plays the message in the instant of a digit ${when}`, async () => {
        const { result, call, confirmedAt } = await alert(press(atMs));
        expect(result).to.equal('confirmed');
        expect(confirmedAt).to.deep.equal([atMs]);
        expect(call.timeline.filter((line) => line.startsWith('message'))[0]).to.equal(
          `message ${atMs}-${atMs + 8_000}`,
        );
      });
    }

    it('plays the message at once to who pressed before the first sound', async () => {
      const clock = new FakeClock();
      const call = answeredCall(clock, press(10));
      await clock.advance(50);
      const script = { opening: 'alert-prompt', ending: 'ending', confirmedBefore: false } as const;
      const flow = alertCall(call, { ...script, confirm: () => rendered('message') });
      expect(await clock.finish(flow)).to.equal('confirmed');
      expect(call.timeline.find((line) => line.startsWith('message'))).to.equal('message 50-8050');
    });

    for (const digit of DIGITS) {
      it(`takes ${digit}`, async () => {
        expect((await alert({ presses: [{ digit, atMs: 500 }] })).result).to.equal('confirmed');
      });
    }

    it('says the ending of its own that a missing child has', async () => {
      const { call } = await alert(press(0), { ending: 'ending-child' });
      expect(call.heardWords).to.equal('alert-prompt message message ending-child thanks');
    });

    it('stays confirmed when they hang up in the message, in the ending, or in the thanks', async () => {
      for (const hangsUpAtMs of [2_001, 9_000, 15_000, 21_000, 28_000]) {
        const { result } = await alert({ ...press(2_000), hangsUpAtMs });
        expect(result, String(hangsUpAtMs)).to.equal('confirmed');
      }
    });

    it('tells how much of the message was heard when they hang up half-way', async () => {
      const { call } = await alert({ ...press(2_000), hangsUpAtMs: 14_000 });
      expect(call.heard(rendered('message'))).to.deep.equal({ plays: 2, ms: 11_000 });
    });

    it('takes keys pressed while the message plays for no wish to hear it again', async () => {
      const { call } = await alert(press(1_000, 3_000, 12_000));
      expect(call.heardWords).to.equal('alert-prompt message message ending thanks');
    });
  });

  describe('asked to say it again', () => {
    it('plays the message once more, and asks again', async () => {
      // The ending begins at 18 s: 1 s prompt, 8 + 1 + 8 s message.
      const { call } = await alert(press(1_000, 20_000));
      expect(call.heardWords).to.equal('alert-prompt message message ending message ending thanks');
      expect(call.timeline[3]).to.equal('ending 18000-20000');
      expect(call.timeline[4]).to.equal('message 20000-28000');
    });

    it('takes a key in the silence after the ending too', async () => {
      const { call } = await alert(press(1_000, 25_500));
      expect(call.heardWords).to.equal('alert-prompt message message ending message ending thanks');
    });

    it('does so three times at most', async () => {
      const { call, result } = await alert(press(1_000, 20_000, 29_000, 38_000, 47_000, 56_000));
      expect(result).to.equal('confirmed');
      expect(call.heardWords).to.equal(
        'alert-prompt message message ending message ending message ending message thanks',
      );
      expect(call.heard(rendered('message')).plays).to.equal(5);
    });
  });

  it('says that it is an update when the message was changed', async () => {
    const { call } = await alert(press(8_000), { opening: 'update-prompt' });
    expect(call.heardWords).to.equal('update-prompt update-prompt message message ending thanks');
  });

  it('begins with the message for who had pressed before a restart, and is confirmed even if they hang up at once', async () => {
    const whole = await alert({}, { confirmedBefore: true });
    expect(whole.call.heardWords).to.equal('message message ending thanks');
    const cut = await alert({ hangsUpAtMs: 100 }, { confirmedBefore: true });
    expect(cut.result).to.equal('confirmed');
  });

  it('is over at the instant at which the telephony is lost: confirmed only after a digit', async () => {
    expect((await alert({ isLostAtMs: 1_000 })).result).to.equal('hung_up');
    expect((await alert({ ...press(500), isLostAtMs: 1_000 })).result).to.equal('confirmed');
  });

  it('lets a fault of ours out, for its caller to count as interrupted', async () => {
    const clock = new FakeClock();
    const call = answeredCall(clock, press(0));
    const flow = alertCall(call, {
      opening: 'alert-prompt',
      ending: 'ending',
      confirmedBefore: false,
      confirm: () => {
        throw new Error('no such message');
      },
    });
    const error = await clock.finish(flow.catch((thrown: unknown) => thrown));
    expect(error).to.be.instanceOf(Error).with.property('message', 'no such message');
  });
});
