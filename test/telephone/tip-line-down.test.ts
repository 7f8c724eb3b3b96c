import { expect } from 'chai';
import type { LiveCall, PhoneCall } from '../../src/phonenet/index.js';
import { reachable } from './support/citizens.js';
import { speaksFor, waitsFor } from './support/durations.js';
import { secondsHeard, secondsMissing } from './support/spoken-seconds.js';
import { SOON_MS, startTipTown, type TipTown, type TownDesk } from './support/tip-town.js';

/** Hangs up in the recording, before the controller is back. */
const RECORDED = '0612348101';
/** Still speaks when the controller is back. */
const SPEAKS_ON = '0612348102';
/** Hang up before the recording: during the first prompt, and while they wait. */
const GONE_AT_ONCE = '0612348103';
const GONE_WAITING = '0612348104';
const STRANGER = '0612348105';
/** Still waits when the controller is back. */
const WAITS = '0612348106';

const RECORDED_AFTER_MS = 41_000;
const SPEAKS_MS = 4_000;
/** The length of the first prompt. */
const FIRST_PROMPT_MS = 7_766;

describe('a caller to the tip line while the controller is down', function () {
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
    const call = (from: string): Promise<LiveCall> =>
      town.world.network.startCall({ from, script: [{ do: 'play', sound: town.speech }] });
    const hangUp = async (live: LiveCall, from: string): Promise<void> => {
      await live.hangUp();
      calls.set(from, await live.ended);
    };

    await town.kill();
    const recorded = await call(RECORDED);
    const speaksOn = await call(SPEAKS_ON);
    const [goneAtOnce, goneWaiting, stranger] = await Promise.all([GONE_AT_ONCE, GONE_WAITING, STRANGER].map(call));
    await Promise.all([goneAtOnce!.answered, stranger!.answered]);
    await Promise.all([hangUp(goneAtOnce!, GONE_AT_ONCE), hangUp(stranger!, STRANGER)]);
    await goneWaiting!.answered;
    await waitsFor(FIRST_PROMPT_MS + 4_000);
    await hangUp(goneWaiting!, GONE_WAITING);
    await town.beingRecorded({ count: 2, seconds: 1, named: 'left-', withinMs: RECORDED_AFTER_MS + SOON_MS });
    const waits = await call(WAITS);
    await speaksFor(SPEAKS_MS);
    await hangUp(recorded, RECORDED);
    await town.startAgain();
    await town.rowWhen(WAITS, ({ connectedAt }) => connectedAt !== null, 'is connected');
    await speaksFor(SPEAKS_MS);
    await hangUp(speaksOn, SPEAKS_ON);
    await hangUp(waits, WAITS);
    for (const from of everybody) await town.closedRow(from);
  });
  after(() => town.stop());

  for (const [from, when] of [
    [RECORDED, 'before the controller is back'],
    [SPEAKS_ON, 'after the controller is back'],
  ] as const) {
    it(`leaves one tip of everything they said when they hang up ${when}`, async () => {
      const row = await town.closedRow(from);
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

  it('is connected to a centralist when the controller comes back while they wait', async () => {
    const call = calls.get(WAITS)!;
    expect((await town.prompts(call, ['tip-down'])).map(({ name }) => name)).to.deep.equal(['tip-down']);
    const row = await town.closedRow(WAITS);
    expect(row).to.include({ result: 'connected', reason: 'reached', actionId, centralistId: desk.id });
    expect((await town.tipsOf(row)).map(({ type }) => type)).to.deep.equal(['conversation']);
    expect(secondsHeard(await town.heard(call)).length, 'the caller hears the centralist').to.be.at.least(2);
  });

  for (const [from, when] of [
    [GONE_AT_ONCE, 'during the first prompt'],
    [GONE_WAITING, 'while they wait'],
  ] as const) {
    it(`is stored when they hang up ${when}`, async () => {
      const row = await town.closedRow(from);
      expect(row).to.include({ result: 'abandoned', reason: 'reached', actionId, recordingId: null });
      const call = calls.get(from)!;
      expect(row.receivedAt).to.be.closeTo(call.invitedAt, 2_000);
      expect(row.endedAt).to.be.closeTo(call.endedAt!, 2_000);
      expect(await town.tipsOf(row)).to.deep.equal([]);
    });
  }

  it('is stored when they are a stranger', async () => {
    const row = await town.closedRow(STRANGER);
    expect(row).to.include({ result: 'abandoned', reason: 'controller_down', actionId: null, participantId: null });
  });

  it('is stored once, however often the controller is restarted', async () => {
    const before = await Promise.all(everybody.map((from) => town.rows(from)));
    const tips = await town.insist((api) => api.get('/tips'));
    await town.kill();
    await town.startAgain();
    expect(await Promise.all(everybody.map((from) => town.rows(from)))).to.deep.equal(before);
    expect(await town.insist((api) => api.get('/tips'))).to.deep.equal(tips);
    expect(town.problems).to.deep.equal([]);
  });
});
