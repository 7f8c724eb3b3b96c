import type { CallEnd, CallId } from '../../ports/call.js';
import { endOfUnanswered } from './causes.js';

/** Asterisk remembers the ends of this many calls; more than end while a controller is started again. */
const PLACES = 1_000;

/** Global variable of Asterisk in which the end of this call is kept (asterisk-config/extensions.conf, [failure]). */
export function placeOfEnd(id: CallId): string {
  const count = Number(/(\d{1,15})$/.exec(id)?.[1] ?? 0);
  return `BURGERNET_END_${count % PLACES}`;
}

/**
 * How a call ended, from what Asterisk kept of it: its id, the second (Unix time) and the last response of the far end.
 * Undefined when the place holds another call's end. `answered` says what we know of the call ourselves.
 */
export function readLastWords(id: CallId, kept: string, answered: boolean): CallEnd | undefined {
  const match = /^(\S+) (\d+) ?(.*)$/.exec(kept);
  if (match?.[1] !== id) return undefined;
  if (answered) return { by: 'them' };
  return endOfUnanswered(match[3]);
}
