import { expect } from 'chai';
import type { PromptName } from '../../src/domain/messages.js';
import { readSound, timesHeard, toneMarked, tonesInOrder, type MarkTone } from '../../src/phonenet/index.js';
import { dialogOf } from './support/bare-trunk.js';
import { reachable } from './support/citizens.js';
import { downFor } from './support/durations.js';
import { eventually } from './support/eventually.js';
import { SOUNDS } from './support/pair.js';
import { startPeer, type Dialog, type SipPeer } from './support/sip-peer.js';
import { SOON_MS, startTipTown, type TipTown } from './support/tip-town.js';

const FALLS_SILENT = '0612348021';
const PRESSES_HASH = '0612348022';
const TIP: readonly MarkTone[] = [480, 1140, 2100, 600];
const MORE: readonly MarkTone[] = [1750, 2300, 480];
/** The silence that ends the recording of a tip. */
const SILENCE_MS = 10_000;
const DOWN_MS = 3_000;

/**
 * The telephones of these callers send no packets while their owners are silent. Asterisk measures silence in
 * voice packets, so by itself it would record until the longest time of the call.
 */
describe('a caller who records a tip while the controller is killed and restarted', function () {
  this.timeout(180_000);
  let town: TipTown;
  const peers: SipPeer[] = [];

  before(async () => {
    town = await startTipTown({ citizens: [FALLS_SILENT, PRESSES_HASH].map(reachable) });
    const desk = await town.centralist('201', { type: 'answers', afterMs: 100, says: town.speech });
    await town.action('8120', desk, [FALLS_SILENT, PRESSES_HASH]);
    await desk.phone.behave({ type: 'busy' });
  });
  after(async () => {
    for (const peer of peers) peer.close();
    await town.stop();
  });

  const heard = async (peer: SipPeer, prompt: PromptName): Promise<number> =>
    timesHeard(peer.heard(), await readSound(`${SOUNDS}/${prompt}.alaw`));
  /** Calls the tip line, and listens to the tone after which the tip is recorded. */
  const recording = async (from: string): Promise<{ peer: SipPeer; dialog: Dialog }> => {
    const peer = await startPeer(town.world.sip);
    peers.push(peer);
    const dialog = dialogOf(await peer.invite({ user: '08000011', from }));
    await eventually(async () => (await heard(peer, 'beep')) > 0 || undefined, 2 * SOON_MS, 'the tone');
    return { peer, dialog };
  };

  it('leaves one tip with everything they said, and hears the thanks, after 10 s of silence', async () => {
    const { peer, dialog } = await recording(FALLS_SILENT);
    await dialog.speak(toneMarked(TIP));
    await town.kill();
    await downFor(DOWN_MS);
    await town.startAgain();
    const takenOverAt = performance.now();
    // The caller speaks again. The silence before that did not end the recording.
    await dialog.speak(toneMarked(MORE));
    const silentAt = performance.now();
    await dialog.over;
    expect(silentAt - takenOverAt, 'the silence before was shorter').to.be.lessThan(SILENCE_MS);
    expect(performance.now() - silentAt).to.be.within(SILENCE_MS - 1_000, SILENCE_MS + 15_000);
    const row = await town.closedRow(FALLS_SILENT);
    expect(row).to.include({ result: 'recorded', reason: 'reached' });
    const tips = await town.tipsOf(row);
    expect(tips.map(({ type, recordingId }) => [type, recordingId])).to.deep.equal([['recording', row.recordingId]]);
    expect(tonesInOrder(await town.recording(row.recordingId!))).to.deep.equal([...TIP, ...MORE]);
    expect(await heard(peer, 'tip-recorded')).to.equal(1);
  });

  it('leaves one tip, and hears the thanks after the restart, when they press # while the controller is down', async () => {
    const { peer, dialog } = await recording(PRESSES_HASH);
    await dialog.speak(toneMarked(TIP));
    await town.kill();
    await dialog.press('#');
    await downFor(DOWN_MS);
    await town.startAgain();
    await dialog.over;
    const row = await town.closedRow(PRESSES_HASH);
    expect(row).to.include({ result: 'recorded', reason: 'reached' });
    expect(await town.tipsOf(row)).to.have.length(1);
    expect(tonesInOrder(await town.recording(row.recordingId!))).to.deep.equal(TIP);
    expect(await heard(peer, 'tip-recorded')).to.equal(1);
  });

  it('leaves no line in use', async () => {
    await town.untilLinesFree();
    expect(town.problems).to.deep.equal([]);
  });
});
