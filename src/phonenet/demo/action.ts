import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from '../../cli/api-client.js';
import type { ActionNow, AttemptNow, Planned } from './api-answers.js';

/** The action of the demo: a child that is missing, in six postcodes. */
export const AREA = ['8251-8256'] as const;

export function createAction(api: Api, centralistId: number): Promise<Planned> {
  return api.post<Planned>('/actions', {
    kind: 'missing_child',
    title: 'Vermist meisje, Dronten',
    description: 'Meisje van zes jaar, blond haar, rode jas, voor het laatst gezien bij de haven.',
    message: {
      text: 'Wij zoeken Sanne, zes jaar oud. Zij heeft blond haar en draagt een rode jas. Zij speelde bij de haven.',
    },
    area: { postcodes: AREA },
    centralistId,
    criteria: { timeCritical: true, clearDescription: true },
  });
}

/** Looks at the action until `enough`; shows every look. Throws when that takes too long. */
export async function follow(
  api: Api,
  id: number,
  {
    enough,
    show,
    withinMs,
  }: { enough: (action: ActionNow) => boolean | Promise<boolean>; show: (action: ActionNow) => void; withinMs: number },
): Promise<ActionNow> {
  for (const deadline = performance.now() + withinMs; ; await pause(400)) {
    const action = await api.get<ActionNow>(`/actions/${id}`);
    show(action);
    if (await enough(action)) return action;
    if (performance.now() > deadline)
      throw new Error(`the action is not where it should be after ${withinMs / 1000} s`);
  }
}

/** Nobody is called any more, and nobody is waiting to be. */
export function isCalledOut({ counts }: Pick<ActionNow, 'counts'>): boolean {
  return counts.waiting + counts.dialing + counts.ringing + counts.in_call === 0;
}

export function attemptsOf(api: Api, id: number, purpose: 'alert' | 'closing'): Promise<readonly AttemptNow[]> {
  return api.get<AttemptNow[]>(`/actions/${id}/attempts?purpose=${purpose}`);
}
