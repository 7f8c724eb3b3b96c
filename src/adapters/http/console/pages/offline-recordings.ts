import { when } from '../format.js';
import type { ConsoleParts } from '../page.js';
import { callerDetails, soundOf, type CallerDetails } from './caller-details.js';

/** A recording that Asterisk made while the controller was down, of a caller who belongs to no action. */
export interface OfflineEntry extends CallerDetails {
  readonly key: string;
  readonly at: string;
  readonly sound: string;
}

/** Entries on the page, newest first. */
const MOST = 20;

/** These recordings belong to no action, so no action's page shows them. `more`: older ones are not shown. */
export function offlineRecordings(parts: ConsoleParts): {
  readonly entries: readonly OfflineEntry[];
  readonly more: boolean;
} {
  const { clock, services } = parts;
  const calls = services.tips.offlineWithoutAction(MOST + 1);
  return {
    entries: calls.slice(0, MOST).flatMap(({ id, from, participantId, receivedAt, recordingId }) =>
      recordingId === null
        ? []
        : [
            {
              ...callerDetails(parts, participantId, from),
              key: `offline-${id}`,
              at: when(receivedAt, clock.now()),
              sound: soundOf(recordingId),
            },
          ],
    ),
    more: calls.length > MOST,
  };
}
