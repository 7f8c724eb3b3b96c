import { expect } from 'chai';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { IncomingCall, OfflineRecording } from '../../src/ports/telephony.js';
import { readSound, timesHeard, toneMarks, type PhoneCall, type Samples, type Step } from '../../src/phonenet/index.js';
import type { PromptName } from '../../src/domain/messages.js';
import { startAdapter, type Adapter } from './support/adapter.js';
import { eventually } from './support/eventually.js';
import { ringsLaterBy, speaksFor } from './support/durations.js';
import { namesInOrder, promptsHeard } from './support/prompts-heard.js';
import { SPOKEN_SECOND, spokenSeconds } from './support/spoken-seconds.js';

/** How often Asterisk offers a call to the controller, a second apart: fewer times than in the service. */
const OFFERS = 10;
/** What a caller hears before the recording, besides the hold music of the seconds of the offers. */
const BEFORE_RECORDING: readonly PromptName[] = ['tip-down', 'tip-record', 'beep'];
/** Sounds for the telephone have this many samples a millisecond. */
const SAMPLES_A_MS = 8;
/** A caller who rings at this time still hears the first prompt, or waits, while the others are recorded. */
const RINGS_LATE_MS = 18_000;
const SPEAKS_MS = 3_000;
/** Start and end of the speech are known to this, on a busy machine. */
const INEXACT_MS = 400;
const TONES = spokenSeconds(60);

