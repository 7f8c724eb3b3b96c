/**
 * A test that starts together with the others of its `describe` that are declared in this way, because they
 * do not depend on one another and mostly wait. They start after the `before` hooks that stand above them.
 */
export function concurrently(name: string, run: () => Promise<void>): void {
  let running: Promise<void> | undefined;
  before(() => {
    running = run();
    // The test itself reports a failure.
    running.catch(() => undefined);
  });
  it(name, () => running);
}
