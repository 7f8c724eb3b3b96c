import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from '../../cli/api-client.js';
import type { Account, ActionNow, AttemptNow, Planned } from './api-answers.js';

/** The area of the demo's action: a missing child, in six postcodes. */
export const AREA = ['8251-8256'] as const;

/**
 * @param earlier number of earlier actions, which makes the message of each action, and therefore its sound,
 * a new one
 */
export function createAction(api: Api, centralistId: number, earlier: number): Promise<Planned> {
  const nth = earlier === 0 ? '' : ` Dit is zoekactie ${earlier + 1}.`;
  return api.post<Planned>('/actions', {
    kind: 'missing_child',
    title: 'Vermist meisje, Dronten',
    description: 'Meisje van zes jaar, blond haar, rode jas, voor het laatst gezien bij de haven.',
    message: {
      text: `Wij zoeken Sanne van zes jaar. Zij heeft blond haar en draagt een rode jas, en speelde bij de haven.${nth}`,
    },
    area: { postcodes: AREA },
    centralistId,
    criteria: { timeCritical: true, clearDescription: true },
  });
}

/** The body of the close request. After earlier actions it has its own text, so that its sound is new. */
export function closingOf(earlier: number): unknown {
  const message = { text: `Sanne is gevonden. Dit was zoekactie ${earlier + 1}. Bedankt voor het uitkijken.` };
  return { result: 'found', ...(earlier === 0 ? {} : { message }) };
}

const EXTENSIONS = ['101', '102', '103', '104', '105', '106', '107', '108', '109'] as const;

/** Adds a centralist with a free extension. */
export async function addCentralist(api: Api, name = 'Meldkamer'): Promise<Account> {
  const taken = new Set((await api.get<Account[]>('/centralists')).map(({ extension }) => extension));
  const extension = EXTENSIONS.find((one) => !taken.has(one)) ?? String(110 + taken.size);
  return api.post<Account>('/centralists', { name, extension });
}

/** How many requests may fail in a row, because a machine may be too busy for a moment. */
const MOST_FAILED = 5;

/**
 * Requests the action again and again, and shows each state, until `enough` is true or `withinMs` is over.
 * Resolves with the last state.
 */
export async function follow(
  api: Api,
  id: number,
  options: {
    readonly enough: (action: ActionNow) => boolean | Promise<boolean>;
    readonly show: (action: ActionNow) => void;
    readonly withinMs: number;
    /** How many requests may fail in a row. */
    readonly mostFailed?: number;
  },
): Promise<ActionNow> {
  const { enough, show, withinMs, mostFailed = MOST_FAILED } = options;
  let failed = 0;
  for (const deadline = performance.now() + withinMs; ; await pause(400)) {
    try {
      const action = await api.get<ActionNow>(`/actions/${id}`);
      failed = 0;
      show(action);
      if ((await enough(action)) || performance.now() > deadline) return action;
    } catch (error) {
      failed += 1;
      if (failed > mostFailed) throw error;
    }
  }
}

/** Whether no call is live or waiting. */
export function isCalledOut({ counts }: Pick<ActionNow, 'counts'>): boolean {
  return counts.waiting + counts.dialing + counts.ringing + counts.in_call === 0;
}

export function attemptsOf(api: Api, id: number, purpose: 'alert' | 'closing'): Promise<readonly AttemptNow[]> {
  return api.get<AttemptNow[]>(`/actions/${id}/attempts?purpose=${purpose}`);
}
