import { z } from 'zod';
import type { ActionView } from '../../../app/services.js';
import { ACTION_STATES, type Action, type Message } from '../../../domain/action.js';
import { formatAreaPart, parseAreaPart } from '../../../domain/area.js';
import { BOUNDS } from '../../../domain/coordinates.js';
import { KINDS, RESULTS } from '../../../domain/kinds.js';
import { PLAN_BASES, type Plan } from '../../../domain/plan.js';
import { EXCLUSIONS } from '../../../domain/selection.js';
import { WARNING_CODES, warningText, type Warning } from '../../../domain/warning.js';
import { MOST_MESSAGE, Time, TimeOrNull } from '../schemas.js';

/** Bodies of requests. */

const MessageText = z.string().trim().min(1).max(MOST_MESSAGE);

export const NewMessage = z
  .strictObject({ text: MessageText.optional(), recordingId: z.int().positive().optional() })
  .refine(({ text, recordingId }) => (text === undefined) !== (recordingId === undefined), {
    message: 'needs either text or recordingId',
  })
  .meta({ id: 'NewMessage', description: 'either text or recordingId' });

const Postcodes = z
  .array(z.string())
  .min(1, 'needs at least one postcode, range such as 8253-8255 allowed')
  .max(5000)
  .superRefine((entries, context) => {
    for (const [index, entry] of entries.entries()) {
      const part = parseAreaPart(entry);
      if (!part.ok) context.addIssue({ code: 'custom', path: [index], message: part.reason });
    }
  })
  .describe('entries such as 8251, 8252AB, 8253-8255');

const Near = z
  .strictObject({
    lat: z.number().min(BOUNDS.lat.from).max(BOUNDS.lat.to),
    lon: z.number().min(BOUNDS.lon.from).max(BOUNDS.lon.to),
  })
  .meta({ id: 'Coordinates', description: 'degrees, WGS 84, in the Netherlands' });

export const NewAction = z
  .strictObject({
    kind: z.enum(KINDS),
    title: z.string().trim().min(1).max(100),
    description: z.string().trim().min(1).max(2000),
    message: NewMessage,
    area: z.strictObject({
      postcodes: Postcodes,
      near: Near.optional().describe(
        'participants nearest to this point are called first, if the coordinates of their postcodes were imported',
      ),
    }),
    centralistId: z.int().positive(),
    criteria: z.strictObject({ timeCritical: z.boolean(), clearDescription: z.boolean() }),
    priority: z
      .boolean()
      .default(false)
      .describe('gets three lines for each line of another running action; only for kind missing_child'),
  })
  .meta({ id: 'NewAction' });

export const Start = z
  .strictObject({
    expect: z
      .strictObject({ selected: z.int().min(0).optional(), messageVersion: z.int().min(1).optional() })
      .optional()
      .describe('what the user saw before the start; 409 `changed` when it has changed since'),
    anyway: z
      .boolean()
      .default(false)
      .describe('start even though an action of the same kind in the same area exists; otherwise 409 `look_alike`'),
  })
  .meta({ id: 'Start' });

export const MessageUpdate = z.strictObject({ message: NewMessage }).meta({ id: 'MessageUpdate' });

export const Closing = z
  .strictObject({
    result: z.enum(RESULTS),
    message: z.strictObject({ text: MessageText }).optional(),
  })
  .meta({ id: 'Closing' });

export const TakeOver = z.strictObject({ centralistId: z.int().positive() }).meta({ id: 'TakeOver' });
export const Team = z.strictObject({ centralistIds: z.array(z.int().positive()).max(100) }).meta({ id: 'Team' });
export const TestCall = z
  .strictObject({ centralistId: z.int().positive().optional().describe("default: the action's own centralist") })
  .meta({ id: 'TestCall' });

/** Bodies of responses. */

const MessageAnswer = z
  .object({
    text: z.string().nullable().describe('null for an uploaded recording'),
    seconds: z.number(),
    version: z.int(),
    voice: z
      .string()
      .nullable()
      .describe(
        'the voice that spoke the text, such as `embedded` or `natural nl_NL-alex-medium`; null for a recording',
      ),
  })
  .meta({ id: 'Message' });

export const ListedAction = z
  .object({
    id: z.int(),
    number: z.int(),
    state: z.enum(ACTION_STATES),
    simulated: z
      .boolean()
      .describe('the action called the simulated phone network and nobody real; for a draft: a start now would'),
    kind: z.enum(KINDS),
    title: z.string(),
    description: z.string(),
    area: z.object({ postcodes: z.array(z.string()), near: Near.optional() }),
    centralistId: z.int(),
    team: z
      .array(z.int())
      .describe("ids of the centralists whose softphones ring for a tip after the centralist's own"),
    criteria: z.object({ timeCritical: z.boolean(), clearDescription: z.boolean() }),
    priority: z.boolean(),
    message: MessageAnswer,
    closingMessage: MessageAnswer.nullable(),
    result: z.enum(RESULTS).nullable(),
    createdAt: Time,
    startedAt: TimeOrNull,
    closedAt: TimeOrNull,
  })
  .meta({ id: 'ListedAction' });
export type ListedAction = z.infer<typeof ListedAction>;

