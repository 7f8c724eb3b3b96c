import type { ParticipantId } from './ids.js';

/** Six digits, given at sign-up. With the code a participant who withholds the number gets in. */
export const CODE_DIGITS = 6;
const CODES = 10 ** CODE_DIGITS;
/**
 * Most participants with the same code. Participants share codes when there are more participants than codes.
 */
const SHARERS = 64;
const MOST_IDS = CODES * SHARERS;
/** Two halves of 13 bits: the smallest even number of bits that holds every id. */
const HALF_BITS = 13;
const HALF = 1 << HALF_BITS;
const ROUNDS = 4;

/** A keyed one-way function from round and half to an unsigned number. With the same key it never changes. */
export type Mixer = (round: number, half: number) => number;

/**
 * The code of a participant, such as `004711`. It is computed from the id and not stored, so two million
 * participants need no index of codes. A permutation that only the holder of the key can follow shuffles the
 * ids, so that a code says nothing about the next one. The permutation is a Feistel network, repeated until
 * the result is in range (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002).
 */
export function codeOf(id: ParticipantId, mix: Mixer): string {
  return String(shuffle(id % MOST_IDS, mix) % CODES).padStart(CODE_DIGITS, '0');
}

/** All ids that have this code; most of them belong to nobody. Empty when the text is not a code. */
export function idsOfCode(code: string, mix: Mixer): ParticipantId[] {
  if (!/^\d{6}$/.test(code)) return [];
  return Array.from({ length: SHARERS }, (_, sharer) => unshuffle(Number(code) + sharer * CODES, mix));
}

function shuffle(id: number, mix: Mixer): number {
  let value = id;
  do {
    let [left, right] = [Math.floor(value / HALF), value % HALF];
    for (let round = 0; round < ROUNDS; round++) [left, right] = [right, left ^ (mix(round, right) % HALF)];
    value = left * HALF + right;
  } while (value >= MOST_IDS);
  return value;
}

function unshuffle(shuffled: number, mix: Mixer): number {
  let value = shuffled;
  do {
    let [left, right] = [Math.floor(value / HALF), value % HALF];
    for (let round = ROUNDS - 1; round >= 0; round--) [left, right] = [right ^ (mix(round, left) % HALF), left];
    value = left * HALF + right;
  } while (value >= MOST_IDS);
  return value;
}
