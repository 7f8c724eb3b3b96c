import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Log } from '../../../ports/log.js';
import { SpeechError } from '../../../ports/speech.js';
import type { Finished } from '../audio.js';
import type { SpeechEngine } from '../engine.js';
import type { SoundWorker } from '../sound-worker.js';
import { written } from './piper-tokens.js';
import type { PartInPhonemes } from './phonemes.js';
import { modelOf, tokensOf, voiceInUse, type Voice } from './voice-files.js';
import { createVoiceProcess, VoiceFailed, type SpokenSentence, type VoiceProcess } from './voice-process.js';

/** Raised with every change to the sound that this file makes of a sentence. */
const NATURAL_VERSION = 1;
/** A little slower than the voice's own pace, for listeners who write the message down. */
const SLOWER = 1.1;
/** More threads gain little, and telephony needs the other cores. */
const THREADS = 2;
/** A longer part, s, is a fault of the voice. */
const MOST_PART_SECONDS = 60;

export interface NaturalOptions {
  /** The voices folder; see `voice-files.ts`. */
  readonly voices: string;
  /** Default: the voice in use. */
  readonly name?: string;
  readonly embedded: SpeechEngine;
  readonly worker: SoundWorker;
  readonly log: Log;
}

/** An engine that can be closed, and that can say why it does not speak. */
export interface NaturalEngine extends SpeechEngine {
  /** Why the voice does not speak now; empty when it does. */
  blockedBy(): string;
  /** Id of the voice process; undefined while it does not run. */
  readonly pid: number | undefined;
  close(): Promise<void>;
}

/**
 * The natural voice in use: phonemes of espeak-ng, spoken by a neural voice that the operator installed, in a
 * process of its own. Another voice that is put in use speaks from the next message on. Without a voice, the
 * engine is the embedded one in everything but `blockedBy`.
 */
export function naturalEngine({ voices, name, embedded, worker, log }: NaturalOptions): NaturalEngine {
  const usable = usableVoice(voices, name);
  const started = new Set<Speaker>();
  let current: Speaker | undefined;
  let lastFailure = '';

  /** A voice that is no longer in use first finishes its texts. */
  const closeUnused = async (): Promise<void> => {
    const unused = [...started].filter((speaker) => speaker !== current && speaker.texts === 0);
    for (const speaker of unused) started.delete(speaker);
    await Promise.all(unused.map(({ process }) => process.close()));
  };
  const speakerOf = (voice: Voice): Speaker => {
    if (current?.voice === voice) return current;
    current = { voice, process: startVoice(voices, voice, log), texts: 0 };
    started.add(current);
    void closeUnused();
    return current;
  };
  const speakAs = async (voice: Voice, text: string): Promise<Finished> => {
    const speaker = speakerOf(voice);
    speaker.texts += 1;
    try {
      const audio = await speakParts(await worker.phonemes(embedded.reads(text).text), voice, speaker.process);
      const finished = await worker.run({ kind: 'samples', ...audio });
      lastFailure = '';
      return finished;
    } catch (error) {
      lastFailure = reasonOf(error);
      if (error instanceof SpeechError) throw error;
      throw new SpeechError('engine_failed', `The natural voice failed: ${lastFailure}.`, { cause: error });
    } finally {
      speaker.texts -= 1;
      void closeUnused();
    }
  };
  const speak = (text: string): Promise<Finished> => {
    const voice = usable();
    return typeof voice === 'string' ? embedded.speak(text) : speakAs(voice, text);
  };

  return {
    get id() {
      const voice = usable();
      if (typeof voice === 'string') return embedded.id;
      return `natural ${voice.name} ${voice.sha256.slice(0, 32)} ${manner(voice)}`;
    },
    get voice() {
      const voice = usable();
      return typeof voice === 'string' ? embedded.voice : `natural ${voice.name}`;
    },
    reads: (text) => embedded.reads(text),
    speak,
    available: () =>
      speak('goed').then(
        () => true,
        () => false,
      ),
    blockedBy() {
      const voice = usable();
      return typeof voice === 'string' ? voice : lastFailure;
    },
    get pid() {
      return current?.process.pid;
    },
    async close() {
      await Promise.all([...started].map(({ process }) => process.close()));
    },
  };
}

/** A voice and its process. */
interface Speaker {
  readonly voice: Voice;
  readonly process: VoiceProcess;
  /** Number of texts that it is speaking. */
  texts: number;
}

/** Starts the process of an installed voice. */
export function startVoice(voices: string, { name, readySha256, settings }: Voice, log: Log): VoiceProcess {
  const { lengthScale, noiseScale, noiseScaleW } = settings;
  const options = {
    model: modelOf(voices, name),
    tokens: tokensOf(voices, name),
    readySha256,
    lengthScale: lengthScale * SLOWER,
    noiseScale,
    noiseScaleW,
    threads: THREADS,
  };
  return createVoiceProcess(options, { log: log.child({ voice: name }) });
}

/** Speaks the parts one after another and puts the pauses between them. Throws {@link VoiceFailed}. */
export async function speakParts(
  parts: readonly PartInPhonemes[],
  { settings }: Pick<Voice, 'settings'>,
  process: Pick<VoiceProcess, 'say'>,
): Promise<{ rate: number; samples: Float32Array }> {
  const pieces: Float32Array[] = [];
  for (const { ipa, pauseMs } of parts) {
    const { rate, samples } = await process.say(written(ipa, settings).text);
    demandSound({ rate, samples }, settings.rate);
    pieces.push(samples, new Float32Array(Math.round((settings.rate * pauseMs) / 1000)));
  }
  return { rate: settings.rate, samples: joined(pieces) };
}

function demandSound({ rate, samples }: SpokenSentence, expected: number): void {
  if (rate !== expected) throw new VoiceFailed(`the voice speaks at ${rate} Hz instead of ${expected} Hz`);
  if (samples.length > rate * MOST_PART_SECONDS) throw new VoiceFailed('the voice did not come to an end');
  if (samples.length === 0 || !samples.every((sample) => Number.isFinite(sample)))
    throw new VoiceFailed('the voice made no usable sound');
}

function joined(pieces: readonly Float32Array[]): Float32Array {
  const samples = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    samples.set(piece, at);
    at += piece.length;
  }
  return samples;
}

/** Whether the optional package of the runtime is installed. */
export function hasRuntime(): boolean {
  try {
    createRequire(import.meta.url).resolve('sherpa-onnx-node');
    return true;
  } catch {
    return false;
  }
}

/** The voice in use, or the reason why there is none. */
function usableVoice(voices: string, name: string | undefined): () => Voice | string {
  if (!hasRuntime()) return () => NO_RUNTIME;
  const inUse = voiceInUse(voices, name);
  return () => {
    try {
      return inUse();
    } catch (error) {
      return reasonOf(error);
    }
  };
}

export const NO_RUNTIME = 'the package sherpa-onnx-node is not installed; run npm ci, without --omit=optional';

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Names the settings of the voice and ours, because they change the sound too. */
function manner({ settings }: Voice): string {
  const all = JSON.stringify([NATURAL_VERSION, SLOWER, settings]);
  return createHash('sha256').update(all).digest('hex').slice(0, 16);
}
