import { join } from 'node:path';
import { openSpeech, type OpenedSpeech, type SpeechOptions } from '../../../src/adapters/speech/open-speech.js';
import { ALL_SOUNDS, inTempFolder, quietLog } from './sound-helpers.js';

/** Runs the work with speech in a temporary folder: the embedded voice, or what `change` says. */
export async function withSpeech(
  work: (opened: OpenedSpeech, folder: string) => Promise<void>,
  change: Partial<SpeechOptions> = {},
): Promise<void> {
  await inTempFolder(async (folder) => {
    const opened = await openSpeech({
      folder,
      soundsFolder: ALL_SOUNDS,
      voices: join(folder, 'voices'),
      engine: 'embedded',
      tipLine: '08000011',
      log: quietLog,
      ...change,
    });
    try {
      await work(opened, folder);
    } finally {
      await opened.close();
    }
  });
}
