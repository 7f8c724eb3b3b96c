import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import type { InboundCall } from '../../src/domain/tip.js';
import { tonesInOrder, type Citizen, type LiveCall, type PhoneCall, type Step } from '../../src/phonenet/index.js';
import { eventually } from './support/adapter.js';
import {
  MESSAGE,
  reachable,
  secondsHeard,
  secondsMissing,
  SOON_MS,
  startTipTown,
  type TipTown,
  type TownDesk,
} from './support/tip-town.js';

/** In conversation when the controller is killed. */
const TALKS = '0612348001';
const HANGS_UP = '0612348002';
const IS_LEFT = '0612348003';
/** A telephone rings for them. */
const RINGS = '0612348004';
/** Engage the only centralist on duty; the others stand in line behind them, in this order. */
const ENGAGES = '0612348011';
const FIRST = '0612348012';
const SECOND = '0612348013';
const GIVES_UP = '0612348014';
const RECORDS = '0612348015';
const NOT_REACHED = '0612348016';

/** How long the controller stays away, and how long they go on after it. */
const AWAY_MS = 3_000;
const AFTER_MS = 3_000;
/** Their place and how to record, which are said again, and some hold audio. */
const TOLD_MS = 12_000;
/** Key 1 is no choice before they wait, and none in a recording: whenever that begins, one of these begins it. */
const CHOOSES_TO_RECORD: readonly Step[] = Array.from({ length: 6 }, (): Step[] => [
  { do: 'wait', ms: 1_500 },
  { do: 'press', digit: '1', ms: 160 },
]).flat();

