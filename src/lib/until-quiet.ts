/**
 * Resolves when `isQuiet` holds, or after `limitMs`. `isQuiet` is checked at the start and after every event.
 */
export async function untilQuiet(
  isQuiet: () => boolean,
  onEvent: (listener: () => void) => () => void,
  limitMs: number,
): Promise<void> {
  if (isQuiet() || limitMs <= 0) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      off();
      resolve();
    }, limitMs);
    const off = onEvent(() => {
      // Listeners are called before the event is fully handled, so check in the next turn of the event loop.
      setImmediate(() => {
        if (!isQuiet()) return;
        clearTimeout(timer);
        off();
        resolve();
      });
    });
  });
}
