import { z } from 'zod';
import { formatPostcode } from '../../../domain/area.js';
import type { Participant } from '../../../domain/participant.js';
import { invalid } from '../plain-issues.js';
import { route, type HttpParts, type Route } from '../route.js';
import { IdParams, JSON_TYPE, Time, TimeOrNull } from '../schemas.js';
import type { TableShape } from './csv/header.js';
import { readTable } from './csv/table.js';

const NewParticipant = z
  .strictObject({
    phones: z
      .array(z.string())
      .min(1, 'needs at least one number, such as 0612345678')
      .max(10)
      .describe('Dutch numbers in any notation, in the order in which to call them'),
    postcodes: z.array(z.string()).min(1, 'needs at least one postcode, such as 8251AB').max(20),
    name: z.string().nullish(),
    language: z.string().optional(),
  })
  .meta({ id: 'NewParticipant' });

const ParticipantAnswer = z
  .object({
    id: z.int(),
    name: z.string().nullable(),
    language: z.string(),
    phones: z.array(z.string()).describe('E.164'),
    postcodes: z.array(z.string()),
    pausedUntil: TimeOrNull,
    nightCalls: z.boolean(),
    createdAt: Time,
  })
  .meta({ id: 'Participant' });

const WithCode = ParticipantAnswer.extend({
  code: z
    .string()
    .describe('personal code: six digits by which the tip line knows a participant who withholds the number'),
}).meta({ id: 'ParticipantWithCode' });
type WithCode = z.infer<typeof WithCode>;

export const ImportAnswer = z
  .object({
    imported: z.int(),
    updated: z.int(),
    rejected: z
      .array(z.object({ line: z.int().describe('the header is line 1'), reason: z.string() }))
      .describe('the first 1,000 rejected lines'),
    rejectedCount: z.int(),
    blank: z.int().describe('empty lines'),
    lines: z.int().describe('records after the header: the sum of imported, updated, rejected and blank'),
    ignoredColumns: z.array(z.string()).describe('columns of the file that were not read'),
  })
  .meta({ id: 'ImportReport' });

export const DryRun = z.strictObject({ dryRun: z.enum(['1', 'true', '0', 'false'], 'must be 1 or 0').optional() });
const AreaQuery = z.strictObject({
  area: z
    .string()
    .optional()
    .describe('postcodes separated by commas, such as 8251,8252AB,8253-8255; default: everybody'),
});

export const IMPORT_MAX_BYTES = 200_000_000;
const IMPORT: TableShape<'phone' | 'postcode' | 'name'> = {
  columns: ['phone', 'postcode', 'name'],
  required: ['phone', 'postcode'],
  also: {
    phone:
      /^(?!.*(?:type|soort)$)(?:.*(?:phone|telefoon|mobiel|mobile|gsm).*|tel(?:efoon)?(?:nr|nummer|no)?\d*|(?:vaste?|thuis|werk|nood)nummer\d*|nr06|06)$/,
    postcode: /^(?:postcodes?|postalcodes?|zip(?:codes?)?|pc[46]?)\d*$|^(?:huis|woon|werk|extra)?postcode\d*$/,
    name: /^(?:names?|naam|namen|volledigenaam|fullname)\d*$/,
  },
};

export function participantRoutes({ services: { participants } }: HttpParts): Route[] {
  const withCode = (participant: Participant): WithCode => ({
    ...answerOf(participant),
    code: participants.code(participant.id),
  });
  return [
    route(
      {
        method: 'post',
        path: '/participants',
        tag: 'participants',
        summary: 'Sign a participant up',
        body: NewParticipant,
        status: 201,
        answer: { [JSON_TYPE]: WithCode },
        errors: [415],
      },
      ({ body }): WithCode => {
        const { phones, postcodes, name = null, language = 'nl' } = body;
        return withCode(participants.add({ phones, postcodes, name, language }));
      },
    ),
    route(
      {
        method: 'post',
        path: '/participants/import',
        tag: 'participants',
        summary: 'Add and update many participants; good lines are imported, the others reported',
        query: DryRun,
        upload: {
          types: ['text/csv'],
          maxBytes: IMPORT_MAX_BYTES,
          as: 'stream',
          description:
            'header phone,postcode,name in any order, also separated by `;`, `|` or tabs; a column may occur more than once and ' +
            'be named telefoon, mobiel or naam; one field may hold several phones or postcodes; UTF-8, UTF-16 or Windows-1252',
        },
        answer: { [JSON_TYPE]: ImportAnswer },
        errors: [413, 415],
      },
      ({ req, query }) => {
        const dryRun = query.dryRun === '1' || query.dryRun === 'true';
        return participants.importRows(readTable(req, IMPORT_MAX_BYTES, IMPORT), { dryRun });
      },
    ),
    route(
      {
        method: 'get',
        path: '/participants/count',
        tag: 'participants',
        summary: 'The number of participants in an area',
        query: AreaQuery,
        answer: { [JSON_TYPE]: z.object({ count: z.int() }) },
      },
      ({ query }) => ({ count: participants.count(query.area === undefined ? undefined : areaEntries(query.area)) }),
    ),
    route(
      {
        method: 'get',
        path: '/participants/:id',
        tag: 'participants',
        summary: 'A participant with their personal code',
        params: IdParams,
        answer: { [JSON_TYPE]: WithCode },
        errors: [404],
      },
      ({ params }): WithCode => withCode(participants.get(params.id)),
    ),
  ];
}

function areaEntries(area: string): string[] {
  const entries = area.split(',').map((entry) => entry.trim());
  const filled = entries.filter((entry) => entry !== '');
  if (filled.length === 0) throw invalid([{ field: 'area', message: 'needs at least one postcode, such as 8251' }]);
  return filled;
}

function answerOf(participant: Participant): z.infer<typeof ParticipantAnswer> {
  const { id, name, language, phones, postcodes, pausedUntil, nightCalls, createdAt } = participant;
  return {
    id,
    name,
    language,
    phones: [...phones],
    postcodes: postcodes.map(formatPostcode),
    pausedUntil,
    nightCalls,
    createdAt,
  };
}
