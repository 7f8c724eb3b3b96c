import { z } from 'zod';
import type { Actions } from '../../../app/services.js';
import type { ActionEvent } from '../../../ports/stores.js';

/** How much of the message a participant heard. */
const Heard = z.object({
  version: z.int(),
  plays: z.int(),
  seconds: z.number(),
  at: z.int(),
  listening: z.boolean().default(false),
});

/** The caller in an `inbound` event, as the pop-up shows them. */
const Caller = z.object({
  participantId: z.int(),
  name: z.string().nullable(),
  phone: z.string().nullable(),
  postcodes: z.array(z.string()),
  heard: Heard.nullable(),
  tips: z.array(
    z.object({
      id: z.int(),
      type: z.enum(['conversation', 'recording']),
      note: z.string().nullable(),
      useful: z.boolean().nullable(),
      at: z.int(),
    }),
  ),
});
export type Caller = z.infer<typeof Caller>;

const STAGES = [
  'received',
  'waiting',
  'ringing',
  'answered',
  'connected',
  'transferring',
  'recording',
  'ended',
] as const;

const InboundData = z.object({
  inboundId: z.int(),
  stage: z.enum(STAGES),
  caller: Caller.nullish().catch(null),
  place: z.int().nullish().catch(null),
  centralistIds: z.array(z.int()).optional().catch(undefined),
  centralistId: z.int().nullish().catch(null),
});

/** Data of the `attempt` event at the end of an alert call in which a digit was pressed. */
const AlertEnded = z.object({ participantId: z.int(), stage: z.literal('ended'), heard: Heard });

/** A call on the tip line, as its events describe it so far. */
export interface BoardCall {
  readonly inboundId: number;
  readonly actionId: number;
  readonly stage: Exclude<(typeof STAGES)[number], 'ended'>;
  readonly caller: Caller | null;
  /** Place in the queue; null when not waiting. */
  readonly place: number | null;
  /** Ids of the centralists whose softphones ring. */
  readonly ringing: readonly number[];
  /** The centralist who answered the call; null before the answer, or when not known. */
  readonly centralistId: number | null;
  readonly receivedAt: number;
  /** When this stage began. */
  readonly at: number;
}

export type Board = ReadonlyMap<number, BoardCall>;

/** Longer than any call. The end of an older call was missed, so that call leaves the board. */
const OLDEST_MS = 45 * 60_000;

/**
 * The calls on the board of the participant whose alert call this event ends. Their cards show how much of
 * the message the participant has heard.
 */
export function cardsOf(board: Board, { actionId, type, data }: ActionEvent): readonly BoardCall[] {
  const ended = type === 'attempt' && board.size > 0 ? AlertEnded.safeParse(data) : undefined;
  if (!ended?.success) return [];
  const { participantId } = ended.data;
  return [...board.values()].filter(
    ({ caller, ...call }) => call.actionId === actionId && caller?.participantId === participantId,
  );
}

/** The board after one more event. */
export function afterEvent(board: Board, event: ActionEvent): Board {
  const { actionId, type, data, at } = event;
  const open = cardsOf(board, event);
  if (open.length > 0) {
    const { heard } = AlertEnded.parse(data);
    const changed = open.map((call): [number, BoardCall] => [
      call.inboundId,
      { ...call, caller: call.caller && { ...call.caller, heard } },
    ]);
    return new Map([...board, ...changed]);
  }
  const parsed = type === 'inbound' ? InboundData.safeParse(data) : undefined;
  if (!parsed?.success) return board;
  const { inboundId, stage, caller, place, centralistIds, centralistId } = parsed.data;
  const rest = new Map([...board].filter(([id, call]) => id !== inboundId && at - call.receivedAt < OLDEST_MS));
  if (stage === 'ended') return rest;
  const before = board.get(inboundId);
  const ring = centralistIds ?? (centralistId == null ? [] : [centralistId]);
  return rest.set(inboundId, {
    inboundId,
    actionId,
    stage,
    caller: caller ?? before?.caller ?? null,
    place: stage === 'waiting' ? (place ?? null) : null,
    ringing: stage === 'ringing' || stage === 'transferring' ? ring : [],
    centralistId: stage === 'connected' || stage === 'answered' ? (centralistId ?? before?.ringing[0] ?? null) : null,
    receivedAt: before?.receivedAt ?? at,
    at: before?.stage === stage ? before.at : at,
  });
}

/** The calls on the tip line now, kept from the events for pages that are requested during a call. */
export class CallBoard {
  #board: Board = new Map();
  readonly #off: () => void;

  constructor(actions: Pick<Actions, 'onEvent'>) {
    this.#off = actions.onEvent((event) => {
      this.#board = afterEvent(this.#board, event);
    });
  }

  /** In order of arrival. */
  get calls(): readonly BoardCall[] {
    return [...this.#board.values()].sort((a, b) => a.receivedAt - b.receivedAt || a.inboundId - b.inboundId);
  }

  /** Whether this event, which the board has applied, changed what a card says the caller has heard. */
  isAbout(event: ActionEvent): boolean {
    return cardsOf(this.#board, event).length > 0;
  }

  close(): void {
    this.#off();
  }
}
