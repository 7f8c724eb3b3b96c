import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prompt, type PromptName } from '../../src/domain/messages.js';
import type { InboundCall } from '../../src/domain/tip.js';
import {
  readSound,
  timesHeard,
  toneMarked,
  toneMarks,
  wavOf,
  type CallOptions,
  type DeskBehaviour,
  type Key,
  type LiveCall,
  type MarkTone,
  type PhoneCall,
  type Step,
} from '../../src/phonenet/index.js';
import { reachable } from './support/citizens.js';
import { speaksFor, waitsFor } from './support/durations.js';
import { eventually } from './support/eventually.js';
import { startExchange, type Desk, type Exchange } from './support/exchange.js';
import { namesInOrder, promptsHeard } from './support/prompts-heard.js';

const MESSAGE: readonly MarkTone[] = [480, 1140, 2100];
const CALLER: readonly MarkTone[] = [1750, 600];
const DESK: readonly MarkTone[] = [1040, 2300];
const SPOKEN_TONES = 200;
const SOON_MS = 60_000;
/** Long enough for both sides to hear that the conversation is recorded, and to say something. */
const TALK_MS = 8_000;

const IN_TWO_ACTIONS = '0612349001';
const SHARED = '0612349002';
const WITHHELD = '0612349003';
const NOT_SELECTED = '0612349004';
const CLOSED = '0612349005';
const ASKS_COLLEAGUES = '0612349006';
const FIRST = '0612349007';
const SECOND = '0612349008';

/** Presses keys one after another. */
const types = (keys: string, afterMs: number): Step[] => [
  { do: 'wait', ms: afterMs },
  ...[...keys].flatMap((digit): Step[] => [
    { do: 'press', digit: digit as Key, ms: 160 },
    { do: 'wait', ms: 150 },
  ]),
];

