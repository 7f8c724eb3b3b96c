import { expect } from 'chai';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { msOfSize } from '../../src/adapters/asterisk/calls/recording-files.js';
import type { InboundCall } from '../../src/domain/tip.js';
import type { Attempt } from '../../src/domain/attempt.js';
import {
  MARK_TONES,
  toneMarked,
  wavOf,
  type Citizen,
  type LiveCall,
  type PhoneCall,
} from '../../src/phonenet/index.js';
import { eventually } from './support/adapter.js';
import { startExchange, type Exchange } from './support/exchange.js';
import { steppedClock, type SteppedClock } from './support/stepped-clock.js';

const HOUR = 3_600;
const DAY = 24 * HOUR;
/** By how much the wall clock is put forward or back, one after another, this far apart. */
const STEPS = [HOUR, DAY, -HOUR, -2 * DAY, 20 * DAY];
const BETWEEN_MS = 2_000;
const SOON_MS = 30_000;

const [TALKS, WAITS, RECORDS] = ['0612348001', '0612348002', '0612348003'];
const [LISTENS, SILENT, RINGS, EARLY] = ['0612348011', '0612348012', '0612348013', '0612348014'];
const IGNORES = '0612348015';
const RING_SECONDS = 25;
/** Longer than all the steps. */
const SPEECH_SECONDS = 40;

