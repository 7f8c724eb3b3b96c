import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { PURPOSES, type Attempt } from '../../../domain/attempt.js';
import { OUTCOMES } from '../../../domain/outcome.js';
import { route, type HttpParts, type Route } from '../route.js';
import { IdParams, IdText, JSON_TYPE, Time, TimeOrNull } from '../schemas.js';

const AttemptAnswer = z
  .object({
    id: z.int(),
    participantId: z.int(),
    phone: z.string(),
    purpose: z.enum(PURPOSES),
    number: z.int().describe('1 for the first call to this person in this action'),
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
  })
  .meta({ id: 'Attempt' });
type AttemptAnswer = z.infer<typeof AttemptAnswer>;
const COLUMNS = Object.keys(AttemptAnswer.shape) as (keyof AttemptAnswer)[];

const PurposeFilter = z.strictObject({ purpose: z.enum(PURPOSES).optional() });
const TraceParams = IdParams.extend({ attemptId: IdText });
const Trace = z.array(z.object({ step: z.string(), at: Time })).meta({ id: 'Trace' });

const CSV_TYPE = 'text/csv';

export function attemptRoutes({ services: { actions } }: HttpParts): Route[] {
  return [
    route(
      {
        method: 'get',
        path: '/actions/:id/attempts',
        tag: 'actions',
        summary: 'Every call of an action, oldest first; as CSV with `Accept: text/csv`',
        params: IdParams,
        query: PurposeFilter,
        answer: { [JSON_TYPE]: z.array(AttemptAnswer), [CSV_TYPE]: z.string() },
        errors: [404],
      },
      ({ params, query: { purpose }, req, res }) => {
        const attempts = actions.attempts(params.id).filter((one) => purpose === undefined || one.purpose === purpose);
        const answers = attempts.map(answerOf);
        res.vary('Accept');
        if (req.accepts([JSON_TYPE, CSV_TYPE]) !== CSV_TYPE) return answers;
        res.attachment(`action-${params.id}-attempts.csv`).type(CSV_TYPE).send(toCsv(answers));
        return undefined;
      },
    ),
    route(
      {
        method: 'get',
        path: '/actions/:id/attempts/:attemptId/trace',
        tag: 'actions',
        summary: 'What happened in one call, step by step',
        params: TraceParams,
        answer: { [JSON_TYPE]: Trace },
        errors: [404],
      },
      ({ params: { id, attemptId } }) => actions.trace(attemptId, id),
    ),
  ];
}

function answerOf(attempt: Attempt): AttemptAnswer {
  const { actionId: _, ...answer } = attempt;
  return answer;
}

function toCsv(attempts: readonly AttemptAnswer[]): string {
  const rows = attempts.map((attempt) => ({ ...attempt, reason: harmless(attempt.reason) }));
  return stringify(rows, { header: true, columns: COLUMNS, record_delimiter: 'windows' });
}

/** Words of the network are not ours: a spreadsheet must not take them for a formula. */
function harmless(text: string | null): string | null {
  return text !== null && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
