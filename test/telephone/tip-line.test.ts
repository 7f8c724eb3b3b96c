import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import type { CentralistAccount } from '../../src/app/services.js';
import { prompt, type PromptName } from '../../src/domain/messages.js';
import type { InboundCall } from '../../src/domain/tip.js';
import {
  hearings,
  readSound,
  timesHeard,
  wavOf,
  type PhoneCall,
  type Softphone,
  type Step,
} from '../../src/phonenet/index.js';
import { toneMarked, toneMarks, type MarkTone } from '../../src/phonenet/listening/tone-marks.js';
import { startBaresip } from './support/baresip.js';
import { reachable } from './support/citizens.js';
import { eventually } from './support/eventually.js';
import { startExchange, type Exchange } from './support/exchange.js';

const MESSAGE: readonly MarkTone[] = [480, 1140, 2100];
const TIP: readonly MarkTone[] = [1750, 600, 1750, 600, 1750, 600, 1750, 600];
const DESK: readonly MarkTone[] = [1040, 2300, 1040, 2300, 1040, 2300, 1040, 2300];

const REACHED = '0612345701';
const NOT_REACHED = '0612345702';
const NOT_SELECTED = '0612345703';
const STRANGER = '0687654321';
const HANGS_UP_EARLY = '0612345704';
const THIRD_PARTY = '0612345720';
const SOON_MS = 20_000;

/**
 * Tips that no centralist answers. Each has its own caller, action and centralist, so that all can run at
 * once.
 */
const RECORDED = [
  { from: '0612345711', postcode: '8311', behaviour: 'busy', end: 'press' },
  { from: '0612345712', postcode: '8312', behaviour: 'declines', end: 'press' },
  { from: '0612345713', postcode: '8313', behaviour: 'busy', end: 'hangup' },
] as const;