describe('when the wall clock of the machine is put forward and back', function () {
  this.timeout(240_000);
  let clock: SteppedClock;
  let exchange: Exchange;
  let actionId: number;
  let tipsOf: number;
  let live: readonly LiveCall[];
  let ended: readonly PhoneCall[];
  let alerts: (number: string) => readonly Attempt[];

  const reached = (number: string): Citizen => ({
    number,
    persona: 'hangs_up_in_message',
    answerAfterMs: 100,
    pressAfterMs: 300,
    hangUpAfterMs: 300,
  });
  const callTo = (number: string, fits: (call: PhoneCall) => boolean): Promise<PhoneCall> =>
    exchange.network.until((call) => call.number.endsWith(number.slice(-9)) && fits(call), SOON_MS, number);

  /** Length of the one recording there is. */
  const recordedMs = async (): Promise<number> => {
    const folder = join(exchange.dataDir, 'data/asterisk/spool/recording');
    const [file] = await readdir(folder);
    return file === undefined ? 0 : msOfSize((await stat(join(folder, file))).size);
  };

  before(async () => {
    clock = await steppedClock();
    exchange = await startExchange({
      clock,
      env: { BURGERNET_RING_SECONDS: String(RING_SECONDS), BURGERNET_RETRY: 'off', BURGERNET_LINES: '20' },
    });
    const { actions } = exchange.service.services;
    await exchange.network.setCitizens([
      ...[TALKS, WAITS, RECORDS].map(reached),
      { number: LISTENS, persona: 'presses', answerAfterMs: 100, pressAfterMs: 1_000 },
      { number: SILENT, persona: 'no_digit', answerAfterMs: 100 },
      { number: RINGS, persona: 'presses', answerAfterMs: 16_000, pressAfterMs: 1_000 },
      { number: EARLY, persona: 'early_media', answerAfterMs: 16_000, pressAfterMs: 1_000 },
      { number: IGNORES, persona: 'no_answer' },
    ]);
    const speech = join(exchange.dataDir, 'speech');
    const tones = Array.from({ length: SPEECH_SECONDS }, (_, second) => MARK_TONES[second % MARK_TONES.length]!);
    await writeFile(`${speech}.wav`, wavOf(toneMarked(tones, { toneMs: 960, gapMs: 40 })));

    // Somebody talks, somebody waits in line, and somebody records a tip.
    const desk = await exchange.centralist();
    const { sipUsername: username, sipPassword: password } = desk.centralist;
    const server = `${exchange.sip.host}:${exchange.sip.port}`;
    await exchange.network.softphone({ username, password, server }, { type: 'answers', afterMs: 100 });
    for (const number of [TALKS, WAITS, RECORDS]) exchange.participant(number, '7201AB');
    tipsOf = await exchange.draft('7201', { text: 'Gezocht: een kat.' }, { centralistId: desk.centralist.id });
    await actions.start(tipsOf);
    await exchange.calledOut(tipsOf);
    const talk = await exchange.network.startCall({ from: TALKS });
    await callTo(username, ({ answeredAt }) => answeredAt !== null);
    const wait = await exchange.network.startCall({ from: WAITS });
    const record = await exchange.network.startCall({
      from: RECORDS,
      script: [
        { do: 'wait', ms: 6_000 },
        { do: 'press', digit: '1', ms: 160 },
        { do: 'play', sound: speech },
      ],
    });
    live = [talk, wait, record];

    for (const number of [LISTENS, SILENT, RINGS, EARLY, IGNORES]) exchange.participant(number, '7202AB');
    actionId = await exchange.draft('7202', {
      text: 'Gezocht: een blauwe fiets met een witte mand. '.repeat(3).trim(),
    });
    alerts = (number) => exchange.attemptsTo(actionId, number);
    await eventually(async () => (await recordedMs()) > 1_000 || undefined, SOON_MS, 'the recording of a tip');
    await actions.start(actionId);
    await exchange.until(
      actionId,
      ({ counts }) => counts.in_call === 2 && counts.ringing === 3,
      'two of five to answer',
    );
    for (const seconds of STEPS) {
      await pause(BETWEEN_MS);
      await clock.step(seconds);
    }
    await pause(BETWEEN_MS);
    const ledger = await exchange.network.ledger();
    ended = ledger.filter(({ number, endedAt }) => [TALKS, WAITS, RECORDS].includes(number) && endedAt !== null);
    await exchange.until(
      actionId,
      ({ counts }) => counts.waiting + counts.dialing + counts.ringing + counts.in_call === 0,
      'everybody to be called',
      120_000,
    );
  });

  after(async () => {
    await exchange.stop();
    await clock.remove();
  });

  it('is stepped for Asterisk', async () => {
    const { address } = exchange.service.asterisk!;
    const headers = { authorization: address.authorization };
    const info = (await (await fetch(`${address.httpUrl}/ari/asterisk/ping`, { headers })).json()) as {
      timestamp: string;
    };
    const ahead = Date.parse(info.timestamp) - Date.now();
    expect(ahead / 1_000).to.be.closeTo(
      STEPS.reduce((sum, step) => sum + step),
      60,
    );
  });
  it('a conversation goes on, and so does waiting in line, and the recording of a tip', async () => {
    expect(ended).to.deep.equal([]);
    const { tips } = exchange.service.services;
    const rowOf = (number: string): InboundCall | undefined =>
      tips.calls({ actionId: tipsOf }).find(({ from }) => from?.endsWith(number.slice(-9)));
    expect([rowOf(TALKS)?.result, rowOf(WAITS)?.result]).to.deep.equal([null, null]);
    const recordedAfterSteps = await recordedMs();
    expect(recordedAfterSteps).to.be.greaterThan(STEPS.length * BETWEEN_MS);
    for (const call of live) await call.hangUp();
    const over = async (number: string): Promise<InboundCall> =>
      eventually(() => (rowOf(number)?.result ? rowOf(number) : undefined), SOON_MS, `the end of ${number}`);
    expect((await over(TALKS)).result).to.equal('connected');
    expect((await over(RECORDS)).result).to.equal('recorded');
  });

  it('whoever listens hears the message twice, and the time that it took is the time that passed', async () => {
    const attempts = alerts(LISTENS);
    expect(attempts.map(({ outcome, plays }) => [outcome, plays])).to.deep.equal([['confirmed', 2]]);
    const call = await callTo(LISTENS, ({ endedAt }) => endedAt !== null);
    const seconds = ((call.endedAt ?? 0) - (call.answeredAt ?? 0)) / 1_000;
    expect(attempts[0]?.heardSeconds).to.be.within(seconds / 3, seconds);
  });

  it('whoever presses nothing hears all prompts, and is not called again', async () => {
    expect(alerts(SILENT).map(({ outcome }) => outcome)).to.deep.equal(['no_digit']);
    const call = await callTo(SILENT, ({ endedAt }) => endedAt !== null);
    expect((call.endedAt ?? 0) - (call.answeredAt ?? 0)).to.be.greaterThan(25_000);
  });

  for (const [what, number] of [
    ['rings', RINGS],
    ['sends a sound before it is answered', EARLY],
  ] as const) {
    it(`a telephone that ${what} goes on ringing, is answered, and is not called again`, () => {
      expect(alerts(number).map(({ outcome, plays }) => [outcome, plays])).to.deep.equal([['confirmed', 2]]);
    });
  }

  it('a telephone that is not answered rings for its whole time, and no longer', async () => {
    expect(alerts(IGNORES).map(({ outcome }) => outcome)).to.deep.equal(['no_answer']);
    const call = await callTo(IGNORES, ({ endedAt }) => endedAt !== null);
    expect((call.endedAt ?? 0) - call.invitedAt).to.be.within(RING_SECONDS * 1_000 - 500, RING_SECONDS * 1_000 + 5_000);
  });
});
