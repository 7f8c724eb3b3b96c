import { createRequire } from 'node:module';
import type { PromptLanguage } from '../../domain/messages.js';
import { respell, type Lexicon } from '../../domain/spoken/lexicon.js';
import { embeddedVoice } from './embedded-voice.js';
import type { SpeechEngine } from './engine.js';
import type { SoundWorker } from './sound-worker.js';

/**
 * The engine that is always available: a voice inside the process. Without a lexicon it reads texts as they
 * are.
 */
export function embeddedEngine(
  worker: SoundWorker,
  lexicon: Lexicon = new Map(),
  language: PromptLanguage = 'nl',
): SpeechEngine {
  const reads = (text: string) => respell(text, lexicon);
  const speak = (text: string) => worker.run({ kind: 'speak', text: reads(text).text, language });
  return {
    id: `espeak-ng embedded ${version()} ${embeddedVoice(language)}`,
    voice: 'embedded',
    reads,
    speak,
    available: () =>
      speak(language === 'nl' ? 'goed' : 'good').then(
        () => true,
        () => false,
      ),
  };
}

function version(): string {
  const found: unknown = createRequire(import.meta.url)('@echogarden/espeak-ng-emscripten/package.json');
  return typeof found === 'object' && found !== null && 'version' in found ? String(found.version) : 'unknown';
}
