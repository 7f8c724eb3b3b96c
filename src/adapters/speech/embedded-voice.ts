import load from '@echogarden/espeak-ng-emscripten';
import type { Audio } from './audio.js';
import { Unusable } from './audio.js';
import { forTelephone } from './equalize.js';
import { MOST_SECONDS, tooLong } from './finish.js';
import { limitPeaks } from './limiter.js';

/** Settings of the Dutch voice, chosen for the telephone: slower than its own 175 words a minute, a livelier tune. */
const WORDS_A_MINUTE = 150;
const PITCH = 46;
const RANGE = 60;
/** Says in one word which voice and settings these are; part of the content hash. */
export const EMBEDDED_VOICE = `nl-${WORDS_A_MINUTE}-${PITCH}-${RANGE}-tel1`;

/**
 * Speaks a normalised text with the embedded espeak-ng. CPU-bound and synchronous (30 to 300 ms): runs in the worker.
 * Every text gets a new instance (40 ms), because the voice carries its flutter from one text into the next and the
 * same text would give other samples each time.
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

/** The engine reads SSML: what would be markup is written as entities. */
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
