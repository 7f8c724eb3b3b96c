import { expect } from 'chai';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
  type Step,
} from '../../src/phonenet/index.js';
import { toneMarked, tonesInOrder, type MarkTone } from '../../src/phonenet/listening/tone-marks.js';
import { eventually } from './support/eventually.js';
import { startExchange, type Desk, type Exchange } from './support/exchange.js';

/** The voice of the centralist who dials, and that of the person who is called. */
const SPOKEN: readonly MarkTone[] = [1040, 600, 2300, 1750, 1040, 2300];
const ANSWERED: readonly MarkTone[] = [480, 1900, 480, 1900, 480, 1900];
const CITIZEN = '0612347701';
const CALLER = '0612347702';
const ELSEWHERE = '0612347703';
const LEVELS = ['good', 'soft', 'none'] as const;
const SOON_MS = 20_000;

describe('a centralist on the telephone', function () {
  this.timeout(180_000);
  let exchange: Exchange;
  let sounds: { spoken: string; whispered: string; answered: string; answeredLater: string };

  const desk = (behaviour: DeskBehaviour = { type: 'no_answer' }): Promise<Desk> => exchange.desk(behaviour);
  /**
   * How often enough of a sound was heard to recognise it: its beginning or, where packets were late or lost
   * there, its second half. A busy machine loses some packets.
   */
  const times = async (call: PhoneCall, sound: Sound): Promise<number> => {
    const samples = await exchange.samples(sound);
    const heard = await exchange.heard(call);
    const recognised = (part: Samples): number => {
      const enough = Math.min(1_500, (0.6 * part.length) / (RATE / 1_000));
      return hearings(heard, part).filter(({ heardMs }) => heardMs > enough).length;
    };
    return Math.max(recognised(samples), recognised(samples.subarray(samples.length / 2)));
  };
  const hears = (call: PhoneCall, name: PromptName): Promise<number> => times(call, prompt(name));
  /** The tones that were heard. A tone with a lost packet counts once. */
  const marks = async (call: PhoneCall): Promise<readonly number[]> => tonesInOrder(await exchange.heard(call));
  /** How often a sentence was heard, of the kind that is rendered only when it is played. */
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
  const waits = (ms: number): Step => ({ do: 'wait', ms });
  /** Waits for the length of these prompts plus `moreMs`. */
  const waitsPast = (names: readonly PromptName[], moreMs: number): Step =>
    waits(names.reduce((sum, name) => sum + exchange.service.soundFiles.msOf(prompt(name)), moreMs));
  const dials = async ({ phone }: Desk, number: string, script: readonly Step[] = []): Promise<PhoneCall> =>
    (await phone.dial(number, script)).ended;
  /** The last call that rang this softphone, with its complete recording. */
  const rang = async ({ phone }: Desk): Promise<PhoneCall> => {
    const call = (await phone.calls()).at(-1);
    if (!call) throw new Error('the softphone was not rung');
    await exchange.network.whole(call);
    return call;
  };
  const view = async ({ account }: Desk) => {
    const found = (await exchange.service.services.centralists.list()).find(
      ({ centralist }) => centralist.id === account.centralist.id,
    );
    if (!found) throw new Error('the centralist is not listed');
    return found;
  };
  const recordings = (): Promise<string[]> =>
    readdir(join(exchange.service.asterisk?.folders.spool ?? '', 'recording'));

  /**
   * The scenarios do not depend on one another. Two run at a time, to save time: the long one alongside the
   * others, which follow one another. With more at a time the machine would be so busy that it disturbs the
   * sound.
   */
  const scenarios: (() => Promise<unknown>)[] = [];
  const scenario = <T>(run: () => Promise<T>): (() => Promise<T>) => {
    let result: Promise<T> | undefined;
    const once = (): Promise<T> => {
      result ??= run();
      result.catch(() => undefined);
      return result;
    };
    scenarios.push(once);
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
      // The voice of a participant who is called back, from the moment of the connection.
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
    const [long, ...others] = scenarios;
    void long?.();
    void (async () => {
      for (const next of others) await next().catch(() => undefined);
    })();
  });

  after(async () => {
    await Promise.allSettled(scenarios.map((once) => once()));
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

  it('hears that a number is unknown', async () => {
    expect(await hears(await dials(await desk(), '*99'), 'desk-unknown')).to.equal(1);
  });

  describe('who dials *20', () => {
    const result = scenario(async () => {
      const own = await desk();
      const start = await dials(own, '*20', [
        waits(700),
        ...keys(`${own.account.pin}#`),
        waitsPast(['desk-speak', 'beep'], 2_500),
        { do: 'play', sound: sounds.spoken },
        ...keys('#'),
        // The message is prepared, which takes a moment, then played, and the question is asked for 12 s or
        // more.
        waits(11_500),
        ...keys('1'),
        waits(1_500),
        ...keys('8251#'),
        waits(1_500),
        ...keys('#'),
        waits(1_500),
        ...keys('7'),
        waits(1_500),
        ...keys('1'),
        // The plan takes a moment too. The key is pressed twice, in case the first one came too soon.
        waits(9_000),
        ...keys('1'),
        waits(5_000),
        ...keys('1'),
      ]);
      const { actions } = exchange.service.services;
      const action = actions.list().find(({ centralistId }) => centralistId === own.account.centralist.id);
      if (!action) throw new Error('no action was made');
      await exchange.calledOut(action.id);
      const counts = await dials(own, '*22');
      const close = await dials(own, '*21', [waits(3_500), ...keys('1'), waits(3_000), ...keys('1')]);
      return { own, start, action, counts, close };
    });
    const action = async (): Promise<Action> => (await result()).action;

    it('enters the PIN, speaks a message, hears it back, and enters the area and the kind', async () => {
      const { start } = await result();
      const prompts: PromptName[] = ['desk-speak', 'desk-hear', 'desk-started'];
      for (const name of prompts) expect(await hears(start, name), name).to.equal(1);
      expect(await marks(start)).to.deep.equal(SPOKEN);
    });

    it('hears the number of participants, and the number of the running action', async () => {
      const { start } = await result();
      for (const words of ['1 deelnemer, minder dan een minuut.', `Actie ${(await action()).number}.`])
        expect(await hearsWords(start, words), words).to.equal(1);
    });

    it('starts an action of their own, and goes on duty by it', async () => {
      const { own } = await result();
      expect(await action()).to.deep.include({
        state: 'running',
        kind: 'missing_child',
        title: 'Vermist kind, 8251',
        description: 'Ingesproken per telefoon',
      });
      expect((await view(own)).centralist.onDuty).to.equal(true);
    });

    it('has the participants in that area called, who hear the spoken message', async () => {
      await result();
      expect(await exchange.callsTo(ELSEWHERE)).to.deep.equal([]);
      const [alert] = await exchange.callsTo(CITIZEN);
      if (!alert) throw new Error('nobody was called');
      expect(await marks(alert)).to.deep.equal([...SPOKEN, ...SPOKEN]);
    });

    it('hears the counts of the action with *22', async () => {
      const { counts } = await result();
      const words = '1 deelnemer in het gebied. 1 gebeld. 1 bereikt. Nog geen tips.';
      expect(await hearsWords(counts, words)).to.equal(1);
    });

    it('closes the action with *21', async () => {
      const { close } = await result();
      const { id } = await action();
      expect(await hears(close, 'desk-closed')).to.equal(1);
      expect(exchange.service.services.actions.view(id).action).to.include({ state: 'closed', result: 'found' });
    });

    const refused = scenario(async () => {
      const own = await desk();
      const wrong = own.account.pin === '0000' ? '1111' : '0000';
      const tries = [1, 2, 3].flatMap((): Step[] => [...keys(`${wrong}#`), waitsPast(['desk-pin-wrong'], 2_000)]);
      return dials(own, '*20', [waits(500), ...tries]);
    });

    it('is refused with a wrong PIN', async () => {
      const call = await refused();
      expect(await hears(call, 'desk-pin-wrong')).to.be.within(2, 3);
      expect(await hears(call, 'desk-speak')).to.equal(0);
      expect(call.endedBy).to.equal('far');
    });
  });

  describe('who dials *30', () => {
    const calls = new Map(
      LEVELS.map((level) => [
        level,
        scenario(async () => {
          const what = level === 'soft' ? sounds.whispered : sounds.spoken;
          const talk: Step[] = level === 'none' ? [] : [{ do: 'play', sound: what }];
          return dials(await desk(), '*30', [waitsPast(['desk-echo', 'beep'], 1_200), ...talk]);
        }),
      ]),
    );

    for (const [level, call30] of calls) {
      it(`hears their own voice, and that its level is: ${level}`, async () => {
        const call = await call30();
        expect(await hears(call, `desk-level-${level}`)).to.equal(1);
        if (level === 'good') expect(await marks(call)).to.deep.equal(SPOKEN);
      });
    }
  });

  describe('who dials the extension of a colleague', () => {
    let own: Desk;
    let colleague: Desk;
    const dialsColleague = (script?: readonly Step[]): Promise<PhoneCall> =>
      dials(own, colleague.account.centralist.extension, script);

    before(async () => {
      own = await desk();
      colleague = await desk();
    });

    it('is shown to the colleague, and both hear one another until one hangs up', async () => {
      const script: Step[] = [waits(1_500), { do: 'play', sound: sounds.answered }];
      await colleague.phone.behave({ type: 'answers', afterMs: 1_500, script, hangUpAfterMs: 7_000 });
      const call = await dialsColleague([waits(3_500), { do: 'play', sound: sounds.spoken }]);
      const taken = await rang(colleague);
      const { extension, name } = own.account.centralist;
      expect(taken.from).to.contain(`"${name}" <sip:${extension}@`);
      expect(await marks(call), 'the centralist hears the colleague').to.include.members([...new Set(ANSWERED)]);
      expect(await marks(taken), 'the colleague hears the centralist').to.include.members([...new Set(SPOKEN)]);
      expect(call.endedBy).to.equal('far');
      expect(hearings(await exchange.heard(call), await exchange.samples(prompt('ringing')))).not.to.have.length(0);
    });

    it('hears that the colleague declines', async () => {
      await colleague.phone.behave({ type: 'declines' });
      expect(await hears(await dialsColleague(), 'desk-no-answer')).to.equal(1);
    });

    it('is engaged during the call, and so is the colleague', async () => {
      await colleague.phone.behave({ type: 'answers', afterMs: 100 });
      const live = await own.phone.dial(colleague.account.centralist.extension);
      const mine = ({ number, kind }: PhoneCall): boolean => kind === 'desk' && number === colleague.phone.username;
      await exchange.network.until((one) => mine(one) && one.answeredAt !== null && one.endedAt === null, SOON_MS);
      expect([(await view(own)).engaged, (await view(colleague)).engaged]).to.deep.equal([true, true]);
      await live.hangUp();
      await live.ended;
      const isFree = async (): Promise<true | undefined> => !(await view(colleague)).engaged || undefined;
      await eventually(isFree, SOON_MS, 'the colleague is free again');
    });
  });

  const testCall = scenario(async () => {
    const own = await desk({ type: 'answers', afterMs: 300, script: [waits(1_000), ...keys('5')] });
    const recordingId = await exchange.toneMessage(SPOKEN);
    const id = await exchange.draft('8251', { recordingId }, { centralistId: own.account.centralist.id });
    exchange.service.services.actions.testCall(id);
    await exchange.network.until(({ number, endedAt }) => number === own.phone.username && endedAt !== null, 120_000);
    return rang(own);
  });

  it('can hear an action as a citizen does, in a test call before the start', async () => {
    const call = await testCall();
    expect(call.from).to.match(/^"Proef actie \d+" <sip:08000011@/);
    expect(await marks(call)).to.deep.equal([...SPOKEN, ...SPOKEN]);
    expect(await hears(call, 'ending-child')).to.equal(1);
  });

  describe('who calls back a missed caller', () => {
    const result = scenario(async () => {
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
        'the missed call to end',
      );
      const [missed] = tips.calls({ actionId: id });
      if (!missed) throw new Error('the tip line was not called');
      const script: Step[] = [waits(9_000), { do: 'play', sound: sounds.spoken }];
      await own.phone.behave({ type: 'answers', afterMs: 300, script, hangUpAfterMs: 18_000 });
      callbacks.callBack(missed.id);
      const outcome = (): string | null => callbacks.list({ inboundId: missed.id })[0]?.result ?? null;
      await exchange.until(id, () => outcome() !== null, 'the callback to end');
      const [, back] = await exchange.callsTo(CALLER);
      if (!back) throw new Error('the participant was not called back');
      await exchange.network.whole(back);
      return { result: outcome(), desk: await rang(own), participant: back };
    });

    it('is rung first, and sees the caller to be called back', async () => {
      const { desk: call, participant } = await result();
      expect(call.from).to.match(/^"Terugbellen \d+ 8260AB" <sip:0612347702@/);
      expect(call.answeredAt).to.be.below(participant.invitedAt);
    });

    it('has the participant rung next, who sees the number of the tip line and hears a greeting', async () => {
      const { participant } = await result();
      expect(participant.from).to.contain('08000011');
      expect(await hears(participant, 'callback-hello')).to.equal(1);
    });

    it('talks with the participant, and both hear one another', async () => {
      const { desk: call, participant, result: outcome } = await result();
      expect(await marks(call), 'the centralist hears the participant').to.include.members([...new Set(ANSWERED)]);
      expect(await marks(participant), 'the participant hears the centralist').to.include.members([...new Set(SPOKEN)]);
      expect(outcome).to.equal('connected');
    });
  });

  it('leaves no recording of what was said only to the service', async () => {
    await Promise.all(scenarios.map((once) => once()));
    expect(await recordings()).to.deep.equal([]);
  });
});
