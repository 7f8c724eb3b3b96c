import { randomBytes, randomInt, scrypt, scryptSync, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/**
 * PINs are stored as salted scrypt digests (RFC 7914), `scrypt$N$r$p$salt$hash`. Anybody who holds the
 * database can try all PINs of four digits. The digest only prevents a PIN from being read in passing, and
 * two equal PINs from being recognised.
 */
const COST = { N: 4_096, r: 8, p: 1 } as const;
const BYTES = 32;
const MADE_DIGITS = 4;

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number }, Buffer>(scrypt);

/** Makes a random PIN. */
export const makePin = (): string => String(randomInt(10 ** MADE_DIGITS)).padStart(MADE_DIGITS, '0');

/** How PINs are stored. */
export interface PinDigests {
  readonly digestOf: (pin: string) => string;
  /** Whether the digest was made from this PIN; false for text that is not a digest. */
  readonly isOf: (digest: string, pin: string) => Promise<boolean>;
}

export const scryptDigests: PinDigests = { digestOf, isOf };

/** Blocks the process for about 10 ms, so use it only when a PIN is set. */
function digestOf(pin: string): string {
  const salt = randomBytes(16);
  const hash = scryptSync(pin, salt, BYTES, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Runs in the thread pool, so calls go on meanwhile. */
async function isOf(digest: string, pin: string): Promise<boolean> {
  const [name, N, r, p, salt, hash] = digest.split('$');
  if (name !== 'scrypt' || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64url');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const made = await derive(pin, Buffer.from(salt, 'base64url'), expected.length, cost);
  return timingSafeEqual(made, expected);
}
