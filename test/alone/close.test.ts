import { expect } from 'chai';
import { toneMarked, tonesInOrder, wavOf, type Citizen, type PhoneCall } from '../../src/phonenet/index.js';
import type { MarkTone } from '../../src/phonenet/listening/tone-marks.js';
import { startExchange, type Exchange } from '../telephone/support/exchange.js';

/** A message of 2.8 s. Its tones are long, so that a part of each is heard even on a busy machine. */
const TONES: readonly MarkTone[] = [480, 1140, 2100, 600];
const TONE = { toneMs: 600, gapMs: 100 };
const MESSAGE_MS = TONES.length * (TONE.toneMs + TONE.gapMs);
/** The message is played twice, with a pause of a second. */
const PLAYED_MS = 2 * MESSAGE_MS + 1_000;

/** Sizes of the groups, in calling order. The calls in progress at the close take every line. */
const HEARD_BEFORE = 12;
const RINGING = 160;
const IN_PROMPT = 16;
const LISTENING = 24;
const NEVER_CALLED = 20;
const LINES = RINGING + IN_PROMPT + LISTENING;
const CPS = 25;

/** Answers at once, presses a key, and listens for this long. */
const listener = (number: string, stayMs: number): Citizen => {
  return { number, persona: 'hangs_up_in_message', answerAfterMs: 200, pressAfterMs: 600, hangUpAfterMs: stayMs };
};

