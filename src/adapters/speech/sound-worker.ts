import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { SpeechError } from '../../ports/speech.js';
import type { Finished } from './audio.js';
import type { PartInPhonemes } from './natural/phonemes.js';
import type { FinishedTake } from './spoken-take.js';
import type { SoundJob, SoundReply, SoundRequest, WorkResult } from './worker-jobs.js';

/** Time limit of one job, ms. The longest text takes about 2 s, the longest wav about 4 s. */
const JOB_TIME_MS = 60_000;

/**
 * Runs jobs in the worker thread, which starts with the first job and after a crash, and never keeps the
 * process alive.
 */
export interface SoundWorker {
  /** Throws {@link SpeechError}. */
  run(job: SoundJob): Promise<Finished>;
  /** Makes and measures the sound of one sentence, spoken by a person. Throws {@link SpeechError}. */
  take(file: Uint8Array): Promise<FinishedTake>;
  /** The parts of a normalised text in phonemes. Throws {@link SpeechError}. */
  phonemes(text: string): Promise<readonly PartInPhonemes[]>;
  /** Ends the thread. Unfinished jobs fail with `engine_failed`. Safe to repeat. */
  close(): Promise<void>;
}

interface Pending {
  readonly resolve: (result: WorkResult) => void;
  readonly reject: (error: SpeechError) => void;
  readonly timer: NodeJS.Timeout;
}

export function createSoundWorker(): SoundWorker {
  const pending = new Map<number, Pending>();
  let thread: Worker | undefined;
  let lastId = 0;
  let closed = false;

  const settle = (id: number): Pending | undefined => {
    const job = pending.get(id);
    if (job !== undefined) clearTimeout(job.timer);
    pending.delete(id);
    if (pending.size === 0) thread?.unref();
    return job;
  };
  const failAll = (reason: string): void => {
    for (const id of [...pending.keys()]) settle(id)?.reject(failed(reason));
  };
  const onThreadLost = (dead: Worker, reason: string): void => {
    if (thread !== dead) return;
    thread = undefined;
    failAll(reason);
    void dead.terminate();
  };
  const start = (): Worker => {
    const started = startThread();
    started.on('message', (reply: SoundReply) => {
      const job = settle(reply.id);
      if ('result' in reply) job?.resolve(reply.result);
      else job?.reject(new SpeechError(reply.code, reply.message));
    });
    started.on('error', (error) => onThreadLost(started, error instanceof Error ? error.message : String(error)));
    started.on('exit', () => onThreadLost(started, 'The sound thread ended.'));
    return started;
  };

  const run = (job: SoundRequest['job']): Promise<WorkResult> => {
    if (closed) return Promise.reject(failed('Speech is closed.'));
    const running = (thread ??= start());
    running.ref();
    lastId += 1;
    const request: SoundRequest = { id: lastId, job };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => onThreadLost(running, 'A sound took too long to make.'), JOB_TIME_MS);
      timer.unref();
      pending.set(request.id, { resolve, reject, timer });
      running.postMessage(request);
    });
  };

  return {
    // The worker answers each kind of job with its own kind of result.
    run: (job) => run(job) as Promise<Finished>,
    take: (file) => run({ kind: 'take', file }) as Promise<FinishedTake>,
    phonemes: (text) => run({ kind: 'phonemes', text }) as Promise<readonly PartInPhonemes[]>,
    async close() {
      closed = true;
      const running = thread;
      thread = undefined;
      failAll('Speech is closed.');
      await running?.terminate();
    },
  };
}

const failed = (reason: string): SpeechError =>
  new SpeechError(
    'engine_failed',
    `The text cannot be spoken now. ${reason} A recorded wav of 0.5 to 120 seconds is allowed instead.`,
  );

/**
 * In `dist` the thread runs the compiled file. In tests, Node cannot load TypeScript in a thread, so the
 * thread first registers the loader and then imports the source.
 */
function startThread(): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./worker.js', import.meta.url));
  const api = createRequire(import.meta.url).resolve('tsx/esm/api');
  const loader = JSON.stringify(new URL('./index.mjs', pathToFileURL(api)).href);
  const source = JSON.stringify(new URL('./worker.ts', import.meta.url).href);
  return new Worker(`import(${loader}).then((tsx) => (tsx.register(), import(${source})));`, { eval: true });
}
