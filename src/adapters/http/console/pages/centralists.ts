import { Problem } from '../../../../domain/problem.js';
import { IdParams } from '../../schemas.js';
import { frameOf, type Colleague, type Frame } from '../frame.js';
import { pathBack, type Page } from '../page.js';

/** `/console/centralists`: all centralists, with registration and duty, and whether they are engaged. */
export const centralistsPage: Page = async (parts, { req, res }) => ({
  view: 'centralists',
  data: await frameOf(parts, { req, res, title: 'Centralisten' }),
});

/** `/console/centralists/:id`: one centralist, and how to set up their softphone. */
export const centralistPage: Page = async (parts, { req, res }) => {
  const frame = await frameOf(parts, { req, res, title: 'Centralist' });
  const one = centralistInPath(frame, req.params);
  return { view: 'centralist', data: { ...frame, title: one.name, one, link: null, pin: null, sip: null } };
};

/** `/console/centralists/new`: an empty form. */
export const newCentralistPage: Page = async (parts, { req, res }) => ({
  view: 'new-centralist',
  data: {
    ...(await frameOf(parts, { req, res, title: 'Nieuwe centralist' })),
    values: { name: '', extension: '', pin: '' },
    problems: [],
  },
});

/** `/console/who`: the user says which centralist they are. */
export const whoPage: Page = async (parts, { req, res }) => ({
  view: 'who',
  data: { ...(await frameOf(parts, { req, res, title: 'Wie bent u?' })), back: pathBack(req.query['back']) },
});

/** The centralist in the path. Throws `Problem('not_found')`. */
export function centralistInPath({ colleagues }: Frame, params: unknown): Colleague {
  const { data } = IdParams.safeParse(params);
  const one = colleagues.find(({ id }) => id === data?.id);
  if (!one) throw new Problem('not_found', 'there is no such centralist');
  return one;
}