describe('An action that is closed with two hundred calls in progress', function () {
  this.timeout(150_000);
  let exchange: Exchange;
  let calls: readonly PhoneCall[];
  let id: number;
  /**
   * The times at which the close was requested and completed, ms UTC. The closing message is rendered in
   * between.
   */
  let requested: number;
  let closed: number;
  const groups = {
    heardBefore: HEARD_BEFORE,
    ringing: RINGING,
    inPrompt: IN_PROMPT,
    listening: LISTENING,
    never: NEVER_CALLED,
  };
  const numbers = Object.fromEntries(
    Object.entries(groups).map(([group, count], place) => [
      group,
      Array.from({ length: count }, (_, n) => `0612${place}47${String(n).padStart(3, '0')}`),
    ]),
  ) as Record<keyof typeof groups, string[]>;
  const everybody = Object.values(numbers).flat();
  /** Half of this group press a key after the close, the others hang up. */
  const pressesLate = (n: number): boolean => n % 2 === 0;
  const reached = [...numbers.heardBefore, ...numbers.listening, ...numbers.inPrompt.filter((_, n) => pressesLate(n))];

  const town: Citizen[] = [
    ...numbers.heardBefore.map((number) => listener(number, 800)),
    ...numbers.ringing.map((number): Citizen => ({ number, persona: 'no_answer' })),
    ...numbers.inPrompt.map((number, n): Citizen =>
      pressesLate(n)
        ? { ...listener(number, PLAYED_MS + 1_000), pressAfterMs: 11_000 }
        : { number, persona: 'hangs_up', answerAfterMs: 200, pressAfterMs: 11_000 },
    ),
    ...numbers.listening.map((number) => listener(number, PLAYED_MS + 1_000)),
    ...numbers.never.map((number) => listener(number, 800)),
  ];

  const callsTo = (phone: string): PhoneCall[] =>
    calls.filter(({ kind, number }) => kind === 'citizen' && number.endsWith(phone.slice(-9)));
  /** The alert call to this number, placed before the close. */
  const alertTo = (phone: string): PhoneCall => {
    const [alert] = callsTo(phone);
    if (!alert || alert.invitedAt > closed) throw new Error(`${phone} was not called`);
    return alert;
  };

  before(async () => {
    exchange = await startExchange({
      env: {
        BURGERNET_LINES: String(LINES),
        BURGERNET_TIP_LINES: '0',
        BURGERNET_CPS: String(CPS),
        BURGERNET_RING_SECONDS: '90',
      },
    });
    await exchange.network.setCitizens(town);
    for (const number of everybody) exchange.participant(number, '1001AA');
    const { actions, recordings } = exchange.service.services;
    const { id: recordingId } = await recordings.upload(wavOf(toneMarked(TONES, TONE)));
    id = await exchange.draft('1001', { recordingId }, { kind: 'theft' });
    await actions.start(id);
    await exchange.until(
      id,
      ({ counts }) =>
        counts.ringing === RINGING &&
        counts.in_call === IN_PROMPT + LISTENING &&
        counts.reached === HEARD_BEFORE + LISTENING,
      'every line to be in use',
    );
    requested = Date.now();
    await actions.close(id, { result: 'found' });
    closed = Date.now();
    // Citizens answer the closing call, and hang up soon. The calls in progress keep their behaviour.
    await exchange.network.setCitizens(
      everybody.map((number): Citizen => ({ number, persona: 'hangs_up', answerAfterMs: 100, pressAfterMs: 2_000 })),
    );
    await exchange.calledOut(id);
    calls = await exchange.network.ledger();
  });

  after(() => exchange.stop());

  it('had every line in use at the close: ringing, in the prompt, or listening', () => {
    const live = calls.filter(({ invitedAt, endedAt }) => invitedAt < requested && (endedAt ?? Infinity) > requested);
    expect(live).to.have.lengthOf(LINES);
    const listening = numbers.listening
      .map(alertTo)
      .filter(({ pressed }) => requested - (pressed[0]?.at ?? 0) < PLAYED_MS);
    expect(listening.length, 'calls in the message').to.be.greaterThan(LISTENING / 2);
    for (const phone of numbers.inPrompt)
      expect(alertTo(phone).pressed[0]?.at ?? Infinity, `${phone} is in the prompt`).to.be.greaterThan(closed);
  });

  it('cancels every ringing call within 2 s', () => {
    const stopped = numbers.ringing.map(alertTo);
    expect(stopped.filter(({ cancelled }) => cancelled)).to.have.lengthOf(RINGING);
    expect(Math.max(...stopped.map(({ endedAt }) => (endedAt ?? Infinity) - requested))).to.be.lessThan(2_000);
  });

  it('lets citizens hear the message to its end, also when they press a key only after the close', async () => {
    const listeners = [...numbers.listening, ...numbers.inPrompt.filter((_, n) => pressesLate(n))];
    for (const phone of listeners) {
      const alert = alertTo(phone);
      expect(alert.endedBy, `${phone} was not hung up on`).to.equal('here');
      expect(tonesInOrder(await exchange.heard(alert)), phone).to.deep.equal([...TONES, ...TONES]);
    }
    for (const phone of numbers.inPrompt) expect(alertTo(phone).endedBy, phone).to.equal('here');
  });

  it('begins at once with the closing calls to participants who have hung up', () => {
    const closing = numbers.heardBefore.flatMap((phone) => callsTo(phone).slice(1));
    expect(closing).to.have.lengthOf(HEARD_BEFORE);
    const times = closing.map(({ invitedAt }) => invitedAt - closed).toSorted((a, b) => a - b);
    expect(times[0]).to.be.lessThan(1_000);
    // The calls start at the rate of the CPS. A busy machine gets one second more.
    expect(times.at(-1)).to.be.lessThan((HEARD_BEFORE / CPS) * 1_000 + 2_000);
  });

  it('calls every reached participant with the result, after their hang-up, and no other participant', () => {
    const called = everybody.filter((phone) => callsTo(phone).length > 1);
    expect(called).to.have.members(reached);
    for (const phone of reached) {
      const [alert, closing, ...more] = callsTo(phone);
      expect(more, phone).to.deep.equal([]);
      expect(closing?.invitedAt, phone).to.be.at.least(alert?.endedAt ?? Infinity);
      expect(closing?.answeredAt, phone).to.be.a('number');
    }
    for (const phone of numbers.never) expect(callsTo(phone), phone).to.deep.equal([]);
  });

  it('stores one outcome for each call, and leaves no line in use, no call and no bridge', async () => {
    const attempts = exchange.service.services.actions.attempts(id);
    const outcomes = (purpose: string, phones: readonly string[]): string[] => [
      ...new Set(
        attempts
          .filter((one) => one.purpose === purpose && phones.some((phone) => one.phone.endsWith(phone.slice(-9))))
          .map(({ outcome, sipStatus }) => `${outcome} ${sipStatus}`),
      ),
    ];
    expect(attempts).to.have.lengthOf(everybody.length - NEVER_CALLED + reached.length);
    expect(outcomes('alert', numbers.ringing)).to.deep.equal(['cancelled null']);
    expect(outcomes('alert', reached)).to.deep.equal(['confirmed null']);
    // The first closing calls are placed before the citizens change their behaviour, so these press a key
    // again.
    for (const outcome of outcomes('closing', reached)) expect(outcome).to.be.oneOf(['hung_up null', 'confirmed null']);
    expect(exchange.service.services.gauges().lines.outbound).to.equal(0);
    const { httpUrl, authorization } = exchange.service.asterisk!.address;
    for (const what of ['channels', 'bridges']) {
      const answer = await fetch(`${httpUrl}/ari/${what}`, { headers: { authorization } });
      expect(await answer.json(), what).to.deep.equal([]);
    }
  });
});
