import { createHmac } from 'node:crypto';
import type { Mixer } from '../../domain/personal-code.js';

/** The one-way function behind personal codes: HMAC-SHA256 (RFC 2104) of `round:half`, its first 32 bits. */
export const hmacMixer =
  (key: string): Mixer =>
  (round, half) =>
    createHmac('sha256', key).update(`${round}:${half}`).digest().readUInt32BE();
