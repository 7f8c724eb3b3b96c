/** Closes resources in the reverse order of opening. Each is closed, even when closing another one fails. */
export class Closers {
  readonly #closers: (() => void | Promise<void>)[] = [];

  constructor(private readonly onError: (error: unknown) => void) {}

  add(close: () => void | Promise<void>): void {
    this.#closers.push(close);
  }

  async close(): Promise<void> {
    for (;;) {
      const close = this.#closers.pop();
      if (!close) return;
      try {
        await close();
      } catch (error) {
        this.onError(error);
      }
    }
  }
}
