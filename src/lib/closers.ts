/** Things to close, in the reverse of the order in which they were opened. Each is closed even when another fails. */
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
