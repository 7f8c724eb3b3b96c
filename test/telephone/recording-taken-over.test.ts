import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import type { PromptName } from '../../src/domain/messages.js';
import { readSound, timesHeard, toneMarked, tonesInOrder, type MarkTone } from '../../src/phonenet/index.js';
import { eventually } from './support/adapter.js';
import { SOUNDS } from './support/pair.js';
import { startPeer, type Dialog, type SipPeer } from './support/sip-peer.js';
import { reachable, SOON_MS, startTipTown, type TipTown } from './support/tip-town.js';

const STOPS = '0612348021';
const STOPPED = '0612348022';
const TIP: readonly MarkTone[] = [480, 1140, 2100, 600];
const MORE: readonly MarkTone[] = [1750, 2300, 480];
/** The pause that ends the recording of a tip. */
const SILENCE_MS = 10_000;
const AWAY_MS = 3_000;

/**
 * Their telephones send no packet in a pause, so that Asterisk alone, which measures silence in packets of voice, would
 * record on for as long as the call may last.
 */
describe('a caller who records a tip when the controller is killed', function () {
  this.timeout(180_000);
  let town: TipTown;
  const peers: SipPeer[] = [];

  before(async () => {
    town = await startTipTown({ citizens: [STOPS, STOPPED].map(reachable) });
    const desk = await town.centralist('201', { type: 'answers', afterMs: 100, says: town.speech });
    await town.action('8120', desk, [STOPS, STOPPED]);
    await desk.phone.behave({ type: 'busy' });
  });
  after(async () => {
    for (const peer of peers) peer.close();
    await town.stop();
  });

  const heard = async (peer: SipPeer, prompt: PromptName): Promise<number> =>
    timesHeard(peer.heard(), await readSound(`${SOUNDS}/${prompt}.alaw`));
  /** Rings the tip line, and is heard to the tone after which a tip is recorded. */
  const recording = async (from: string): Promise<{ peer: SipPeer; dialog: Dialog }> => {
    const peer = await startPeer(town.world.sip);
    peers.push(peer);
    const { dialog } = await peer.invite({ user: '08000011', from });
    if (!dialog) throw new Error('not answered');
    await eventually(async () => (await heard(peer, 'beep')) > 0 || undefined, 2 * SOON_MS, 'the tone');
    return { peer, dialog };
  };

  it('and falls silent meanwhile: the recording ends after the pause, it is a tip, and they hear the thanks', async () => {
    const { peer, dialog } = await recording(STOPS);
    await dialog.speak(toneMarked(TIP));
    await town.kill();
    await pause(AWAY_MS);
    await town.startAgain();
    const takenOverAt = performance.now();
    // It speaks on: the pause before that was no end.
    await dialog.speak(toneMarked(MORE));
    const silentAt = performance.now();
    await dialog.over;
    expect(silentAt - takenOverAt, 'it was not ended before').to.be.lessThan(SILENCE_MS);
    expect(performance.now() - silentAt).to.be.within(SILENCE_MS - 1_000, SILENCE_MS + 15_000);
    const row = await town.overRowOf(STOPS);
    expect(row).to.include({ result: 'recorded', reason: 'reached' });
    const tips = await town.tipsOf(row);
    expect(tips.map(({ type, recordingId }) => [type, recordingId])).to.deep.equal([['recording', row.recordingId]]);
    expect(tonesInOrder(await town.recording(row.recordingId!))).to.deep.equal([...TIP, ...MORE]);
    expect(await heard(peer, 'tip-recorded')).to.equal(1);
  });

  it('and says that it is done (#) while it is away: it is a tip, and they hear the thanks after that', async () => {
    const { peer, dialog } = await recording(STOPPED);
    await dialog.speak(toneMarked(TIP));
    await town.kill();
    await dialog.press('#');
    await pause(AWAY_MS);
    await town.startAgain();
    await dialog.over;
    const row = await town.overRowOf(STOPPED);
    expect(row).to.include({ result: 'recorded', reason: 'reached' });
    expect(await town.tipsOf(row)).to.have.length(1);
    expect(tonesInOrder(await town.recording(row.recordingId!))).to.deep.equal(TIP);
    expect(await heard(peer, 'tip-recorded')).to.equal(1);
  });

  it('leaves no line in use', async () => {
    const lines = async (): Promise<true | undefined> => {
      const page = await town.insist(async ({ url }) => (await fetch(`${url}/metrics`)).text());
      return /^burgernet_lines_in_use\{[^}]*inbound[^}]*\} 0$/m.test(page) || undefined;
    };
    await eventually(lines, SOON_MS, 'no line in use');
    expect(town.troubles).to.deep.equal([]);
  });
});
