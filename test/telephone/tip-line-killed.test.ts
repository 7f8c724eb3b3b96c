import { expect } from 'chai';
import type { InboundCall } from '../../src/domain/tip.js';
import { tonesInOrder, type Citizen, type LiveCall, type PhoneCall, type Step } from '../../src/phonenet/index.js';
import { reachable } from './support/citizens.js';
import { downFor, speaksFor, waitsFor } from './support/durations.js';
import { eventually } from './support/eventually.js';
import { secondsHeard, secondsMissing } from './support/spoken-seconds.js';
import { MESSAGE, SOON_MS, startTipTown, type TipTown, type TownDesk } from './support/tip-town.js';

/** In conversation when the controller is killed. */
const TALKS = '0612348001';
const HANGS_UP = '0612348002';
const HUNG_UP_ON = '0612348003';
/** Hears ringing while a softphone rings for them. */
const RINGS = '0612348004';
/** Talks with the only centralist on duty; the others wait in the queue, in this order. */
const ENGAGES = '0612348011';
const FIRST = '0612348012';
const SECOND = '0612348013';
const GIVES_UP = '0612348014';
const RECORDS = '0612348015';
const NOT_REACHED = '0612348016';

/** The controller is down for this long, and the calls go on for this long after its restart. */
const DOWN_MS = 3_000;
const AFTER_MS = 3_000;
/** Long enough to hear once more the place in the queue and how to record, and then some hold music. */
const HEARS_PLACE_MS = 12_000;
/**
 * Key 1 has a meaning only in the queue, so one of these presses begins the recording, whenever the caller
 * gets there.
 */
const CHOOSES_TO_RECORD: readonly Step[] = Array.from({ length: 6 }, (): Step[] => [
  { do: 'wait', ms: 1_500 },
  { do: 'press', digit: '1', ms: 160 },
]).flat();