describe('callers to the tip line while the controller is down', function () {
  this.timeout(90_000);
  let adapter: Adapter;
  let hangsUp: PhoneCall;
  let presses: PhoneCall;
  let tooMany: PhoneCall;
  let deskHeard: Samples;
  let duringCalls: readonly OfflineRecording[];
  let afterCalls: readonly OfflineRecording[];
  let late: IncomingCall;
  /** The recording begins at about this time after the answer. */
  let recordedAfterMs: number;

  /** The recordings that are not empty. The file of a caller who still hears the first prompts is empty. */
  const recordings = async (): Promise<string[]> => {
    const names = (await readdir(adapter.recordings)).filter((name) => name.startsWith('left-'));
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(adapter.recordings, name))).size));
    return names.filter((_, index) => (sizes[index] ?? 0) > 0);
  };
  const recordingOf = (call: PhoneCall): OfflineRecording => {
    const found = afterCalls.find(({ receivedAt }) => Math.abs(receivedAt - call.invitedAt) < 500);
    if (!found) throw new Error('the call has no recording');
    return found;
  };

  before(async () => {
    adapter = await startAdapter({ tipLines: 2, offers: OFFERS });
    const { network } = adapter.pair;
    const { peer: desk } = await adapter.softphone('201');
    const speaks: Step = { do: 'play', sound: await adapter.says(TONES, SPOKEN_SECOND) };
    const before = await Promise.all(BEFORE_RECORDING.map((name) => adapter.samples(name)));
    recordedAfterMs = OFFERS * 1_000 + before.reduce((ms, sound) => ms + sound.length / SAMPLES_A_MS, 0);
    const press: Step = { do: 'press', digit: '#', ms: 160 };
    await adapter.leave();

    const one = await network.startCall({ from: '+31612345678', script: [speaks] });
    // A second apart, because a recording is matched to its call by the time of the call.
    await ringsLaterBy(1_000);
    const two = await network.startCall({
      from: '0687654321',
      anonymous: true,
      script: [{ do: 'wait', ms: recordedAfterMs + SPEAKS_MS }, press],
    });
    await ringsLaterBy(1_000);
    const excess = await network.startCall({ from: '0612345677' });
    const { dialog } = await desk.invite({ user: '*20' });
    await dialog?.over;
    deskHeard = desk.heard();
    await ringsLaterBy(RINGS_LATE_MS - (Date.now() - ((await one.answered)?.answeredAt ?? 0)));
    const three = await network.startCall({ from: '0612345679' });
    await eventually(async () => (await recordings()).length === 2 || undefined, recordedAfterMs, 'two recordings');

    await adapter.restart();
    late = await adapter.arrivals.incoming.take();
    duringCalls = await adapter.telephony.offlineRecordings(() => false);
    await speaksFor(SPEAKS_MS);
    await Promise.all([one.hangUp(), late.call.hangUp()]);
    [hangsUp, presses, tooMany] = await Promise.all([one.ended, two.ended, excess.ended, three.ended]);
    afterCalls = await adapter.telephony.offlineRecordings(() => false);
  });
  after(() => adapter.stop());

  const heardIn = async (call: PhoneCall, names: readonly PromptName[]): Promise<string[]> =>
    namesInOrder(await promptsHeard(await adapter.heard(call), names, (name) => adapter.samples(name)));

  it('hear that the service is down, wait with hold music, and are recorded after the tone', async () => {
    const said: readonly PromptName[] = ['tip-down', 'hold', 'tip-record', 'beep', 'tip-recorded'];
    expect(await heardIn(presses, said)).to.deep.equal(said);
    expect(await heardIn(hangsUp, said)).to.deep.equal(said.slice(0, -1));
  });

  it('are asked to ring again, and hung up, when more callers ring than there are tip lines', async () => {
    expect(await heardIn(tooMany, ['tip-down', 'hold', 'tip-record', 'beep', 'tip-unavailable'])).to.deep.equal([
      'tip-down',
      'hold',
      'tip-unavailable',
    ]);
    expect((tooMany.endedAt ?? 0) - tooMany.invitedAt).to.be.below(recordedAfterMs + SPEAKS_MS);
    expect(recordingOf(tooMany)).to.include({ from: '0612345677', ms: 0 });
  });

  it('are recorded to the last second, when they hang up and when they press #', async () => {
    const { name, ms } = recordingOf(hangsUp);
    const tones = toneMarks(await readSound(`${adapter.recordings}/${name}.wav`));
    const spokeMs = (hangsUp.endedAt ?? 0) - (hangsUp.spokeAt[0] ?? 0);
    const last = [spokeMs - INEXACT_MS, spokeMs + INEXACT_MS].map((ms) => TONES[Math.floor(ms / 1_000)]);
    expect(tones.at(-1)?.hz, 'the tone of the last second').to.be.oneOf(last);
    expect(ms).to.be.greaterThan(SPEAKS_MS);
    expect(recordingOf(presses).ms).to.be.at.least(1_000);
  });

  it('have recordings named after the time, the call and the number, or the word withheld', () => {
    const [known, unknown] = [recordingOf(hangsUp), recordingOf(presses)];
    expect(known).to.include({ from: '+31612345678', withheld: false });
    expect(known.name).to.equal(`left-${known.receivedAt}-${known.callId}-0031612345678`);
    expect(known.endedAt).to.be.closeTo(hangsUp.endedAt ?? 0, 500);
    expect(unknown).to.include({ from: undefined, withheld: true });
    expect(unknown.name).to.match(/-withheld$/);
  });

  it('have recordings that are listed only after the end of the call', () => {
    expect(duringCalls.map(({ callId }) => callId)).to.deep.equal([recordingOf(tooMany).callId]);
    expect(afterCalls.filter(({ ms }) => ms > 0)).to.have.length(2);
    // The application, which knows the late call by its id, leaves this recording out.
    const empty = afterCalls.filter(({ ms }) => ms === 0).map(({ callId }) => callId);
    expect(empty).to.have.members([late.call.id, recordingOf(tooMany).callId]);
  });

  it('are handed over to the controller that comes back, when they still wait', () => {
    expect(late).to.include({ from: '0612345679', withheld: false, source: '127.0.0.1' });
  });

  it('a centralist who dials a service code hears that it is unavailable', async () => {
    expect(timesHeard(deskHeard, await adapter.samples('desk-unavailable'))).to.equal(1);
  });
});
