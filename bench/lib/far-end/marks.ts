import { HEADER_BYTES } from './rtp.js';

/**
 * How the far end recognises a sound. Every sound except the message repeats one A-law byte. A packet that
 * repeats such a byte is that sound, and any other packet is the message. The trunk and the sounds are both
 * A-law, so the bytes arrive unchanged.
 */
export const MARKS = { prompt: 0x91, silence: 0xd5, ending: 0x93, thanks: 0x97 } as const;
export type Mark = keyof typeof MARKS;

const NAMES = new Map<number, Mark>(Object.entries(MARKS).map(([name, byte]) => [byte, name as Mark]));

/**
 * The sound in a voice packet. Compares four of its bytes, because a tone does not have the same value at
 * all four.
 */
export function soundIn(packet: Uint8Array): Mark | 'message' {
  const first = packet[HEADER_BYTES];
  const length = packet.length - HEADER_BYTES;
  const same = [1, 2, 3].every((third) => packet[HEADER_BYTES + Math.floor(((length - 1) * third) / 3)] === first);
  return (same && first !== undefined ? NAMES.get(first) : undefined) ?? 'message';
}
