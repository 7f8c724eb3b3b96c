import { expect } from 'chai';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { readSound } from '../../src/phonenet/index.js';
import { toneMarked, toneMarks, type MarkTone } from '../../src/phonenet/listening/tone-marks.js';
import type { Call, Recorded } from '../../src/ports/call.js';
import { eventually, startAdapter, type Adapter } from './support/adapter.js';
import { startPeer, type Dialog, type SipPeer } from './support/sip-peer.js';

const HOST = '127.0.0.1';
const BEFORE: readonly MarkTone[] = [480, 1140, 2100];
const AFTER: readonly MarkTone[] = [600, 1750, 2300];
/** Asterisk itself waited 4 s for a packet. */
const GAP_MS = 6_000;
/** As for a tip. */
const SILENCE_MS = 10_000;
const TIP = { maxMs: 180_000, maxSilenceMs: SILENCE_MS, endOn: '#' } as const;
/** For the last packet to be written. */
const PACKET_MS = 60;

/** What a telephone sends in a pause: nothing, or packets of comfort noise this often. */
const PAUSES = [
  ['sends nothing', undefined],
  ['sends comfort noise five times a second', 200],
  ['sends comfort noise every second', 1_000],
] as const;

const pausing = async (dialog: Dialog, ms: number, noiseEveryMs: number | undefined): Promise<void> => {
  const every = noiseEveryMs ?? ms;
  for (let left = ms; left > 0; left -= every) {
    if (noiseEveryMs !== undefined) dialog.comfortNoise();
    await pause(Math.min(every, left));
  }
};
const tones = async (file: string): Promise<readonly number[]> => toneMarks(await readSound(file)).map(({ hz }) => hz);

describe('a telephone that sends nothing in the pauses of its owner', function () {
  this.timeout(90_000);
  let adapter: Adapter;
  const peers: SipPeer[] = [];

  before(async () => {
    const sip = { host: HOST, port: await freePort(HOST) };
    const operator = await startPeer(sip);
    peers.push(operator);
    adapter = await startAdapter({ sip, trunk: { host: HOST, port: operator.port } });
  });
  after(async () => {
    for (const peer of peers) peer.close();
    await adapter.stop();
  });

  /** A caller to the tip line, answered. */
  const caller = async (): Promise<{ call: Call; dialog: Dialog }> => {
    const from = `06876${String(54_000 + peers.length)}`;
    const inviting = peers[0]!.invite({ user: '08000011', from });
    const { call } = await adapter.arrivals.incoming.take();
    await call.answer();
    const { dialog } = await inviting;
    if (!dialog) throw new Error('not answered');
    return { call, dialog };
  };
  const centralist = async (extension: string): Promise<SipPeer> => {
    const peer = await startPeer(adapter.pair.sip, await adapter.desk(extension));
    peers.push(peer);
    expect(await peer.register(120)).to.equal(200);
    return peer;
  };
  const bothParts = async (dialog: Dialog, noiseEveryMs?: number): Promise<void> => {
    await dialog.speak(toneMarked(BEFORE));
    await pausing(dialog, GAP_MS, noiseEveryMs);
    await dialog.speak(toneMarked(AFTER));
    await pause(PACKET_MS);
  };

  for (const [steps, noiseEveryMs] of PAUSES) {
    it(`is recorded before and after a pause in which it ${steps}`, async () => {
      const { call, dialog } = await caller();
      const recording = call.record({ name: call.id, ...TIP });
      await bothParts(dialog, noiseEveryMs);
      await dialog.hangUp();
      const { file } = await recording;
      expect(await tones(file)).to.deep.equal([...BEFORE, ...AFTER]);
    });

    it(`has said it all after ten seconds in which it ${steps}`, async () => {
      const { call, dialog } = await caller();
      const recording = call.record({ name: call.id, ...TIP });
      await dialog.speak(toneMarked(BEFORE));
      const silentAt = performance.now();
      const over = new AbortController();
      const [recorded] = await Promise.all([
        recording.finally(() => over.abort()),
        (async () => {
          while (!over.signal.aborted) await pausing(dialog, noiseEveryMs ?? 200, noiseEveryMs);
        })(),
      ]);
      expect(performance.now() - silentAt).to.be.within(SILENCE_MS - 1_000, SILENCE_MS + 5_000);
      expect(await tones(recorded.file)).to.deep.equal(BEFORE);
      expect(call.signal.aborted, 'the call goes on').to.equal(false);
      await call.hangUp();
    });
  }

  it('is not ended by silence where silence is to end nothing', async () => {
    const desk = await centralist('201');
    const inviting = desk.invite({ user: '*30' });
    const { call } = await adapter.arrivals.desk.take();
    await call.answer();
    const { dialog } = await inviting;
    if (!dialog) throw new Error('not answered');
    const startedAt = performance.now();
    const recording = call.record({ name: call.id, maxMs: GAP_MS, maxSilenceMs: 0, endOn: '#' });
    await pause(GAP_MS - 1_500);
    await dialog.speak(toneMarked(BEFORE.slice(0, 2)));
    const { file } = await recording;
    expect(performance.now() - startedAt).to.be.at.least(GAP_MS - 100);
    expect(await tones(file)).to.deep.equal(BEFORE.slice(0, 2));
    await call.hangUp();
  });

  it('is heard whole in the recording of a conversation, in which the centralist sends nothing either', async () => {
    const desk = await centralist('202');
    void desk.answersNext();
    const [tip, other] = [await caller(), await adapter.reach({ username: `desk-202-ab12cd` })];
    const conversation = await adapter.telephony.connect(tip.call, other);
    await conversation.record(tip.call.id);
    await bothParts(tip.dialog);
    await pause(500);
    await tip.dialog.hangUp();
    const recorded: Recorded | undefined = await conversation.recorded();
    expect(recorded && (await tones(recorded.file))).to.deep.equal([...BEFORE, ...AFTER]);
    await other.hangUp();
  });

  it('is recorded by Asterisk alone while there is no controller', async () => {
    await adapter.leave();
    const { dialog } = await peers[0]!.invite({ user: '08000011', from: '0687650001' });
    if (!dialog) throw new Error('not answered');
    // It is told where to ring, and waits, before it is recorded: it listens, and sends nothing.
    const left = async (): Promise<string | undefined> => {
      const names = await readdir(adapter.recordings);
      const name = names.find((one) => one.startsWith('left-'));
      if (name === undefined) return undefined;
      return (await stat(join(adapter.recordings, name))).size > 0 ? join(adapter.recordings, name) : undefined;
    };
    const file = await eventually(left, 70_000, 'it is recorded');
    await bothParts(dialog);
    await dialog.hangUp();
    await eventually(
      async () => ((await tones(file).catch(() => [])).length >= BEFORE.length + AFTER.length ? true : undefined),
      10_000,
      'both parts are recorded',
    );
    expect(await tones(file)).to.deep.equal([...BEFORE, ...AFTER]);
    await adapter.restart();
  });
});
