import { createRequire } from 'node:module';
import { EMBEDDED_VOICE } from './embedded-voice.js';
import type { SpeechEngine } from './engine.js';
import type { SoundWorker } from './sound-worker.js';

/** The engine that is always available: a Dutch voice inside the process. */
export function embeddedEngine(worker: SoundWorker): SpeechEngine {
  const speak = (text: string) => worker.run({ kind: 'speak', text });
  return {
    id: `espeak-ng embedded ${version()} ${EMBEDDED_VOICE}`,
    voice: 'embedded',
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
