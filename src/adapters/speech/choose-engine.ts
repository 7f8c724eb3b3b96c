import type { Lexicon } from '../../domain/spoken/lexicon.js';
import type { Log } from '../../ports/log.js';
import { SpeechError } from '../../ports/speech.js';
import { commandEngine } from './command.js';
import { embeddedEngine } from './embedded.js';
import type { ChosenEngine, EngineChoice, EngineInUse, SpeechEngine } from './engine.js';
import { hasRuntime, naturalEngine } from './natural/natural.js';
import { nameInUse } from './natural/voice-files.js';
import { sayEngine } from './say.js';
import type { SoundWorker } from './sound-worker.js';

export interface EngineOptions {
  readonly choice: EngineChoice;
  /** Program and arguments of the engine `command`. */
  readonly command: readonly string[] | undefined;
  /** Folder of the natural voices; see `natural/voice-files.ts`. */
  readonly voices: string;
  readonly worker: SoundWorker;
  readonly lexicon: Lexicon;
  readonly log: Log;
  /** Ends the programs of the engine. */
  readonly signal: AbortSignal;
}

/** The engine that the setting chooses. `auto` skips an engine that does not work, and logs a warning. */
export async function chooseEngine(options: EngineOptions): Promise<ChosenEngine> {
  const { choice, command, worker, lexicon, signal } = options;
  const byCommand =
    command === undefined || command.length === 0 ? undefined : commandEngine(command, worker, { signal });
  switch (choice) {
    case 'embedded':
      return alone(embeddedEngine(worker, lexicon));
    case 'natural':
      return natural(options);
    case 'say':
      return alone(sayEngine(worker));
    case 'command':
      if (byCommand === undefined) throw new SpeechError('engine_failed', 'Engine "command" needs a command.');
      return alone(byCommand);
    case 'auto':
      return (
        (await works(byCommand, options)) ??
        (hasRuntime() && nameInUse(options.voices) !== undefined ? natural(options) : undefined) ??
        (await works(canSay() ? sayEngine(worker) : undefined, options)) ??
        alone(embeddedEngine(worker, lexicon))
      );
  }
}

/** Follows a choice that may take time. */
export function inUse(chosen: Promise<ChosenEngine> | ChosenEngine): EngineInUse {
  let known = chosen instanceof Promise ? undefined : chosen;
  const promise = Promise.resolve(chosen);
  promise.then(
    (made) => (known = made),
    () => undefined,
  );
  return {
    get known() {
      return known;
    },
    chosen: promise,
  };
}

/** An engine without a fallback, and with nothing to close. */
export const alone = (engine: SpeechEngine): ChosenEngine => ({ engine, close: () => Promise.resolve() });

/** The embedded voice speaks whenever the natural one cannot, so a broken voice stops no alert. */
function natural({ voices, worker, lexicon, log }: EngineOptions): ChosenEngine {
  const embedded = embeddedEngine(worker, lexicon);
  const engine = naturalEngine({ voices, embedded, worker, log });
  // Loads the model now, so that the first message need not wait for it.
  void engine.available();
  return { engine, fallback: embedded, close: () => engine.close() };
}

const canSay = (): boolean => process.platform === 'darwin' || process.platform === 'win32';

async function works(
  engine: SpeechEngine | undefined,
  { log, signal }: EngineOptions,
): Promise<ChosenEngine | undefined> {
  if (engine === undefined) return undefined;
  if (await engine.available()) return alone(engine);
  if (!signal.aborted) log.warn('speech engine does not work, skipped', { engine: engine.id });
  return undefined;
}
