/**
 * A promise that rejects with the signal's reason when the signal aborts, and never resolves. Call `release`
 * after use.
 */
export function aborted(signal: AbortSignal): { promise: Promise<never>; release: () => void } {
  let release = (): void => undefined;
  const promise = new Promise<never>((_, reject) => {
    const onAbort = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) onAbort();
    else {
      signal.addEventListener('abort', onAbort, { once: true });
      release = () => {
        signal.removeEventListener('abort', onAbort);
      };
    }
  });
  promise.catch(() => undefined);
  return { promise, release };
}

/** The work's result, or a rejection with the signal's reason, whichever comes first. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const abort = aborted(signal);
  try {
    return await Promise.race([work, abort.promise]);
  } finally {
    abort.release();
  }
}
