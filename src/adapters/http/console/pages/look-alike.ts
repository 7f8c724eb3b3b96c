import type { Action } from '../../../../domain/action.js';
import { formatAreaPart } from '../../../../domain/area.js';
import { Problem } from '../../../../domain/problem.js';
import { IdParams } from '../../schemas.js';
import { count, when } from '../format.js';
import { frameOf, type Colleague } from '../frame.js';
import type { Page } from '../page.js';

/** An action that looks like the one on the page. */
export interface AlikeWords {
  readonly href: string;
  readonly number: number;
  /** `Actie 3: Vermist kind, in 8251-8256, gestart om 20:06, van Mia de Boer`. */
  readonly text: string;
}

/** `/console/actions/:id/look-alike`: asks for confirmation, because a similar action exists. */
export const lookAlikePage: Page = async (parts, { req, res }) => {
  const params = IdParams.safeParse(req.params);
  if (!params.success) throw new Problem('not_found', 'there is no such action');
  const { id } = params.data;
  const { actions } = parts.services;
  const { action } = actions.view(id);
  const { alikes, plan } = await actions.preview(id);
  const frame = await frameOf(parts, { req, res, title: `Actie ${action.number} lijkt op een andere actie` });
  return {
    view: 'look-alike',
    data: {
      ...frame,
      id,
      draft: action.state === 'draft',
      alikes: alikesOf(alikes, frame.colleagues, parts.clock.now()),
      selected: plan.selected,
      version: action.message.version,
      people: plan.selected === 1 ? '1 deelnemer' : `${count(plan.selected)} deelnemers`,
    },
  };
};

export function alikesOf(alikes: readonly Action[], colleagues: readonly Colleague[], now: number): AlikeWords[] {
  return alikes.map(({ id, number, title, area, centralistId, startedAt, state, closedAt }) => {
    const owner = colleagues.find((one) => one.id === centralistId);
    const since =
      state === 'closed' && closedAt !== null
        ? `afgesloten om ${when(closedAt, now)}`
        : `gestart om ${startedAt === null ? '' : when(startedAt, now)}`;
    const where = area.parts.map(formatAreaPart).join(', ');
    return {
      href: `/console/actions/${id}`,
      number,
      text: `Actie ${number}: ${title}, in ${where}, ${since}${owner ? `, van ${owner.name}` : ''}`,
    };
  });
}
