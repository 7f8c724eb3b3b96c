import { expect } from 'chai';
import { rendered } from '../../src/domain/messages.js';
import {
  continueTipCall,
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
import { FakeQueuePlace, type QueueScript } from '../support/fake-queue-place.js';
import { FakeTelephony } from '../support/fake-telephony.js';
import type { FarEnd } from '../support/far-end.js';

const RINGING: QueueScript = { news: [[0, { type: 'ringing' }]] };

/** A caller, and a queue with scripted news and answers. */
class TipLineWorld {
  readonly clock = new FakeClock();
  readonly telephony = new FakeTelephony(this.clock);
  readonly recorded: Recorded[] = [];
  readonly places: FakeQueuePlace[] = [];
  readonly talkedWith: Call[] = [];
  /** How long each conversation lasts and how it ends; by default until the caller hangs up. */
  talks: (readonly [ms: number, end: TalkEnd | (() => TalkEnd)])[] = [];
  recordsTalks = false;
  informedAt: number | undefined;
  caller!: FakeCall;

  constructor(private readonly queue: (clock: FakeClock) => QueueScript = () => RINGING) {}

  get actions(): TipActions {
    return {
      recordsTalks: this.recordsTalks,
      pickedUp: () => undefined,
      queuePlace: () => this.place(this.queue(this.clock)),
      talk: (centralist) => this.#talk(centralist),
      recordingName: () => `tip-${this.recorded.length + 1}`,
      onRecorded: (recorded) => this.recorded.push(recorded),
    };
  }

  get connect(): TipWelcome {
    return { type: 'connect', actions: this.actions };
  }

  get ended(): TipWelcome {
    return { type: 'ended', actions: this.actions };
  }

  get inform(): TipWelcome {
    const onInformed = (): void => {
      this.informedAt = this.clock.monotonic() - (this.caller.answeredAt ?? 0);
    };
    return { type: 'inform', message: rendered('message'), actions: this.actions, onInformed };
  }

  place(events: QueueScript): FakeQueuePlace {
    const place = new FakeQueuePlace(this.clock, events);
    this.places.push(place);
    return place;
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
  let world: TipLineWorld;
  /** A world in which a centralist answers after `ms` in the queue. */
  const answeredAfter = (ms: number, prepare: (centralist: FakeCall) => void = () => undefined): TipLineWorld => {
    world = new TipLineWorld((clock) => {
      const centralist = answeredCall(clock);
      prepare(centralist);
      return { ...RINGING, answered: [ms, centralist] };
    });
    return world;
  };

  beforeEach(() => {
    world = new TipLineWorld();
  });

  afterEach(() => {
    expect(world.clock.pending, 'timers left behind').to.equal(0);
  });

  describe('for a caller who is not admitted', () => {
    for (const say of ['tip-unknown', 'tip-unavailable'] as const) {
      it(`says ${say} and hangs up`, async () => {
        expect(await world.rings({ type: 'refuse', say })).to.equal('refused');
        expect(world.caller.timeline).to.deep.equal([`${say} 0-3000`]);
        expect(world.places).to.deep.equal([]);
      });
    }

    it('says that the caller is in no action, and offers their code', async () => {
      expect(await world.rings({ type: 'not_selected', code: '123456' })).to.equal('refused');
      expect(world.caller.heardWords).to.equal('tip-not-selected tip-code-offer');
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
      it(`is refused too when the caller hangs up half-way (${welcome.type})`, async () => {
        expect(await world.rings(welcome, { hangsUpAtMs: 500 })).to.equal('refused');
      });
    }
  });

  describe('for a caller who withholds the number', () => {
    const withCode = (): TipWelcome => ({
      type: 'withheld',
      codes: {
        check: (code) => (code === '123456' ? { type: 'welcome', welcome: world.connect } : { type: 'wrong' }),
        checkWithNumber: () => ({ type: 'wrong' }),
      },
    });
    const presses = [...'123456'].map((digit, index) => ({ digit: digit as '1', atMs: 1_000 + index * 100 }));

    it('goes on as for other callers once the code is right', async () => {
      answeredAfter(2_000);
      expect(await world.rings(withCode(), { presses, hangsUpAtMs: 60_000 })).to.equal('connected');
      expect(world.caller.heardWords).to.match(/^tip-withheld tip-connecting/);
    });

    it('counts the call as abandoned, not refused, when the caller hangs up after the code', async () => {
      expect(await world.rings(withCode(), { presses, hangsUpAtMs: 4_000 })).to.equal('abandoned');
    });

    it('refuses a caller who keys no code', async () => {
      expect(await world.rings(withCode())).to.equal('refused');
      expect(world.places).to.deep.equal([]);
    });
  });

  describe('for a caller who was reached in several actions', () => {
    it('puts the caller through for the action that they choose', async () => {
      answeredAfter(1_000);
      const chosen: number[] = [];
      const welcome: TipWelcome = {
        type: 'choose',
        titles: [[rendered('kind')], [rendered('fiets')]],
        choose: (index) => {
          chosen.push(index);
          return world.connect;
        },
      };
      const farEnd = { presses: [{ digit: '2', atMs: 1_000 }] as const, hangsUpAtMs: 30_000 };
      expect(await world.rings(welcome, farEnd)).to.equal('connected');
      expect(chosen).to.deep.equal([1]);
    });
  });

  describe('for a caller who was reached', () => {
    it('says that the caller is put through, plays hold audio while a softphone rings, and connects them', async () => {
      answeredAfter(5_000);
      world.talks = [[60_000, { type: 'over' }]];
      expect(await world.rings(world.connect)).to.equal('connected');
      expect(world.caller.timeline).to.deep.equal(['tip-connecting 0-3000', 'hold 3000-5000']);
      expect(world.caller.steps).to.deep.equal(['ringing', 'talking']);
      expect(world.talkedWith).to.have.length(1);
    });

    it('records a tip when no centralist answers', async () => {
      world = new TipLineWorld(() => ({ ...RINGING, answered: [20_000, 'nobody'] }));
      expect(await world.rings(world.connect, { speaksMs: 7_000 })).to.equal('recorded');
      expect(world.caller.heardWords.replaceAll(' hold', '')).to.equal('tip-connecting tip-record beep tip-recorded');
      expect(world.recorded).to.deep.equal([{ name: 'tip-1', file: '/recordings/tip-1.wav', ms: 17_000 }]);
    });

    it('records a tip when the caller chooses to record instead of waiting', async () => {
      const presses = [{ digit: '1', atMs: 8_000 }] as const;
      expect(await world.rings(world.connect, { speaksMs: 3_000, presses })).to.equal('recorded');
      expect(world.caller.timeline.slice(0, 3)).to.deep.equal([
        'tip-connecting 0-3000',
        'hold 3000-8000',
        'tip-record-chosen 8000-11000',
      ]);
      expect(world.places[0]!.left).to.equal(true);
    });

    it('records a tip when caller and centralist cannot be bridged', async () => {
      answeredAfter(1_000);
      world.talks = [[0, { type: 'failed' }]];
      expect(await world.rings(world.connect, { hangsUpAtMs: 40_000 })).to.equal('recorded');
      expect(world.caller.heardWords).to.contain('tip-record beep');
    });

    it('rings the centralist while the call is being answered', async () => {
      answeredAfter(1_000);
      let answeredAt: number | undefined = NaN;
      const { actions } = world;
      const queuePlace = (): FakeQueuePlace => {
        answeredAt = world.caller.answeredAt;
        return actions.queuePlace() as FakeQueuePlace;
      };
      expect(
        await world.rings({ type: 'connect', actions: { ...actions, queuePlace } }, { hangsUpAtMs: 9_000 }),
      ).to.equal('connected');
      expect(answeredAt).to.equal(undefined);
    });

    it('leaves the queue when the caller hangs up before the call is answered', async () => {
      world = new TipLineWorld();
      world.caller = world.telephony.ringUs('+31612345678');
      world.caller.onEnd({ by: 'them' });
      expect(await world.clock.finish(tipLine(world.caller, world.connect))).to.equal('abandoned');
      expect(world.places[0]!.left).to.equal(true);
    });

    it('leaves the queue when the caller hangs up', async () => {
      expect(await world.rings(world.connect, { hangsUpAtMs: 4_000 })).to.equal('abandoned');
      expect(world.places[0]!.left).to.equal(true);
    });

    it('hangs up a centralist who answers just as the caller hangs up', async () => {
      // The answer comes 0 to 19 promise steps after the hang-up, so that the two cross in every possible
      // way.
      for (let steps = 0; steps < 20; steps++) {
        world = new TipLineWorld();
        const { clock } = world;
        const centralist = answeredCall(clock);
        const place = world.place({ ...RINGING });
        const answered = (async () => {
          await new Promise<void>((resolve) => {
            clock.after(4_000, resolve);
          });
          world.caller.onEnd({ by: 'them' });
          for (let step = 0; step < steps; step++) await Promise.resolve();
          return centralist;
        })();
        const crossing = {
          answered,
          news: () => place.news(),
          leave: () => {
            void answered.then((call) => call.hangUp());
          },
        };
        const actions = { ...world.actions, queuePlace: () => crossing };
        world.caller = world.telephony.ringUs('+31612345678');
        const result = await clock.finish(tipLine(world.caller, { type: 'connect', actions }));
        // Otherwise the centralist was handed to the conversation, which notices that the caller is gone.
        if (world.talkedWith.length === 0) {
          expect(result).to.equal('abandoned');
          expect(await clock.finish(centralist.ended, 1_000), `${steps} steps`).to.include({ by: 'us' });
        }
      }
    });
  });

  describe('for a caller who is transferred to a colleague', () => {
    const transferring: QueueScript = { news: [[0, { type: 'transferring' }]] };

    it('says so, plays hold audio while the colleague is rung, and connects them', async () => {
      const colleague = answeredCall(answeredAfter(1_000).clock);
      const queuePlace = (): FakeQueuePlace => world.place({ ...transferring, answered: [5_000, colleague] });
      world.talks = [
        [10_000, () => ({ type: 'passed_on', queuePlace: queuePlace() })],
        [5_000, { type: 'over' }],
      ];
      expect(await world.rings(world.connect)).to.equal('connected');
      expect(world.talkedWith.at(-1)).to.equal(colleague);
      expect(world.caller.timeline.slice(1)).to.deep.equal(['tip-transferring 11000-14000', 'hold 14000-16000']);
      expect(world.caller.steps).to.deep.equal(['ringing', 'talking', 'transferring', 'talking']);
    });

    it('records a tip when no colleague answers', async () => {
      answeredAfter(1_000);
      const queuePlace = (): FakeQueuePlace => world.place({ ...transferring, answered: [20_000, 'nobody'] });
      world.talks = [[10_000, () => ({ type: 'passed_on', queuePlace: queuePlace() })]];
      expect(await world.rings(world.connect, { speaksMs: 4_000 })).to.equal('recorded');
    });

    it('connects the caller at once with a colleague who is already on the line', async () => {
      const colleague = answeredCall(answeredAfter(1_000).clock);
      world.talks = [
        [10_000, { type: 'handed_over', centralist: colleague }],
        [5_000, { type: 'over' }],
      ];
      expect(await world.rings(world.connect)).to.equal('connected');
      expect(world.talkedWith.at(-1)).to.equal(colleague);
      expect(world.caller.heardWords).to.equal('tip-connecting');
    });
  });

  describe('that records conversations', () => {
    it('tells both sides before they are connected', async () => {
      answeredAfter(4_000);
      world.recordsTalks = true;
      world.talks = [[10_000, { type: 'over' }]];
      await world.rings(world.connect);
      const [centralist] = world.talkedWith as FakeCall[];
      expect(world.caller.timeline.at(-1)).to.equal('tip-is-recorded 4000-7000');
      expect(centralist!.heardWords).to.equal('tip-is-recorded');
    });

    it('records a tip when the centralist hangs up during the announcement', async () => {
      answeredAfter(2_000, (centralist) => {
        centralist.later(3_000, () => {
          centralist.onEnd({ by: 'them' });
        });
      });
      world.recordsTalks = true;
      world.talks = [[0, { type: 'failed' }]];
      expect(await world.rings(world.connect, { speaksMs: 3_000 })).to.equal('recorded');
    });

    it('counts the call as abandoned when the caller hangs up during the announcement', async () => {
      answeredAfter(2_000);
      world.recordsTalks = true;
      expect(await world.rings(world.connect, { hangsUpAtMs: 3_000 })).to.equal('abandoned');
      expect(world.talkedWith).to.deep.equal([]);
    });
  });

  describe('for a caller who was called but not reached', () => {
    it('plays the message, and puts the caller through after a key', async () => {
      answeredAfter(16_000);
      const presses = [{ digit: '1', atMs: 13_000 }] as const;
      expect(await world.rings(world.inform, { presses, hangsUpAtMs: 40_000 })).to.equal('connected');
      expect(world.caller.timeline.slice(0, 4)).to.deep.equal([
        'tip-not-reached 0-3000',
        'message 3000-11000',
        'tip-press-to-speak 11000-13000',
        'tip-connecting 13000-16000',
      ]);
      expect(world.informedAt).to.equal(11_000);
    });

    it('ignores a key that was pressed during the message', async () => {
      expect(await world.rings(world.inform, { presses: [{ digit: '1', atMs: 5_000 }] })).to.equal('abandoned');
      expect(world.places).to.deep.equal([]);
    });

    it('plays the message once more, waits, and says goodbye when no key is pressed', async () => {
      expect(await world.rings(world.inform)).to.equal('abandoned');
      expect(world.caller.timeline).to.deep.equal([
        'tip-not-reached 0-3000',
        'message 3000-11000',
        'tip-press-to-speak 11000-14000',
        'message 18000-26000',
        'tip-press-to-speak 26000-29000',
        'tip-no-digit 35000-38000',
      ]);
    });

    it('counts the caller as informed only when the message was played to its end', async () => {
      await world.rings(world.inform, { hangsUpAtMs: 10_900 });
      expect(world.informedAt).to.equal(undefined);
      world = new TipLineWorld();
      expect(await world.rings(world.inform, { hangsUpAtMs: 11_100 })).to.equal('abandoned');
      expect(world.informedAt).to.equal(11_000);
    });
  });

  describe('just after the action ended', () => {
    it('says so and records a tip', async () => {
      expect(await world.rings(world.ended, { speaksMs: 5_000 })).to.equal('recorded');
      expect(world.caller.heardWords).to.equal('tip-ended tip-record-chosen beep tip-recorded');
      expect(world.places).to.deep.equal([]);
    });
  });

  describe('recording', () => {
    // tip-ended 3 s, tip-record-chosen 3 s, beep 0.4 s
    const TONE = 6_400;

    it('ends at #', async () => {
      const presses = [{ digit: '#', atMs: TONE + 9_000 }] as const;
      expect(await world.rings(world.ended, { speaksMs: 60_000, presses })).to.equal('recorded');
      expect(world.recorded[0]?.ms).to.equal(9_000);
      expect(world.caller.steps).to.deep.equal(['ended', 'record', 'speak']);
    });

    it('is kept when the caller hangs up, without thanks', async () => {
      expect(await world.rings(world.ended, { speaksMs: 60_000, hangsUpAtMs: TONE + 8_000 })).to.equal('recorded');
      expect(world.recorded[0]?.ms).to.equal(8_000);
      expect(world.caller.heardWords).not.to.contain('tip-recorded');
    });

    it('is kept when the caller hangs up during the thanks', async () => {
      const farEnd = { presses: [{ digit: '#', atMs: TONE + 2_000 }] as const, hangsUpAtMs: TONE + 3_000 };
      expect(await world.rings(world.ended, farEnd)).to.equal('recorded');
      expect(world.recorded).to.have.lengthOf(1);
    });

    it('lasts three minutes at most', async () => {
      await world.rings(world.ended, { speaksMs: 600_000 });
      expect(world.recorded[0]?.ms).to.equal(180_000);
    });

    it('is not a tip when the caller hangs up at the tone', async () => {
      expect(await world.rings(world.ended, { hangsUpAtMs: TONE + 300 })).to.equal('abandoned');
      expect(world.recorded).to.deep.equal([]);
    });

    it('is not a tip when the caller hangs up before the tone', async () => {
      expect(await world.rings(world.ended, { hangsUpAtMs: TONE - 300 })).to.equal('abandoned');
      expect(world.recorded).to.deep.equal([]);
    });
  });

  describe('for a caller who was on the line before a restart', () => {
    it('goes on with a conversation, and with a transfer after it', async () => {
      const colleague = answeredCall(world.clock);
      world.caller = world.telephony.ringUs('+31612345678');
      world.talks = [[5_000, { type: 'over' }]];
      const handedOver = Promise.resolve({ type: 'handed_over', centralist: colleague } as const);
      expect(await world.clock.finish(continueTipCall(world.caller, world.actions, handedOver))).to.equal('connected');
      expect(world.talkedWith).to.deep.equal([colleague]);
      await world.clock.finish(world.caller.hangUp());
    });

    it('keeps the tip of a caller who was recording, even if they hang up during the recording or the thanks', async () => {
      for (const [n, farEnd] of [{}, { hangsUpAtMs: 4_000 }, { hangsUpAtMs: 13_000 }].entries()) {
        const begun = { name: `begun-${n}`, agoMs: 5_000 };
        world.telephony.earlierRecordings.set(begun.name, 5_000);
        world.telephony.runningRecordings.add(begun.name);
        world.caller = world.telephony.ringUs('+31612345678', farEnd);
        await world.clock.finish(world.caller.answer());
        expect(await world.clock.finish(continueTipCall(world.caller, world.actions, begun))).to.equal('recorded');
        expect(world.recorded.map(({ name }) => name).at(-1)).to.equal(begun.name);
        await world.clock.finish(world.caller.hangUp());
      }
    });
  });
});