describe('a caller of the tip line when the controller is killed', function () {
  this.timeout(180_000);
  let town: TipTown;
  const desks: TownDesk[] = [];
  const speaks = (): Step[] => [{ do: 'play', sound: town.speech }];

  before(async () => {
    const citizens: Citizen[] = [
      ...[TALKS, HANGS_UP, IS_LEFT, RINGS, ENGAGES, FIRST, SECOND, GIVES_UP, RECORDS].map(reachable),
      { number: NOT_REACHED, persona: 'no_answer' },
    ];
    town = await startTipTown({ citizens });
    for (const extension of ['201', '202', '203', '204'])
      desks.push(await town.centralist(extension, { type: 'answers', afterMs: 100, says: town.speech }));
  });
  after(() => town.stop());

  const connected = ({ connectedAt }: InboundCall): boolean => connectedAt !== null;
  const ended = (desk: TownDesk): Promise<PhoneCall> =>
    town.deskCall(desk, ({ endedAt }) => endedAt !== null, 'end of the call');

  describe('who is in conversation', () => {
    let deadFrom: number;
    let readyAt: number;
    let talked: PhoneCall;
    let left: PhoneCall;

    before(async () => {
      const people = [TALKS, HANGS_UP, IS_LEFT, RINGS];
      await Promise.all(people.map((phone, n) => town.action(`810${n}`, desks[n]!, [phone])));
      const calls: LiveCall[] = [];
      for (const from of [TALKS, HANGS_UP, IS_LEFT]) {
        calls.push(await town.world.network.startCall({ from, script: speaks() }));
        await town.rowOf(from, connected, 'connected');
      }
      await desks[3]!.phone.behave({ type: 'no_answer' });
      const ringing = await town.world.network.startCall({ from: RINGS, script: speaks() });
      await town.deskCall(desks[3]!, ({ ringingAt }) => ringingAt !== null, 'ringing');
      await desks[3]!.phone.behave({ type: 'answers', afterMs: 100, says: town.speech });

      await town.kill();
      deadFrom = Date.now();
      const [talks, hangsUp, isLeft] = calls;
      await hangsUp!.hangUp();
      await hangsUp!.ended;
      await town.layDown(await town.deskCall(desks[2]!, ({ answeredAt }) => answeredAt !== null, 'conversation'));
      await pause(AWAY_MS);
      await town.startAgain();
      readyAt = Date.now();

      left = await isLeft!.ended;
      await town.rowOf(RINGS, connected, 'connected');
      await pause(AFTER_MS);
      await Promise.all([talks!.hangUp(), ringing.hangUp()]);
      talked = await talks!.ended;
      await ringing.ended;
      await Promise.all(people.map((from) => town.overRowOf(from)));
    });

    it('goes on talking: not a second is missing, on either side, while it is away and after it', async () => {
      const desk = await ended(desks[0]!);
      for (const call of [talked, desk]) {
        const seconds = secondsHeard(await town.heard(call));
        expect(secondsMissing(seconds), seconds.join(' ')).to.deep.equal([]);
        // What cannot be missing in between may be so at the end.
        expect(seconds.length).to.be.at.least(Math.floor((talked.endedAt! - desk.answeredAt!) / 1_000) - 2);
      }
      expect(talked.endedAt!, 'it went on after the restart').to.be.at.least(readyAt + AFTER_MS);
      expect(desk.endedAt! - talked.endedAt!, 'and both sides end with the hang-up').to.be.within(-500, 5_000);
    });

    it('and has one entry, with one result and one tip, when they hang up after it', async () => {
      const row = await town.overRowOf(TALKS);
      expect(row).to.include({ result: 'connected', reason: 'reached', centralistId: desks[0]!.id });
      expect(row.connectedAt).to.be.lessThan(deadFrom);
      expect(row.endedAt).to.be.at.least(talked.endedAt! - 500);
      expect((await town.tipsOf(row)).map(({ type }) => type)).to.deep.equal(['conversation']);
    });

    it('has the same when they hang up while it is away, and the centralist is let go', async () => {
      const row = await town.overRowOf(HANGS_UP);
      expect(row).to.include({ result: 'connected', reason: 'reached', centralistId: desks[1]!.id });
      expect((await town.tipsOf(row)).map(({ type }) => type)).to.deep.equal(['conversation']);
      expect((await ended(desks[1]!)).endedBy).to.equal('far');
    });

    it('has the same when the centralist hangs up while it is away, and is let go', async () => {
      const row = await town.overRowOf(IS_LEFT);
      expect(row).to.include({ result: 'connected', reason: 'reached', centralistId: desks[2]!.id });
      expect((await town.tipsOf(row)).map(({ type }) => type)).to.deep.equal(['conversation']);
      expect(left.endedBy).to.equal('far');
    });

    it('is rung for again when it rang, and put through', async () => {
      const row = await town.overRowOf(RINGS);
      expect(row).to.include({ result: 'connected', reason: 'reached', centralistId: desks[3]!.id });
      const [first, second, ...more] = await desks[3]!.phone.calls();
      expect(more).to.deep.equal([]);
      expect(first?.answeredAt).to.equal(null);
      expect(second?.answeredAt).to.be.at.least(deadFrom);
    });
  });

  describe('who waits', () => {
    let actionId: number;
    let deadFrom: number;
    let waited: readonly PhoneCall[];
    let rang: readonly PhoneCall[];
    let informed: PhoneCall;
    let recorded: PhoneCall;
    let gaveUp: PhoneCall;

    const waiting = async (count: number): Promise<void> => {
      const inLine = async (): Promise<true | undefined> =>
        (await town.insist((api) => api.get<unknown[]>('/queue'))).length === count || undefined;
      await eventually(inLine, SOON_MS, `${count} in line`);
    };

    before(async () => {
      const [desk, ...others] = desks;
      for (const other of others) await town.onDuty(other, false);
      actionId = await town.action('8110', desk!, [ENGAGES, FIRST, SECOND, GIVES_UP, RECORDS, NOT_REACHED]);
      const { network } = town.world;
      const engages = await network.startCall({ from: ENGAGES, script: speaks() });
      await town.rowOf(ENGAGES, connected, 'connected');
      const inLine: LiveCall[] = [];
      for (const [n, from] of [FIRST, SECOND, GIVES_UP].entries()) {
        inLine.push(await network.startCall({ from, script: speaks() }));
        await waiting(n + 1);
      }
      const [first, second, givesUp] = inLine;
      const records = await network.startCall({ from: RECORDS, script: [...CHOOSES_TO_RECORD, ...speaks()] });
      await town.beingRecorded({ count: 1, seconds: 2 });
      const isInformed = await network.startCall({ from: NOT_REACHED, script: [{ do: 'listen' }] });
      await isInformed.answered;

      await town.kill();
      deadFrom = Date.now();
      await givesUp!.hangUp();
      gaveUp = await givesUp!.ended;
      await pause(AWAY_MS);
      await town.startAgain();

      await waiting(2);
      await pause(TOLD_MS);
      await records.hangUp();
      await eventually(async () => (await town.counts(actionId)).reached === 6 || undefined, SOON_MS, 'the message');
      await isInformed.hangUp();
      await engages.hangUp();
      for (const [from, call] of [
        [FIRST, first],
        [SECOND, second],
      ] as const) {
        await town.rowOf(from, connected, 'connected');
        await call!.hangUp();
        await town.overRowOf(from);
      }
      [recorded, informed] = await Promise.all([records.ended, isInformed.ended]);
      waited = await Promise.all([first!.ended, second!.ended]);
      rang = (await desk!.phone.calls()).filter(({ invitedAt }) => invitedAt > deadFrom);
    });

    it('is told their place again, and waits on with hold audio', async () => {
      for (const [n, call] of waited.entries()) {
        const place = `tip-place-${n + 1}` as 'tip-place-1' | 'tip-place-2';
        const steps = (await town.prompts(call, [place, 'tip-wait', 'hold'])).map(({ name }) => name);
        // Both are said twice; on a busy machine one of them may not be recognised.
        const told = steps.filter((name) => name !== 'hold');
        expect(told.length, `in line as number ${n + 1}: ${steps.join(' ')}`).to.be.within(3, 4);
        expect(steps.at(-1)).to.equal('hold');
      }
    });

    it('keeps their place in line: who came first is put through first', async () => {
      expect(rang.map(({ from }) => [FIRST, SECOND].find((phone) => from.includes(phone)))).to.deep.equal([
        FIRST,
        SECOND,
      ]);
      for (const from of [FIRST, SECOND, ENGAGES]) {
        const row = await town.overRowOf(from);
        expect(row, from).to.include({ result: 'connected', reason: 'reached', actionId });
        expect((await town.tipsOf(row)).map(({ type }) => type)).to.deep.equal(['conversation']);
      }
    });

    it('and has abandoned it who hangs up meanwhile, once', async () => {
      const row = await town.overRowOf(GIVES_UP);
      expect(row).to.include({ result: 'abandoned', reason: 'reached', actionId });
      expect(row.endedAt).to.be.at.least(gaveUp.endedAt! - 500);
      expect(await town.tipsOf(row)).to.deep.equal([]);
    });

    it('or records a tip: it is one, and not a second of it is missing', async () => {
      const row = await town.overRowOf(RECORDS);
      expect(row).to.include({ result: 'recorded', reason: 'reached', actionId });
      const tips = await town.tipsOf(row);
      expect(tips.map(({ type, recordingId }) => [type, recordingId])).to.deep.equal([['recording', row.recordingId]]);
      const seconds = secondsHeard(await town.recording(row.recordingId!));
      expect(secondsMissing(seconds), seconds.join(' ')).to.deep.equal([]);
      // The first and the last may be cut.
      expect(seconds.length).to.be.at.least(Math.floor((recorded.endedAt! - deadFrom) / 1_000) - 1);
    });

    it('or hears the message: hears it from its start, is reached by it, and not called any more', async () => {
      const heard = tonesInOrder(await town.heard(informed));
      expect(heard.slice(-MESSAGE.length)).to.deep.equal(MESSAGE);
      const row = await town.overRowOf(NOT_REACHED);
      expect(row).to.include({ result: 'abandoned', reason: 'not_reached', actionId });
      const ledger = await town.world.network.ledger();
      expect(ledger.filter(({ kind, number }) => kind === 'citizen' && number.endsWith('612348016'))).to.have.length(1);
    });

    it('leaves no line, call or conversation', async () => {
      const lines = async (): Promise<true | undefined> => {
        const page = await town.insist(async ({ url }) => (await fetch(`${url}/metrics`)).text());
        return /^burgernet_lines_in_use\{[^}]*inbound[^}]*\} 0$/m.test(page) || undefined;
      };
      await eventually(lines, SOON_MS, 'no line in use');
      const ari = town.world.ari();
      for (const what of ['channels', 'bridges']) {
        const headers = { authorization: ari?.authorization ?? '' };
        expect(await (await fetch(`${ari?.url}/ari/${what}`, { headers })).json(), what).to.deep.equal([]);
      }
      expect(town.troubles).to.deep.equal([]);
    });
  });
});
