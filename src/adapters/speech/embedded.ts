import { createRequire } from 'node:module';
import { respell, type Lexicon } from '../../domain/spoken/lexicon.js';
import { EMBEDDED_VOICE } from './embedded-voice.js';
import type { SpeechEngine } from './engine.js';
import type { SoundWorker } from './sound-worker.js';

/**
 * The engine that is always available: a Dutch voice inside the process. Without a lexicon it reads texts as
 * they are.
 */
export function embeddedEngine(worker: SoundWorker, lexicon: Lexicon = new Map()): SpeechEngine {
  const reads = (text: string) => respell(text, lexicon);
  const speak = (text: string) => worker.run({ kind: 'speak', text: reads(text).text });
  return {
    id: `espeak-ng embedded ${version()} ${EMBEDDED_VOICE}`,
    voice: 'embedded',
    reads,
    speak,
    available: () =>
      speak('goed').then(
        () => true,
        () => false,
      ),
  };
}

function version(): string {
  const found: unknown = createRequire(import.meta.url)('@echogarden/espeak-ng-emscripten/package.json');
  return typeof found === 'object' && found !== null && 'version' in found ? String(found.version) : 'unknown';
}
