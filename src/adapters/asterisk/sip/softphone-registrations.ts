import { Emitter } from '../../../lib/emitter.js';
import type { Clock } from '../../../ports/clock.js';

/** Looks at all softphones this often: what an event did not tell is found then. */
const LOOK_MS = 10_000;

/** Which softphones are registered: asked of Asterisk when an event says that something changed, and now and then. */
export class SoftphoneRegistrations {
  readonly #registered = new Map<string, boolean>();
  readonly #changes = new Emitter<{ readonly username: string; readonly registered: boolean }>();
  #cancel = (): void => undefined;
  #closed = false;

  constructor(
    private readonly options: {
      readonly clock: Clock;
      /** Rejects when Asterisk cannot be asked. */
      readonly ask: (username: string) => Promise<boolean>;
    },
  ) {}

  on(listener: (username: string, registered: boolean) => void): () => void {
    return this.#changes.on(({ username, registered }) => {
      listener(username, registered);
    });
  }

  /** From now on this softphone is watched. */
  add(username: string): void {
    if (!this.#registered.has(username)) this.#registered.set(username, false);
    void this.look(username);
  }

  /** It is watched no more, and counts as not registered from now on. */
  remove(username: string): void {
    const registered = this.#registered.get(username);
    this.#registered.delete(username);
    if (registered) this.#changes.emit({ username, registered: false });
  }

  /** Looks at one that may have changed; nothing for one that is not watched. */
  async look(username: string): Promise<void> {
    const before = this.#registered.get(username);
    if (before === undefined || this.#closed) return;
    // Asterisk is away: it is asked again later, and the softphones register anew by themselves.
    const registered = await this.options.ask(username).catch(() => undefined);
    if (registered === undefined || registered === this.#registered.get(username) || this.#closed) return;
    this.#registered.set(username, registered);
    this.#changes.emit({ username, registered });
  }

  /** Looks at all, now and from now on. */
  start(): void {
    this.#cancel();
    if (this.#closed) return;
    for (const username of this.#registered.keys()) void this.look(username);
    this.#cancel = this.options.clock.after(LOOK_MS, () => {
      this.start();
    });
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }
}
