import { expect } from 'chai';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CentralistAccount } from '../../src/app/services.js';
import type { Action } from '../../src/domain/action.js';
import { prompt, rendered, type PromptName, type Sound } from '../../src/domain/messages.js';
import {
  hearings,
  RATE,
  wavOf,
  type DeskBehaviour,
  type Key,
  type PhoneCall,
  type Samples,
  type Softphone,
  type Step,
} from '../../src/phonenet/index.js';
import { toneMarked, tonesInOrder, type MarkTone } from '../../src/phonenet/listening/tone-marks.js';
import { startExchange, type Exchange } from './support/exchange.js';

/** What who dials says, and what who is rung says. */
const SPOKEN: readonly MarkTone[] = [1040, 600, 2300, 1750, 1040, 2300];
const ANSWERED: readonly MarkTone[] = [480, 1900, 480, 1900, 480, 1900];
const CITIZEN = '0612347701';
const CALLER = '0612347702';
const ELSEWHERE = '0612347703';
const LEVELS = ['good', 'soft', 'none'] as const;

describe('what a centralist dials', function () {
  this.timeout(180_000);
  let exchange: Exchange;
  let sounds: { spoken: string; whispered: string; answered: string; answeredLater: string };

  interface Desk {
    readonly account: CentralistAccount;
    readonly phone: Softphone;
  }
  /** A centralist with a softphone. */
  const desk = async (behaviour: DeskBehaviour = { type: 'no_answer' }): Promise<Desk> => {
    const account = await exchange.centralist();
    const { sipUsername: username, sipPassword: password } = account.centralist;
    const phone = await exchange.network.softphone({ username, password, server: account.server }, behaviour);
    return { account, phone };
  };
  /**
   * How often a sound was heard, enough to know it by: its beginning, or where packets were late or lost in that, its second
   * half. A machine that does other things too loses some.
   */
  const times = async (call: PhoneCall, sound: Sound): Promise<number> => {
    const samples = await exchange.samples(sound);
    const heard = await exchange.heard(call);
    const known = (part: Samples): number => {
      const enough = Math.min(1_500, (0.6 * part.length) / (RATE / 1_000));
      return hearings(heard, part).filter(({ heardMs }) => heardMs > enough).length;
    };
    return Math.max(known(samples), known(samples.subarray(samples.length / 2)));
  };
  const hears = (call: PhoneCall, name: PromptName): Promise<number> => times(call, prompt(name));
  /** The tones that were heard; one in which a packet was lost is one. */
  const marks = async (call: PhoneCall): Promise<readonly number[]> => tonesInOrder(await exchange.heard(call));
  /** How often a sentence was heard that is made when it is said. */
  const hearsWords = async (call: PhoneCall, text: string): Promise<number> => {
    const { actions } = exchange.service.services;
    const { soundId } = actions.view(await exchange.draft('1000', { text })).action.message;
    return times(call, rendered(soundId));
  };
  const sound = async (name: string, samples: Samples): Promise<string> => {
    const path = join(exchange.dataDir, name);
    await writeFile(`${path}.wav`, wavOf(samples));
    return path;
  };
  const keys = (digits: string): Step[] =>
    Array.from(digits, (digit) => ({ do: 'press', digit: digit as Key, ms: 100 }));
  const pause = (ms: number): Step => ({ do: 'wait', ms });
  /** Until so long after these sounds have been played. */
  const past = (names: readonly PromptName[], moreMs: number): Step =>
    pause(names.reduce((sum, name) => sum + exchange.service.shelf.msOf(prompt(name)), moreMs));
  const dials = async ({ phone }: Desk, number: string, script: readonly Step[] = []): Promise<PhoneCall> =>
    (await phone.dial(number, script)).ended;
  /** The last call that rang this softphone, with what was heard in it. */
  const rang = async ({ phone }: Desk): Promise<PhoneCall> => {
    const call = (await phone.calls()).at(-1);
    if (!call) throw new Error('the softphone was not rung');
    await exchange.network.whole(call);
    return call;
  };
  const callsTo = async (number: string): Promise<PhoneCall[]> =>
    (await exchange.network.ledger()).filter(
      (call) => call.kind === 'citizen' && call.number.endsWith(number.slice(-9)),
    );
  const view = async ({ account }: Desk) => {
    const found = (await exchange.service.services.desk.list()).find(
      ({ centralist }) => centralist.id === account.centralist.id,
    );
    if (!found) throw new Error('no such desk');
    return found;
  };
  const recordings = (): Promise<string[]> =>
    readdir(join(exchange.service.asterisk?.folders.spool ?? '', 'recording'));

  /**
   * The stories need one another's time, not one another: they are told two at a time, the long one beside the others, so
   * that what is heard is not disturbed by how busy the machine is with them.
   */
  const stories: (() => Promise<unknown>)[] = [];
  const steps = <T>(tell: () => Promise<T>): (() => Promise<T>) => {
    let told: Promise<T> | undefined;
    const once = (): Promise<T> => {
      told ??= tell();
      told.catch(() => undefined);
      return told;
    };
    stories.push(once);
    return once;
  };

  before(async () => {
    exchange = await startExchange();
    sounds = {
      spoken: await sound('spoken', toneMarked(SPOKEN)),
      whispered: await sound(
        'whispered',
        toneMarked(SPOKEN).map((sample) => sample * 0.06),
      ),
      answered: await sound('answered', toneMarked(ANSWERED)),
      // Of who is called back: once they are put through.
      answeredLater: await sound('later', Float32Array.from([...new Float32Array(8_000 * 7), ...toneMarked(ANSWERED)])),
    };
    exchange.participant(CITIZEN, '8251AB', 'Anna Proef');
    exchange.participant(CALLER, '8260AB', 'Cor Proef');
    exchange.participant(ELSEWHERE, '8252AB', 'Bram Elders');
    const presses = { persona: 'presses', answerAfterMs: 200, pressAfterMs: 1_000 } as const;
    await exchange.network.setCitizens([
      { number: CITIZEN, ...presses },
      { number: ELSEWHERE, ...presses },
      { number: CALLER, persona: 'voicemail', answerAfterMs: 500, greeting: sounds.answeredLater },
    ]);
    const [long, ...others] = stories;
    void long?.();
    void (async () => {
      for (const next of others) await next().catch(() => undefined);
    })();
  });

  after(async () => {
    await Promise.allSettled(stories.map((told) => told()));
    await exchange.stop();
  });

  it('goes on and off duty with *10 and *11', async () => {
    const own = await desk();
    const duty = async (): Promise<boolean> => (await view(own)).centralist.onDuty;
    expect(await duty()).to.equal(false);
    expect(await hears(await dials(own, '*10'), 'desk-on-duty')).to.equal(1);
    expect(await duty()).to.equal(true);
    expect(await hears(await dials(own, '*11'), 'desk-off-duty')).to.equal(1);
    expect(await duty()).to.equal(false);
  });

  it('is told when a number is nothing', async () => {
    expect(await hears(await dials(await desk(), '*99'), 'desk-unknown')).to.equal(1);
  });

  describe('with *20', () => {
    const told = steps(async () => {
      const own = await desk();
      const start = await dials(own, '*20', [
        pause(700),
        ...keys(`${own.account.pin}#`),
        past(['desk-speak', 'beep'], 2_500),
        { do: 'play', sound: sounds.spoken },
        ...keys('#'),
        // The message is made ready to play, in a moment or a few; then it is heard, and asked about for 12 s and more.
        pause(11_500),
        ...keys('1'),
        pause(1_500),
        ...keys('8251#'),
        pause(1_500),
        ...keys('#'),
        pause(1_500),
        ...keys('7'),
        pause(1_500),
        ...keys('1'),
        // The same with the plan. Pressed twice: when the first one came too soon.
        pause(9_000),
        ...keys('1'),
        pause(5_000),
        ...keys('1'),
      ]);
      const { actions } = exchange.service.services;
      const action = actions.list().find(({ centralistId }) => centralistId === own.account.centralist.id);
      if (!action) throw new Error('no action was made');
      await exchange.calledOut(action.id);
      const counts = await dials(own, '*22');
      const close = await dials(own, '*21', [pause(3_500), ...keys('1'), pause(3_000), ...keys('1')]);
      return { own, start, action, counts, close };
    });
    const action = async (): Promise<Action> => (await told()).action;

    it('proves who they are, speaks a message, hears it back, and says where and what', async () => {
      const { start } = await told();
      const asked: PromptName[] = ['desk-speak', 'desk-hear', 'desk-started'];
      for (const name of asked) expect(await hears(start, name), name).to.equal(1);
      expect(await marks(start)).to.deep.equal(SPOKEN);
    });

    it('hears how many people that are, and the number of the action that runs', async () => {
      const { start } = await told();
      for (const words of ['1 deelnemer, minder dan een minuut.', `Actie ${(await action()).number}.`])
        expect(await hearsWords(start, words), words).to.equal(1);
    });

    it('makes an action run that is theirs, and goes on duty with it', async () => {
      const { own } = await told();
      expect(await action()).to.deep.include({
        state: 'running',
        kind: 'missing_child',
        title: 'Vermist kind, 8251',
        description: 'Ingesproken per telefoon',
      });
      expect((await view(own)).centralist.onDuty).to.equal(true);
    });

    it('has people called in that area, who hear what was spoken', async () => {
      await told();
      expect(await callsTo(ELSEWHERE)).to.deep.equal([]);
      const [alert] = await callsTo(CITIZEN);
      if (!alert) throw new Error('nobody was called');
      expect(await marks(alert)).to.deep.equal([...SPOKEN, ...SPOKEN]);
    });

    it('then hears the counts with *22', async () => {
      const { counts } = await told();
      const words = '1 deelnemer in het gebied. 1 gebeld. 1 bereikt. Nog geen tips.';
      expect(await hearsWords(counts, words)).to.equal(1);
    });

    it('and closes it with *21', async () => {
      const { close } = await told();
      const { id } = await action();
      expect(await hears(close, 'desk-closed')).to.equal(1);
      expect(exchange.service.services.actions.view(id).action).to.include({ state: 'closed', result: 'found' });
    });

    const refused = steps(async () => {
      const own = await desk();
      const wrong = own.account.pin === '0000' ? '1111' : '0000';
      const tries = [1, 2, 3].flatMap((): Step[] => [...keys(`${wrong}#`), past(['desk-pin-wrong'], 2_000)]);
      return dials(own, '*20', [pause(500), ...tries]);
    });

    it('is refused with a wrong PIN', async () => {
      const call = await refused();
      expect(await hears(call, 'desk-pin-wrong')).to.be.within(2, 3);
      expect(await hears(call, 'desk-speak')).to.equal(0);
      expect(call.endedBy).to.equal('far');
    });
  });

  describe('with *30 hears their own voice, and whether it is good', () => {
    const calls = new Map(
      LEVELS.map((level) => [
        level,
        steps(async () => {
          const what = level === 'soft' ? sounds.whispered : sounds.spoken;
          const talk: Step[] = level === 'none' ? [] : [{ do: 'play', sound: what }];
          return dials(await desk(), '*30', [past(['desk-echo', 'beep'], 1_200), ...talk]);
        }),
      ]),
    );

    for (const [level, told] of calls) {
      it(level, async () => {
        const call = await told();
        expect(await hears(call, `desk-level-${level}`)).to.equal(1);
        if (level === 'good') expect(await marks(call)).to.deep.equal(SPOKEN);
      });
    }
  });

  describe('dials a colleague', () => {
    let own: Desk;
    let colleague: Desk;
    const dialsColleague = (script?: readonly Step[]): Promise<PhoneCall> =>
      dials(own, colleague.account.centralist.extension, script);

    before(async () => {
      own = await desk();
      colleague = await desk();
    });

    it('who sees who it is; both hear one another, until one hangs up', async () => {
      const script: Step[] = [pause(1_500), { do: 'play', sound: sounds.answered }];
      await colleague.phone.behave({ type: 'answers', afterMs: 1_500, script, hangUpAfterMs: 7_000 });
      const call = await dialsColleague([pause(3_500), { do: 'play', sound: sounds.spoken }]);
      const taken = await rang(colleague);
      const { extension, name } = own.account.centralist;
      expect(taken.from).to.contain(`"${name}" <sip:${extension}@`);
      expect(await marks(call), 'the colleague is heard').to.include.members([...new Set(ANSWERED)]);
      expect(await marks(taken), 'and hears').to.include.members([...new Set(SPOKEN)]);
      expect(call.endedBy).to.equal('far');
      expect(hearings(await exchange.heard(call), await exchange.samples(prompt('ringing')))).not.to.have.length(0);
    });

    it('and is told when the colleague declines', async () => {
      await colleague.phone.behave({ type: 'declines' });
      expect(await hears(await dialsColleague(), 'desk-no-answer')).to.equal(1);
    });

    it('and both are engaged meanwhile', async () => {
      await colleague.phone.behave({ type: 'answers', afterMs: 100 });
      const live = await own.phone.dial(colleague.account.centralist.extension);
      const mine = ({ number, kind }: PhoneCall): boolean => kind === 'desk' && number === colleague.phone.username;
      await exchange.network.until((one) => mine(one) && one.answeredAt !== null && one.endedAt === null, 20_000);
      expect([(await view(own)).engaged, (await view(colleague)).engaged]).to.deep.equal([true, true]);
      await live.hangUp();
      await live.ended;
      while ((await view(colleague)).engaged) await new Promise((resolve) => setImmediate(resolve));
    });
  });

  const heardBefore = steps(async () => {
    const own = await desk({ type: 'answers', afterMs: 300, script: [pause(1_000), ...keys('5')] });
    const recordingId = await exchange.toneMessage(SPOKEN);
    const id = await exchange.draft('8251', { recordingId }, { centralistId: own.account.centralist.id });
    exchange.service.services.actions.testCall(id);
    await exchange.network.until(({ number, endedAt }) => number === own.phone.username && endedAt !== null, 120_000);
    return rang(own);
  });

  it('hears an action as a citizen does, before it starts', async () => {
    const call = await heardBefore();
    expect(call.from).to.match(/^"Proef actie \d+" <sip:08000011@/);
    expect(await marks(call)).to.deep.equal([...SPOKEN, ...SPOKEN]);
    expect(await hears(call, 'ending-child')).to.equal(1);
  });

  describe('calls back who rang and got nobody', () => {
    const told = steps(async () => {
      const own = await desk();
      const { actions, callbacks, tips } = exchange.service.services;
      const id = await exchange.draft(
        '8260',
        { text: 'Gezocht: een kat.' },
        { centralistId: own.account.centralist.id },
      );
      await actions.start(id, { anyway: true });
      await exchange.calledOut(id);
      await exchange.network.call({ from: CALLER, hangUpAfterMs: 1_000 });
      await exchange.until(
        id,
        () => tips.calls({ actionId: id }).some(({ result }) => result !== null),
        'a missed call',
      );
      const [missed] = tips.calls({ actionId: id });
      if (!missed) throw new Error('nobody rang');
      const script: Step[] = [pause(9_000), { do: 'play', sound: sounds.spoken }];
      await own.phone.behave({ type: 'answers', afterMs: 300, script, hangUpAfterMs: 18_000 });
      callbacks.callBack(missed.id);
      const result = (): string | null => callbacks.list({ inboundId: missed.id })[0]?.result ?? null;
      await exchange.until(id, () => result() !== null, 'the end of the call back');
      const [, back] = await callsTo(CALLER);
      if (!back) throw new Error('the participant was not called back');
      await exchange.network.whole(back);
      return { result: result(), desk: await rang(own), participant: back };
    });

    it('which rings the centralist first, who sees whom', async () => {
      const { desk: call, participant } = await told();
      expect(call.from).to.match(/^"Terugbellen \d+ 8260AB" <sip:0612347702@/);
      expect(call.answeredAt).to.be.below(participant.invitedAt);
    });

    it('then the participant, who sees the tip line and hears who it is', async () => {
      const { participant } = await told();
      expect(participant.from).to.contain('08000011');
      expect(await hears(participant, 'callback-hello')).to.equal(1);
    });

    it('and both hear one another', async () => {
      const { desk: call, participant, result } = await told();
      expect(await marks(call), 'the participant is heard').to.include.members([...new Set(ANSWERED)]);
      expect(await marks(participant), 'and hears').to.include.members([...new Set(SPOKEN)]);
      expect(result).to.equal('connected');
    });
  });

  it('leaves nothing behind of what was only said to us', async () => {
    await Promise.all(stories.map((told) => told()));
    expect(await recordings()).to.deep.equal([]);
  });
});
