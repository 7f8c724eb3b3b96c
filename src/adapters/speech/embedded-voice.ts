import type { Synthesizer } from '@echogarden/espeak-ng-emscripten';
import type { PromptLanguage } from '../../domain/messages.js';
import type { Audio } from './audio.js';
import { SENTENCE_PAUSE_MS, sentencesOf, type Clause } from './espeak/clauses.js';
import { escaped, ESPEAK_VOICES, newSynthesizer } from './espeak/synthesizer.js';
import { MOST_SPOKEN_SECONDS, tooLong } from './finish.js';
import { trim } from './trim.js';

/**
 * Settings of the voices, chosen for the telephone: slower than the default of 175 words a minute, with
 * more intonation.
 */
const WORDS_A_MINUTE = 140;
const PITCH = 46;
const RANGE = 60;
/** Names the voice, its settings and its pauses in the content hash. */
export const embeddedVoice = (language: PromptLanguage): string =>
  `${ESPEAK_VOICES[language]}-${WORDS_A_MINUTE}-${PITCH}-${RANGE}-tel2`;

/**
 * Speaks a text that is normalised and respelt by the lexicon, with the embedded espeak-ng. Runs in the
 * worker, because it takes 30 to 300 ms of CPU time. Each sentence is spoken by itself, so that the pause
 * after it never depends on the word that follows.
 */
export async function speakEmbedded(script: string, language: PromptLanguage = 'nl'): Promise<Audio> {
  const voice = await newSynthesizer(language);
  voice.set_rate(WORDS_A_MINUTE);
  voice.set_pitch(PITCH);
  voice.set_range(RANGE);
  const rate = voice.get_samplerate();
  const pieces: Float64Array[] = [];
  let left = rate * MOST_SPOKEN_SECONDS;
  for (const sentence of sentencesOf(script, language)) {
    const said = joined(samplesOf(sentence, voice, left));
    const piece = trim({ rate, samples: said }, { before: 5, after: SENTENCE_PAUSE_MS - 5, pad: true }).samples;
    pieces.push(piece);
    left -= piece.length;
  }
  return { rate, samples: joined(pieces) };
}

/** Throws `Unusable` when there are more samples than `most`. */
function samplesOf(sentence: readonly Clause[], voice: Synthesizer, most: number): Float64Array[] {
  const pieces: Float64Array[] = [];
  let length = 0;
  voice.synthesize(ssml(sentence), (samples) => {
    if (samples !== null && samples.length > 0) pieces.push(Float64Array.from(samples, (sample) => sample / 32_768));
    length += samples?.length ?? 0;
    return length > most;
  });
  if (length > most) throw tooLong(MOST_SPOKEN_SECONDS);
  return pieces;
}

/** Leaves out the pause after the last clause, because the voice makes none at the end of a text. */
function ssml(sentence: readonly Clause[]): string {
  const said = sentence.map(({ text, mark, pauseMs }, index) => {
    const pause = pauseMs > 0 && index < sentence.length - 1 ? `<break time="${pauseMs}ms"/>` : '';
    return `${escaped(text)}${mark}${pause}`;
  });
  return `<speak>${said.join(' ')}</speak>`;
}

function joined(pieces: readonly Float64Array[]): Float64Array {
  const samples = new Float64Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    samples.set(piece, at);
    at += piece.length;
  }
  return samples;
}
