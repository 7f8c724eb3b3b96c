import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CentralistAccount } from '../../src/app/services.js';
import { prompt, type PromptName } from '../../src/domain/messages.js';
import type { InboundCall } from '../../src/domain/tip.js';
import {
  hearings,
  readSound,
  timesHeard,
  toneMarked,
  toneMarks,
  wavOf,
  type CallOptions,
  type Citizen,
  type DeskBehaviour,
  type Key,
  type LiveCall,
  type MarkTone,
  type PhoneCall,
  type Softphone,
  type Step,
} from '../../src/phonenet/index.js';
import { eventually } from './support/adapter.js';
import { startExchange, type Exchange } from './support/exchange.js';

const MESSAGE: readonly MarkTone[] = [480, 1140, 2100];
const CALLER: readonly MarkTone[] = [1750, 600];
const DESK: readonly MarkTone[] = [1040, 2300];
const SPOKEN_TONES = 200;
const SOON_MS = 60_000;
/** A conversation in which both have been told that it is recorded, and have said something. */
const TALK_MS = 8_000;

const IN_TWO = '0612349001';
const SHARED = '0612349002';
const WITHHELD = '0612349003';
const NOT_SELECTED = '0612349004';
const CLOSED = '0612349005';
const ASKS_COLLEAGUES = '0612349006';
const FIRST = '0612349007';
const SECOND = '0612349008';

interface Desk {
  readonly account: CentralistAccount;
  readonly phone: Softphone;
}

/** Keys, one after another. */
const types = (keys: string, afterMs: number): Step[] => [
  { do: 'wait', ms: afterMs },
  ...[...keys].flatMap((digit): Step[] => [
    { do: 'press', digit: digit as Key, ms: 160 },
    { do: 'wait', ms: 150 },
  ]),
];