describe('a caller to the tip line over a restart of a killed controller', function () {
  this.timeout(180_000);
  let town: TipTown;
  const desks: TownDesk[] = [];
  const speaks = (): Step[] => [{ do: 'play', sound: town.speech }];

  before(async () => {
    const citizens: Citizen[] = [
      ...[TALKS, HANGS_UP, HUNG_UP_ON, RINGS, ENGAGES, FIRST, SECOND, GIVES_UP, RECORDS].map(reachable),
      { number: NOT_REACHED, persona: 'no_answer' },
    ];
    town = await startTipTown({ citizens });
    for (const extension of ['201', '202', '203', '204'])
      desks.push(await town.centralist(extension, { type: 'answers', afterMs: 100, says: town.speech }));
  });
  after(() => town.stop());

  const connected = ({ connectedAt }: InboundCall): boolean => connectedAt !== null;
  const ended = (desk: TownDesk): Promise<PhoneCall> =>
    town.deskCall(desk, ({ endedAt }) => endedAt !== null, 'the end of the call');

  describe('who is in conversation', () => {
    let killedAt: number;
    let readyAt: number;
    let talked: PhoneCall;
    let hungUp: PhoneCall;

    before(async () => {
      const people = [TALKS, HANGS_UP, HUNG_UP_ON, RINGS];
      await Promise.all(people.map((phone, n) => town.action(`810${n}`, desks[n]!, [phone])));
      const calls: LiveCall[] = [];
      for (const from of [TALKS, HANGS_UP, HUNG_UP_ON]) {
        calls.push(await town.world.network.startCall({ from, script: speaks() }));
        await town.rowWhen(from, connected, 'is connected');
      }
      await desks[3]!.phone.behave({ type: 'no_answer' });
      const ringing = await town.world.network.startCall({ from: RINGS, script: speaks() });
      await town.deskCall(desks[3]!, ({ ringingAt }) => ringingAt !== null, 'the softphone rings');
      await desks[3]!.phone.behave({ type: 'answers', afterMs: 100, says: town.speech });

      await town.kill();
      killedAt = Date.now();
      const [talks, hangsUp, hungUpOn] = calls;
      await hangsUp!.hangUp();
      await hangsUp!.ended;
      await town.hangUpDesk(
        await town.deskCall(desks[2]!, ({ answeredAt }) => answeredAt !== null, 'the conversation'),
      );
      await downFor(DOWN_MS);
      await town.startAgain();
      readyAt = Date.now();

      hungUp = await hungUpOn!.ended;
      await town.rowWhen(RINGS, connected, 'is connected');
      await speaksFor(AFTER_MS);
      await Promise.all([talks!.hangUp(), ringing.hangUp()]);
      talked = await talks!.ended;
      await ringing.ended;
      await Promise.all(people.map((from) => town.closedRow(from)));
    });

    it('goes on talking: no second is missing on either side, before and after the restart', async () => {
      const desk = await ended(desks[0]!);
      for (const call of [talked, desk]) {
        const seconds = secondsHeard(await town.heard(call));
        expect(secondsMissing(seconds), seconds.join(' ')).to.deep.equal([]);
        // Only the seconds at the end may be missing.
        expect(seconds.length).to.be.at.least(Math.floor((talked.endedAt! - desk.answeredAt!) / 1_000) - 2);
      }
      expect(talked.endedAt!, 'the call went on after the restart').to.be.at.least(readyAt + AFTER_MS);
      expect(desk.endedAt! - talked.endedAt!, 'the hang-up ends both sides').to.be.within(-500, 5_000);
    });

    it('has one row with one result and one tip when they hang up after the restart', async () => {
      const row = await town.closedRow(TALKS);
      expect(row).to.include({ result: 'connected', reason: 'reached', centralistId: desks[0]!.id });
      expect(row.connectedAt).to.be.lessThan(killedAt);
      expect(row.endedAt).to.be.at.least(talked.endedAt! - 500);
      expect((await town.tipsOf(row)).map(({ type }) => type)).to.deep.equal(['conversation']);
    });

    it('has one row and one tip when they hang up while the controller is down, and the centralist is hung up', async () => {
      const row = await town.closedRow(HANGS_UP);
      expect(row).to.include({ result: 'connected', reason: 'reached', centralistId: desks[1]!.id });
      expect((await town.tipsOf(row)).map(({ type }) => type)).to.deep.equal(['conversation']);
      expect((await ended(desks[1]!)).endedBy).to.equal('far');
    });

    it('has one row and one tip, and is hung up, when the centralist hangs up while the controller is down', async () => {
      const row = await town.closedRow(HUNG_UP_ON);
      expect(row).to.include({ result: 'connected', reason: 'reached', centralistId: desks[2]!.id });
      expect((await town.tipsOf(row)).map(({ type }) => type)).to.deep.equal(['conversation']);
      expect(hungUp.endedBy).to.equal('far');
    });

    it('is connected after the softphone rings once more, when it rang during the kill', async () => {
      const row = await town.closedRow(RINGS);
      expect(row).to.include({ result: 'connected', reason: 'reached', centralistId: desks[3]!.id });
      const [first, second, ...more] = await desks[3]!.phone.calls();
      expect(more).to.deep.equal([]);
      expect(first?.answeredAt).to.equal(null);
      expect(second?.answeredAt).to.be.at.least(killedAt);
    });
  });

  describe('who waits in the queue', () => {
    let actionId: number;
    let killedAt: number;
    let waiting: readonly PhoneCall[];
    let rang: readonly PhoneCall[];
    let informed: PhoneCall;
    let recorded: PhoneCall;
    let gaveUp: PhoneCall;

    const untilQueued = async (count: number): Promise<void> => {
      const isQueued = async (): Promise<true | undefined> =>
        (await town.insist((api) => api.get<unknown[]>('/queue'))).length === count || undefined;
      await eventually(isQueued, SOON_MS, `${count} callers in the queue`);
    };

    before(async () => {
      const [desk, ...others] = desks;
      for (const other of others) await town.onDuty(other, false);
      actionId = await town.action('8110', desk!, [ENGAGES, FIRST, SECOND, GIVES_UP, RECORDS, NOT_REACHED]);
      const { network } = town.world;
      const engages = await network.startCall({ from: ENGAGES, script: speaks() });
      await town.rowWhen(ENGAGES, connected, 'is connected');
      const queued: LiveCall[] = [];
      for (const [n, from] of [FIRST, SECOND, GIVES_UP].entries()) {
        queued.push(await network.startCall({ from, script: speaks() }));
        await untilQueued(n + 1);
      }
      const [first, second, givesUp] = queued;
      const records = await network.startCall({ from: RECORDS, script: [...CHOOSES_TO_RECORD, ...speaks()] });
      await town.beingRecorded({ count: 1, seconds: 2 });
      const isInformed = await network.startCall({ from: NOT_REACHED, script: [{ do: 'listen' }] });
      await isInformed.answered;

      await town.kill();
      killedAt = Date.now();
      await givesUp!.hangUp();
      gaveUp = await givesUp!.ended;
      await downFor(DOWN_MS);
      await town.startAgain();

      await untilQueued(2);
      await waitsFor(HEARS_PLACE_MS);
      await records.hangUp();
      await eventually(
        async () => (await town.counts(actionId)).reached === 6 || undefined,
        SOON_MS,
        'the message to be heard',
      );
      await isInformed.hangUp();
      await engages.hangUp();
      for (const [from, call] of [
        [FIRST, first],
        [SECOND, second],
      ] as const) {
        await town.rowWhen(from, connected, 'is connected');
        await call!.hangUp();
        await town.closedRow(from);
      }
      [recorded, informed] = await Promise.all([records.ended, isInformed.ended]);
      waiting = await Promise.all([first!.ended, second!.ended]);
      rang = (await desk!.phone.calls()).filter(({ invitedAt }) => invitedAt > killedAt);
    });

    it('hears their place again, and goes on waiting with hold music', async () => {
      for (const [n, call] of waiting.entries()) {
        const place = `tip-place-${n + 1}` as 'tip-place-1' | 'tip-place-2';
        const names = (await town.prompts(call, [place, 'tip-wait', 'hold'])).map(({ name }) => name);
        // Both prompts are played twice. On a busy machine one of them may not be recognised.
        const spoken = names.filter((name) => name !== 'hold');
        expect(spoken.length, `number ${n + 1} in the queue: ${names.join(' ')}`).to.be.within(3, 4);
        expect(names.at(-1)).to.equal('hold');
      }
    });

    it('keeps their place in the queue: the first caller is connected first', async () => {
      expect(rang.map(({ from }) => [FIRST, SECOND].find((phone) => from.includes(phone)))).to.deep.equal([
        FIRST,
        SECOND,
      ]);
      for (const from of [FIRST, SECOND, ENGAGES]) {
        const row = await town.closedRow(from);
        expect(row, from).to.include({ result: 'connected', reason: 'reached', actionId });
        expect((await town.tipsOf(row)).map(({ type }) => type)).to.deep.equal(['conversation']);
      }
    });

    it('is stored once as abandoned when they hang up while the controller is down', async () => {
      const row = await town.closedRow(GIVES_UP);
      expect(row).to.include({ result: 'abandoned', reason: 'reached', actionId });
      expect(row.endedAt).to.be.at.least(gaveUp.endedAt! - 500);
      expect(await town.tipsOf(row)).to.deep.equal([]);
    });

    it('leaves one tip without a missing second when they record it during the restart', async () => {
      const row = await town.closedRow(RECORDS);
      expect(row).to.include({ result: 'recorded', reason: 'reached', actionId });
      const tips = await town.tipsOf(row);
      expect(tips.map(({ type, recordingId }) => [type, recordingId])).to.deep.equal([['recording', row.recordingId]]);
      const seconds = secondsHeard(await town.recording(row.recordingId!));
      expect(secondsMissing(seconds), seconds.join(' ')).to.deep.equal([]);
      // The first and the last second may be cut off.
      expect(seconds.length).to.be.at.least(Math.floor((recorded.endedAt! - killedAt) / 1_000) - 1);
    });

    it('hears the message from its start, counts as reached and is not called again, when they were not reached yet', async () => {
      const heard = tonesInOrder(await town.heard(informed));
      expect(heard.slice(-MESSAGE.length)).to.deep.equal(MESSAGE);
      const row = await town.closedRow(NOT_REACHED);
      expect(row).to.include({ result: 'abandoned', reason: 'not_reached', actionId });
      const ledger = await town.world.network.ledger();
      expect(ledger.filter(({ kind, number }) => kind === 'citizen' && number.endsWith('612348016'))).to.have.length(1);
    });

    it('leaves no line in use, no call and no bridge', async () => {
      await town.untilLinesFree();
      const ari = town.world.ari();
      for (const what of ['channels', 'bridges']) {
        const headers = { authorization: ari?.authorization ?? '' };
        expect(await (await fetch(`${ari?.url}/ari/${what}`, { headers })).json(), what).to.deep.equal([]);
      }
      expect(town.problems).to.deep.equal([]);
    });
  });
});
