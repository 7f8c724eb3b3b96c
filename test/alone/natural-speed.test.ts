import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installVoice } from '../../src/adapters/speech/natural/install-voice.js';
import { naturalEngine } from '../../src/adapters/speech/natural/natural.js';
import { embeddedEngine } from '../../src/adapters/speech/embedded.js';
import { createSoundWorker } from '../../src/adapters/speech/sound-worker.js';
import { spoken } from '../../src/domain/spoken/spoken.js';
import { costModel, piperSettings, writeVoice } from '../support/test-voices.js';
import { quietLog } from '../adapters/speech/sound-helpers.js';

const RATE = 22_050;
const NAME = 'nl_NL-cost-medium';
/** A message of about 20 s. */
const TEXT =
  'Overval op een tankstation aan de Dorpsstraat. Twee mannen van ongeveer 25 jaar in donkere kleding zijn gevlucht in een ' +
  'grijze auto in de richting van de snelweg. Een van hen draagt een zwarte trui en witte schoenen. De ander heeft een rode pet op. ' +
  'Benader hen niet.';

describe('the speed of a natural voice of medium quality', function () {
  this.timeout(120_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'burgernet-voice-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('is a message of 20 s in less than 2 s, on two cores', async () => {
    const worker = createSoundWorker();
    const voices = join(folder, 'voices');
    const source = await writeVoice(folder, NAME, costModel(), piperSettings(RATE));
    await installVoice({ voices, source, accept: false, worker, log: quietLog, now: new Date() });
    const engine = naturalEngine({ voices, embedded: embeddedEngine(worker), worker, log: quietLog });
    try {
      await engine.speak('goed');
      const times: number[] = [];
      for (let i = 0; i < 3; i += 1) {
        const from = performance.now();
        const { seconds } = await engine.speak(spoken(TEXT));
        times.push((20 * (performance.now() - from)) / 1000 / seconds);
      }
      expect(Math.min(...times), `times of 20 s: ${times.map((s) => s.toFixed(2)).join(', ')} s`).to.be.lessThan(2);
    } finally {
      await engine.close();
      await worker.close();
    }
  });
});
