import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { deferred } from '../../../lib/deferred.js';
import type { Log } from '../../../ports/log.js';
import type { FromHost, HostOptions, ToHost } from './host-messages.js';

/** Thrown when the voice process cannot speak a sentence. `died` tells that the process ended by itself. */
export class VoiceFailed extends Error {
  override readonly name = 'VoiceFailed';
  constructor(
    message: string,
    readonly died = false,
  ) {
    super(message);
  }
}

/** One sentence as sound. */
export interface SpokenSentence {
  /** Hz. */
  readonly rate: number;
  readonly samples: Float32Array;
}

/** A voice in a process of its own. */
export interface VoiceProcess {
  /** Speaks a sentence (see `piper-tokens.ts`); one sentence at a time. Throws {@link VoiceFailed}. */
  say(text: string): Promise<SpokenSentence>;
  /** Id of the process; undefined while it does not run. */
  readonly pid: number | undefined;
  /** Ends the process. A sentence that is being spoken fails. Safe to repeat. */
  close(): Promise<void>;
}

export interface VoiceProcessOptions {
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** Time limit for the load of the model, ms; default 15 s. */
  readonly startMs?: number;
  /** Time limit of one sentence with this many phonemes, ms. */
  readonly sentenceMs?: (phonemes: number) => number;
  /** Monotonic, ms. */
  readonly now?: () => number;
}

/** After this many deaths within `REST_MS`, the process rests until `REST_MS` after the first of them. */
const MOST_DEATHS = 3;
const REST_MS = 60_000;
const START_MS = 15_000;
const MOST_SAID = 4_000;
/** The program of the process: compiled in `dist`, TypeScript in tests. */
const HOST = fileURLToPath(new URL(`./voice-host.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url));
/** A slow machine needs about 10 ms for a phoneme. */
const sentenceLimit = (phonemes: number): number => 5_000 + 50 * phonemes;

interface Host {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  /** Settles the sentence that is being spoken. */
  onReply: ((message: Exclude<FromHost, { ready: true }> | VoiceFailed) => void) | undefined;
}

/**
 * Starts the process with the first sentence. When the process dies, the sentence is spoken once more by a
 * new one. A voice that keeps dying rests for a minute, so that a broken model does not load the machine.
 */
export function createVoiceProcess(options: HostOptions, parts: VoiceProcessOptions): VoiceProcess {
  const { log, startMs = START_MS, sentenceMs = sentenceLimit, now = () => performance.now() } = parts;
  let host: Host | undefined;
  let deaths: readonly number[] = [];
  let lastReason = '';
  let lastId = 0;
  let closed = false;
  let before: Promise<unknown> = Promise.resolve();

  const start = (): Host => {
    deaths = deaths.filter((at) => at > now() - REST_MS);
    if (deaths.length >= MOST_DEATHS)
      throw new VoiceFailed(`the voice process ended ${MOST_DEATHS} times within a minute and rests: ${lastReason}`);
    const started = startHost(options, startMs, (reason) => {
      if (host === started) host = undefined;
      if (closed) return;
      deaths = [...deaths, now()];
      lastReason = reason;
      log.warn('voice process ended', { reason });
    });
    log.info('voice process started', { pid: started.child.pid });
    return started;
  };

  const attempt = async (text: string): Promise<SpokenSentence> => {
    if (closed) throw new VoiceFailed('the voice is closed');
    const running = (host ??= start());
    await running.ready;
    lastId += 1;
    return sentence(running, { id: lastId, text }, sentenceMs(text.length), () => {
      // The next sentence must not go to a process that is being ended.
      if (host === running) host = undefined;
    });
  };

  const say = async (text: string): Promise<SpokenSentence> => {
    try {
      return await attempt(text);
    } catch (error) {
      if (!(error instanceof VoiceFailed) || !error.died || closed) throw error;
      return attempt(text);
    }
  };

  return {
    say(text) {
      const turn = before.then(() => say(text));
      before = turn.catch(() => undefined);
      return turn;
    },
    get pid() {
      return host?.child.pid;
    },
    async close() {
      closed = true;
      const running = host?.child;
      if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
      const gone = once(running, 'exit');
      // Without this a program that only waits for the end would end first.
      running.ref();
      running.kill('SIGKILL');
      await gone;
    },
  };
}

/** Sends one sentence and waits for its sound, the end of the process, or the time limit. */
function sentence(host: Host, message: ToHost, limitMs: number, onTooLong: () => void): Promise<SpokenSentence> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      onTooLong();
      settle(new VoiceFailed(`a sentence took longer than ${limitMs / 1000} seconds`));
      host.child.kill('SIGKILL');
    }, limitMs);
    const settle: NonNullable<Host['onReply']> = (reply) => {
      clearTimeout(timer);
      host.onReply = undefined;
      if (reply instanceof VoiceFailed) reject(reply);
      else if ('reason' in reply) reject(new VoiceFailed(reply.reason));
      else resolve({ rate: reply.rate, samples: reply.samples });
    };
    host.onReply = settle;
    host.child.send(message, (error) => {
      if (error !== null) settle(new VoiceFailed(`the voice process cannot be reached: ${error.message}`, true));
    });
  });
}

/** Starts the process. It does not keep the service alive, and ends with it. */
function startHost(options: HostOptions, startMs: number, onEnd: (reason: string) => void): Host {
  const child = fork(HOST, [JSON.stringify(options)], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // The voice needs no setting of the service.
    env: {},
    execArgv: HOST.endsWith('.ts') ? ['--import', loader()] : [],
  });
  const ready = deferred<void>();
  const host: Host = { child, ready: ready.promise, onReply: undefined };
  const timer = setTimeout(() => {
    ready.reject(new VoiceFailed(`the voice did not start within ${startMs / 1000} seconds`));
    child.kill('SIGKILL');
  }, startMs);
  let said = '';
  child.stderr?.on('data', (piece: Buffer) => (said = (said + piece.toString()).slice(-MOST_SAID)));
  child.on('message', (message: FromHost) => {
    if (!('ready' in message)) return host.onReply?.(message);
    clearTimeout(timer);
    ready.resolve();
  });
  const ended = (how: string): void => {
    clearTimeout(timer);
    onEnd(how);
    const failure = new VoiceFailed(`the voice process ended: ${how}`, true);
    ready.reject(failure);
    host.onReply?.(failure);
  };
  child.once('error', (error) => ended(error.message));
  child.once('close', (code, signal) => ended(`${signal ?? `exit code ${code}`}${reasonIn(said)}`));
  child.unref();
  child.channel?.unref();
  return host;
}

/** Lets Node load TypeScript, in tests. */
const loader = (): string => pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** The line in which a program says why it ends. Node prints a stack and its version after it. */
function reasonIn(said: string): string {
  const lines = said.split('\n').map((line) => line.trim());
  const reason = lines.find((line) => /^(?:\w*Error|terminate)\b/.test(line)) ?? lines.findLast((line) => line !== '');
  return reason === undefined ? '' : `, ${reason.slice(0, 300)}`;
}
