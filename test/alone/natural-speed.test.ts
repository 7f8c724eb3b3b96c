import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processTime } from '../../bench/lib/proc.js';
import { embeddedEngine } from '../../src/adapters/speech/embedded.js';
import { installVoice } from '../../src/adapters/speech/natural/install-voice.js';
import { naturalEngine, type NaturalEngine } from '../../src/adapters/speech/natural/natural.js';
import { createSoundWorker, type SoundWorker } from '../../src/adapters/speech/sound-worker.js';
import { spoken } from '../../src/domain/spoken/spoken.js';
import { quietLog } from '../adapters/speech/sound-helpers.js';
import { costModel, piperSettings, writeVoice } from '../support/test-voices.js';

const RATE = 22_050;
const TEXT =
  'Overval op een tankstation aan de Dorpsstraat. Twee mannen van ongeveer 25 jaar in donkere kleding zijn gevlucht ' +
  'in een grijze auto in de richting van de snelweg. Een van hen draagt een zwarte trui en witte schoenen. De ander ' +
  'heeft een rode pet op. Benader hen niet.';
const TIMES = 3;

describe('a natural voice of medium quality', function () {
  this.timeout(120_000);
  let folder: string;
  let worker: SoundWorker;
  let engine: NaturalEngine;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'burgernet-voice-'));
    worker = createSoundWorker();
    const voices = join(folder, 'voices');
    const source = await writeVoice(folder, 'nl_NL-cost-medium', costModel(), piperSettings(RATE));
    await installVoice({ voices, source, accept: false, worker, log: quietLog, now: new Date() });
    engine = naturalEngine({ voices, embedded: embeddedEngine(worker), worker, log: quietLog });
    await engine.speak('goed');
  });
  after(async () => {
    await engine.close();
    await worker.close();
    await rm(folder, { recursive: true });
  });

  /** Processor time of the voice process until now, ms. */
  const used = (): number => processTime(engine.pid ?? 0)?.ownMs ?? 0;

  it('makes a message of 20 s in less than 2 s on two cores, in less than 2 s of processor time', async () => {
    const runs: { wall: number; processor: number }[] = [];
    for (let i = 0; i < TIMES; i += 1) {
      const [from, before] = [performance.now(), used()];
      const { seconds } = await engine.speak(spoken(TEXT));
      const share = 20 / seconds / 1000;
      runs.push({ wall: (performance.now() - from) * share, processor: (used() - before) * share });
    }
    const said = runs.map(({ wall, processor }) => `${wall.toFixed(2)} s (${processor.toFixed(2)} s)`).join(', ');
    expect(Math.min(...runs.map(({ processor }) => processor)), `processor time of 20 s: ${said}`).to.be.lessThan(2);
    expect(Math.min(...runs.map(({ wall }) => wall)), `time of 20 s: ${said}`).to.be.lessThan(2);
  });
});
