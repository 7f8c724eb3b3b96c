import { z } from 'zod';
import { PURPOSES, type Attempt } from '../../../domain/attempt.js';
import { OUTCOMES } from '../../../domain/outcome.js';
import { CSV_TYPE, PAGE_FIELDS, sendList } from '../listing.js';
import { route, type HttpParts, type Route } from '../route.js';
import { IdParams, IdText, JSON_TYPE, Time, TimeOrNull } from '../schemas.js';

const AttemptAnswer = z
  .object({
    id: z.int(),
    participantId: z.int(),
    phone: z.string(),
    purpose: z.enum(PURPOSES),
    number: z.int().describe('1 for the first call to this participant in this action'),
    messageVersion: z.int(),
    outcome: z.enum(OUTCOMES).nullable().describe('null while the call lasts'),
    dialedAt: Time,
    rangAt: TimeOrNull,
    answeredAt: TimeOrNull,
    confirmedAt: TimeOrNull,
    heardSeconds: z.number(),
    plays: z.int(),
    endedAt: TimeOrNull,
    sipStatus: z.int().nullable(),
    cause: z.int().nullable().describe('Q.850'),
    reason: z.string().nullable(),
    retryAfterSeconds: z.int().nullable().describe('the wait that the operator asked for with its refusal'),
  })
  .meta({ id: 'Attempt' });
type AttemptAnswer = z.infer<typeof AttemptAnswer>;
const COLUMNS = Object.keys(AttemptAnswer.shape) as (keyof AttemptAnswer)[];

const Filter = z.strictObject({
  purpose: z.enum(PURPOSES).optional(),
  outcome: z.enum(OUTCOMES).optional(),
  ...PAGE_FIELDS,
});
const TraceParams = IdParams.extend({ attemptId: IdText });
const Trace = z.array(z.object({ step: z.string(), at: Time })).meta({ id: 'Trace' });

export function attemptRoutes({ services: { actions } }: HttpParts): Route[] {
  return [
    route(
      {
        method: 'get',
        path: '/actions/:id/attempts',
        tag: 'actions',
        summary: 'Attempts of an action, oldest first, as a whole or by page; as CSV with `Accept: text/csv`',
        params: IdParams,
        query: Filter,
        answer: { [JSON_TYPE]: z.array(AttemptAnswer), [CSV_TYPE]: z.string() },
        errors: [404],
      },
      ({ params: { id }, query: { page, limit, ...filter }, req, res }) =>
        sendList(
          { req, res },
          {
            page,
            limit,
            read: (slice) => actions.attemptsIn(id, { ...filter, ...slice }),
            idOf: (attempt) => attempt.id,
            show: (attempt) => shown(answerOf(attempt), req.accepts([JSON_TYPE, CSV_TYPE]) === CSV_TYPE),
            csv: { columns: COLUMNS, file: `action-${id}-attempts.csv` },
          },
        ),
    ),
    route(
      {
        method: 'get',
        path: '/actions/:id/attempts/:attemptId/trace',
        tag: 'actions',
        summary: 'The steps of one call, as a whole or by page',
        params: TraceParams,
        query: z.strictObject(PAGE_FIELDS),
        answer: { [JSON_TYPE]: Trace },
        errors: [404],
      },
      ({ params: { id, attemptId }, query: { page, limit }, req, res }) =>
        sendList(
          { req, res },
          {
            page,
            limit,
            // Steps are sorted by time and have no id, so the next part begins after a number of steps.
            read: ({ after = 0, offset = 0, ...most }) => {
              const from = after + offset;
              const steps = actions.trace(attemptId, id, { offset: from, ...most });
              return steps.map((step, n) => ({ step, place: from + n + 1 }));
            },
            idOf: ({ place }) => place,
            show: ({ step }) => step,
          },
        ),
    ),
  ];
}

function answerOf(attempt: Attempt): AttemptAnswer {
  const { actionId: _, ...answer } = attempt;
  return answer;
}

const shown = (answer: AttemptAnswer, asCsv: boolean): AttemptAnswer =>
  asCsv ? { ...answer, reason: harmless(answer.reason) } : answer;

/** The reason may come from the network, so a spreadsheet must not read it as a formula. */
function harmless(text: string | null): string | null {
  return text !== null && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
