import { z } from 'zod';
import type { MessageInput } from '../../../app/services.js';
import type { Action } from '../../../domain/action.js';
import { speechProblemsOf } from '../errors.js';
import { PAGE_FIELDS, sendList } from '../listing.js';
import { route, type HttpParts, type Route } from '../route.js';
import { IdParams, JSON_TYPE } from '../schemas.js';
import type { NewMessage } from './action-schemas.js';
import {
  actionAnswer,
  ActionAnswer,
  Closing,
  ListedAction,
  listedAction,
  MessageUpdate,
  NewAction,
  planAnswer,
  PlannedAction,
  Start,
} from './action-schemas.js';

export function actionRoutes({ services: { actions } }: HttpParts): Route[] {
  const answer = async (id: number): Promise<ActionAnswer> => {
    await actions.counted(id);
    return actionAnswer(actions.view(id));
  };

  /** An idempotent command without a body. */
  const command = (name: 'pause' | 'resume', summary: string): Route =>
    route(
      {
        method: 'post',
        path: `/actions/:id/${name}`,
        tag: 'actions',
        summary,
        params: IdParams,
        answer: { [JSON_TYPE]: ActionAnswer },
        errors: [404, 409, 503],
      },
      ({ params }) => answer(actions[name](params.id).id),
    );

  return [
    route(
      {
        method: 'post',
        path: '/actions',
        tag: 'actions',
        summary: 'Prepare an action; the response comes when its message is ready to play',
        body: NewAction,
        status: 201,
        answer: { [JSON_TYPE]: PlannedAction },
        errors: [404, 415, 503],
      },
      async ({ body, res }): Promise<PlannedAction> => {
        const { postcodes, near } = body.area;
        const area = { postcodes, ...(near ? { near } : {}) };
        const input = { ...body, area, message: messageInput(body.message) };
        const { action, plan } = await speechProblemsOf(messageField(body.message), () => actions.create(input));
        res.location(`/api/v1/actions/${action.id}`);
        return { ...(await answer(action.id)), plan: planAnswer(plan) };
      },
    ),
    route(
      {
        method: 'get',
        path: '/actions',
        tag: 'actions',
        summary: 'All actions without their counts, oldest first, as a whole or by page',
        query: z.strictObject(PAGE_FIELDS),
        answer: { [JSON_TYPE]: z.array(ListedAction) },
      },
      ({ query: { page, limit }, req, res }) =>
        sendList(
          { req, res },
          { page, limit, read: (slice) => actions.slice(slice), idOf: ({ id }) => id, show: listedAction },
        ),
    ),
    route(
      {
        method: 'get',
        path: '/actions/:id',
        tag: 'actions',
        summary: 'An action with its counts and timeline',
        params: IdParams,
        answer: { [JSON_TYPE]: ActionAnswer },
        errors: [404],
      },
      ({ params }) => answer(params.id),
    ),
    route(
      {
        method: 'post',
        path: '/actions/:id/start',
        tag: 'actions',
        summary: 'Start calling everybody selected; no effect when the action is already running',
        params: IdParams,
        body: Start,
        bodyOptional: true,
        answer: { [JSON_TYPE]: ActionAnswer },
        errors: [404, 409, 415, 503],
      },
      async ({ params, body }) => answer((await actions.start(params.id, body)).id),
    ),
    command('pause', 'Start no new calls; calls in progress go on'),
    command('resume', 'Resume calling'),
    route(
      {
        method: 'post',
        path: '/actions/:id/update',
        tag: 'actions',
        summary: 'Replace the message; participants who heard the old message are called again',
        params: IdParams,
        body: MessageUpdate,
        answer: { [JSON_TYPE]: ActionAnswer },
        errors: [404, 409, 415, 503],
      },
      async ({ params, body: { message } }) => {
        await speechProblemsOf(messageField(message), () => actions.update(params.id, messageInput(message)));
        return answer(params.id);
      },
    ),
    route(
      {
        method: 'post',
        path: '/actions/:id/close',
        tag: 'actions',
        summary: 'Close the action; everybody reached hears how it ended',
        params: IdParams,
        body: Closing,
        answer: { [JSON_TYPE]: ActionAnswer },
        errors: [404, 409, 415, 503],
      },
      async ({ params, body: { result, message } }) => {
        const input = message === undefined ? { result } : { result, message };
        const closed: Action = await speechProblemsOf('message.text', () => actions.close(params.id, input));
        return answer(closed.id);
      },
    ),
  ];
}

type NewMessage = z.output<typeof NewMessage>;

function messageInput({ text, recordingId }: NewMessage): MessageInput {
  return { ...(text === undefined ? {} : { text }), ...(recordingId === undefined ? {} : { recordingId }) };
}

const messageField = ({ text }: NewMessage): string => (text === undefined ? 'message.recordingId' : 'message.text');
