import { expect } from 'chai';
import { prompt, rendered } from '../../src/domain/messages.js';
import { firstSoundMs, hearings, timesHeard, type Citizen, type PhoneCall } from '../../src/phonenet/index.js';
import { toneMarks, type MarkTone } from '../../src/phonenet/listening/tone-marks.js';
import { startExchange, type Exchange } from './support/exchange.js';

const PRESSES = '0612345601';
const PRESSES_LATE = '0612345602';
const PRESSES_AGAIN = '0612345603';
const NO_DIGIT = '0612345604';
const VOICEMAIL = '0612345605';
const HANGS_UP = '0612345606';
const HANGS_UP_IN_MESSAGE = '0612345607';
const IN_VOICE = '0612345608';
const BY_INFO = '0612345609';
const STAR = '0612345610';
const AT_ONCE = '0612345611';
const PRESSES_ON = '0612345612';
const OF_TEXT = '0612345699';

const TOWN: readonly Citizen[] = [
  { number: PRESSES, persona: 'presses', pressAfterMs: 2_000 },
  { number: PRESSES_LATE, persona: 'presses', pressAfterMs: 20_000 },
  { number: PRESSES_AGAIN, persona: 'presses_again', pressAfterMs: 1_500, againAfterMs: 14_000 },
  { number: PRESSES_ON, persona: 'presses_again', pressAfterMs: 1_500, againAfterMs: 14_000, againTimes: 3 },
  { number: NO_DIGIT, persona: 'no_digit' },
  { number: VOICEMAIL, persona: 'voicemail' },
  { number: HANGS_UP, persona: 'hangs_up', pressAfterMs: 3_000 },
  { number: HANGS_UP_IN_MESSAGE, persona: 'hangs_up_in_message', pressAfterMs: 2_000, hangUpAfterMs: 3_000 },
  { number: IN_VOICE, persona: 'presses', dtmf: 'inband', pressAfterMs: 3_000 },
  { number: BY_INFO, persona: 'presses', dtmf: 'info', pressAfterMs: 3_000 },
  { number: STAR, persona: 'presses', key: '*', pressAfterMs: 9_000 },
  { number: AT_ONCE, persona: 'presses', key: '#', pressAfterMs: 0, keyMs: 60 },
  { number: OF_TEXT, persona: 'presses', pressAfterMs: 1_000 },
];

/** The tones of the message, so that plays can be counted. */
const MARKS: readonly MarkTone[] = [480, 1140, 2100, 600, 1900];