describe('who rings the tip line, and conversations that are recorded', function () {
  this.timeout(240_000);
  let exchange: Exchange;
  let speech: { readonly caller: string; readonly desk: string };

  const reachable = (number: string): Citizen => {
    return { number, persona: 'hangs_up_in_message', answerAfterMs: 100, pressAfterMs: 300, hangUpAfterMs: 400 };
  };
  const speaks = (): Step => ({ do: 'play', sound: speech.caller });
  const sitDown = async (behaviour: DeskBehaviour): Promise<Desk> => {
    const account = await exchange.centralist();
    const { sipUsername: username, sipPassword: password } = account.centralist;
    const phone = await exchange.network.softphone({ username, password, server: account.server }, behaviour);
    return { account, phone };
  };
  const answering = (afterMs = 200): DeskBehaviour => ({ type: 'answers', afterMs, says: speech.desk });
  /** An action of theirs over a postcode, called out. */
  const action = async (postcode: string, { account }: Desk, title = 'Vermist meisje'): Promise<number> => {
    const recordingId = await exchange.toneMessage(MESSAGE);
    const id = await exchange.draft(postcode, { recordingId }, { centralistId: account.centralist.id, title });
    await exchange.service.services.actions.start(id, { anyway: true });
    await exchange.calledOut(id);
    return id;
  };
  const rows = (fits: (row: InboundCall) => boolean): readonly InboundCall[] =>
    exchange.service.services.tips.calls({}).filter(fits);
  const of = (phone: string) => (row: InboundCall) => row.from?.endsWith(phone.slice(-9)) === true;
  const rowWhen = (fits: (row: InboundCall) => boolean, what: string): Promise<InboundCall> =>
    eventually(() => rows(fits)[0], SOON_MS, what);
  const ring = (options: CallOptions): Promise<LiveCall> => exchange.network.startCall(options);
  /** Rings, and hangs up some time after they are connected. */
  const talk = async (options: CallOptions, fits: (row: InboundCall) => boolean): Promise<PhoneCall> => {
    const call = await ring(options);
    const { connectedAt } = await rowWhen((row) => fits(row) && row.connectedAt !== null, 'connected');
    await eventually(() => Date.now() > (connectedAt ?? 0) + TALK_MS || undefined, SOON_MS, 'talked');
    await call.hangUp();
    return call.ended;
  };
  const hears = async (call: PhoneCall, name: PromptName): Promise<number> =>
    timesHeard(await exchange.heard(call), await exchange.samples(prompt(name)));
  /** What was heard of these prompts, in order. */
  const steps = async (call: PhoneCall, names: readonly PromptName[]): Promise<PromptName[]> => {
    const heard = await exchange.heard(call);
    const found = await Promise.all(
      names.map(async (name) =>
        hearings(heard, await exchange.samples(prompt(name))).map(({ atMs }) => ({ name, atMs })),
      ),
    );
    const ordered = found.flat().toSorted((a, b) => a.atMs - b.atMs);
    return ordered.map(({ name }) => name).filter((name, index, all) => name !== all[index - 1]);
  };
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
      [IN_TWO, SHARED, WITHHELD, CLOSED, ASKS_COLLEAGUES, FIRST, SECOND].map(reachable),
    );
  });
  after(() => exchange.stop());

  describe('and was reached in two actions', () => {
    let chooses: PhoneCall;
    let says: PhoneCall;
    let older: number;
    let newer: number;
    const both = of(IN_TWO);

    before(async () => {
      exchange.participant(IN_TWO, '8401AB');
      const [first, second] = [await sitDown(answering()), await sitDown(answering())];
      older = await action('8401', first, 'Gestolen fiets');
      newer = await action('8401', second, 'Vermist meisje');
      // Twice at once from one number: each is a call of its own. 9 is no choice.
      [chooses, says] = await Promise.all([
        talk({ from: IN_TWO, script: [...types('9', 2_000), ...types('2', 4_000), speaks()] }, (row) =>
          both(row) ? row.actionId === older : false,
        ),
        talk({ from: IN_TWO, script: [speaks()] }, (row) => both(row) && row.actionId === newer),
      ]);
      await closedRow((row) => both(row) && row.actionId === older);
      await closedRow((row) => both(row) && row.actionId === newer);
    });

    it('comes to the one that they choose; a wrong key is no choice', async () => {
      const [row, ...more] = rows((one) => both(one) && one.actionId === older);
      expect(more).to.deep.equal([]);
      expect(row).to.include({ result: 'connected', reason: 'reached_several' });
      expect(await tones(chooses)).to.include.all.keys(DESK);
    });

    it('comes to the newest when they press nothing', async () => {
      expect(await steps(says, ['tip-choose', 'tip-choose-1', 'tip-choose-2'])).to.include('tip-choose-2');
      const [row, ...more] = rows((one) => both(one) && one.actionId === newer);
      expect(more).to.deep.equal([]);
      expect(row).to.include({ result: 'connected', reason: 'reached_several' });
      expect(await tones(says)).to.include.all.keys(DESK);
    });
  });

  describe('and is one of two on that number', () => {
    it('is put through as one of them, who were both reached by one call', async () => {
      const people = [exchange.participant(SHARED, '8402AB', 'An'), exchange.participant(SHARED, '8402AB', 'Bo')];
      const id = await action('8402', await sitDown(answering()));
      expect(exchange.attemptsTo(id, SHARED)).to.have.length(1);
      await talk({ from: SHARED, script: [speaks()] }, of(SHARED));
      const row = await closedRow(of(SHARED));
      expect(row).to.include({ result: 'connected', reason: 'reached', actionId: id });
      expect(row.participantId).to.be.oneOf(people);
      expect(rows(of(SHARED))).to.have.length(1);
    });
  });

  describe('and withholds the number', () => {
    let id: number;
    let code: string;
    let wrong: string;
    before(async () => {
      const participantId = exchange.participant(WITHHELD, '8403AB');
      id = await action('8403', await sitDown(answering()));
      code = exchange.service.services.participants.code(participantId);
      wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
    });

    it('is put through with their personal code, also after a wrong one', async () => {
      const theirs = (row: InboundCall): boolean => row.from === null && row.actionId === id;
      const script = [...types(wrong, 2_000), ...types(code, 4_000), speaks()];
      const call = await talk({ from: WITHHELD, anonymous: true, script }, theirs);
      expect(await steps(call, ['tip-withheld', 'tip-code-wrong'])).to.include('tip-code-wrong');
      expect(await tones(call)).to.include.all.keys(DESK);
      expect(await closedRow(theirs)).to.include({ result: 'connected', reason: 'reached' });
    });

    it('is refused after three wrong ones', async () => {
      const script = [2_000, 4_000, 4_000].flatMap((afterMs) => types(wrong, afterMs));
      const call = await exchange.network.call({ from: WITHHELD, anonymous: true, script });
      expect(await hears(call, 'tip-code-refused')).to.equal(1);
      expect(call.endedBy).to.equal('far');
      const [row, ...more] = rows(({ reason }) => reason === 'withheld');
      expect(more).to.deep.equal([]);
      expect(row).to.include({ result: 'refused', from: null, actionId: null, participantId: null });
    });

    describe('in an hour in which many wrong codes were tried', () => {
      /** A code, and the number that is asked for with it. */
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

      it('must give the telephone number with the code, and is put through', async () => {
        const known = new Set(rows(() => true).map((row) => row.id));
        const theirs = (row: InboundCall): boolean => !known.has(row.id) && row.from === null;
        const call = await talk({ from: WITHHELD, anonymous: true, script: [...pair(code, 2_000), speaks()] }, theirs);
        expect(await steps(call, ['tip-code-number', 'tip-code-wrong'])).to.deep.equal(['tip-code-number']);
        expect(await tones(call)).to.include.all.keys(DESK);
        expect(await closedRow(theirs)).to.include({ result: 'connected', reason: 'reached', actionId: id });
      });

      it('is refused with a number with which five wrong codes were tried, also with the right one', async () => {
        const script = [2_000, 4_000, 4_000].flatMap((afterMs) => pair(wrong, afterMs));
        await Promise.all([withheld(script), withheld(script)]);
        const known = new Set(rows(() => true).map((row) => row.id));
        const call = await withheld(pair(code, 2_000));
        expect(await steps(call, ['tip-code-number', 'tip-code-refused'])).to.deep.equal([
          'tip-code-number',
          'tip-code-refused',
        ]);
        const [row, ...more] = rows((one) => !known.has(one.id));
        expect(more).to.deep.equal([]);
        expect(row).to.include({ result: 'refused', reason: 'withheld', participantId: null });
      });
    });
  });

  it('and is in no action hears their code when they ask for it', async () => {
    const participantId = exchange.participant(NOT_SELECTED, '9901AB');
    const call = await exchange.network.call({ from: NOT_SELECTED, script: types('5', 3_000) });
    expect(await hears(call, 'tip-code-is')).to.equal(1);
    const digits = [...exchange.service.services.participants.code(participantId)];
    for (const digit of new Set(digits)) expect(await hears(call, `digit-${digit}` as PromptName)).to.be.at.least(2);
    expect(await closedRow(of(NOT_SELECTED))).to.include({ result: 'refused', reason: 'not_selected' });
  });

  it('and was reached in an action that has just ended is told so, and may leave a tip', async () => {
    exchange.participant(CLOSED, '8405AB');
    const id = await action('8405', await sitDown(answering()));
    await exchange.service.services.actions.close(id, { result: 'found' });
    await exchange.calledOut(id);
    const script: Step[] = [{ do: 'wait', ms: 14_000 }, speaks()];
    const call = await exchange.network.call({ from: CLOSED, script, hangUpAfterMs: 20_000 });
    expect(await steps(call, ['tip-ended', 'tip-record-chosen'])).to.deep.equal(['tip-ended', 'tip-record-chosen']);
    const row = await closedRow(of(CLOSED));
    expect(row).to.include({ result: 'recorded', reason: 'just_closed', actionId: id });
    const { wav } = await exchange.service.services.recordings.audio(row.recordingId ?? 0);
    const file = join(exchange.dataDir, 'closed.wav');
    await writeFile(file, wav);
    expect(new Set(toneMarks(await readSound(file)).map(({ hz }) => hz))).to.include.all.keys(CALLER);
  });

  describe('when their centralist declines', () => {
    let id: number;
    let asks: PhoneCall;
    let waits: PhoneCall;
    let colleague: Desk;
    let team: Desk;
    let row: InboundCall;
    let second: InboundCall;

    before(async () => {
      const { actions, desk, tips } = exchange.service.services;
      for (const { centralist } of await desk.list()) await desk.setDuty(centralist.id, false);
      for (const phone of [ASKS_COLLEAGUES, FIRST, SECOND]) exchange.participant(phone, '8406AB');
      const own = await sitDown({ type: 'declines' });
      team = await sitDown({ type: 'no_answer' });
      colleague = await sitDown(answering(7_000));
      id = await action('8406', own);
      actions.setTeam(id, [team.account.centralist.id]);
      for (const { account } of [team, colleague]) await desk.setDuty(account.centralist.id, true);
      const call = await ring({ from: ASKS_COLLEAGUES, script: [speaks()] });
      await rowWhen((one) => of(ASKS_COLLEAGUES)(one) && one.connectedAt !== null, 'connected');
      // The colleague alone stays on duty, and talks: whoever rings now stands in line.
      for (const { account } of [own, team]) await desk.setDuty(account.centralist.id, false);
      const first = await ring({ from: FIRST });
      await eventually(() => tips.waiting().length === 1 || undefined, SOON_MS, 'one in line');
      const last = await ring({ from: SECOND });
      await eventually(() => tips.waiting().length === 2 || undefined, SOON_MS, 'two in line');
      const { since } = tips.waiting()[1]!;
      await eventually(() => Date.now() > since + 12_000 || undefined, SOON_MS, 'the place to be told');
      await first.hangUp();
      await eventually(() => Date.now() > since + 34_000 || undefined, SOON_MS, '112 to be named');
      await call.hangUp();
      await colleague.phone.behave(answering(0));
      asks = await call.ended;
      await rowWhen((one) => of(SECOND)(one) && one.connectedAt !== null, 'connected');
      await last.hangUp();
      waits = await last.ended;
      [row, second] = [await closedRow(of(ASKS_COLLEAGUES)), await closedRow(of(SECOND))];
    });

    it('comes to the team, then to whoever is on duty; 112 is named when that takes more than 20 s', async () => {
      const [ringsTeam] = await team.phone.calls();
      const [ringsColleague] = await colleague.phone.calls();
      expect(ringsTeam?.answeredAt).to.equal(null);
      expect(ringsColleague?.invitedAt).to.be.at.least(ringsTeam?.endedAt ?? Infinity);
      expect(row).to.include({ result: 'connected', actionId: id, centralistId: colleague.account.centralist.id });
      const said: readonly PromptName[] = ['tip-connecting', 'tip-wait-112', 'tip-is-recorded'];
      expect(await steps(asks, said)).to.deep.equal(said);
    });

    it('is told that it is recorded, and so is the centralist; both voices are', async () => {
      const [rang] = await colleague.phone.calls();
      for (const call of [asks, rang!]) expect(await hears(call, 'tip-is-recorded')).to.equal(1);
      expect(await tones(asks)).to.include.all.keys(DESK);
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

    it('hears the place in line when it changes, and of 112', async () => {
      const said = await steps(waits, ['tip-place-2', 'tip-place-1', 'tip-wait-112', 'hold']);
      expect(said.filter((name) => name !== 'hold')).to.deep.equal(['tip-place-2', 'tip-place-1', 'tip-wait-112']);
      expect(said).to.include('hold');
      expect(second).to.include({ result: 'connected', reason: 'reached', actionId: id });
      expect(await closedRow(of(FIRST))).to.include({ result: 'abandoned', reason: 'reached', actionId: id });
    });
  });

  it('has one entry each, and leaves no line', () => {
    expect(rows(({ result }) => result === null)).to.deep.equal([]);
    expect(exchange.service.services.gauges().lines.inbound).to.equal(0);
  });
});