describe('a caller to the tip line, with recorded conversations', function () {
  this.timeout(240_000);
  let exchange: Exchange;
  let speech: { readonly caller: string; readonly desk: string };

  const speaks = (): Step => ({ do: 'play', sound: speech.caller });
  const answering = (afterMs = 200): DeskBehaviour => ({ type: 'answers', afterMs, says: speech.desk });
  /** Runs an action of this centralist in a postcode area until every call has ended. Resolves to its id. */
  const action = async (postcode: string, { account }: Desk, title = 'Vermist meisje'): Promise<number> => {
    const recordingId = await exchange.toneMessage(MESSAGE);
    const id = await exchange.draft(postcode, { recordingId }, { centralistId: account.centralist.id, title });
    await exchange.service.services.actions.start(id, { anyway: true });
    await exchange.calledOut(id);
    return id;
  };
  const rows = (fits: (row: InboundCall) => boolean): readonly InboundCall[] =>
    exchange.service.services.tips.calls({}).filter(fits);
  const isFrom = (phone: string) => (row: InboundCall) => row.from?.endsWith(phone.slice(-9)) === true;
  const rowWhen = (fits: (row: InboundCall) => boolean, what: string): Promise<InboundCall> =>
    eventually(() => rows(fits)[0], SOON_MS, what);
  const call = (options: CallOptions): Promise<LiveCall> => exchange.network.startCall(options);
  /** Calls, and hangs up `TALK_MS` after the connection with a centralist. */
  const talk = async (options: CallOptions, fits: (row: InboundCall) => boolean): Promise<PhoneCall> => {
    const caller = await call(options);
    const { connectedAt } = await rowWhen(
      (row) => fits(row) && row.connectedAt !== null,
      'the connection with a centralist',
    );
    await speaksFor((connectedAt ?? 0) + TALK_MS - Date.now());
    await caller.hangUp();
    return caller.ended;
  };
  const hears = async (call: PhoneCall, name: PromptName): Promise<number> =>
    timesHeard(await exchange.heard(call), await exchange.samples(prompt(name)));
  /** Which of these prompts were heard, in order. */
  const promptsIn = async (heard: PhoneCall, names: readonly PromptName[]): Promise<PromptName[]> =>
    namesInOrder(await promptsHeard(await exchange.heard(heard), names, (name) => exchange.samples(prompt(name))));
  const tones = async (call: PhoneCall): Promise<Set<number>> =>
    new Set(toneMarks(await exchange.heard(call)).map(({ hz }) => hz));
  const closedRow = (fits: (row: InboundCall) => boolean): Promise<InboundCall> =>
    rowWhen((row) => fits(row) && row.result !== null, 'the end of the call');

  before(async () => {
    exchange = await startExchange({
      env: { BURGERNET_RECORD_TIPS: '1', BURGERNET_LINES: '40', BURGERNET_TIP_LINES: '10' },
    });
    speech = { caller: join(exchange.dataDir, 'caller'), desk: join(exchange.dataDir, 'desk') };
    for (const [path, pair] of [
      [speech.caller, CALLER],
      [speech.desk, DESK],
    ] as const) {
      const all = Array.from({ length: SPOKEN_TONES }, (_, n) => pair[n % pair.length]!);
      await writeFile(`${path}.wav`, wavOf(toneMarked(all)));
    }
    await exchange.network.setCitizens(
      [IN_TWO_ACTIONS, SHARED, WITHHELD, CLOSED, ASKS_COLLEAGUES, FIRST, SECOND].map(reachable),
    );
  });
  after(() => exchange.stop());

  describe('who was reached in two actions', () => {
    let choosing: PhoneCall;
    let notChoosing: PhoneCall;
    let older: number;
    let newer: number;
    const both = isFrom(IN_TWO_ACTIONS);

    before(async () => {
      exchange.participant(IN_TWO_ACTIONS, '8401AB');
      const [first, second] = [await exchange.desk(answering()), await exchange.desk(answering())];
      older = await action('8401', first, 'Gestolen fiets');
      newer = await action('8401', second, 'Vermist meisje');
      // Two simultaneous calls from one number are separate calls. Key 9 is not a choice.
      [choosing, notChoosing] = await Promise.all([
        talk({ from: IN_TWO_ACTIONS, script: [...types('9', 2_000), ...types('2', 4_000), speaks()] }, (row) =>
          both(row) ? row.actionId === older : false,
        ),
        talk({ from: IN_TWO_ACTIONS, script: [speaks()] }, (row) => both(row) && row.actionId === newer),
      ]);
      await closedRow((row) => both(row) && row.actionId === older);
      await closedRow((row) => both(row) && row.actionId === newer);
    });

    it('is connected for the action that they choose; a wrong key is not a choice', async () => {
      const [row, ...more] = rows((one) => both(one) && one.actionId === older);
      expect(more).to.deep.equal([]);
      expect(row).to.include({ result: 'connected', reason: 'reached_several' });
      expect(await tones(choosing)).to.include.all.keys(DESK);
    });

    it('is connected for the newest action when they press nothing', async () => {
      expect(await promptsIn(notChoosing, ['tip-choose', 'tip-choose-1', 'tip-choose-2'])).to.include('tip-choose-2');
      const [row, ...more] = rows((one) => both(one) && one.actionId === newer);
      expect(more).to.deep.equal([]);
      expect(row).to.include({ result: 'connected', reason: 'reached_several' });
      expect(await tones(notChoosing)).to.include.all.keys(DESK);
    });
  });

  describe('whose number belongs to two participants', () => {
    it('is connected as one of them, after one call has reached both', async () => {
      const people = [exchange.participant(SHARED, '8402AB', 'An'), exchange.participant(SHARED, '8402AB', 'Bo')];
      const id = await action('8402', await exchange.desk(answering()));
      expect(exchange.attemptsTo(id, SHARED)).to.have.length(1);
      await talk({ from: SHARED, script: [speaks()] }, isFrom(SHARED));
      const row = await closedRow(isFrom(SHARED));
      expect(row).to.include({ result: 'connected', reason: 'reached', actionId: id });
      expect(row.participantId).to.be.oneOf(people);
      expect(rows(isFrom(SHARED))).to.have.length(1);
    });
  });

  describe('who withholds the number', () => {
    let id: number;
    let code: string;
    let wrong: string;
    before(async () => {
      const participantId = exchange.participant(WITHHELD, '8403AB');
      id = await action('8403', await exchange.desk(answering()));
      code = exchange.service.services.participants.code(participantId);
      wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
    });

    it('is connected with their personal code, also after a wrong code', async () => {
      const isOurs = (row: InboundCall): boolean => row.from === null && row.actionId === id;
      const script = [...types(wrong, 2_000), ...types(code, 4_000), speaks()];
      const call = await talk({ from: WITHHELD, anonymous: true, script }, isOurs);
      expect(await promptsIn(call, ['tip-withheld', 'tip-code-wrong'])).to.include('tip-code-wrong');
      expect(await tones(call)).to.include.all.keys(DESK);
      expect(await closedRow(isOurs)).to.include({ result: 'connected', reason: 'reached' });
    });

    it('is refused after three wrong codes', async () => {
      const script = [2_000, 4_000, 4_000].flatMap((afterMs) => types(wrong, afterMs));
      const call = await exchange.network.call({ from: WITHHELD, anonymous: true, script });
      expect(await hears(call, 'tip-code-refused')).to.equal(1);
      expect(call.endedBy).to.equal('far');
      const [row, ...more] = rows(({ reason }) => reason === 'withheld');
      expect(more).to.deep.equal([]);
      expect(row).to.include({ result: 'refused', from: null, actionId: null, participantId: null });
    });

    describe('in an hour with many wrong codes', () => {
      /** Types a code, and the telephone number that is asked for with the code. */
      const pair = (tried: string, afterMs: number): Step[] => [
        ...types(tried, afterMs),
        ...types(`${WITHHELD}#`, 3_000),
      ];
      const withheld = (script: readonly Step[]): Promise<PhoneCall> =>
        exchange.network.call({ from: WITHHELD, anonymous: true, script });
      before(async () => {
        const script = [2_000, 4_000, 4_000].flatMap((afterMs) => types(wrong, afterMs));
        await Promise.all(Array.from({ length: 4 }, () => withheld(script)));
      });

      it('must type the telephone number too, and is connected', async () => {
        const known = new Set(rows(() => true).map((row) => row.id));
        const isOurs = (row: InboundCall): boolean => !known.has(row.id) && row.from === null;
        const call = await talk({ from: WITHHELD, anonymous: true, script: [...pair(code, 2_000), speaks()] }, isOurs);
        expect(await promptsIn(call, ['tip-code-number', 'tip-code-wrong'])).to.deep.equal(['tip-code-number']);
        expect(await tones(call)).to.include.all.keys(DESK);
        expect(await closedRow(isOurs)).to.include({ result: 'connected', reason: 'reached', actionId: id });
      });

      it('is refused, also with the right code, after five wrong codes for one number', async () => {
        const script = [2_000, 4_000, 4_000].flatMap((afterMs) => pair(wrong, afterMs));
        await Promise.all([withheld(script), withheld(script)]);
        const known = new Set(rows(() => true).map((row) => row.id));
        const call = await withheld(pair(code, 2_000));
        expect(await promptsIn(call, ['tip-code-number', 'tip-code-refused'])).to.deep.equal([
          'tip-code-number',
          'tip-code-refused',
        ]);
        const [row, ...more] = rows((one) => !known.has(one.id));
        expect(more).to.deep.equal([]);
        expect(row).to.include({ result: 'refused', reason: 'withheld', participantId: null });
      });
    });
  });

  it('tells a participant of no action the personal code on request', async () => {
    const participantId = exchange.participant(NOT_SELECTED, '9901AB');
    const call = await exchange.network.call({ from: NOT_SELECTED, script: types('5', 3_000) });
    expect(await hears(call, 'tip-code-is')).to.equal(1);
    const digits = [...exchange.service.services.participants.code(participantId)];
    for (const digit of new Set(digits)) expect(await hears(call, `digit-${digit}` as PromptName)).to.be.at.least(2);
    expect(await closedRow(isFrom(NOT_SELECTED))).to.include({ result: 'refused', reason: 'not_selected' });
  });

  it('tells a participant reached in an action that has just ended, and lets them leave a tip', async () => {
    exchange.participant(CLOSED, '8405AB');
    const id = await action('8405', await exchange.desk(answering()));
    await exchange.service.services.actions.close(id, { result: 'found' });
    await exchange.calledOut(id);
    const script: Step[] = [{ do: 'wait', ms: 14_000 }, speaks()];
    const call = await exchange.network.call({ from: CLOSED, script, hangUpAfterMs: 20_000 });
    expect(await promptsIn(call, ['tip-ended', 'tip-record-chosen'])).to.deep.equal(['tip-ended', 'tip-record-chosen']);
    const row = await closedRow(isFrom(CLOSED));
    expect(row).to.include({ result: 'recorded', reason: 'just_closed', actionId: id });
    const { wav } = await exchange.service.services.recordings.audio(row.recordingId ?? 0);
    const file = join(exchange.dataDir, 'closed.wav');
    await writeFile(file, wav);
    expect(new Set(toneMarks(await readSound(file)).map(({ hz }) => hz))).to.include.all.keys(CALLER);
  });

  describe('whose centralist declines', () => {
    let id: number;
    let connected: PhoneCall;
    let waiting: PhoneCall;
    let colleague: Desk;
    let team: Desk;
    let row: InboundCall;
    let second: InboundCall;

    before(async () => {
      const { actions, centralists, tips } = exchange.service.services;
      for (const { centralist } of await centralists.list()) await centralists.setDuty(centralist.id, false);
      for (const phone of [ASKS_COLLEAGUES, FIRST, SECOND]) exchange.participant(phone, '8406AB');
      const own = await exchange.desk({ type: 'declines' });
      team = await exchange.desk({ type: 'no_answer' });
      colleague = await exchange.desk(answering(7_000));
      id = await action('8406', own);
      actions.setTeam(id, [team.account.centralist.id]);
      for (const { account } of [team, colleague]) await centralists.setDuty(account.centralist.id, true);
      const talking = await call({ from: ASKS_COLLEAGUES, script: [speaks()] });
      await rowWhen(
        (one) => isFrom(ASKS_COLLEAGUES)(one) && one.connectedAt !== null,
        'the connection with a centralist',
      );
      // Only the colleague stays on duty, and is in conversation, so the next callers wait in the queue.
      for (const { account } of [own, team]) await centralists.setDuty(account.centralist.id, false);
      const first = await call({ from: FIRST });
      await eventually(() => tips.waiting().length === 1 || undefined, SOON_MS, 'one caller in the queue');
      const last = await call({ from: SECOND });
      await eventually(() => tips.waiting().length === 2 || undefined, SOON_MS, 'two callers in the queue');
      const { since } = tips.waiting()[1]!;
      // The second caller hears the place in the queue, then the next place, then the reminder of 112.
      await waitsFor(since + 12_000 - Date.now());
      await first.hangUp();
      await waitsFor(since + 34_000 - Date.now());
      await talking.hangUp();
      await colleague.phone.behave(answering(0));
      connected = await talking.ended;
      await rowWhen((one) => isFrom(SECOND)(one) && one.connectedAt !== null, 'the connection with a centralist');
      await last.hangUp();
      waiting = await last.ended;
      [row, second] = [await closedRow(isFrom(ASKS_COLLEAGUES)), await closedRow(isFrom(SECOND))];
    });

    it('is offered to the team, then to all centralists on duty, with a reminder of 112 after 20 s', async () => {
      const [ringsTeam] = await team.phone.calls();
      const [ringsColleague] = await colleague.phone.calls();
      expect(ringsTeam?.answeredAt).to.equal(null);
      expect(ringsColleague?.invitedAt).to.be.at.least(ringsTeam?.endedAt ?? Infinity);
      expect(row).to.include({ result: 'connected', actionId: id, centralistId: colleague.account.centralist.id });
      const said: readonly PromptName[] = ['tip-connecting', 'tip-wait-112', 'tip-is-recorded'];
      expect(await promptsIn(connected, said)).to.deep.equal(said);
    });

    it('hears, as the centralist does, that the conversation is recorded; the recording has both voices', async () => {
      const [rang] = await colleague.phone.calls();
      for (const call of [connected, rang!]) expect(await hears(call, 'tip-is-recorded')).to.equal(1);
      expect(await tones(connected)).to.include.all.keys(DESK);
      expect(await tones(rang!)).to.include.all.keys(CALLER);
      const { wav } = await exchange.service.services.recordings.audio(row.recordingId ?? 0);
      const file = join(exchange.dataDir, 'talk.wav');
      await writeFile(file, wav);
      const recorded = new Set(toneMarks(await readSound(file)).map(({ hz }) => hz));
      expect(recorded).to.satisfy((heard: Set<number>) =>
        [CALLER, DESK].every((pair) => pair.some((hz) => heard.has(hz))),
      );
      const all = exchange.service.services.tips.list({ actionId: id }).filter(({ inboundId }) => inboundId === row.id);
      expect(all.map(({ type, recordingId }) => [type, recordingId])).to.deep.equal([
        ['conversation', row.recordingId],
      ]);
    });

    it('hears each change of their place in the queue, and the reminder of 112', async () => {
      const said = await promptsIn(waiting, ['tip-place-2', 'tip-place-1', 'tip-wait-112', 'hold']);
      expect(said.filter((name) => name !== 'hold')).to.deep.equal(['tip-place-2', 'tip-place-1', 'tip-wait-112']);
      expect(said).to.include('hold');
      expect(second).to.include({ result: 'connected', reason: 'reached', actionId: id });
      expect(await closedRow(isFrom(FIRST))).to.include({ result: 'abandoned', reason: 'reached', actionId: id });
    });
  });

  it('leaves no open row and no line in use', () => {
    expect(rows(({ result }) => result === null)).to.deep.equal([]);
    expect(exchange.service.services.gauges().lines.inbound).to.equal(0);
  });
});
