import type { E164 } from '../../domain/phone-number.js';

const FIRST_SIZE = 1 << 8;
/**
 * Many small tables instead of a large one, because growing a large one would hold up calls during an import.
 */
const TABLES = 64;
/** A table with open addressing becomes slow when a larger share of its slots is taken. */
const FULL = 0.6;

/**
 * Finds rows of an import with the same number and name. The hash tables are flat arrays with 16 bytes a
 * slot, because a Map of two million strings takes some 400 MB. Numbers are stored whole, names as a hash of
 * 32 bits. So two different names with the same number are mistaken for the same in one case in four billion.
 */
export class DuplicateRows {
  readonly #tables = Array.from({ length: TABLES }, () => new Table());

  /** The first line with this number and name: `line` itself when they are new. */
  firstLine(phone: E164, name: string, line: number): number {
    const number = Number(phone.slice(1));
    return this.#tables[number % TABLES]?.firstLine(number, hashOf(name), line) ?? line;
  }
}

class Table {
  #phones = new Float64Array(FIRST_SIZE);
  #names = new Uint32Array(FIRST_SIZE);
  #lines = new Uint32Array(FIRST_SIZE);
  #count = 0;

  firstLine(number: number, hash: number, line: number): number {
    if (this.#count > this.#lines.length * FULL) this.#grow();
    const slot = this.#slotOf(number, hash);
    if (this.#lines[slot]) return this.#lines[slot];
    this.#put(slot, number, hash, line);
    return line;
  }

  #put(slot: number, number: number, hash: number, line: number): void {
    this.#phones[slot] = number;
    this.#names[slot] = hash;
    this.#lines[slot] = line;
    this.#count++;
  }

  /** The slot of this number and name: from their hash on, the first slot that is theirs or free (line 0). */
  #slotOf(number: number, hash: number): number {
    const mask = this.#lines.length - 1;
    const mixed = Math.imul(number % 0x7fffffff, 0x9e3779b1) ^ hash;
    let slot = (mixed ^ (mixed >>> 16)) & mask;
    while (this.#lines[slot] !== 0 && (this.#phones[slot] !== number || this.#names[slot] !== hash)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const [phones, names, lines] = [this.#phones, this.#names, this.#lines];
    const size = lines.length * 2;
    this.#phones = new Float64Array(size);
    this.#names = new Uint32Array(size);
    this.#lines = new Uint32Array(size);
    this.#count = 0;
    lines.forEach((line, old) => {
      const [number, hash] = [phones[old], names[old]];
      if (line === 0 || number === undefined || hash === undefined) return;
      this.#put(this.#slotOf(number, hash), number, hash, line);
    });
  }
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
