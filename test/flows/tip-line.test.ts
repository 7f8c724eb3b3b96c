import { expect } from 'chai';
import { rendered } from '../../src/domain/messages.js';
import {
  goOn,
  tipLine,
  type TalkEnd,
  type TipActions,
  type TipResult,
  type TipWelcome,
} from '../../src/flows/tip-line.js';
import type { CodeActions } from '../../src/flows/steps/personal-code.js';
import type { Call, Recorded } from '../../src/ports/call.js';
import { answeredCall, type FakeCall } from '../support/fake-call.js';
import { FakeClock } from '../support/fake-clock.js';
import { FakeQueuePlace, type LineStory } from '../support/fake-line.js';
import { FakeTelephony } from '../support/fake-telephony.js';
import type { FarEnd } from '../support/far-end.js';

const RINGING: LineStory = { news: [[0, { type: 'ringing' }]] };

/** A caller, and a desk whose line goes as told. */
class Visit {
  readonly clock = new FakeClock();
  readonly telephony = new FakeTelephony(this.clock);
  readonly recorded: Recorded[] = [];
  readonly lines: FakeQueuePlace[] = [];
  readonly talkedWith: Call[] = [];
  /** How each conversation ends, so long after it began; by default it lasts until the caller hangs up. */
  talks: (readonly [ms: number, end: TalkEnd | (() => TalkEnd)])[] = [];
  recordsTalks = false;
  informedAt: number | undefined;
  caller!: FakeCall;

  constructor(private readonly story: (clock: FakeClock) => LineStory = () => RINGING) {}

  get desk(): TipActions {
    return {
      recordsTalks: this.recordsTalks,
      pickedUp: () => undefined,
      queuePlace: () => this.line(this.story(this.clock)),
      talk: (centralist) => this.#talk(centralist),
      recordingName: () => `tip-${this.recorded.length + 1}`,
      onRecorded: (recorded) => this.recorded.push(recorded),
    };
  }

  get connect(): TipWelcome {
    return { type: 'connect', desk: this.desk };
  }

  get ended(): TipWelcome {
    return { type: 'ended', desk: this.desk };
  }

  get inform(): TipWelcome {
    const onInformed = (): void => {
      this.informedAt = this.clock.monotonic() - (this.caller.answeredAt ?? 0);
    };
    return { type: 'inform', message: rendered('message'), desk: this.desk, onInformed };
  }

  line(story: LineStory): FakeQueuePlace {
    const line = new FakeQueuePlace(this.clock, story);
    this.lines.push(line);
    return line;
  }

  async rings(welcome: TipWelcome, farEnd: FarEnd = {}): Promise<TipResult> {
    this.caller = this.telephony.ringUs('+31612345678', farEnd);
    const result = await this.clock.finish(tipLine(this.caller, welcome));
    await this.clock.finish(this.caller.hangUp());
    return result;
  }

  async #talk(centralist: Call): Promise<TalkEnd> {
    this.talkedWith.push(centralist);
    const [ms, end] = this.talks.shift() ?? [Infinity, { type: 'over' }];
    await Promise.race([
      this.caller.ended,
      ...(ms === Infinity ? [] : [new Promise<void>((resolve) => this.clock.after(ms, resolve))]),
    ]);
    return typeof end === 'function' ? end() : end;
  }
}

