import { expect } from 'chai';
import { rendered } from '../../src/domain/messages.js';
import { tipLine, type TipDesk, type TipResult, type TipWelcome } from '../../src/flows/tip-line.js';
import type { Call, Recorded } from '../../src/ports/call.js';
import { isAnswered } from '../../src/ports/telephony.js';
import { answeredCall, type FakeCall } from '../support/fake-call.js';
import { FakeClock } from '../support/fake-clock.js';
import { FakeTelephony } from '../support/fake-telephony.js';
import type { FarEnd } from '../support/far-end.js';

/** A caller and a centralist's telephone, wired as the application wires them. */
class Line {
  readonly clock = new FakeClock();
  readonly telephony = new FakeTelephony(this.clock);
  readonly recorded: Recorded[] = [];
  informedAt: number | undefined;
  cannotConnect = false;
  caller!: FakeCall;

  readonly desk: TipDesk = {
    recordingName: 'tip-1',
    ring: async (signal) => {
      const leg = this.telephony.place({
        id: 'desk-1',
        to: { type: 'desk', username: 'desk' },
        callerId: { number: '0612345678', name: 'Actie 1' },
        ringMs: 20_000,
        maxMs: 100_000,
      });
      signal.addEventListener('abort', () => {
        leg.cancel();
      });
      const result = await leg.answered;
      return isAnswered(result) ? result : undefined;
    },
    talk: async (centralist: Call) => {
      if (this.cannotConnect) return false;
      const conversation = await this.telephony.connect(this.caller, centralist);
      await conversation.ended;
      return true;
    },
    onRecorded: (recorded) => this.recorded.push(recorded),
  };

  readonly inform: TipWelcome = {
    type: 'inform',
    message: rendered('message'),
    onInformed: () => {
      this.informedAt = this.clock.monotonic() - (this.caller.answeredAt ?? 0);
    },
  };

  async ring(welcome: TipWelcome, farEnd: FarEnd = {}, centralist?: FarEnd): Promise<TipResult> {
    if (centralist) this.telephony.script('desk', centralist);
    this.caller = this.telephony.ringUs('+31612345678', farEnd);
    const result = await this.clock.finish(tipLine(this.caller, welcome, this.desk));
    await this.clock.finish(this.caller.hangUp());
    return result;
  }

  get centralist(): FakeCall | undefined {
    return this.telephony.callsTo('desk')[0]?.call;
  }
}

const CONNECT: TipWelcome = { type: 'connect' };

