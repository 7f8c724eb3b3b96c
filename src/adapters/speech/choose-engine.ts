import type { Lexicon } from '../../domain/spoken/lexicon.js';
import type { Log } from '../../ports/log.js';
import { SpeechError } from '../../ports/speech.js';
import { commandEngine } from './command.js';
import { embeddedEngine } from './embedded.js';
import type { EngineChoice, SpeechEngine } from './engine.js';
import { sayEngine } from './say.js';
import type { SoundWorker } from './sound-worker.js';

/** The engine that the setting chooses. `auto` skips an engine that does not work, and logs a warning. */
export async function chooseEngine(
  choice: EngineChoice,
  command: readonly string[] | undefined,
  worker: SoundWorker,
  lexicon: Lexicon,
  log: Log,
): Promise<SpeechEngine> {
  const byCommand = command === undefined || command.length === 0 ? undefined : commandEngine(command, worker);
  switch (choice) {
    case 'embedded':
      return embeddedEngine(worker, lexicon);
    case 'say':
      return sayEngine(worker);
    case 'command':
      if (byCommand === undefined) throw new SpeechError('engine_failed', 'Engine "command" needs a command.');
      return byCommand;
    case 'auto':
      return firstAvailable(
        [byCommand, canSay() ? sayEngine(worker) : undefined],
        embeddedEngine(worker, lexicon),
        log,
      );
  }
}

const canSay = (): boolean => process.platform === 'darwin' || process.platform === 'win32';

async function firstAvailable(
  engines: readonly (SpeechEngine | undefined)[],
  otherwise: SpeechEngine,
  log: Log,
): Promise<SpeechEngine> {
  for (const engine of engines) {
    if (engine === undefined) continue;
    if (await engine.available()) return engine;
    log.warn('speech engine does not work, skipped', { engine: engine.id });
  }
  return otherwise;
}
