import { fileURLToPath } from 'node:url';
import { createPinoLog } from '../../src/adapters/log/pino-log.js';
import { createSoundWorker } from '../../src/adapters/speech/sound-worker.js';
import { benched } from '../lib/benched.js';
import { openEngines } from './engines.js';
import { judgeVoices, voiceText } from './goals.js';
import { MESSAGES } from './messages.js';
import { parseOptions, USAGE } from './options.js';
import { measureEngine, measurePrompts, type Voice } from './run.js';
import { writeSamples } from './samples.js';

const SOUNDS = fileURLToPath(new URL('../../sounds', import.meta.url));
const QUICK_MESSAGES = 5;

/**
 * Measures the voices as a telephone gets them: every committed prompt, and fifty messages with each engine
 * of this machine. Prints a table and writes JSON to `bench/results/`. With `--samples` it makes the
 * listening test instead.
 */
export function benchVoice(args: readonly string[]): Promise<void> {
  return benched(args, USAGE, parseOptions, async ({ options, signal, say, machine, keep }) => {
    const worker = createSoundWorker();
    const log = createPinoLog({ level: 'silent' });
    const opened = await openEngines({ worker, soundsFolder: SOUNDS, env: process.env, log });
    const { engines } = opened;
    try {
      if (options.samples !== undefined) {
        const toHear = engines.filter(({ onlyTime }) => !onlyTime);
        const count = await writeSamples(options.samples, toHear, say);
        console.log(`${count} recordings, the form and the answers are in ${options.samples}`);
        return;
      }
      const voices: Voice[] = await measurePrompts(SOUNDS, signal);
      say(`${voices.reduce((sum, { sounds }) => sum + sounds.length, 0)} prompts measured`);
      const messages = options.quick ? MESSAGES.slice(0, QUICK_MESSAGES) : MESSAGES;
      for (const engine of engines) {
        voices.push(await measureEngine(engine, messages, signal));
        say(`${messages.length} messages rendered with ${engine.name}`);
      }
      const goals = judgeVoices(voices);
      console.log(`\n${voiceText(voices, goals, options.all)}\n`);
      await keep(options.quick ? 'voice-look' : 'voice', { machine, options, goals, voices });
    } finally {
      await Promise.all([opened.close(), worker.close()]);
    }
  });
}
