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
      // Listeners are called before the event is fully handled, so look in the next turn.
      setImmediate(() => {
        if (!isQuiet()) return;
        clearTimeout(timer);
        off();
        resolve();
      });
    });
  });
}
