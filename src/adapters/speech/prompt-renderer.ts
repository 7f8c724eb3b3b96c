import { setTimeout as pause } from 'node:timers/promises';
import type { PromptName } from '../../domain/messages.js';
import { Queue } from '../../lib/queue.js';
import type { Log } from '../../ports/log.js';
import type { PromptProgress } from '../../ports/speech.js';
import type { EngineInUse } from './engine.js';
import type { Prompts } from './prompts.js';
import { placeOf } from './sound-files.js';
import type { SoundMaker } from './speech.js';

/** After so many failures in a row the engine itself does not work. */
const FAILURES_IN_A_ROW = 3;
/** An engine that does not work is tried again after this time. */
const RETRY_MS = 5 * 60_000;

interface Options {
  readonly prompts: Prompts;
  readonly inUse: EngineInUse;
  readonly sounds: SoundMaker;
  /** Folder of rendered sounds. */
  readonly folder: string;
  readonly log: Log;
  readonly retryMs?: number;
}

/**
 * Renders the prompts with the engine in use, one at a time, while the service runs and the earlier sounds
 * play. Each prompt is replaced as soon as it is ready.
 */
export class PromptRenderer {
  readonly #stop = new AbortController();
  readonly #waiting = new Queue<PromptName>();
  readonly #all: number;
  /** 1 while a prompt is being rendered, because that prompt is in no queue; else 0. */
  #rendering = 0;
  #blockedBy = '';
  #work = Promise.resolve();
  #starts = 0;
  /** Id of the engine that the prompts were last rendered for; undefined before the first start. */
  #voice: string | undefined;
  /** Ends the wait for the next try. */
  #wake = new AbortController();

  constructor(private readonly options: Options) {
    this.#all = options.prompts.speaking.length;
    this.#findWaiting();
  }

  get progress(): PromptProgress {
    const rendered = this.#all - this.#waiting.size - this.#rendering;
    return { rendered, all: this.#all, blockedBy: this.#blockedBy };
  }

  /** Begins in the background. Repeat it when the engine has another voice. */
  start(): void {
    this.#starts += 1;
    this.#wake.abort();
    this.#work = this.#work
      .then(() => this.#renderAll())
      .catch((error: unknown) => {
        this.options.log.error('prompts could not be rendered', { error });
      });
  }

  /** Starts again when the engine has got another voice since it was started. */
  followVoice(): void {
    const now = this.options.inUse.known?.engine.id;
    if (this.#voice !== undefined && now !== undefined && now !== this.#voice) {
      this.#voice = now;
      this.start();
    }
  }

  /** Resolves when nothing is being rendered any more. Close the engine at the same time. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake.abort();
    await this.#work;
  }

  async #renderAll(): Promise<void> {
    const { inUse, log, prompts } = this.options;
    const { id } = (await inUse.chosen).engine;
    this.#voice = id;
    for (const name of prompts.speaking) if (prompts.isCommittedBy(id, name)) await prompts.useExisting(name);
    this.#findWaiting();
    if (this.#waiting.size === 0 || this.#stop.signal.aborted) return;
    log.info('prompts are being rendered', { engine: id, prompts: this.#waiting.size });
    await this.#renderWaiting();
    if (this.#waiting.size === 0 && !this.#stop.signal.aborted) log.info('all prompts are rendered', { engine: id });
  }

  /** Ends early when rendering is started again. */
  async #renderWaiting(): Promise<void> {
    const { signal } = this.#stop;
    const starts = this.#starts;
    let failures = 0;
    for (let name = this.#waiting.shift(); name !== undefined; name = this.#waiting.shift()) {
      this.#rendering = 1;
      const failed = await this.#render(name);
      this.#rendering = 0;
      if (failed !== undefined) this.#waiting.push(name);
      if (signal.aborted) return;
      failures = failed === undefined ? 0 : failures + 1;
      this.#blockedBy = failed ?? '';
      if (failed === undefined || failures < Math.min(FAILURES_IN_A_ROW, this.#waiting.size)) continue;
      if (starts === this.#starts) await this.#untilNextTry();
      if (signal.aborted || starts !== this.#starts) return;
      failures = 0;
    }
  }

  async #untilNextTry(): Promise<void> {
    this.#wake = new AbortController();
    const { signal } = this.#wake;
    await pause(this.options.retryMs ?? RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }

  /** Resolves with why the prompt could not be rendered; undefined when it was. */
  async #render(name: PromptName): Promise<string | undefined> {
    const { folder, log, prompts, sounds } = this.options;
    try {
      const { soundId } = await sounds.renderWithChosen(prompts.textOf(name));
      await prompts.use(name, placeOf(folder, soundId));
      return undefined;
    } catch (error) {
      if (!this.#stop.signal.aborted)
        log.warn('prompt could not be rendered with this voice, the earlier sound plays', { prompt: name, error });
      return error instanceof Error ? error.message : String(error);
    }
  }

  #findWaiting(): void {
    this.#waiting.clear();
    for (const name of this.options.prompts.speaking) if (!this.#speaksAlready(name)) this.#waiting.push(name);
  }

  #speaksAlready(name: PromptName): boolean {
    const { folder, inUse, prompts, sounds } = this.options;
    if (inUse.known === undefined) return false;
    if (prompts.isCommittedBy(inUse.known.engine.id, name)) return true;
    const made = sounds.existing(prompts.textOf(name));
    return made !== undefined && prompts.placeOf(name) === placeOf(folder, made.soundId);
  }
}
