import type { E164 } from '../../domain/phone-number.js';

/**
 * 2^25 bits, 4 MB. With 2.4 million numbers, fewer than one in a hundred unknown numbers is taken for known.
 */
const BITS = 25;

/**
 * Remembers numbers in little memory (a Bloom filter, Bloom 1970): `maybe` is true for every added number,
 * and seldom for another. This saves the first import of a register millions of searches that would find
 * nobody.
 */
export class NumberFilter {
  readonly #words = new Uint32Array(2 ** (BITS - 5));

  add(number: E164): void {
    for (const bit of bitsOf(number)) this.#words[bit >>> 5] = (this.#words[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }

  maybe(number: E164): boolean {
    return bitsOf(number).every((bit) => ((this.#words[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0);
  }
}

/** Three bit positions for a number, from two hashes (FNV-1a, and the same mixed once more). */
function bitsOf(number: string): [number, number, number] {
  let hash = 0x811c9dc5;
  for (let index = 0; index < number.length; index++) {
    hash = Math.imul(hash ^ number.charCodeAt(index), 0x01000193);
  }
  let other = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  other = Math.imul(other ^ (other >>> 13), 0xc2b2ae35);
  const shift = 32 - BITS;
  return [hash >>> shift, (hash + other) >>> shift, (hash + 2 * other) >>> shift];
}
