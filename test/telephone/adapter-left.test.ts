import { expect } from 'chai';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { IncomingCall, OfflineRecording } from '../../src/ports/telephony.js';
import {
  hearings,
  MARK_TONES,
  readSound,
  timesHeard,
  toneMarks,
  type PhoneCall,
  type Samples,
  type Step,
} from '../../src/phonenet/index.js';
import type { PromptName } from '../../src/domain/messages.js';
import { eventually, startAdapter, type Adapter } from './support/adapter.js';
import { startPeer } from './support/sip-peer.js';

/** The recording begins after this: what is said before it, and 22 s in which the controller is looked for. */
const RECORDED_AFTER_MS = 41_000;
/** Somebody who rings then is still being told that the service is down, or waits, when the others are recorded. */
const RINGS_LATE_MS = 30_000;
const SPEAKS_MS = 3_000;
/** A tone a second, another than its neighbours: by it is known when something was said. */
const TONE = { toneMs: 960, gapMs: 40 };
const TONES = Array.from({ length: 60 }, (_, second) => MARK_TONES[second % MARK_TONES.length]!);

describe('while there is no controller', function () {
  this.timeout(90_000);
  let adapter: Adapter;
  let hangsUp: PhoneCall;
  let presses: PhoneCall;
  let tooMany: PhoneCall;
  let deskHeard: Samples;
  let whileTheyLast: readonly OfflineRecording[];
  let left: readonly OfflineRecording[];
  let late: IncomingCall;

  /** Those with something in them: of who was only told so far there is an empty one. */
  const recordings = async (): Promise<string[]> => {
    const names = (await readdir(adapter.recordings)).filter((name) => name.startsWith('left-'));
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(adapter.recordings, name))).size));
    return names.filter((_, index) => (sizes[index] ?? 0) > 0);
  };
  const leftBy = (call: PhoneCall): OfflineRecording => {
    const found = left.find(({ receivedAt }) => Math.abs(receivedAt - call.invitedAt) < 500);
    if (!found) throw new Error('nothing was left');
    return found;
  };

  before(async () => {
    adapter = await startAdapter({ tipLines: 2 });
    const { network, sip } = adapter.pair;
    const account = await adapter.desk('201');
    const desk = await startPeer(sip, account);
    await desk.register(120);
    const speaks: Step = { do: 'play', sound: await adapter.says(TONES, TONE) };
    const press: Step = { do: 'press', digit: '#', ms: 160 };
    await adapter.leave();

    const one = await network.startCall({ from: '+31612345678', script: [speaks] });
    await pause(1_000);
    const two = await network.startCall({
      from: '0687654321',
      anonymous: true,
      script: [{ do: 'wait', ms: RECORDED_AFTER_MS + SPEAKS_MS }, press],
    });
    await pause(1_000);
    const excess = await network.startCall({ from: '0612345677' });
    const { dialog } = await desk.invite({ user: '*20' });
    await dialog?.over;
    deskHeard = desk.heard();
    desk.close();
    await pause(RINGS_LATE_MS - (Date.now() - ((await one.answered)?.answeredAt ?? 0)));
    const three = await network.startCall({ from: '0612345679' });
    await eventually(async () => (await recordings()).length === 2 || undefined, RECORDED_AFTER_MS, 'recording');

    await adapter.restart();
    late = await adapter.arrivals.incoming.take();
    whileTheyLast = await adapter.telephony.offlineRecordings(() => false);
    await pause(SPEAKS_MS);
    await Promise.all([one.hangUp(), late.call.hangUp()]);
    [hangsUp, presses, tooMany] = await Promise.all([one.ended, two.ended, excess.ended, three.ended]);
    left = await adapter.telephony.offlineRecordings(() => false);
  });
  after(() => adapter.stop());

  /** What was heard of these, in order. */
  const heardIn = async (call: PhoneCall, names: readonly PromptName[]): Promise<string[]> => {
    const heard = await adapter.heard(call);
    const found = await Promise.all(
      names.map(async (name) => hearings(heard, await adapter.samples(name)).map(({ atMs }) => ({ name, atMs }))),
    );
    const ordered = found.flat().sort((a, b) => a.atMs - b.atMs);
    return ordered.map(({ name }) => name).filter((name, n, all) => name !== all[n - 1]);
  };

  it('a caller hears so, waits with hold audio, and speaks after the tone', async () => {
    const said: readonly PromptName[] = ['tip-down', 'hold', 'tip-record', 'beep', 'tip-recorded'];
    expect(await heardIn(presses, said)).to.deep.equal(said);
    expect(await heardIn(hangsUp, said)).to.deep.equal(said.slice(0, -1));
  });

  it('one more than there are lines for tips is asked to ring again in place of the tone, and is hung up', async () => {
    expect(await heardIn(tooMany, ['tip-down', 'hold', 'tip-record', 'beep', 'tip-unavailable'])).to.deep.equal([
      'tip-down',
      'hold',
      'tip-unavailable',
    ]);
    expect((tooMany.endedAt ?? 0) - tooMany.invitedAt).to.be.below(RECORDED_AFTER_MS + SPEAKS_MS);
    expect(leftBy(tooMany)).to.include({ from: '0612345677', ms: 0 });
  });

  it('keeps what was said to the last second, whoever ends it', async () => {
    const { name, ms } = leftBy(hangsUp);
    const tones = toneMarks(await readSound(`${adapter.recordings}/${name}.wav`));
    const spokeMs = (hangsUp.endedAt ?? 0) - (hangsUp.spokeAt[0] ?? 0);
    expect(tones.at(-1)?.hz, 'the tone of the last second').to.equal(TONES[Math.floor((spokeMs - 100) / 1_000)]);
    expect(ms).to.be.greaterThan(SPEAKS_MS);
    expect(leftBy(presses).ms).to.be.at.least(1_000);
  });

  it('names what is left by when the call came in, the call and the number, or withheld', () => {
    const [known, unknown] = [leftBy(hangsUp), leftBy(presses)];
    expect(known).to.include({ from: '+31612345678', withheld: false });
    expect(known.name).to.equal(`left-${known.receivedAt}-${known.callId}-0031612345678`);
    expect(known.endedAt).to.be.closeTo(hangsUp.endedAt ?? 0, 500);
    expect(unknown).to.include({ from: undefined, withheld: true });
    expect(unknown.name).to.match(/-withheld$/);
  });

  it('lists it once its call is over, not before', () => {
    expect(whileTheyLast.map(({ callId }) => callId)).to.deep.equal([leftBy(tooMany).callId]);
    expect(left.filter(({ ms }) => ms > 0)).to.have.length(2);
    // The controller has had the late call: it knows it by its id.
    const empty = left.filter(({ ms }) => ms === 0).map(({ callId }) => callId);
    expect(empty).to.have.members([late.call.id, leftBy(tooMany).callId]);
  });

  it('puts who still waits into the hands of the controller that comes back', () => {
    expect(late).to.include({ from: '0612345679', withheld: false, source: '127.0.0.1' });
  });

  it('a centralist who dials something hears that it cannot be had', async () => {
    expect(timesHeard(deskHeard, await adapter.samples('desk-unavailable'))).to.equal(1);
  });
});