describe('the tip line', function () {
  this.timeout(90_000);
  let exchange: Exchange;
  let account: CentralistAccount;
  let desk: Softphone;
  let actionId: number;
  let tipSound: string;
  let deskSound: string;

  /** The stored row of the last call from this number; null for a withheld number. */
  const inboundOf = (from: string | null, actionOnly = false): InboundCall => {
    const calls = exchange.service.services.tips.calls(actionOnly ? { actionId } : {});
    const call = calls.filter((one) => (from === null ? one.from === null : one.from?.endsWith(from.slice(-9)))).at(-1);
    if (!call) throw new Error(`there was no call from ${from}`);
    return call;
  };
  const hears = async (call: PhoneCall, name: PromptName): Promise<number> =>
    timesHeard(await exchange.heard(call), await exchange.samples(prompt(name)));
  const marks = async (call: PhoneCall): Promise<number[]> => toneMarks(await exchange.heard(call)).map(({ hz }) => hz);

  before(async () => {
    exchange = await startExchange({ env: { BURGERNET_RETRY: 'no_answer:2@60s' } });
    tipSound = join(exchange.dataDir, 'tip');
    deskSound = join(exchange.dataDir, 'desk');
    await writeFile(`${tipSound}.wav`, wavOf(toneMarked(TIP)));
    await writeFile(`${deskSound}.wav`, wavOf(toneMarked(DESK)));
    await exchange.network.setCitizens([
      ...[REACHED, ...RECORDED.map(({ from }) => from)].map(reachable),
      { number: NOT_REACHED, persona: 'no_answer' },
      { number: THIRD_PARTY, persona: 'presses', answerAfterMs: 100, pressAfterMs: 200 },
      { number: HANGS_UP_EARLY, persona: 'no_answer' },
    ]);
    exchange.participant(REACHED, '8251AB', 'Anna Proef');
    exchange.participant(NOT_REACHED, '8251AC');
    exchange.participant(HANGS_UP_EARLY, '8251AD');
    exchange.participant(NOT_SELECTED, '9999XX');
    ({ account, phone: desk } = await exchange.desk(
      { type: 'answers', afterMs: 400, says: deskSound, hangUpAfterMs: 4_500 },
      '201',
    ));
    const recordingId = await exchange.toneMessage(MESSAGE);
    actionId = await exchange.draft('8251', { recordingId }, { centralistId: account.centralist.id });
    await exchange.service.services.actions.start(actionId, { anyway: true });
    await exchange.until(
      actionId,
      ({ counts }) => counts.confirmed === 1 && counts.no_answer === 2,
      'one participant to be reached, and two calls without an answer',
    );
  });

  after(() => exchange.stop());

  it('connects a reached participant to the centralist of the action, and both hear one another', async () => {
    const call = await exchange.network.call({
      from: REACHED,
      script: [
        { do: 'wait', ms: 1_500 },
        { do: 'play', sound: tipSound },
      ],
    });
    const [rang] = await desk.calls();
    if (!rang) throw new Error('the softphone did not ring');
    expect(await marks(call), 'the participant hears the centralist').to.deep.equal(DESK);
    expect(await marks(rang), 'the centralist hears the participant').to.include.members([1750, 600]);
    const row = inboundOf(REACHED);
    expect(row).to.include({ result: 'connected', reason: 'reached', actionId, centralistId: account.centralist.id });
    expect([row.receivedAt, row.ringingAt, row.connectedAt, row.endedAt].every((time) => time !== null)).to.equal(true);
    const tips = exchange.service.services.tips.list({ actionId });
    expect(tips.find(({ inboundId }) => inboundId === row.id)).to.include({ type: 'conversation' });
  });

  it('shows the number of the action, the postcode and the number of the caller on the softphone', async () => {
    const [rang] = await desk.calls();
    expect(rang?.from)
      .to.match(/Actie 1 8251AB/)
      .and.contain(REACHED);
    expect(rang?.assertedIdentity).to.contain(REACHED);
  });

  it('recognises the caller in every notation, in From and in P-Asserted-Identity', async () => {
    await desk.behave({ type: 'answers', afterMs: 0, hangUpAfterMs: 300 });
    const shown = [
      { from: '+31612345701' },
      { from: '0031612345701' },
      { from: '31612345701' },
      { from: STRANGER, pai: '+31612345701' },
      { from: 'anonymous', pai: 'tel:+31612345701' },
      { from: '0612345701', to: '+318000011' },
    ];
    for (const one of shown) {
      await exchange.network.call(one);
      expect(inboundOf(REACHED), JSON.stringify(one)).to.include({
        result: 'connected',
        reason: 'reached',
        from: '+31612345701',
      });
    }
    expect(exchange.service.services.tips.calls({}).filter(({ reason }) => reason === 'reached')).to.have.length(
      1 + shown.length,
    );
  });

  describe('for refused callers', () => {
    let stranger: PhoneCall;
    let withheld: PhoneCall;
    let notSelected: PhoneCall;

    before(async () => {
      const { network } = exchange;
      [stranger, withheld, notSelected] = await Promise.all([
        network.call({ from: STRANGER }),
        network.call({ from: REACHED, pai: '+31612345701', anonymous: true }),
        network.call({ from: NOT_SELECTED }),
      ]);
    });

    it('tells a stranger that the number is unknown and to call 112, and hangs up', async () => {
      expect(await hears(stranger, 'tip-unknown')).to.be.at.least(1);
      expect(stranger.endedBy).to.equal('far');
      const row = inboundOf(STRANGER);
      expect(row).to.include({ result: 'refused', reason: 'unknown', participantId: null, actionId: null });
    });

    it('tells a caller who withholds the number why they are refused, even when the network asserts the number', async () => {
      expect(await hears(withheld, 'tip-withheld')).to.be.at.least(1);
      expect(inboundOf(null)).to.include({ result: 'refused', reason: 'withheld', from: null });
    });

    it('tells a participant who is in no running action why they are refused', async () => {
      expect(await hears(notSelected, 'tip-not-selected')).to.be.at.least(1);
      expect(inboundOf(NOT_SELECTED)).to.include({ result: 'refused', reason: 'not_selected', actionId: null });
    });

    it('frees every line', () => {
      expect(exchange.service.services.gauges().lines.inbound).to.equal(0);
    });
  });

  it('rings no softphone for refused callers', async () => {
    expect((await desk.calls()).every(({ from }) => from.includes(REACHED))).to.equal(true);
  });

  it('does not count a caller as reached who hangs up before the end of the message, and calls them again', async () => {
    const call = await exchange.network.startCall({ from: HANGS_UP_EARLY, hangUpAfterMs: 2_000 });
    await call.ended;
    expect(inboundOf(HANGS_UP_EARLY)).to.include({ reason: 'not_reached' });
    const { counts } = exchange.service.services.actions.view(actionId);
    expect(counts.reached).to.equal(1);
    expect(counts.waiting, 'both participants who were not reached are called again').to.equal(2);
  });

  it('plays the message to a caller who missed the alert, who then counts as reached and is connected by any key', async () => {
    await desk.behave({ type: 'answers', afterMs: 200, says: deskSound, hangUpAfterMs: 4_000 });
    const before = (await desk.calls()).length;
    const call = await exchange.network.call({
      from: NOT_REACHED,
      script: [
        { do: 'wait', ms: 11_000 },
        { do: 'press', digit: '7', ms: 160 },
      ],
    });
    const heard = await marks(call);
    expect(heard.slice(0, MESSAGE.length)).to.deep.equal(MESSAGE);
    expect(heard.slice(-DESK.length)).to.deep.equal(DESK);
    expect(hearings(await exchange.heard(call), await exchange.samples(prompt('tip-press-to-speak')))).to.have.length(
      1,
    );
    expect((await desk.calls()).length).to.equal(before + 1);
    expect(inboundOf(NOT_REACHED)).to.include({ result: 'connected', reason: 'not_reached', actionId });
    const { counts } = exchange.service.services.actions.view(actionId);
    expect(counts.reached).to.equal(2);
    expect(counts.waiting, 'the caller is not called again').to.equal(1);
  });

  describe('when the centralist does not answer', () => {
    const calls = new Map<string, PhoneCall>();
    const actionIds = new Map<string, number>();

    before(async () => {
      const { actions, centralists } = exchange.service.services;
      await centralists.setDuty(account.centralist.id, false);
      await Promise.all(
        RECORDED.map(async ({ from, postcode, behaviour, end }) => {
          const { account: own } = await exchange.desk({ type: behaviour });
          exchange.participant(from, `${postcode}AB`);
          const id = await exchange.draft(postcode, { text: 'Gezocht: een kat.' }, { centralistId: own.centralist.id });
          actionIds.set(from, id);
          await actions.start(id, { anyway: true });
          await exchange.until(id, ({ counts }) => counts.confirmed === 1, `${from} to be reached`);
          const last: Step = end === 'press' ? { do: 'press', digit: '#', ms: 160 } : { do: 'hangup' };
          calls.set(
            from,
            await exchange.network.call({
              from,
              script: [{ do: 'wait', ms: 17_000 }, { do: 'play', sound: tipSound }, last],
            }),
          );
          await exchange.until(id, () => inboundOf(from).result !== null, 'the end of the call');
        }),
      );
    });
    after(() => exchange.service.services.centralists.setDuty(account.centralist.id, true));

    for (const { from, behaviour, end } of RECORDED) {
      const how = `${behaviour === 'busy' ? 'is busy' : 'declines'} and the caller ${end === 'press' ? 'presses #' : 'hangs up'}`;
      it(`records the tip, which can be played afterwards, when the centralist ${how}`, async () => {
        const call = calls.get(from);
        if (!call) throw new Error(`there was no call from ${from}`);
        expect(await hears(call, 'tip-record')).to.equal(1);
        expect(await hears(call, 'tip-recorded')).to.equal(end === 'press' ? 1 : 0);
        const row = inboundOf(from);
        expect(row).to.include({ result: 'recorded', reason: 'reached', actionId: actionIds.get(from) });
        const { recordings, tips } = exchange.service.services;
        const [tip] = tips.list({ actionId: row.actionId ?? 0 });
        expect(tip).to.include({ type: 'recording', recordingId: row.recordingId, inboundId: row.id });
        const { wav } = await recordings.audio(row.recordingId ?? 0);
        await writeFile(`${tipSound}-${from}.wav`, wav);
        const spoken = toneMarks(await readSound(`${tipSound}-${from}.wav`)).map(({ hz }) => hz);
        expect(spoken).to.deep.equal(TIP);
      });
    }
  });

  it('stops ringing the softphone at once when the caller hangs up', async () => {
    await desk.behave({ type: 'no_answer' });
    const before = (await desk.calls()).length;
    const call = await exchange.network.startCall({ from: REACHED });
    const rang = await exchange.network.until(
      ({ kind, endedAt }) => kind === 'desk' && endedAt === null,
      10_000,
      'the softphone to ring',
    );
    await call.hangUp();
    const ended = await exchange.network.until(
      ({ id, endedAt }) => id === rang.id && endedAt !== null,
      3_000,
      'the softphone to stop',
    );
    expect(ended.cancelled).to.equal(true);
    expect((await desk.calls()).length).to.equal(before + 1);
    await exchange.until(actionId, () => inboundOf(REACHED).result !== null, 'the end of the call');
    expect(inboundOf(REACHED).result).to.equal('abandoned');
  });

  it('answers only its own number', async () => {
    for (const to of ['0612345701', '112', '00441234567890', '0800001', '1']) {
      const call = await exchange.network.call({ from: REACHED, to, ringMs: 5_000 });
      expect(call.answeredAt, to).to.equal(null);
      expect(call.sipStatus, to).to.equal(404);
    }
  });

  it('works with a third-party softphone: baresip registers with the account, answers and is heard', async () => {
    const other = await exchange.centralist('202');
    exchange.participant(THIRD_PARTY, '8300AA');
    const id = await exchange.draft(
      '8300',
      { recordingId: await exchange.toneMessage(MESSAGE) },
      { centralistId: other.centralist.id },
    );
    const phone = await startBaresip({
      account: { username: other.centralist.sipUsername, password: other.centralist.sipPassword, server: other.server },
      port: await freePort('127.0.0.1'),
      says: `${deskSound}.wav`,
    });
    try {
      const { actions, centralists } = exchange.service.services;
      await actions.start(id, { anyway: true });
      await exchange.until(id, ({ counts }) => counts.reached === 1, 'the participant to be reached');
      const isRegistered = async (): Promise<true | undefined> =>
        (await centralists.list()).some(
          ({ centralist, registered }) => registered && centralist.id === other.centralist.id,
        ) || undefined;
      await eventually(isRegistered, SOON_MS, 'the softphone to register');
      const call = await exchange.network.call({
        from: THIRD_PARTY,
        hangUpAfterMs: 6_000,
        script: [
          { do: 'wait', ms: 1_000 },
          { do: 'play', sound: tipSound },
        ],
      });
      expect(await marks(call)).to.include.members([1040, 2300]);
      await phone.stop();
      const heard = toneMarks(await readSound(phone.heardFile)).map(({ hz }) => hz);
      expect(heard).to.include.members([1750, 600]);
    } finally {
      await phone.stop();
      await phone.remove();
    }
  });
});
