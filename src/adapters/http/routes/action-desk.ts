import type { z } from 'zod';
import { route, type HttpParts, type Route } from '../route.js';
import { IdParams, JSON_TYPE, Nothing } from '../schemas.js';
import { actionAnswer, ActionAnswer, TakeOver, Team, TestCall } from './action-schemas.js';

/** The centralist and the team of an action, and test calls. */
export function actionDeskRoutes({ services: { actions } }: HttpParts): Route[] {
  const answer = async (id: number): Promise<ActionAnswer> => {
    await actions.counted(id);
    return actionAnswer(actions.view(id));
  };
  return [
    route(
      {
        method: 'put',
        path: '/actions/:id/centralist',
        tag: 'actions',
        summary: 'Take the action over from a colleague; this puts the new centralist on duty',
        params: IdParams,
        body: TakeOver,
        answer: { [JSON_TYPE]: ActionAnswer },
        errors: [404, 409, 415],
      },
      ({ params, body }) => answer(actions.takeOver(params.id, body.centralistId).id),
    ),
    route(
      {
        method: 'put',
        path: '/actions/:id/team',
        tag: 'actions',
        summary: "Set the team, whose softphones ring for a tip after the centralist's own",
        params: IdParams,
        body: Team,
        answer: { [JSON_TYPE]: ActionAnswer },
        errors: [404, 409, 415],
      },
      ({ params, body }) => answer(actions.setTeam(params.id, body.centralistIds).id),
    ),
    route(
      {
        method: 'post',
        path: '/actions/:id/test-call',
        tag: 'actions',
        summary: 'Ring a softphone and play exactly what a citizen hears',
        params: IdParams,
        body: TestCall,
        status: 202,
        answer: { [JSON_TYPE]: Nothing },
        errors: [404, 409, 415, 503],
      },
      ({ params, body }): z.infer<typeof Nothing> => {
        actions.testCall(params.id, body.centralistId);
        return {};
      },
    ),
  ];
}
