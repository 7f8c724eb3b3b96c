import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import type { LiveCall, PhoneCall } from '../../src/phonenet/index.js';
import {
  reachable,
  secondsHeard,
  secondsMissing,
  SOON_MS,
  startTipTown,
  type TipTown,
  type TownDesk,
} from './support/tip-town.js';

/** Hangs up before the controller is back, in the recording. */
const RECORDED = '0612348101';
/** Still speaks when it is back. */
const SPEAKS_ON = '0612348102';
/** Hang up before anything is recorded: while they are told, and while they wait. */
const GONE_AT_ONCE = '0612348103';
const GONE_WAITING = '0612348104';
const STRANGER = '0612348105';
/** Waits when it is back. */
const WAITS = '0612348106';

const RECORDED_AFTER_MS = 41_000;
const SPEAKS_MS = 4_000;
const TOLD_MS = 7_766;

describe('who rings the tip line while there is no controller', function () {
  this.timeout(240_000);
  let town: TipTown;
  let desk: TownDesk;
  let actionId: number;
  const calls = new Map<string, PhoneCall>();

  const everybody = [RECORDED, SPEAKS_ON, GONE_AT_ONCE, GONE_WAITING, STRANGER, WAITS];

  before(async () => {
    town = await startTipTown({
      citizens: [RECORDED, SPEAKS_ON, GONE_AT_ONCE, GONE_WAITING, WAITS].map(reachable),
    });
    desk = await town.centralist('201', { type: 'answers', afterMs: 100, says: town.speech });
    actionId = await town.action('8120', desk, [RECORDED, SPEAKS_ON, GONE_AT_ONCE, GONE_WAITING, WAITS]);
    const ring = (from: string): Promise<LiveCall> =>
      town.world.network.startCall({ from, script: [{ do: 'play', sound: town.speech }] });
    const hangUp = async (call: LiveCall, from: string): Promise<void> => {
      await call.hangUp();
      calls.set(from, await call.ended);
    };

    await town.kill();
    const recorded = await ring(RECORDED);
    const speaksOn = await ring(SPEAKS_ON);
    const [goneAtOnce, goneWaiting, stranger] = await Promise.all([GONE_AT_ONCE, GONE_WAITING, STRANGER].map(ring));
    await Promise.all([goneAtOnce!.answered, stranger!.answered]);
    await Promise.all([hangUp(goneAtOnce!, GONE_AT_ONCE), hangUp(stranger!, STRANGER)]);
    await goneWaiting!.answered;
    await pause(TOLD_MS + 4_000);
    await hangUp(goneWaiting!, GONE_WAITING);
    await town.beingRecorded({ count: 2, seconds: 1, named: 'left-', withinMs: RECORDED_AFTER_MS + SOON_MS });
    const waits = await ring(WAITS);
    await pause(SPEAKS_MS);
    await hangUp(recorded, RECORDED);
    await town.startAgain();
    await town.rowOf(WAITS, ({ connectedAt }) => connectedAt !== null, 'connected');
    await pause(SPEAKS_MS);
    await hangUp(speaksOn, SPEAKS_ON);
    await hangUp(waits, WAITS);
    for (const from of everybody) await town.overRowOf(from);
  });
  after(() => town.stop());

  for (const [from, when] of [
    [RECORDED, 'before it is back'],
    [SPEAKS_ON, 'after it is back'],
  ] as const) {
    it(`leaves one tip of everything they said when they hang up ${when}`, async () => {
      const row = await town.overRowOf(from);
      expect(row).to.include({ result: 'recorded', reason: 'reached', actionId });
      const call = calls.get(from)!;
      expect(row.receivedAt).to.be.closeTo(call.invitedAt, 2_000);
      expect(row.endedAt).to.be.closeTo(call.endedAt!, 2_000);
      const tips = await town.tipsOf(row);
      expect(tips.map(({ type, recordingId }) => [type, recordingId])).to.deep.equal([['recording', row.recordingId]]);
      const seconds = secondsHeard(await town.recording(row.recordingId!));
      expect(secondsMissing(seconds), seconds.join(' ')).to.deep.equal([]);
      expect(seconds.length).to.be.at.least(SPEAKS_MS / 1_000);
    });
  }

  it('comes to a centralist when it is back while they wait', async () => {
    const call = calls.get(WAITS)!;
    expect((await town.prompts(call, ['tip-down'])).map(({ name }) => name)).to.deep.equal(['tip-down']);
    const row = await town.overRowOf(WAITS);
    expect(row).to.include({ result: 'connected', reason: 'reached', actionId, centralistId: desk.id });
    expect((await town.tipsOf(row)).map(({ type }) => type)).to.deep.equal(['conversation']);
    expect(secondsHeard(await town.heard(call)).length, 'the centralist is heard').to.be.at.least(2);
  });

  for (const [from, when] of [
    [GONE_AT_ONCE, 'while they are told so'],
    [GONE_WAITING, 'while they wait'],
  ] as const) {
    it(`is not forgotten when they hang up ${when}`, async () => {
      const row = await town.overRowOf(from);
      expect(row).to.include({ result: 'abandoned', reason: 'reached', actionId, recordingId: null });
      const call = calls.get(from)!;
      expect(row.receivedAt).to.be.closeTo(call.invitedAt, 2_000);
      expect(row.endedAt).to.be.closeTo(call.endedAt!, 2_000);
      expect(await town.tipsOf(row)).to.deep.equal([]);
    });
  }

  it('is not forgotten either when nobody knows them', async () => {
    const row = await town.overRowOf(STRANGER);
    expect(row).to.include({ result: 'abandoned', reason: 'controller_down', actionId: null, participantId: null });
  });

  it('is taken in once, however often it is started', async () => {
    const before = await Promise.all(everybody.map((from) => town.rows(from)));
    const tips = await town.insist((api) => api.get('/tips'));
    await town.kill();
    await town.startAgain();
    expect(await Promise.all(everybody.map((from) => town.rows(from)))).to.deep.equal(before);
    expect(await town.insist((api) => api.get('/tips'))).to.deep.equal(tips);
    expect(town.troubles).to.deep.equal([]);
  });
});
