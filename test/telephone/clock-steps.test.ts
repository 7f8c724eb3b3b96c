import { expect } from 'chai';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { msOfSize } from '../../src/adapters/asterisk/calls/recording-files.js';
import type { InboundCall } from '../../src/domain/tip.js';
import type { Attempt } from '../../src/domain/attempt.js';
import type { LiveCall, PhoneCall } from '../../src/phonenet/index.js';
import { reachable } from './support/citizens.js';
import { runsFor } from './support/durations.js';
import { eventually } from './support/eventually.js';
import { startExchange, type Exchange } from './support/exchange.js';
import { wavOfSeconds } from './support/spoken-seconds.js';
import { steppedClock, type SteppedClock } from './support/stepped-clock.js';

const HOUR = 3_600;
const DAY = 24 * HOUR;
/** The steps of the wall clock, in seconds, one after another, `BETWEEN_MS` apart. */
const STEPS = [HOUR, DAY, -HOUR, -2 * DAY, 20 * DAY];
const BETWEEN_MS = 2_000;
const SOON_MS = 30_000;

const [TALKS, WAITS, RECORDS] = ['0612348001', '0612348002', '0612348003'];
const [LISTENS, PRESSES_NOTHING, RINGS, EARLY_MEDIA] = ['0612348011', '0612348012', '0612348013', '0612348014'];
const NEVER_ANSWERS = '0612348015';
const RING_SECONDS = 25;
/** Longer than all steps together take. */
const SPEECH_SECONDS = 40;

describe('calls while the wall clock of the machine is stepped forward and back', function () {
  this.timeout(240_000);
  let clock: SteppedClock;
  let exchange: Exchange;
  let actionId: number;
  let tipsOf: number;
  let live: readonly LiveCall[];
  let ended: readonly PhoneCall[];
  let alerts: (number: string) => readonly Attempt[];

  const callTo = (number: string, fits: (call: PhoneCall) => boolean): Promise<PhoneCall> =>
    exchange.network.until((call) => call.number.endsWith(number.slice(-9)) && fits(call), SOON_MS, number);

  /** The length of the only recording, ms. */
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
      ...[TALKS, WAITS, RECORDS].map(reachable),
      { number: LISTENS, persona: 'presses', answerAfterMs: 100, pressAfterMs: 1_000 },
      { number: PRESSES_NOTHING, persona: 'no_digit', answerAfterMs: 100 },
      { number: RINGS, persona: 'presses', answerAfterMs: 16_000, pressAfterMs: 1_000 },
      { number: EARLY_MEDIA, persona: 'early_media', answerAfterMs: 16_000, pressAfterMs: 1_000 },
      { number: NEVER_ANSWERS, persona: 'no_answer' },
    ]);
    const speech = join(exchange.dataDir, 'speech');
    await writeFile(`${speech}.wav`, wavOfSeconds(SPEECH_SECONDS));

    // One caller talks, one waits in the queue, and one records a tip.
    const { account: desk } = await exchange.desk({ type: 'answers', afterMs: 100 });
    const { sipUsername: username } = desk.centralist;
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

    for (const number of [LISTENS, PRESSES_NOTHING, RINGS, EARLY_MEDIA, NEVER_ANSWERS])
      exchange.participant(number, '7202AB');
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
      await runsFor(BETWEEN_MS);
      await clock.step(seconds);
    }
    await runsFor(BETWEEN_MS);
    const ledger = await exchange.network.ledger();
    ended = ledger.filter(({ number, endedAt }) => [TALKS, WAITS, RECORDS].includes(number) && endedAt !== null);
    await exchange.calledOut(actionId, 120_000);
  });

  after(async () => {
    await exchange.stop();
    await clock.remove();
  });

  it('run on an Asterisk whose clock was stepped', async () => {
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

  it('go on: a conversation, waiting in the queue and the recording of a tip', async () => {
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

  it('play the message twice, and store the time that really passed', async () => {
    const attempts = alerts(LISTENS);
    expect(attempts.map(({ outcome, plays }) => [outcome, plays])).to.deep.equal([['confirmed', 2]]);
    const call = await callTo(LISTENS, ({ endedAt }) => endedAt !== null);
    const seconds = ((call.endedAt ?? 0) - (call.answeredAt ?? 0)) / 1_000;
    expect(attempts[0]?.heardSeconds).to.be.within(seconds / 3, seconds);
  });

  it('play all prompts to a citizen who presses nothing, and are not repeated', async () => {
    expect(alerts(PRESSES_NOTHING).map(({ outcome }) => outcome)).to.deep.equal(['no_digit']);
    const call = await callTo(PRESSES_NOTHING, ({ endedAt }) => endedAt !== null);
    expect((call.endedAt ?? 0) - (call.answeredAt ?? 0)).to.be.greaterThan(25_000);
  });

  for (const [what, number] of [
    ['rings', RINGS],
    ['sends early media before the answer', EARLY_MEDIA],
  ] as const) {
    it(`go on ringing a telephone that ${what}, are answered, and are not repeated`, () => {
      expect(alerts(number).map(({ outcome, plays }) => [outcome, plays])).to.deep.equal([['confirmed', 2]]);
    });
  }

  it('ring a telephone that is not answered for the ring time, and no longer', async () => {
    expect(alerts(NEVER_ANSWERS).map(({ outcome }) => outcome)).to.deep.equal(['no_answer']);
    const call = await callTo(NEVER_ANSWERS, ({ endedAt }) => endedAt !== null);
    expect((call.endedAt ?? 0) - call.invitedAt).to.be.within(RING_SECONDS * 1_000 - 500, RING_SECONDS * 1_000 + 5_000);
  });
});
