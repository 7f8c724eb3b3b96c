import { spokenMessage } from '../../domain/spoken/spoken.js';
import type { Log } from '../../ports/log.js';
import type { RenderedSound, Speech, SpokenSound } from '../../ports/speech.js';
import { SpeechError } from '../../ports/speech.js';
import type { Finished } from './audio.js';
import { hashOfAudio, hashOfText, soundIdOf } from './content-hash.js';
import type { EngineInUse, SpeechEngine } from './engine.js';
import { createProbe } from './probe.js';
import { keep, lengthOf, placeOf } from './sound-files.js';
import type { SoundWorker } from './sound-worker.js';

/**
 * About 130 seconds of speech. Fifty messages were spoken at 11.5 characters a second, and at 6 where they
 * spell plates and numbers.
 */
const MOST_CHARACTERS = 1_500;
/** A little more than 120 s of 192 kHz, 32 bits, stereo. */
const MOST_BYTES = 200 * 1024 * 1024;
/** Share of samples at full scale from which a recording is logged as clipped. */
const CLIPPED = 0.01;

interface Options {
  readonly folder: string;
  readonly engine: EngineInUse;
  readonly worker: SoundWorker;
  readonly log: Log;
  /** The words of a text that is not a message, in the language of the engine. */
  readonly spoken: (text: string) => string;
}

/** Speech as the prompts need it. */
export interface SoundMaker extends Omit<Speech, 'prompts'> {
  /** The sound of a text, when the engine in use has rendered it before. */
  existing(text: string): RenderedSound | undefined;
  /** Renders a text with the engine in use, and with no other. Throws {@link SpeechError}. */
  renderWithChosen(text: string): Promise<SpokenSound>;
}

/**
 * Turns texts and recordings into sound files that are named after their content hash. Existing sounds are
 * reused.
 */
export function createSoundMaker({ folder, engine: inUse, worker, log, spoken }: Options): SoundMaker {
  const making = new Map<string, Promise<RenderedSound>>();
  const probe = createProbe(async () => {
    // While `auto` tries its engines, the embedded one is at hand, which always works.
    if (inUse.known === undefined) return true;
    const { engine, fallback } = inUse.known;
    return (await engine.available()) || (await fallback?.available()) === true;
  });
  const idOf = (by: SpeechEngine, normalised: string): string => soundIdOf(hashOfText(by, normalised));

  const make = async (soundId: string, finish: () => Promise<Finished>): Promise<RenderedSound> => {
    const place = placeOf(folder, soundId);
    const ms = lengthOf(place);
    if (ms !== undefined) return { soundId, seconds: ms / 1000 };
    const finished = await finish();
    await keep(place, finished).catch((error: unknown) => {
      throw new SpeechError('engine_failed', `The sound cannot be stored: ${reasonOf(error)}.`);
    });
    log.info('sound rendered', { soundId, seconds: finished.seconds });
    return { soundId, seconds: finished.seconds };
  };
  /** A request for a sound that is already being rendered waits for it to be ready. */
  const once = (soundId: string, finish: () => Promise<Finished>): Promise<RenderedSound> => {
    const now = making.get(soundId);
    if (now !== undefined) return now;
    const made = make(soundId, finish).finally(() => making.delete(soundId));
    making.set(soundId, made);
    return made;
  };

  const speak = async (by: SpeechEngine, normalised: string): Promise<SpokenSound> => {
    const { voice } = by;
    const sound = await once(idOf(by, normalised), () =>
      by.speak(normalised).catch((error: unknown) => {
        probe.forget();
        throw error;
      }),
    );
    return { ...sound, voice };
  };

  return {
    get engine() {
      return inUse.known?.engine.id ?? 'auto';
    },
    existing(text) {
      if (inUse.known === undefined) return undefined;
      const soundId = idOf(inUse.known.engine, spoken(text));
      const ms = lengthOf(placeOf(folder, soundId));
      return ms === undefined ? undefined : { soundId, seconds: ms / 1000 };
    },
    async renderWithChosen(text) {
      const { engine } = await inUse.chosen;
      return speak(engine, normalise(text, spoken));
    },
    async render(text, as) {
      const normalised = normalise(text, as === 'message' ? spokenMessage : spoken);
      const { engine, fallback } = await inUse.chosen;
      if (fallback === undefined) return speak(engine, normalised);
      try {
        return await speak(engine, normalised);
      } catch (error) {
        // The sound is named after the voice that speaks, so the next time the chosen one is asked again.
        log.warn('chosen voice failed, another voice speaks', { voice: engine.voice, by: fallback.voice, error });
        return speak(fallback, normalised);
      }
    },
    read(text) {
      const normalised = normalise(text, spokenMessage);
      const words = (inUse.known?.engine.reads(normalised).words ?? []).map(({ word, say }) => ({ word, say }));
      return { spoken: normalised, words };
    },
    async importWav(wav) {
      if (wav.byteLength > MOST_BYTES)
        throw new SpeechError('too_long', 'The file is too large. A wav of at most 120 seconds is allowed.');
      const finished = await worker.run({ kind: 'wav', file: wav, from: 'upload' });
      if (finished.clipped > CLIPPED) log.warn('recording is clipped', { share: finished.clipped });
      return once(soundIdOf(hashOfAudio(finished)), () => Promise.resolve(finished));
    },
    healthy: () => probe.ask(),
    degradedBy: () => inUse.known?.engine.blockedBy?.() ?? '',
  };
}

/** The error in words for the administrator. */
function reasonOf(error: unknown): string {
  const full = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  if (full) return 'the disk of the data folder is full; make room, nothing can be stored until then';
  return error instanceof Error ? error.message : String(error);
}

/** The normalised text. Throws {@link SpeechError} `empty` or `too_long`. */
function normalise(text: string, inWords: (text: string) => string): string {
  if (text.length > MOST_CHARACTERS) {
    throw new SpeechError(
      'too_long',
      `The text has ${text.length} characters. At most ${MOST_CHARACTERS} characters are allowed.`,
    );
  }
  const normalised = inWords(text);
  if (normalised === '') {
    throw new SpeechError('empty', `There is nothing to say. A text of 1 to ${MOST_CHARACTERS} characters is allowed.`);
  }
  return normalised;
}
