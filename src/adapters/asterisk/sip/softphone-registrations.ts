import { Emitter } from '../../../lib/emitter.js';
import type { Clock } from '../../../ports/clock.js';

/** Interval at which all softphones are checked, because events may be lost. */
const LOOK_MS = 10_000;

/** Watches which softphones are registered, by asking Asterisk after each event and regularly. */
export class SoftphoneRegistrations {
  readonly #registered = new Map<string, boolean>();
  readonly #changes = new Emitter<{ readonly username: string; readonly registered: boolean }>();
  #cancel = (): void => undefined;
  #closed = false;

  constructor(
    private readonly options: {
      readonly clock: Clock;
      /** Whether the softphone is registered. Rejects when Asterisk cannot be asked. */
      readonly ask: (username: string) => Promise<boolean>;
    },
  ) {}

  on(listener: (username: string, registered: boolean) => void): () => void {
    return this.#changes.on(({ username, registered }) => {
      listener(username, registered);
    });
  }

  /** Starts watching a softphone. */
  add(username: string): void {
    if (!this.#registered.has(username)) this.#registered.set(username, false);
    void this.look(username);
  }

  /** Stops watching a softphone, which counts as not registered from now on. */
  remove(username: string): void {
    const registered = this.#registered.get(username);
    this.#registered.delete(username);
    if (registered) this.#changes.emit({ username, registered: false });
  }

  /** Checks one softphone. Does nothing for an endpoint that is not watched. */
  async look(username: string): Promise<void> {
    const before = this.#registered.get(username);
    if (before === undefined || this.#closed) return;
    // Asterisk cannot be reached. It is asked again later, and the softphones register again by themselves.
    const registered = await this.options.ask(username).catch(() => undefined);
    if (registered === undefined || registered === this.#registered.get(username) || this.#closed) return;
    this.#registered.set(username, registered);
    this.#changes.emit({ username, registered });
  }

  /** Checks all softphones now, and regularly from now on. */
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
