/**
 * Rows that long work reads or writes in one turn of the event loop. Such a turn takes a few milliseconds,
 * whatever the work is.
 */
export const ROWS_A_TURN = 1_000;

/**
 * Does the work slice by slice, each in a turn of the event loop of its own, so that calls and requests go on
 * between them. The first slice is done at once. `check` is called after each pause, and throws to stop the
 * work.
 */
export function eachInTurn<T>(
  slices: Iterable<T>,
  work: (slice: T) => void,
  check: () => void = () => undefined,
): Promise<void> {
  return eachWhile(slices, work, () => {
    check();
    return true;
  });
}

/** The same, but ends without an error as soon as `mayGoOn` returns false after a pause. */
export async function eachWhile<T>(
  slices: Iterable<T>,
  work: (slice: T) => void,
  mayGoOn: () => boolean,
): Promise<void> {
  let first = true;
  for (const slice of slices) {
    if (!first) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!mayGoOn()) return;
    }
    first = false;
    work(slice);
  }
}

/** The list in slices, each for one turn of the event loop. */
export function* inSlices<T>(items: readonly T[], size = ROWS_A_TURN): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
