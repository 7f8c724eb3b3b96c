import type { LiveCallback } from '../../../app/services.js';
import { actionWords, type CallCard, type CardContext } from './call-cards.js';
import { whenExactly } from './format.js';
import type { ConsoleParts } from './page.js';
import { callerDetails, type CallerDetails } from './pages/caller-details.js';

/** A callback in progress, as a page shows it. */
export interface CallbackCard extends CallerDetails {
  readonly callbackId: number;
  /** The user of the page is the centralist who calls back. */
  readonly mine: boolean;
  readonly heading: string;
  readonly action: CallCard['action'];
  /** `14:03:20`, and the same time as ms UTC, from which a script counts. */
  readonly since: string;
  readonly sinceMs: number;
}

const MINE: Readonly<Record<LiveCallback['stage'], string>> = {
  ringing_desk: 'uw toestel gaat over. Neem op',
  waiting: 'wacht op een vrije lijn',
  ringing: 'de beller wordt nu gebeld',
  answered: 'de beller nam op, u wordt verbonden',
  connected: 'in gesprek met u',
};

const OF_A_COLLEAGUE: Readonly<Record<LiveCallback['stage'], string>> = {
  ...MINE,
  ringing_desk: 'het toestel gaat over',
  answered: 'de beller nam op, wordt verbonden',
  connected: 'in gesprek',
};

export function callbackCard(
  parts: Pick<ConsoleParts, 'services'>,
  { callback, stage, since }: LiveCallback,
  context: CardContext,
): CallbackCard {
  const { id, actionId, centralistId, participantId, phone } = callback;
  const mine = centralistId === context.me;
  const name = context.centralists.find(({ centralist }) => centralist.id === centralistId)?.centralist.name;
  return {
    ...callerDetails(parts, participantId, phone),
    callbackId: id,
    mine,
    heading: mine ? `U belt terug: ${MINE[stage]}` : `${name ?? 'Een collega'} belt terug: ${OF_A_COLLEAGUE[stage]}`,
    action: actionWords(actionId, context),
    since: whenExactly(since),
    sinceMs: since,
  };
}