describe('the tip line', () => {
  let line: Line;

  beforeEach(() => {
    line = new Line();
  });

  afterEach(() => {
    expect(line.clock.pending, 'timers left behind').to.equal(0);
  });

  it('records a tip when caller and centralist cannot be made to hear one another', async () => {
    line.cannotConnect = true;
    const result = await line.ring(CONNECT, { hangsUpAtMs: 40_000 }, { answersAfterMs: 1_000 });
    expect(result).to.equal('recorded');
    expect(line.recorded).to.have.length(1);
    expect(line.centralist?.signal.aborted, 'the centralist is not left on the line').to.equal(true);
  });

  describe('for who may not come in', () => {
    for (const say of ['tip-unknown', 'tip-withheld', 'tip-not-selected'] as const) {
      it(`says twice ${say}, and rings nobody`, async () => {
        expect(await line.ring({ type: 'refuse', say })).to.equal('refused');
        expect(line.caller.timeline).to.deep.equal([`${say} 0-3000`, `${say} 4000-7000`]);
        expect(line.telephony.placed).to.deep.equal([]);
      });
    }

    it('is refused too when they hang up half-way', async () => {
      expect(await line.ring({ type: 'refuse', say: 'tip-unknown' }, { hangsUpAtMs: 500 })).to.equal('refused');
    });
  });

  describe('for who was reached', () => {
    it('says that they are put through, holds them while it rings, and lets them talk', async () => {
      const centralist = { answersAfterMs: 5_000, hangsUpAtMs: 60_000 };
      expect(await line.ring(CONNECT, {}, centralist)).to.equal('connected');
      expect(line.caller.timeline).to.deep.equal(['tip-connecting 0-3000', 'hold 3000-5000']);
      const [talk] = line.telephony.conversations;
      expect(talk && (talk.to ?? 0) - talk.from).to.equal(60_000);
      expect(line.caller.steps).to.deep.equal(['ringing', 'talking']);
    });

    it('hangs up the centralist when the caller hangs up', async () => {
      expect(await line.ring(CONNECT, { hangsUpAtMs: 30_000 }, { answersAfterMs: 5_000 })).to.equal('connected');
      expect(await line.clock.finish(line.centralist!.ended)).to.include({ by: 'us' });
    });

    it('records a tip when the centralist does not answer, is busy, or has no telephone', async () => {
      for (const centralist of [{}, { refuses: { status: 486 } }, undefined]) {
        line = new Line();
        expect(await line.ring(CONNECT, { speaksMs: 7_000 }, centralist)).to.equal('recorded');
        expect(line.caller.heardWords.replaceAll(' hold', '')).to.equal('tip-connecting tip-record beep tip-recorded');
        expect(line.recorded).to.deep.equal([{ name: 'tip-1', file: '/recordings/tip-1.wav', ms: 17_000 }]);
      }
    });

    it('holds the caller for the twenty seconds that the centralist is rung', async () => {
      await line.ring(CONNECT, { speaksMs: 7_000 }, {});
      const begun = line.caller.timeline.find((played) => played.startsWith('tip-record'));
      expect(begun).to.equal('tip-record 20000-23000');
    });

    it('stops the telephone of the centralist at once when the caller hangs up', async () => {
      expect(await line.ring(CONNECT, { hangsUpAtMs: 4_000 }, {})).to.equal('abandoned');
      expect(await line.clock.finish(line.centralist!.ended)).to.include({ by: 'us' });
      expect(line.centralist!.endedAt! - line.caller.endedAt!).to.be.lessThan(50);
    });

    it('leaves no centralist on the line who answers in the very instant in which the caller hangs up', async () => {
      // However the two cross on their way through the program: the answer comes so many steps after the hang-up.
      for (let steps = 0; steps < 20; steps++) {
        line = new Line();
        const { clock } = line;
        const centralist = answeredCall(clock);
        const ring = async (signal: AbortSignal): Promise<Call | undefined> => {
          await new Promise<void>((resolve) => {
            clock.after(4_000, resolve);
          });
          line.caller.onEnd({ by: 'them' });
          for (let step = 0; step < steps; step++) await Promise.resolve();
          if (!signal.aborted) return centralist;
          await centralist.hangUp();
          return undefined;
        };
        line.caller = line.telephony.ringUs('+31612345678');
        const result = await clock.finish(tipLine(line.caller, CONNECT, { ...line.desk, ring }).catch(() => 'failed'));
        expect(result).to.be.oneOf(['abandoned', 'failed']);
        expect(await clock.finish(centralist.ended, 1_000), `${steps} steps`).to.include({ by: 'us' });
      }
    });
  });

  describe('for who was called but not reached', () => {
    it('plays the message, and puts through who presses a key', async () => {
      const presses = [{ digit: '1', atMs: 13_000 }] as const;
      expect(await line.ring(line.inform, { presses, hangsUpAtMs: 40_000 }, { answersAfterMs: 3_000 })).to.equal(
        'connected',
      );
      expect(line.caller.timeline.slice(0, 4)).to.deep.equal([
        'tip-not-reached 0-3000',
        'message 3000-11000',
        'tip-press-to-speak 11000-13000',
        'tip-connecting 13000-16000',
      ]);
      expect(line.informedAt).to.equal(11_000);
    });

    it('is not put through by a key that was pressed during the message', async () => {
      expect(await line.ring(line.inform, { presses: [{ digit: '1', atMs: 5_000 }] })).to.equal('abandoned');
      expect(line.telephony.placed).to.deep.equal([]);
    });

    it('plays the message once more, waits, and says goodbye to who presses nothing', async () => {
      expect(await line.ring(line.inform)).to.equal('abandoned');
      expect(line.caller.timeline).to.deep.equal([
        'tip-not-reached 0-3000',
        'message 3000-11000',
        'tip-press-to-speak 11000-14000',
        'message 18000-26000',
        'tip-press-to-speak 26000-29000',
        'tip-no-digit 35000-38000',
      ]);
    });

    it('counts as informed only when the message was heard to its end', async () => {
      await line.ring(line.inform, { hangsUpAtMs: 10_900 });
      expect(line.informedAt).to.equal(undefined);
      line = new Line();
      expect(await line.ring(line.inform, { hangsUpAtMs: 11_100 })).to.equal('abandoned');
      expect(line.informedAt).to.equal(11_000);
    });
  });

  describe('just after the action ended', () => {
    it('says so and records a tip', async () => {
      expect(await line.ring({ type: 'ended' }, { speaksMs: 5_000 }, { answersAfterMs: 0 })).to.equal('recorded');
      expect(line.caller.heardWords).to.equal('tip-ended tip-record beep tip-recorded');
      expect(line.telephony.placed).to.deep.equal([]);
    });
  });

  describe('recording', () => {
    // tip-ended 3 s, tip-record 3 s, beep 0.4 s
    const TONE = 6_400;

    it('ends at the key', async () => {
      const presses = [{ digit: '#', atMs: TONE + 9_000 }] as const;
      expect(await line.ring({ type: 'ended' }, { speaksMs: 60_000, presses })).to.equal('recorded');
      expect(line.recorded[0]?.ms).to.equal(9_000);
    });

    it('is kept when they hang up, without thanks', async () => {
      expect(await line.ring({ type: 'ended' }, { speaksMs: 60_000, hangsUpAtMs: TONE + 8_000 })).to.equal('recorded');
      expect(line.recorded[0]?.ms).to.equal(8_000);
      expect(line.caller.heardWords).not.to.contain('tip-recorded');
    });

    it('is kept when they hang up in the thanks', async () => {
      const farEnd = { presses: [{ digit: '#', atMs: TONE + 2_000 }] as const, hangsUpAtMs: TONE + 3_000 };
      expect(await line.ring({ type: 'ended' }, farEnd)).to.equal('recorded');
      expect(line.recorded).to.have.lengthOf(1);
    });

    it('lasts three minutes at most', async () => {
      await line.ring({ type: 'ended' }, { speaksMs: 600_000 });
      expect(line.recorded[0]?.ms).to.equal(180_000);
    });

    it('is no tip when they hang up at the tone', async () => {
      expect(await line.ring({ type: 'ended' }, { hangsUpAtMs: TONE + 300 })).to.equal('abandoned');
      expect(line.recorded).to.deep.equal([]);
    });

    it('is no tip when they hang up before it', async () => {
      expect(await line.ring({ type: 'ended' }, { hangsUpAtMs: TONE - 300 })).to.equal('abandoned');
      expect(line.recorded).to.deep.equal([]);
    });
  });
});
