import { when } from '../format.js';
import type { ConsoleParts } from '../parts.js';
import { soundOf, whoRang, type Who } from './who-rang.js';

/** Somebody who is in no action, and rang while the service was down. */
export interface LeftEntry extends Who {
  readonly key: string;
  readonly at: string;
  readonly sound: string;
}

/** Entries that are shown, the newest first. */
const MOST = 20;

/** What they said belongs to no action, so it stands with none. `more`: there are older ones that are not shown. */
export function leftList(parts: ConsoleParts): { readonly entries: readonly LeftEntry[]; readonly more: boolean } {
  const { clock, services } = parts;
  const calls = services.tips.leftWithoutAction(MOST + 1);
  return {
    entries: calls.slice(0, MOST).flatMap(({ id, from, participantId, receivedAt, recordingId }) =>
      recordingId === null
        ? []
        : [
            {
              ...whoRang(parts, participantId, from),
              key: `left-${id}`,
              at: when(receivedAt, clock.now()),
              sound: soundOf(recordingId),
            },
          ],
    ),
    more: calls.length > MOST,
  };
}
