import { rendered } from '../../domain/messages.js';
import { Problem } from '../../domain/problem.js';
import type { Recorded } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import { SpeechError, type SoundFiles, type Speech } from '../../ports/speech.js';
import type { RecordingEntry, RecordingStore } from '../../ports/stores.js';
import type { Recordings } from '../services.js';

export interface RecordingParts {
  readonly recordings: RecordingStore;
  readonly speech: Speech;
  readonly soundFiles: SoundFiles;
  readonly clock: Clock;
  /** Reads a file in the recordings folder; undefined when there is no such file. */
  readonly readFile: (name: string) => Promise<Uint8Array | undefined>;
}

/** Stores uploaded and spoken messages, and serves the audio of recordings. */
export class RecordingService implements Recordings {
  constructor(private readonly parts: RecordingParts) {}

  async upload(wav: Uint8Array): Promise<RecordingEntry> {
    const { recordings, speech, clock } = this.parts;
    try {
      const sound = await speech.importWav(wav);
      return recordings.add({
        type: 'message',
        soundId: sound.soundId,
        file: null,
        seconds: sound.seconds,
        createdAt: clock.now(),
      });
    } catch (error) {
      if (!(error instanceof SpeechError)) throw error;
      throw new Problem('invalid', error.message, [{ field: 'body', message: error.message }]);
    }
  }

  /**
   * Stores a message that a centralist spoke in a call. Undefined when the recording is silent or shorter
   * than `leastSeconds`.
   */
  async keepSpoken(
    recorded: Recorded,
    leastSeconds: number,
  ): Promise<{ readonly id: number; readonly soundId: string } | undefined> {
    const { recordings, speech, clock, readFile } = this.parts;
    const wav = await readFile(`${recorded.name}.wav`);
    if (!wav) throw new Error(`recording ${recorded.name} has no file`);
    try {
      const { soundId, seconds } = await speech.importWav(wav);
      if (seconds < leastSeconds) return undefined;
      const entry = recordings.add({ type: 'message', soundId, file: null, seconds, createdAt: clock.now() });
      return { id: entry.id, soundId };
    } catch (error) {
      if (error instanceof SpeechError && error.code !== 'engine_failed') return undefined;
      throw error;
    }
  }

  async audio(id: number): Promise<{ entry: RecordingEntry; wav: Uint8Array }> {
    const entry = this.parts.recordings.get(id);
    if (!entry) throw new Problem('not_found', `there is no recording ${id}`);
    const wav =
      entry.soundId === null
        ? await this.parts.readFile(entry.file ?? '')
        : await this.parts.soundFiles.wavOf(rendered(entry.soundId));
    if (!wav) throw new Problem('not_found', `the sound of recording ${id} is gone`);
    return { entry, wav };
  }
}
