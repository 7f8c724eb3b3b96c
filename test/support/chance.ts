import type { FarEnd } from './far-end.js';
import { BUSY } from './far-end.js';

/** Pseudo-random numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * A random far end. Half of them press a digit. The others press none, hang up, are busy, decline, are
 * unreachable, or do not answer.
 */
export function anybody(next: () => number): FarEnd {
  const kind = next();
  const answersAfterMs = Math.round(1_000 + 12_000 * next());
  const later = Math.round(500 + 4_000 * next());
  if (kind < 0.5)
    return {
      answersAfterMs,
      presses: [{ digit: '5', atMs: later }],
      ...(next() < 0.3 ? { hangsUpAtMs: later + 9_000 } : {}),
    };
  if (kind < 0.6) return { answersAfterMs };
  if (kind < 0.7) return { answersAfterMs, hangsUpAtMs: later };
  if (kind < 0.78) return BUSY;
  if (kind < 0.83) return { refuses: { status: 603 }, answersAfterMs };
  if (kind < 0.86) return { refuses: { status: 404 } };
  return {};
}
