import { inSlices } from './each-in-turn.js';

/** Items of the sample for each part: enough that no part is much larger than the others. */
const SAMPLED = 8;

/**
 * Sorts a long list in slices. Gives parts of `size` at most: each is sorted, and nothing in it comes after anything of the
 * next. Empty parts come first, while the items are dealt out. Equal items stay in their order.
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
  // The first item of each part but the first, as far as the sample can tell.
  const bounds = Array.from({ length: Math.max(0, count - 1) }, (_, n) => sample[(n + 1) * SAMPLED]).filter(
    (bound): bound is T => bound !== undefined,
  );
  const parts: T[][] = Array.from({ length: bounds.length + 1 }, () => []);
  for (let index = 0; index < items.length; index++) {
    const item = items[index] as T;
    parts[placeOf(item, bounds, compare)]?.push(item);
    if (index % size === size - 1) yield [];
  }
  // Many equal items come together: sorting them is quick, what is done with them need not be.
  for (const part of parts) yield* inSlices(part.sort(compare), size);
}

/** How many of the bounds do not come after the item. */
function placeOf<T>(item: T, bounds: readonly T[], compare: (a: T, b: T) => number): number {
  let [low, high] = [0, bounds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(bounds[middle] as T, item) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
