import { createRequire } from 'node:module';
import type { WaveFile as WaveFileType } from 'wavefile';

/** Required, not imported: the package is CommonJS that Node and the loader of the tests give different default exports. */
const { WaveFile } = createRequire(import.meta.url)('wavefile') as { WaveFile: typeof WaveFileType };

/** Mono 16-bit samples as a wav file. */
export function writeWav(rate: number, samples: Int16Array): Uint8Array {
  const wav = new WaveFile();
  wav.fromScratch(1, rate, '16', samples);
  return wav.toBuffer();
}
