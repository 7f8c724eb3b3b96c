/** Resolves when it is quiet, looked at whenever something happened, or after `limitMs`. */
export async function untilQuiet(
  isQuiet: () => boolean,
  onSomething: (listener: () => void) => () => void,
  limitMs: number,
): Promise<void> {
  if (isQuiet() || limitMs <= 0) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      off();
      resolve();
    }, limitMs);
    const off = onSomething(() => {
      // What happened is told before it is finished: look after it.
      setImmediate(() => {
        if (!isQuiet()) return;
        clearTimeout(timer);
        off();
        resolve();
      });
    });
  });
}
