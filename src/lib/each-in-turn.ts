/** Rows that long work reads or writes in one turn of the event loop: a few milliseconds, whatever is done with a row. */
export const ROWS_A_TURN = 1_000;

/**
 * Does the work with each slice, each in a turn of the event loop of its own: calls and requests go on between them. The
 * first slice is done at once. `check` comes after each pause, and throws when there is no sense in going on.
 */
export async function eachInTurn<T>(
  slices: Iterable<T>,
  work: (slice: T) => void,
  check: () => void = () => undefined,
): Promise<void> {
  let first = true;
  for (const slice of slices) {
    if (!first) {
      await new Promise((resolve) => setImmediate(resolve));
      check();
    }
    first = false;
    work(slice);
  }
}

/** The list in slices of as many rows as one turn takes. */
export function* inSlices<T>(items: readonly T[], size = ROWS_A_TURN): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
