import type { Loudness } from '../../domain/voice-level.js';
import { SpeechError } from '../../ports/speech.js';
import { Unusable } from './audio.js';
import { levelOf } from './level.js';
import { lineLoudness } from './telephone-level.js';
import { readWav } from './wav-read.js';

/**
 * Loudness of a wav as it is, before levelling, in the band of a telephone line, which leaves out hum. A few
 * seconds of sound take a few ms. Throws {@link SpeechError} for any other file.
 */
export function loudnessOf(wav: Uint8Array): Loudness {
  try {
    const audio = readWav(wav);
    return { rms: lineLoudness(audio), peak: levelOf(audio).peak };
  } catch (error) {
    if (error instanceof Unusable) throw new SpeechError(error.code, error.message);
    throw error;
  }
}
