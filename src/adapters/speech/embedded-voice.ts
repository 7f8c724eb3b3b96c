import load from '@echogarden/espeak-ng-emscripten';
import type { Audio } from './audio.js';
import { Unusable } from './audio.js';
import { forTelephone } from './equalize.js';
import { MOST_SECONDS, tooLong } from './finish.js';
import { limitPeaks } from './limiter.js';

/**
 * Settings of the Dutch voice, chosen for the telephone: slower than the default of 175 words a minute, with
 * more intonation.
 */
const WORDS_A_MINUTE = 150;
const PITCH = 46;
const RANGE = 60;
/** Names the voice and its settings in the content hash. */
export const EMBEDDED_VOICE = `nl-${WORDS_A_MINUTE}-${PITCH}-${RANGE}-tel1`;

/**
 * Speaks a normalised text with the embedded espeak-ng. Runs in the worker, because it takes 30 to 300 ms of
 * CPU time. Every text gets a new instance (40 ms), because the voice's flutter carries over from one text to
 * the next, and without this the same text would give different samples each time.
 */
export async function speakEmbedded(text: string): Promise<Audio> {
  const { eSpeakNGWorker: Synthesizer } = await load();
  const voice = new Synthesizer();
  if (voice.set_voice('nl', 'nl', 0, 0, 0) !== 0)
    throw new Unusable('engine_failed', 'The embedded voice has no Dutch.');
  voice.set_rate(WORDS_A_MINUTE);
  voice.set_pitch(PITCH);
  voice.set_range(RANGE);
  const rate = voice.get_samplerate();
  const pieces: Int16Array[] = [];
  let length = 0;
  voice.synthesize(ssml(text), (samples) => {
    if (samples !== null && samples.length > 0) pieces.push(samples);
    length += samples?.length ?? 0;
    return length > rate * MOST_SECONDS;
  });
  if (length > rate * MOST_SECONDS) throw tooLong();
  return limitPeaks(forTelephone({ rate, samples: joined(pieces) }));
}

/** The engine reads SSML, so markup in the text is escaped. */
function ssml(text: string): string {
  return `<speak>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</speak>`;
}

function joined(pieces: readonly Int16Array[]): Float64Array {
  const samples = new Float64Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    samples.set(piece, at);
    at += piece.length;
  }
  return samples.map((sample) => sample / 32_768);
}
