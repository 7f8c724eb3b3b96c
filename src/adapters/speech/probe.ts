/** How long "yes" stays valid, ms. A probe every few seconds must not make the engine speak every time. */
const VALID_MS = 60_000;

/**
 * Asks whether something works. While the answer is yes, it asks at most once a minute. After a no, the next
 * call asks again. It never asks twice at the same time.
 */
export function createProbe(ask: () => Promise<boolean>): { ask(): Promise<boolean>; forget(): void } {
  let validUntil = -Infinity;
  let asking: Promise<boolean> | undefined;
  return {
    ask() {
      if (performance.now() < validUntil) return Promise.resolve(true);
      asking ??= ask()
        .then((works) => {
          validUntil = works ? performance.now() + VALID_MS : -Infinity;
          return works;
        })
        .finally(() => (asking = undefined));
      return asking;
    },
    /** Call this after a failure: the next call asks again. */
    forget() {
      validUntil = -Infinity;
    },
  };
}