describe('an alert call, as the citizen hears it', function () {
  this.timeout(120_000);
  let exchange: Exchange;
  let actionId: number;
  let textActionId: number;
  const heardBy = async (phone: string): Promise<{ call: PhoneCall; samples: Float32Array }> => {
    const call = (await exchange.network.ledger()).find(({ number }) => number.endsWith(phone.slice(-9)));
    if (!call) throw new Error(`${phone} was not called`);
    return { call, samples: await exchange.heard(call) };
  };
  const marksHeard = async (phone: string): Promise<number[]> =>
    toneMarks((await heardBy(phone)).samples).map(({ hz }) => hz);
  const outcome = (phone: string): string | null | undefined => exchange.attemptsTo(actionId, phone)[0]?.outcome;

  before(async () => {
    exchange = await startExchange();
    await exchange.network.setCitizens(TOWN);
    // A telephone rings for one action at a time, so OF_TEXT belongs to the second action only.
    for (const { number } of TOWN) if (number !== OF_TEXT) exchange.participant(number, '8251AB');
    actionId = await exchange.draft('8251', { recordingId: await exchange.toneMessage(MARKS) });
    exchange.participant(OF_TEXT, '8299AA');
    const text = 'Gezocht: een man met een groene pet, kenteken XX-99-XX.';
    textActionId = await exchange.draft('8299', { text }, { kind: 'theft' });
    await exchange.service.services.actions.start(actionId, { anyway: true });
    await exchange.service.services.actions.start(textActionId, { anyway: true });
    await exchange.calledOut(actionId);
    await exchange.calledOut(textActionId);
  });

  after(() => exchange.stop());

  it('sounds within 100 ms of the answer, in every call', async () => {
    for (const phone of [PRESSES, PRESSES_LATE, NO_DIGIT, VOICEMAIL, HANGS_UP, IN_VOICE, BY_INFO]) {
      const { samples } = await heardBy(phone);
      expect(firstSoundMs(samples), phone).to.be.a('number').lessThan(100);
    }
  });

  it('shows the number of the tip line as the caller ID', async () => {
    const { call } = await heardBy(PRESSES);
    expect(call.from).to.contain('08000011');
  });

  it('plays the message after the digit, a pause, the message again, the ending and the thanks', async () => {
    const { samples } = await heardBy(PRESSES);
    expect(toneMarks(samples).map(({ hz }) => hz)).to.deep.equal([...MARKS, ...MARKS]);
    const ending = hearings(samples, await exchange.samples(prompt('ending-child')));
    const thanks = hearings(samples, await exchange.samples(prompt('thanks')));
    expect(ending.filter(({ complete }) => complete)).to.have.length(1);
    expect(thanks.filter(({ complete }) => complete)).to.have.length(1);
    const marks = toneMarks(samples);
    const second = marks[MARKS.length]?.atMs ?? 0;
    const firstEnd = (marks[MARKS.length - 1]?.atMs ?? 0) + 300;
    expect(second - firstEnd, 'pause between the plays').to.be.within(900, 1_600);
    expect(ending[0]?.atMs).to.be.greaterThan(second);
  });

  it('plays the message within 100 ms of the digit', async () => {
    for (const phone of [PRESSES, PRESSES_LATE]) {
      const { call, samples } = await heardBy(phone);
      const released = (call.pressed[0]?.releasedAt ?? 0) - (call.answeredAt ?? 0);
      const first = toneMarks(samples)[0]?.atMs ?? Number.POSITIVE_INFINITY;
      // The ledger and the recording begin at the answer on the same machine. A mark is found with a
      // precision of 40 ms.
      expect(first - released, phone).to.be.lessThan(140);
    }
  });

  it('stops the prompt at the digit', async () => {
    const { samples } = await heardBy(PRESSES);
    const prompts = hearings(samples, await exchange.samples(prompt('alert-prompt')));
    expect(prompts).to.have.length(1);
    expect(prompts[0]?.complete).to.equal(false);
  });

  it('is confirmed by a digit at any moment: at once, in the prompt, in the pause, in the last prompt', () => {
    for (const phone of [AT_ONCE, PRESSES, STAR, PRESSES_LATE]) expect(outcome(phone), phone).to.equal('confirmed');
  });

  it('accepts a digit that is sent in-band, and a digit by SIP INFO', async () => {
    expect(outcome(IN_VOICE)).to.equal('confirmed');
    expect(outcome(BY_INFO)).to.equal('confirmed');
    expect(await marksHeard(IN_VOICE)).to.deep.equal([...MARKS, ...MARKS]);
    expect(await marksHeard(BY_INFO)).to.deep.equal([...MARKS, ...MARKS]);
  });

  it('plays the message a third time when the citizen presses a key in the ending', async () => {
    expect(await marksHeard(PRESSES_AGAIN)).to.deep.equal([...MARKS, ...MARKS, ...MARKS]);
    expect(exchange.attemptsTo(actionId, PRESSES_AGAIN)[0]?.plays).to.equal(3);
  });

  it('repeats the message three times at most, then thanks and hangs up', async () => {
    const { call, samples } = await heardBy(PRESSES_ON);
    expect(toneMarks(samples).map(({ hz }) => hz)).to.deep.equal(Array.from({ length: 5 }, () => MARKS).flat());
    expect(timesHeard(samples, await exchange.samples(prompt('thanks')))).to.equal(1);
    expect(call.endedBy).to.equal('far');
    expect(exchange.attemptsTo(actionId, PRESSES_ON)[0]?.plays).to.equal(5);
  });

  it('asks three times, 4 s apart, then says goodbye without the message, when the citizen presses nothing', async () => {
    const { call, samples } = await heardBy(NO_DIGIT);
    const sound = await exchange.samples(prompt('alert-prompt'));
    const prompts = hearings(samples, sound);
    expect(prompts.map(({ complete }) => complete)).to.deep.equal([true, true, true]);
    const gap = (prompts[1]?.atMs ?? 0) - (prompts[0]?.atMs ?? 0) - sound.length / 8;
    expect(gap).to.be.within(3_800, 4_300);
    expect(timesHeard(samples, await exchange.samples(prompt('alert-goodbye')))).to.equal(1);
    expect(toneMarks(samples)).to.deep.equal([]);
    expect(call.endedBy).to.equal('far');
    expect(outcome(NO_DIGIT)).to.equal('no_digit');
  });

  it('never plays the message to a voicemail', async () => {
    expect(await marksHeard(VOICEMAIL)).to.deep.equal([]);
    expect(outcome(VOICEMAIL)).to.equal('no_digit');
  });

  it('counts a hang-up before the digit as hung_up, and one after the digit as confirmed', async () => {
    expect(outcome(HANGS_UP)).to.equal('hung_up');
    expect(outcome(HANGS_UP_IN_MESSAGE)).to.equal('confirmed');
    expect(await marksHeard(HANGS_UP)).to.deep.equal([]);
  });

  it('stores the number of whole plays, and the seconds that were heard up to the hang-up', () => {
    const message = exchange.service.services.actions.view(actionId).action.message;
    const whole = exchange.attemptsTo(actionId, PRESSES)[0];
    expect(whole?.plays).to.equal(2);
    expect(whole?.heardSeconds).to.be.closeTo(2 * message.seconds, 0.15);
    const cut = exchange.attemptsTo(actionId, HANGS_UP_IN_MESSAGE)[0];
    expect(cut?.heardSeconds).to.be.within(1.5, 2 * message.seconds);
  });

  it('stores the times of ringing, answer, digit and end of each attempt, in order', () => {
    const attempt = exchange.attemptsTo(actionId, PRESSES)[0];
    const times = [attempt?.dialedAt, attempt?.rangAt, attempt?.answeredAt, attempt?.confirmedAt, attempt?.endedAt];
    expect(times.every((time) => typeof time === 'number')).to.equal(true);
    expect(times).to.deep.equal(times.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
  });

  it('plays a message that was rendered from text, as it plays the prompts', async () => {
    const { samples } = await heardBy(OF_TEXT);
    const { message } = exchange.service.services.actions.view(textActionId).action;
    // The message is played twice, as the tones show above. On a busy machine the sound of one may be
    // damaged.
    expect(timesHeard(samples, await exchange.samples(rendered(message.soundId)))).to.be.within(1, 2);
    expect(timesHeard(samples, await exchange.samples(prompt('ending')))).to.equal(1);
  });
});