const count = z.int();
const Counts = z
  .object({
    waiting: count,
    dialing: count,
    ringing: count,
    in_call: count,
    selected: count,
    rang: count,
    answered: count,
    reached: count,
    confirmed: count,
    no_digit: count,
    hung_up: count,
    no_answer: count,
    busy: count,
    declined: count,
    unreachable: count,
    congestion: count,
    cancelled: count,
    interrupted: count,
    heard: count,
    replayed: count,
    closing_called: count,
    closing_answered: count,
  })
  .meta({
    id: 'ActionCounts',
    description:
      'participants now: waiting, dialing, ringing, in_call (calling is finished when these are 0); participants so far: ' +
      'selected, rang, answered, reached, heard, replayed, closing_called, closing_answered; the others are attempts so far ' +
      'by outcome',
  });

const Timeline = z
  .object({
    startedAt: TimeOrNull,
    firstInviteAt: TimeOrNull,
    halfReachedAt: TimeOrNull,
    ninetyReachedAt: TimeOrNull,
    dialedOutAt: TimeOrNull.describe(
      'end of the last alert call; null while calls are still to come, and when a close cut the calling short',
    ),
    firstTipAt: TimeOrNull,
    closedAt: TimeOrNull,
  })
  .meta({ id: 'ActionTimeline' });

const WarningAnswer = z
  .object({
    code: z.enum(WARNING_CODES),
    text: z.string().describe('what the warning means, and what to do'),
    reason: z.string().optional(),
    mayStart: z.boolean().optional().describe('whether an action may start as a simulation'),
    simulated: z.boolean().optional().describe('whether the action itself is a simulation'),
    sipStatus: z.int().nullable().optional().describe('null when the operator does not answer our registration'),
    centralistId: z.int().optional(),
    name: z.string().optional(),
    extension: z.string().optional(),
    leftOut: z.int().optional(),
    called: z.int().optional(),
    reached: z.int().optional(),
    door: z.enum(['http', 'sip']).optional(),
    source: z.string().optional(),
    tries: z.int().optional(),
  })
  .meta({
    id: 'Warning',
    description: 'a problem for an action or its tips; which other fields are present depends on the code',
  });

const PlanAnswer = z
  .object({
    selected: z.int(),
    callableNow: z.int(),
    excluded: z.partialRecord(z.enum(EXCLUSIONS), z.int()),
    lines: z.int(),
    estimateSeconds: z
      .object({ half: z.number(), ninety: z.number(), all: z.number() })
      .describe('from the start until this part of the selected participants has been called once'),
    basis: z.enum(PLAN_BASES).describe('what the estimate is based on: calls of earlier actions, or none yet'),
    warnings: z.array(WarningAnswer).describe('the warnings when the plan was made'),
  })
  .meta({ id: 'Plan' });

const seconds = z.number().nullable();
const RealityAnswer = z
  .object({
    calledOnceSeconds: z.object({ half: seconds, ninety: seconds, all: seconds }),
    selected: z.int(),
    reached: z.int(),
  })
  .meta({
    id: 'Reality',
    description: 'how the plan compares with reality so far; null for a step that has not happened',
  });

export const ActionAnswer = ListedAction.extend({
  counts: Counts,
  timeline: Timeline,
  plan: PlanAnswer.nullable().describe('the plan at the start; null before'),
  reality: RealityAnswer,
  warning: z.string().nullable().describe('why the action does not go as it should; null when all is well'),
  warnings: z.array(WarningAnswer).describe('the current warnings, also of a draft'),
}).meta({ id: 'Action' });
export type ActionAnswer = z.infer<typeof ActionAnswer>;

export const PlannedAction = ActionAnswer.extend({ plan: PlanAnswer }).meta({ id: 'PlannedAction' });
export type PlannedAction = z.infer<typeof PlannedAction>;

export function listedAction(action: Action): ListedAction {
  const { id, number, state, kind, title, description, centralistId, criteria, priority, result } = action;
  const { simulated, createdAt, startedAt, closedAt } = action;
  return {
    id,
    number,
    state,
    simulated,
    kind,
    title,
    description,
    area: {
      postcodes: action.area.parts.map(formatAreaPart),
      ...(action.area.near ? { near: action.area.near } : {}),
    },
    centralistId,
    team: [...action.team],
    criteria: { ...criteria },
    priority,
    message: messageAnswer(action.message),
    closingMessage: action.closingMessage && messageAnswer(action.closingMessage),
    result,
    createdAt,
    startedAt,
    closedAt,
  };
}

export function actionAnswer({ action, counts, timeline, reality, warning, warnings }: ActionView): ActionAnswer {
  return {
    ...listedAction(action),
    counts: { ...counts },
    timeline: { ...timeline },
    plan: action.plan && planAnswer(action.plan),
    reality: { ...reality, calledOnceSeconds: { ...reality.calledOnceSeconds } },
    warning,
    warnings: warnings.map(warningAnswer),
  };
}

export const planAnswer = (plan: Plan): z.infer<typeof PlanAnswer> => ({
  ...plan,
  excluded: { ...plan.excluded },
  estimateSeconds: { ...plan.estimateSeconds },
  warnings: (plan.warnings ?? []).map(warningAnswer),
});

const warningAnswer = (warning: Warning): z.infer<typeof WarningAnswer> => ({ ...warning, text: warningText(warning) });

const messageAnswer = ({ text, seconds, version, voice }: Message): z.infer<typeof MessageAnswer> => ({
  text,
  seconds,
  version,
  voice,
});
