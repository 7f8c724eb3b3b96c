import type { ParticipantId } from './participant.js';

/** Six digits, given at sign-up: the way in for who rings with a withheld number. */
export const CODE_DIGITS = 6;
const CODES = 10 ** CODE_DIGITS;
/** People for whom there are codes: several share each, when there are more people than codes. */
const SHARERS = 64;
const MOST_IDS = CODES * SHARERS;
/** Two halves of 13 bits: the least even number of bits that holds every id. */
const HALF_BITS = 13;
const HALF = 1 << HALF_BITS;
const ROUNDS = 4;

/** A keyed one-way function: an unsigned number from the round and the half; the same for the same key for ever. */
export type Mixer = (round: number, half: number) => number;

/**
 * The code of a participant, `004711`. It is computed from their id, not stored: two million people need no index of it.
 * The ids are shuffled by a permutation that only the holder of the key can follow (a Feistel network, walked until it
 * comes out in range: Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002), so that neighbours have codes
 * that say nothing of one another.
 */
export function codeOf(id: ParticipantId, mix: Mixer): string {
  return String(shuffle(id % MOST_IDS, mix) % CODES).padStart(CODE_DIGITS, '0');
}

/** Everybody who may have this code; most of the ids are nobody's. Empty for what is no code. */
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
