import { createHmac } from 'node:crypto';
import type { Mixer } from '../../domain/personal-code.js';

/** The one-way function of personal codes: the first 32 bits of HMAC-SHA256 (RFC 2104) of `round:half`. */
export const hmacMixer =
  (key: string): Mixer =>
  (round, half) =>
    createHmac('sha256', key).update(`${round}:${half}`).digest().readUInt32BE();
