import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { RESULTS } from '../../../domain/kinds.js';
import { Problem } from '../../../domain/problem.js';
import { speechProblemsOf } from '../errors.js';
import { check } from '../plain-issues.js';
import { IdParams, IdText, MOST_MESSAGE, MOST_NOTE } from '../schemas.js';
import { doneBack, nameRoute, type ConsoleParts } from './page.js';
import type { Done } from './words.js';

/**
 * A text that a person typed. A browser counts a line break as one character and sends it as two, so line
 * breaks become one character before the text is measured.
 */
const typed = (most: number) =>
  z
    .string()
    .transform((text) => text.replaceAll('\r\n', '\n').trim())
    .pipe(z.string().max(most))
    .default('');

const Nothing = z.object({});
const Sure = z.object({ sure: z.literal('yes') });
/** `selected` and `version`: the number of people and the version of the message that the page showed. */
const Start = z.object({
  sure: z.literal('yes'),
  selected: IdText.optional(),
  version: IdText.optional(),
  anyway: z.literal('yes').optional(),
});
const Close = z.object({ result: z.enum(RESULTS), text: typed(MOST_MESSAGE) });
const Duty = z.object({ onDuty: z.enum(['yes', 'no']) });
const Transfer = z.object({ extension: z.string().regex(/^\d{2,6}$/) });
const One = z.object({ centralistId: IdText });
/** An empty field means that nobody was chosen. */
const Choice = z.object({ centralistId: z.union([z.literal('').transform(() => undefined), IdText]).optional() });
const Several = z.object({
  centralistIds: z
    .union([IdText.transform((one) => [one]), z.array(IdText)])
    .optional()
    .transform((ids) => ids ?? []),
});
const Judgement = z.object({
  note: typed(MOST_NOTE),
  useful: z.enum(['yes', 'no', '']).transform((word) => (word === '' ? null : word === 'yes')),
});

/** Forms that change something, and return to the page of the form, which then says what was done. */
export function commandRoutes({ services: { actions, centralists, tips, callbacks } }: ConsoleParts): Router {
  const router = Router();

  const command = <S extends z.ZodType>(
    path: string,
    done: Done | ((form: z.output<S>) => Done),
    schema: S,
    act: (id: number, form: z.output<S>) => unknown,
  ): void => {
    router.post(path, nameRoute(path), async (req: Request, res: Response) => {
      const body = (req.body ?? {}) as Record<string, unknown>;
      const form = check(schema, body, 'form');
      await act(idOf(req), form);
      const what = typeof done === 'string' ? done : done(form);
      res.redirect(303, `${doneBack(body['back'], what)}${anchor(body['at'])}`);
    });
  };

  router.post('/actions/:id/start', nameRoute('/actions/:id/start'), async (req: Request, res: Response) => {
    const id = idOf(req);
    const form = check(Start, req.body ?? {}, 'form');
    const expect = { selected: form.selected, messageVersion: form.version };
    try {
      await actions.start(id, { expect, anyway: form.anyway === 'yes' });
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'look_alike') throw error;
      // A separate page asks again, so that a second press on the same spot cannot start the action.
      res.redirect(303, `/console/actions/${id}/look-alike`);
      return;
    }
    res.redirect(303, `/console/actions/${id}?done=started`);
  });
  command('/actions/:id/pause', 'paused', Nothing, (id) => actions.pause(id));
  command('/actions/:id/resume', 'resumed', Nothing, (id) => actions.resume(id));
  command('/actions/:id/close', 'closed', Close, (id, { result, text }) => {
    const input = text === '' ? { result } : { result, message: { text } };
    return speechProblemsOf('message.text', () => actions.close(id, input));
  });
  command('/actions/:id/centralist', 'taken', One, (id, { centralistId }) => actions.takeOver(id, centralistId));
  command('/actions/:id/team', 'team', Several, (id, { centralistIds }) => actions.setTeam(id, centralistIds));
  command('/actions/:id/test-call', 'tested', Choice, (id, { centralistId }) => {
    actions.testCall(id, centralistId);
  });
  command(
    '/centralists/:id/duty',
    ({ onDuty }) => (onDuty === 'yes' ? 'on_duty' : 'off_duty'),
    Duty,
    (id, { onDuty }) => centralists.setDuty(id, onDuty === 'yes'),
  );
  command('/centralists/:id/remove', 'removed', Sure, (id) => centralists.remove(id));
  command('/tips/:id', 'noted', Judgement, (id, { note, useful }) =>
    tips.update(id, { note: note === '' ? null : note, useful }),
  );
  command('/calls/:id/transfer', 'transferred', Transfer, (id, to) => tips.transfer(id, to));
  command('/calls/:id/callback', 'calling', Choice, (id, { centralistId }) => {
    // A form that is sent twice makes one callback.
    const isCalling = callbacks.list({ inboundId: id }).some(({ result }) => result === null);
    if (!isCalling) callbacks.callBack(id, centralistId);
  });
  return router;
}

function idOf(req: Request): number {
  const params = IdParams.safeParse(req.params);
  if (!params.success) throw new Problem('not_found', 'nothing has this id');
  return params.data.id;
}

/** The part of the page that the form was in. */
const anchor = (at: unknown): string => (typeof at === 'string' && /^[\w-]{1,40}$/.test(at) ? `#${at}` : '');
