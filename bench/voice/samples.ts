import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NARROW_RATE } from '../../src/adapters/speech/audio.js';
import { toInt16 } from '../../src/adapters/speech/level.js';
import { writeWav } from '../../src/adapters/speech/wav-write.js';
import { spokenMessage } from '../../src/domain/spoken/spoken.js';
import type { BenchedEngine } from './engines.js';
import { LISTENING } from './listening.js';
import { inNoise } from './noise.js';
import { heardFrom } from './run.js';

/** The voice against the noise of the second recording of each message, dB. */
const SNR = 0;

/**
 * Writes the listening test (docs/speech.md): every message with every engine as a telephone gets it, quiet
 * and in noise, the form to print, and the answers. Resolves with the number of recordings.
 */
export async function writeSamples(
  folder: string,
  engines: readonly BenchedEngine[],
  say: (text: string) => void,
): Promise<number> {
  await mkdir(folder, { recursive: true });
  let count = 0;
  for (const { name, engine } of engines) {
    for (const [index, { text }] of LISTENING.entries()) {
      const heard = heardFrom((await engine.speak(spokenMessage(text))).alaw);
      const file = join(folder, `${numberOf(index)}-${name}`);
      await writeFile(`${file}.wav`, wavOf(heard));
      await writeFile(`${file}-noise.wav`, wavOf(inNoise(heard, NARROW_RATE, SNR, index + 1)));
      count += 2;
    }
    say(`${name}: ${LISTENING.length} messages`);
  }
  await writeFile(join(folder, 'answers.csv'), answers());
  await writeFile(join(folder, 'formulier.txt'), FORM);
  return count;
}

const numberOf = (index: number): string => String(index + 1).padStart(2, '0');
const wavOf = (samples: Float64Array): Uint8Array => writeWav(NARROW_RATE, toInt16(samples));

function answers(): string {
  const rows = LISTENING.map(({ plate, colour, number }, index) =>
    [numberOf(index), plate, colour, `"${number}"`].join(','),
  );
  return `${['message,plate,colour,number', ...rows].join('\n')}\n`;
}

const FORM = [
  'Luistertest',
  '',
  'U hoort tien berichten, elk bericht één keer, door een telefoon.',
  'Schrijf op wat u hoort: het kenteken, de kleur en het getal. Raad niet: laat leeg wat u niet hebt verstaan.',
  '',
  ...LISTENING.map(
    (_, index) => `${numberOf(index)}   kenteken ______________   kleur ______________   getal ______________\n`,
  ),
  'Uw leeftijd: ____   Draagt u een hoorapparaat? ja / nee',
  '',
].join('\n');
