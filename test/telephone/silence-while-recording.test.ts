import { expect } from 'chai';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readSound } from '../../src/phonenet/index.js';
import { toneMarked, toneMarks, type MarkTone } from '../../src/phonenet/listening/tone-marks.js';
import type { Recorded } from '../../src/ports/call.js';
import type { Adapter } from './support/adapter.js';
import {
  callTipLine,
  dialFromSoftphone,
  dialogOf,
  startBareTrunk,
  TIP_LINE,
  type AnsweredCall,
  type BareTrunk,
} from './support/bare-trunk.js';
import { concurrently } from './support/concurrently.js';
import { silentFor } from './support/durations.js';
import { eventually } from './support/eventually.js';
import type { Dialog } from './support/sip-peer.js';

const BEFORE: readonly MarkTone[] = [480, 1140, 2100];
const AFTER: readonly MarkTone[] = [600, 1750, 2300];
/** Longer than the 4 s after which Asterisk by itself gives up on a packet. */
const GAP_MS = 6_000;
/** The silence that ends the recording of a tip. */
const SILENCE_MS = 10_000;
const TIP = { maxMs: 180_000, maxSilenceMs: SILENCE_MS, endOn: '#' } as const;
/** The caller hangs up this much after the last word, so that Asterisk has written the last packet. */
const LAST_PACKET_MS = 60;

/** The packets of a telephone while its owner is silent: none, or comfort noise this often, ms. */
const SILENCES = [
  ['sends nothing', undefined],
  ['sends comfort noise five times a second', 200],
  ['sends comfort noise every second', 1_000],
] as const;

const callerSilentFor = async (dialog: Dialog, ms: number, noiseEveryMs: number | undefined): Promise<void> => {
  const every = noiseEveryMs ?? ms;
  for (let left = ms; left > 0; left -= every) {
    if (noiseEveryMs !== undefined) dialog.comfortNoise();
    await silentFor(Math.min(every, left));
  }
};
const tones = async (file: string): Promise<readonly number[]> => toneMarks(await readSound(file)).map(({ hz }) => hz);

describe('a recording of a telephone that suppresses silence', function () {
  this.timeout(90_000);
  let trunk: BareTrunk;
  let adapter: Adapter;

  before(async () => {
    trunk = await startBareTrunk({ offers: 2 });
    ({ adapter } = trunk);
  });
  after(() => trunk.stop());

  const caller = (): Promise<AnsweredCall> => callTipLine(adapter, trunk.operator, { from: '0687654001' });
  /** The caller speaks, is silent, and speaks again. */
  const speakTwice = async (dialog: Dialog, noiseEveryMs?: number): Promise<void> => {
    await dialog.speak(toneMarked(BEFORE));
    await callerSilentFor(dialog, GAP_MS, noiseEveryMs);
    await dialog.speak(toneMarked(AFTER));
    await silentFor(LAST_PACKET_MS);
  };

  /** Calls are made one after another, because each is told from the others by its arrival. */
  let arrived: Promise<unknown> = Promise.resolve();
  const nextCaller = (): Promise<AnsweredCall> => {
    const next = arrived.then(caller);
    arrived = next.catch(() => undefined);
    return next;
  };

  for (const [how, noiseEveryMs] of SILENCES) {
    concurrently(`has the words before and after a silence in which the telephone ${how}`, async () => {
      const { call, dialog } = await nextCaller();
      const recording = call.record({ name: call.id, ...TIP });
      await speakTwice(dialog, noiseEveryMs);
      await dialog.hangUp();
      const { file } = await recording;
      expect(await tones(file)).to.deep.equal([...BEFORE, ...AFTER]);
    });

    concurrently(`ends after ten seconds of silence in which the telephone ${how}`, async () => {
      const { call, dialog } = await nextCaller();
      const recording = call.record({ name: call.id, ...TIP });
      await dialog.speak(toneMarked(BEFORE));
      const silentAt = performance.now();
      const over = new AbortController();
      const [recorded] = await Promise.all([
        recording.finally(() => over.abort()),
        (async () => {
          while (!over.signal.aborted) await callerSilentFor(dialog, noiseEveryMs ?? 200, noiseEveryMs);
        })(),
      ]);
      expect(performance.now() - silentAt).to.be.within(SILENCE_MS - 1_000, SILENCE_MS + 5_000);
      expect(await tones(recorded.file)).to.deep.equal(BEFORE);
      expect(call.signal.aborted, 'the call goes on').to.equal(false);
      await call.hangUp();
    });
  }

  it('does not end at a silence when the recording has no silence limit', async () => {
    const { peer } = await adapter.softphone('201');
    const { call, dialog } = await dialFromSoftphone(adapter, peer, '*30');
    const startedAt = performance.now();
    const recording = call.record({ name: call.id, maxMs: GAP_MS, maxSilenceMs: 0, endOn: '#' });
    await silentFor(GAP_MS - 1_500);
    await dialog.speak(toneMarked(BEFORE.slice(0, 2)));
    const { file } = await recording;
    expect(performance.now() - startedAt).to.be.at.least(GAP_MS - 100);
    expect(await tones(file)).to.deep.equal(BEFORE.slice(0, 2));
    await call.hangUp();
  });

  it('has all words of a conversation in which the centralist sends no packets either', async () => {
    const { peer, username } = await adapter.softphone('202');
    void peer.answersNext();
    const [tip, other] = [await caller(), await adapter.reach({ username })];
    const conversation = await adapter.telephony.connect(tip.call, other);
    await conversation.record(tip.call.id);
    await speakTwice(tip.dialog);
    await silentFor(500);
    await tip.dialog.hangUp();
    const recorded: Recorded | undefined = await conversation.recorded();
    expect(recorded && (await tones(recorded.file))).to.deep.equal([...BEFORE, ...AFTER]);
    await other.hangUp();
  });

  it('has all words while the controller is down and Asterisk records by itself', async () => {
    await adapter.leave();
    const dialog = dialogOf(await trunk.operator.invite({ user: TIP_LINE, from: '0687650001' }));
    // The caller first hears a prompt and waits, a shorter time than in the service. The telephone sends no
    // packets while its owner listens.
    const recording = async (): Promise<string | undefined> => {
      const names = await readdir(adapter.recordings);
      const name = names.find((one) => one.startsWith('left-'));
      if (name === undefined) return undefined;
      return (await stat(join(adapter.recordings, name))).size > 0 ? join(adapter.recordings, name) : undefined;
    };
    const file = await eventually(recording, 70_000, 'the recording to begin');
    await speakTwice(dialog);
    await dialog.hangUp();
    await eventually(
      async () => ((await tones(file).catch(() => [])).length >= BEFORE.length + AFTER.length ? true : undefined),
      10_000,
      'both parts in the recording',
    );
    expect(await tones(file)).to.deep.equal([...BEFORE, ...AFTER]);
    await adapter.restart();
  });
});
