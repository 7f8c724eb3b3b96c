/**
 * Signs from the controller to the supervisor that started it (src/supervisor.ts), over Node's channel
 * between parent and child. Without a supervisor, signs are dropped.
 */
export const SIGNS = ['alive', 'ready', 'stopping', 'bad settings'] as const;
export type Sign = (typeof SIGNS)[number];

const BEAT_MS = 1_000;

/** The longest wait for a sign to be sent, because a stalled supervisor does not read any. */
const TELL_MS = 500;

/** Sends a sign. Resolves when the sign is sent or cannot be sent. */
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

/** Sends `alive` each second from now on. A controller whose event loop is stalled sends nothing. */
export function beatForSupervisor(): void {
  if (!process.send) return;
  let sending = false;
  const timer = setInterval(() => {
    // A stalled supervisor reads nothing, and unread signs must not pile up.
    if (sending || !process.connected) return;
    sending = true;
    process.send?.('alive' satisfies Sign, undefined, undefined, () => {
      sending = false;
    });
  }, BEAT_MS);
  timer.unref();
  process.once('disconnect', () => {
    clearInterval(timer);
  });
}
