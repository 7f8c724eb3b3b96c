import { parentPort } from 'node:worker_threads';
import type { Audio, Finished } from './audio.js';
import { Unusable } from './audio.js';
import { speakEmbedded } from './embedded-voice.js';
import { finish, LEAST_SECONDS } from './finish.js';
import { inPhonemes } from './natural/phonemes.js';
import { finishTake, joined } from './spoken-take.js';
import { readWav } from './wav-read.js';
import type { SoundJob, SoundReply, SoundRequest, WorkResult } from './worker-jobs.js';

/**
 * The worker thread. It does all heavy work on sound, one job after another, so that telephony never waits
 * for that work.
 */

let before: Promise<unknown> = Promise.resolve();

parentPort?.on('message', (request: SoundRequest) => {
  before = before.then(async () => parentPort?.postMessage(await answer(request)));
});

async function answer({ id, job }: SoundRequest): Promise<SoundReply> {
  try {
    return { id, result: await resultOf(job) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { id, code: error instanceof Unusable ? error.code : 'engine_failed', message };
  }
}

async function resultOf(job: SoundRequest['job']): Promise<WorkResult> {
  if (job.kind === 'phonemes') return inPhonemes(job.text);
  return job.kind === 'take' ? finishTake(readWav(job.file)) : work(job);
}

async function work(job: SoundJob): Promise<Finished> {
  if (job.kind === 'join') return joined(job.parts);
  if (job.kind === 'speak') return finish(await speakEmbedded(job.text, job.language), 'voice');
  if (job.kind === 'samples') return finish({ rate: job.rate, samples: Float64Array.from(job.samples) }, 'voice');
  if (job.from === 'engine') return finish(readEngineWav(job.file), 'voice');
  const audio = readWav(job.file);
  const seconds = audio.samples.length / audio.rate;
  if (seconds < LEAST_SECONDS) {
    throw new Unusable(
      'unplayable',
      `It takes ${seconds.toFixed(2)} seconds. ${LEAST_SECONDS} to 120 seconds are allowed.`,
    );
  }
  return finish(audio, 'person');
}

/** A bad wav from an engine is a failure of the engine, not of the request. */
function readEngineWav(file: Uint8Array): Audio {
  try {
    return readWav(file);
  } catch (error) {
    throw new Unusable(
      'engine_failed',
      `The speech engine failed. ${error instanceof Error ? error.message : ''}`.trim(),
    );
  }
}
