/**
 * What the controller tells the supervisor that started it (src/supervisor.ts), over the channel that Node makes
 * between a process and its child. Without a supervisor it is told to nobody.
 */
export const SIGNS = ['alive', 'ready', 'stopping', 'bad settings'] as const;
export type Sign = (typeof SIGNS)[number];

const BEAT_MS = 1_000;

/** Longer than this no sign is waited for: a supervisor that stands still takes none. */
const TELL_MS = 500;

/** Tells a sign; resolves when it is on its way, or cannot be told. */
export function tellSupervisor(sign: Sign): Promise<void> {
  return new Promise((resolve) => {
    if (!process.send || !process.connected) {
      resolve();
      return;
    }
    const late = setTimeout(resolve, TELL_MS);
    process.send(sign, undefined, undefined, () => {
      clearTimeout(late);
      resolve();
    });
  });
}

/** Tells `alive` each second from now on: a controller whose event loop stands still does not. */
export function beatForSupervisor(): void {
  if (!process.send) return;
  let onItsWay = false;
  const timer = setInterval(() => {
    // A supervisor that stands still reads nothing, and what it is told must not pile up.
    if (onItsWay || !process.connected) return;
    onItsWay = true;
    process.send?.('alive' satisfies Sign, undefined, undefined, () => {
      onItsWay = false;
    });
  }, BEAT_MS);
  timer.unref();
  process.once('disconnect', () => {
    clearInterval(timer);
  });
}
