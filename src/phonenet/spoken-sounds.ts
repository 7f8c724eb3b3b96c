import { fileURLToPath } from 'node:url';

/**
 * The sounds that are spoken at the far end: A-law files in `sounds/`, with their texts in
 * `sounds/texts.json`.
 */
export const SPOKEN = ['voicemail', 'announcement', 'tip', 'desk', 'beep'] as const;
export type Spoken = (typeof SPOKEN)[number];

/** Absolute path without extension. */
export function spokenSound(name: Spoken): string {
  return fileURLToPath(new URL(`sounds/${name}`, import.meta.url));
}