describe('the tip line', () => {
  let visit: Visit;
  /** A visit in whose line a centralist answers after so long. */
  const reaching = (ms: number, prepare: (centralist: FakeCall) => void = () => undefined): Visit => {
    visit = new Visit((clock) => {
      const centralist = answeredCall(clock);
      prepare(centralist);
      return { ...RINGING, answered: [ms, centralist] };
    });
    return visit;
  };

  beforeEach(() => {
    visit = new Visit();
  });

  afterEach(() => {
    expect(visit.clock.pending, 'timers left behind').to.equal(0);
  });

  describe('for who may not come in', () => {
    for (const say of ['tip-unknown', 'tip-unavailable'] as const) {
      it(`says ${say}, shortly, and hangs up`, async () => {
        expect(await visit.rings({ type: 'refuse', say })).to.equal('refused');
        expect(visit.caller.timeline).to.deep.equal([`${say} 0-3000`]);
        expect(visit.lines).to.deep.equal([]);
      });
    }

    it('says that no action is for them, and offers their code', async () => {
      expect(await visit.rings({ type: 'not_selected', code: '123456' })).to.equal('refused');
      expect(visit.caller.heardWords).to.equal('tip-not-selected tip-code-offer');
    });

    const noCode: CodeActions<TipWelcome> = {
      check: () => ({ type: 'wrong' }),
      checkWithNumber: () => ({ type: 'wrong' }),
    };
    const refusals: readonly TipWelcome[] = [
      { type: 'refuse', say: 'tip-unknown' },
      { type: 'not_selected', code: '123456' },
      { type: 'withheld', codes: noCode },
    ];
    for (const welcome of refusals) {
      it(`is refused too when they hang up half-way (${welcome.type})`, async () => {
        expect(await visit.rings(welcome, { hangsUpAtMs: 500 })).to.equal('refused');
      });
    }
  });

  describe('for who withholds the number', () => {
    const withCode = (): TipWelcome => ({
      type: 'withheld',
      codes: {
        check: (code) => (code === '123456' ? { type: 'welcome', welcome: visit.connect } : { type: 'wrong' }),
        checkWithNumber: () => ({ type: 'wrong' }),
      },
    });
    const presses = [...'123456'].map((digit, index) => ({ digit: digit as '1', atMs: 1_000 + index * 100 }));

    it('goes on as for everybody else once their code is good', async () => {
      reaching(2_000);
      expect(await visit.rings(withCode(), { presses, hangsUpAtMs: 60_000 })).to.equal('connected');
      expect(visit.caller.heardWords).to.match(/^tip-withheld tip-connecting/);
    });

    it('is abandoned, not refused, when they hang up after that', async () => {
      expect(await visit.rings(withCode(), { presses, hangsUpAtMs: 4_000 })).to.equal('abandoned');
    });

    it('ends when they give none', async () => {
      expect(await visit.rings(withCode())).to.equal('refused');
      expect(visit.lines).to.deep.equal([]);
    });
  });

  describe('for who was reached in several actions', () => {
    it('puts through to the one that they choose', async () => {
      reaching(1_000);
      const chosen: number[] = [];
      const welcome: TipWelcome = {
        type: 'choose',
        titles: [[rendered('kind')], [rendered('fiets')]],
        choose: (index) => {
          chosen.push(index);
          return visit.connect;
        },
      };
      const farEnd = { presses: [{ digit: '2', atMs: 1_000 }] as const, hangsUpAtMs: 30_000 };
      expect(await visit.rings(welcome, farEnd)).to.equal('connected');
      expect(chosen).to.deep.equal([1]);
    });
  });

  describe('for who was reached', () => {
    it('says that they are put through, holds them while it rings, and lets them talk', async () => {
      reaching(5_000);
      visit.talks = [[60_000, { type: 'over' }]];
      expect(await visit.rings(visit.connect)).to.equal('connected');
      expect(visit.caller.timeline).to.deep.equal(['tip-connecting 0-3000', 'hold 3000-5000']);
      expect(visit.caller.steps).to.deep.equal(['ringing', 'talking']);
      expect(visit.talkedWith).to.have.length(1);
    });

    it('records a tip when nobody answers', async () => {
      visit = new Visit(() => ({ ...RINGING, answered: [20_000, 'nobody'] }));
      expect(await visit.rings(visit.connect, { speaksMs: 7_000 })).to.equal('recorded');
      expect(visit.caller.heardWords.replaceAll(' hold', '')).to.equal('tip-connecting tip-record beep tip-recorded');
      expect(visit.recorded).to.deep.equal([{ name: 'tip-1', file: '/recordings/tip-1.wav', ms: 17_000 }]);
    });

    it('records a tip when they would rather have that than wait', async () => {
      const presses = [{ digit: '1', atMs: 8_000 }] as const;
      expect(await visit.rings(visit.connect, { speaksMs: 3_000, presses })).to.equal('recorded');
      expect(visit.caller.timeline.slice(0, 3)).to.deep.equal([
        'tip-connecting 0-3000',
        'hold 3000-8000',
        'tip-record-chosen 8000-11000',
      ]);
      expect(visit.lines[0]!.left).to.equal(true);
    });

    it('records a tip when caller and centralist cannot be made to hear one another', async () => {
      reaching(1_000);
      visit.talks = [[0, { type: 'failed' }]];
      expect(await visit.rings(visit.connect, { hangsUpAtMs: 40_000 })).to.equal('recorded');
      expect(visit.caller.heardWords).to.contain('tip-record beep');
    });

    it('rings the centralist while the call is being answered', async () => {
      reaching(1_000);
      let answeredAt: number | undefined = NaN;
      const { desk } = visit;
      const line = (): FakeQueuePlace => {
        answeredAt = visit.caller.answeredAt;
        return desk.queuePlace() as FakeQueuePlace;
      };
      expect(
        await visit.rings({ type: 'connect', desk: { ...desk, queuePlace: line } }, { hangsUpAtMs: 9_000 }),
      ).to.equal('connected');
      expect(answeredAt).to.equal(undefined);
    });

    it('leaves the line when they hang up before they are answered', async () => {
      visit = new Visit();
      visit.caller = visit.telephony.ringUs('+31612345678');
      visit.caller.onEnd({ by: 'them' });
      expect(await visit.clock.finish(tipLine(visit.caller, visit.connect))).to.equal('abandoned');
      expect(visit.lines[0]!.left).to.equal(true);
    });

    it('leaves the line when they hang up', async () => {
      expect(await visit.rings(visit.connect, { hangsUpAtMs: 4_000 })).to.equal('abandoned');
      expect(visit.lines[0]!.left).to.equal(true);
    });

    it('leaves no centralist on the line who answers in the very instant in which the caller hangs up', async () => {
      // However the two cross on their way through the program: the answer comes so many steps after the hang-up.
      for (let steps = 0; steps < 20; steps++) {
        visit = new Visit();
        const { clock } = visit;
        const centralist = answeredCall(clock);
        const line = visit.line({ ...RINGING });
        const answered = (async () => {
          await new Promise<void>((resolve) => {
            clock.after(4_000, resolve);
          });
          visit.caller.onEnd({ by: 'them' });
          for (let step = 0; step < steps; step++) await Promise.resolve();
          return centralist;
        })();
        const crossing = {
          answered,
          news: () => line.news(),
          leave: () => {
            void answered.then((call) => call.hangUp());
          },
        };
        const desk = { ...visit.desk, line: () => crossing };
        visit.caller = visit.telephony.ringUs('+31612345678');
        const result = await clock.finish(tipLine(visit.caller, { type: 'connect', desk }));
        // Whoever is not let go was handed to the conversation, which finds that the caller is gone.
        if (visit.talkedWith.length === 0) {
          expect(result).to.equal('abandoned');
          expect(await clock.finish(centralist.ended, 1_000), `${steps} steps`).to.include({ by: 'us' });
        }
      }
    });
  });

  describe('for who is passed on to a colleague', () => {
    const transferring: LineStory = { news: [[0, { type: 'transferring' }]] };

    it('says so, holds them while it rings there, and lets them talk', async () => {
      const colleague = answeredCall(reaching(1_000).clock);
      const line = (): FakeQueuePlace => visit.line({ ...transferring, answered: [5_000, colleague] });
      visit.talks = [
        [10_000, () => ({ type: 'passed_on', line: line() })],
        [5_000, { type: 'over' }],
      ];
      expect(await visit.rings(visit.connect)).to.equal('connected');
      expect(visit.talkedWith.at(-1)).to.equal(colleague);
      expect(visit.caller.timeline.slice(1)).to.deep.equal(['tip-transferring 11000-14000', 'hold 14000-16000']);
      expect(visit.caller.steps).to.deep.equal(['ringing', 'talking', 'transferring', 'talking']);
    });

    it('records a tip when nobody takes them', async () => {
      reaching(1_000);
      const line = (): FakeQueuePlace => visit.line({ ...transferring, answered: [20_000, 'nobody'] });
      visit.talks = [[10_000, () => ({ type: 'passed_on', line: line() })]];
      expect(await visit.rings(visit.connect, { speaksMs: 4_000 })).to.equal('recorded');
    });

    it('lets them talk at once with who is on the line already', async () => {
      const colleague = answeredCall(reaching(1_000).clock);
      visit.talks = [
        [10_000, { type: 'handed_over', centralist: colleague }],
        [5_000, { type: 'over' }],
      ];
      expect(await visit.rings(visit.connect)).to.equal('connected');
      expect(visit.talkedWith.at(-1)).to.equal(colleague);
      expect(visit.caller.heardWords).to.equal('tip-connecting');
    });
  });

  describe('that records conversations', () => {
    it('tells both sides before they hear one another', async () => {
      reaching(4_000);
      visit.recordsTalks = true;
      visit.talks = [[10_000, { type: 'over' }]];
      await visit.rings(visit.connect);
      const [centralist] = visit.talkedWith as FakeCall[];
      expect(visit.caller.timeline.at(-1)).to.equal('tip-is-recorded 4000-7000');
      expect(centralist!.heardWords).to.equal('tip-is-recorded');
    });

    it('goes on when the centralist hangs up during it: the tip is recorded', async () => {
      reaching(2_000, (centralist) => {
        centralist.later(3_000, () => {
          centralist.onEnd({ by: 'them' });
        });
      });
      visit.recordsTalks = true;
      visit.talks = [[0, { type: 'failed' }]];
      expect(await visit.rings(visit.connect, { speaksMs: 3_000 })).to.equal('recorded');
    });

    it('is abandoned by who hangs up during it', async () => {
      reaching(2_000);
      visit.recordsTalks = true;
      expect(await visit.rings(visit.connect, { hangsUpAtMs: 3_000 })).to.equal('abandoned');
      expect(visit.talkedWith).to.deep.equal([]);
    });
  });

  describe('for who was called but not reached', () => {
    it('plays the message, and puts through who presses a key', async () => {
      reaching(16_000);
      const presses = [{ digit: '1', atMs: 13_000 }] as const;
      expect(await visit.rings(visit.inform, { presses, hangsUpAtMs: 40_000 })).to.equal('connected');
      expect(visit.caller.timeline.slice(0, 4)).to.deep.equal([
        'tip-not-reached 0-3000',
        'message 3000-11000',
        'tip-press-to-speak 11000-13000',
        'tip-connecting 13000-16000',
      ]);
      expect(visit.informedAt).to.equal(11_000);
    });

    it('is not put through by a key that was pressed during the message', async () => {
      expect(await visit.rings(visit.inform, { presses: [{ digit: '1', atMs: 5_000 }] })).to.equal('abandoned');
      expect(visit.lines).to.deep.equal([]);
    });

    it('plays the message once more, waits, and says goodbye to who presses nothing', async () => {
      expect(await visit.rings(visit.inform)).to.equal('abandoned');
      expect(visit.caller.timeline).to.deep.equal([
        'tip-not-reached 0-3000',
        'message 3000-11000',
        'tip-press-to-speak 11000-14000',
        'message 18000-26000',
        'tip-press-to-speak 26000-29000',
        'tip-no-digit 35000-38000',
      ]);
    });

    it('counts as informed only when the message was heard to its end', async () => {
      await visit.rings(visit.inform, { hangsUpAtMs: 10_900 });
      expect(visit.informedAt).to.equal(undefined);
      visit = new Visit();
      expect(await visit.rings(visit.inform, { hangsUpAtMs: 11_100 })).to.equal('abandoned');
      expect(visit.informedAt).to.equal(11_000);
    });
  });

  describe('just after the action ended', () => {
    it('says so and records a tip', async () => {
      expect(await visit.rings(visit.ended, { speaksMs: 5_000 })).to.equal('recorded');
      expect(visit.caller.heardWords).to.equal('tip-ended tip-record-chosen beep tip-recorded');
      expect(visit.lines).to.deep.equal([]);
    });
  });

  describe('recording', () => {
    // tip-ended 3 s, tip-record-chosen 3 s, beep 0.4 s
    const TONE = 6_400;

    it('ends at the key', async () => {
      const presses = [{ digit: '#', atMs: TONE + 9_000 }] as const;
      expect(await visit.rings(visit.ended, { speaksMs: 60_000, presses })).to.equal('recorded');
      expect(visit.recorded[0]?.ms).to.equal(9_000);
      expect(visit.caller.steps).to.deep.equal(['ended', 'record', 'speak']);
    });

    it('is kept when they hang up, without thanks', async () => {
      expect(await visit.rings(visit.ended, { speaksMs: 60_000, hangsUpAtMs: TONE + 8_000 })).to.equal('recorded');
      expect(visit.recorded[0]?.ms).to.equal(8_000);
      expect(visit.caller.heardWords).not.to.contain('tip-recorded');
    });

    it('is kept when they hang up in the thanks', async () => {
      const farEnd = { presses: [{ digit: '#', atMs: TONE + 2_000 }] as const, hangsUpAtMs: TONE + 3_000 };
      expect(await visit.rings(visit.ended, farEnd)).to.equal('recorded');
      expect(visit.recorded).to.have.lengthOf(1);
    });

    it('lasts three minutes at most', async () => {
      await visit.rings(visit.ended, { speaksMs: 600_000 });
      expect(visit.recorded[0]?.ms).to.equal(180_000);
    });

    it('is no tip when they hang up at the tone', async () => {
      expect(await visit.rings(visit.ended, { hangsUpAtMs: TONE + 300 })).to.equal('abandoned');
      expect(visit.recorded).to.deep.equal([]);
    });

    it('is no tip when they hang up before it', async () => {
      expect(await visit.rings(visit.ended, { hangsUpAtMs: TONE - 300 })).to.equal('abandoned');
      expect(visit.recorded).to.deep.equal([]);
    });
  });

  describe('for who was there before a restart', () => {
    it('goes on with a conversation, also when they are passed on after that', async () => {
      const colleague = answeredCall(visit.clock);
      visit.caller = visit.telephony.ringUs('+31612345678');
      visit.talks = [[5_000, { type: 'over' }]];
      const handedOver = Promise.resolve({ type: 'handed_over', centralist: colleague } as const);
      expect(await visit.clock.finish(goOn(visit.caller, visit.desk, handedOver))).to.equal('connected');
      expect(visit.talkedWith).to.deep.equal([colleague]);
      await visit.clock.finish(visit.caller.hangUp());
    });

    it('takes the tip of a caller who was recording it, also when they hang up in it or in the thanks', async () => {
      for (const [n, farEnd] of [{}, { hangsUpAtMs: 4_000 }, { hangsUpAtMs: 13_000 }].entries()) {
        const begun = { name: `begun-${n}`, agoMs: 5_000 };
        visit.telephony.begun.set(begun.name, 5_000);
        visit.telephony.goesOn.add(begun.name);
        visit.caller = visit.telephony.ringUs('+31612345678', farEnd);
        await visit.clock.finish(visit.caller.answer());
        expect(await visit.clock.finish(goOn(visit.caller, visit.desk, begun))).to.equal('recorded');
        expect(visit.recorded.map(({ name }) => name).at(-1)).to.equal(begun.name);
        await visit.clock.finish(visit.caller.hangUp());
      }
    });
  });
});
