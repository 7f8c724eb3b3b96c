import { inSlices } from './each-in-turn.js';

/** Sample items for each part: enough that no part is much larger than the others. */
const SAMPLED = 8;

/**
 * Sorts a long list in slices. Yields parts of at most `size` items. Each part is sorted, and all its items
 * come before those of the next part. Empty parts come first, while the items are distributed. Equal items
 * keep their order.
 */
export function* sortedParts<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
  size: number,
): Generator<readonly T[]> {
  const count = Math.ceil(items.length / size);
  const sampled = Math.min(items.length, count * SAMPLED);
  const sample = Array.from({ length: sampled }, (_, n) => items[Math.floor((n * items.length) / sampled)] as T);
  sample.sort(compare);
  // The first item of each part except the first, estimated from the sample.
  const bounds = Array.from({ length: Math.max(0, count - 1) }, (_, n) => sample[(n + 1) * SAMPLED]).filter(
    (bound): bound is T => bound !== undefined,
  );
  const parts: T[][] = Array.from({ length: bounds.length + 1 }, () => []);
  for (let index = 0; index < items.length; index++) {
    const item = items[index] as T;
    parts[placeOf(item, bounds, compare)]?.push(item);
    if (index % size === size - 1) yield [];
  }
  // Many equal items end up in one part. Sorting them is quick, but the caller's work with them may not be.
  for (const part of parts) yield* inSlices(part.sort(compare), size);
}

/** The number of bounds that are not larger than the item. */
function placeOf<T>(item: T, bounds: readonly T[], compare: (a: T, b: T) => number): number {
  let [low, high] = [0, bounds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(bounds[middle] as T, item) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
