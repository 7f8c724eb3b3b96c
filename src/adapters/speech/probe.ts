/** How long a good answer stays good, ms: a probe every few seconds must not make the engine speak every time. */
const GOOD_FOR_MS = 60_000;

/** Asks at most once a minute while the answer is yes, and once at a time. A no is asked again. */
export function createProbe(ask: () => Promise<boolean>): { ask(): Promise<boolean>; forget(): void } {
  let goodUntil = -Infinity;
  let asking: Promise<boolean> | undefined;
  return {
    ask() {
      if (performance.now() < goodUntil) return Promise.resolve(true);
      asking ??= ask()
        .then((good) => {
          goodUntil = good ? performance.now() + GOOD_FOR_MS : -Infinity;
          return good;
        })
        .finally(() => (asking = undefined));
      return asking;
    },
    /** Something failed since: the next question is asked again. */
    forget() {
      goodUntil = -Infinity;
    },
  };
}
