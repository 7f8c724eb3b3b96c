import { formatPostcode } from '../../domain/area.js';
import type { ActionId } from '../../domain/action.js';
import type { ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import type { Stores } from '../../ports/stores.js';

/** What the console shows of a caller before the answer. A plain record, because it is stored in events. */
export type CallerCard = Readonly<Record<string, unknown>>;

/** How many earlier tips of the same participant are shown, the newest first. */
const EARLIER_TIPS = 5;

export function callerCard(
  stores: Pick<Stores, 'participants' | 'actions' | 'attempts' | 'tips'>,
  about: { readonly actionId: ActionId; readonly participantId: ParticipantId },
  from: E164 | null,
): CallerCard {
  const { participantId } = about;
  const person = stores.participants.get(participantId);
  const tips = stores.tips.list({ participantId }).slice(-EARLIER_TIPS).reverse();
  return {
    participantId,
    name: person?.name ?? null,
    phone: from ?? person?.phones[0] ?? null,
    postcodes: person?.postcodes.map(formatPostcode) ?? [],
    heard: heard(stores, about),
    tips: tips.map(({ id, type, note, useful, createdAt }) => ({ id, type, note, useful, at: createdAt })),
  };
}

/**
 * Which version of the message the participant heard, how often, for how long and when; null when not heard.
 */
function heard(
  { actions, attempts }: Pick<Stores, 'actions' | 'attempts'>,
  { actionId, participantId }: { readonly actionId: ActionId; readonly participantId: ParticipantId },
): CallerCard | null {
  const callee = actions.callee(actionId, participantId);
  if (!callee || callee.reachedAt === null) return null;
  const last = attempts
    .ofPerson(actionId, participantId)
    .filter(({ purpose, confirmedAt }) => purpose !== 'closing' && confirmedAt !== null)
    .at(-1);
  if (last) {
    // The duration is stored when the call ends. Until then the participant is still listening.
    return {
      version: last.messageVersion,
      plays: last.plays,
      seconds: last.heardSeconds,
      at: last.confirmedAt,
      ...(last.endedAt === null ? { listening: true } : {}),
    };
  }
  // The participant called the tip line and heard the whole message, or somebody heard it on a shared number.
  const seconds = actions.get(actionId)?.message.seconds ?? 0;
  return { version: callee.heardVersion, plays: 1, seconds, at: callee.reachedAt };
}
