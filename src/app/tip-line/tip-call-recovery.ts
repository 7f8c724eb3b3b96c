import type { InboundCall, InboundResult } from '../../domain/tip.js';
import { MIN_TIP_MS } from '../../flows/steps/record-tip.js';
import type { CallId } from '../../ports/call.js';
import type { SurvivingCalls, Telephony } from '../../ports/telephony.js';
import type { CallIds } from '../journal/call-ids.js';
import type { TipJournal } from './tip-journal.js';

/**
 * Where a call to the tip line was when its process died, by what is in the telephony and by the last step of its trace:
 *
 *   talking   in a conversation, which goes on
 *   over      the conversation was over, and nobody had hung up the caller yet
 *   speaking  they record their tip, which goes on by itself
 *   lined_up  they stood in line, or were about to record
 *   welcomed  they heard the message, the choice, or something else before that
 */
export type TipCallStage = 'talking' | 'over' | 'speaking' | 'lined_up' | 'welcomed';

export interface TipCallProgress {
  readonly where: TipCallStage;
  /** The call that they are in conversation with. */
  readonly partner: CallId | undefined;
  /** How often a softphone was rung for it, and how often they were recorded and talked. */
  readonly rung: number;
  readonly takes: number;
  readonly talks: number;
  /** When the last step of its trace was; ms UTC. */
  readonly since: number;
}

const LINED_UP: ReadonlySet<string> = new Set(['ringing', 'waiting', 'transferring', 'talking', 'record']);

export function tipCallProgress(
  record: InboundCall,
  left: SurvivingCalls,
  trace: readonly { readonly step: string; readonly at: number }[],
  ids: CallIds,
): TipCallProgress {
  const steps = trace.map(({ step }) => step);
  const count = (step: string): number => steps.filter((one) => one === step).length;
  const legs = left.outgoing.flatMap(({ id }) => ids.deskOf(id) ?? []).filter((leg) => leg.inboundId === record.id);
  const conversation = left.conversations.find(({ a, b }) => a === record.callId || b === record.callId);
  const partner = conversation && (conversation.a === record.callId ? conversation.b : conversation.a);
  return {
    where: partner === undefined ? whereBy(steps.at(-1), record) : 'talking',
    partner,
    rung: Math.max(0, ...legs.map(({ leg }) => leg)),
    takes: count('record'),
    talks: count('talking'),
    since: trace.at(-1)?.at ?? record.receivedAt,
  };
}

function whereBy(last: string | undefined, { connectedAt }: InboundCall): TipCallStage {
  if (last === 'connected') return 'over';
  if (last === 'speak') return 'speaking';
  if (LINED_UP.has(last ?? '')) return 'lined_up';
  return connectedAt === null ? 'welcomed' : 'over';
}

export interface LeftRecordingsParts {
  readonly telephony: Pick<Telephony, 'recorded'>;
  readonly book: TipJournal;
  readonly ids: CallIds;
}

/** What was recorded of a call until its process died, or after, is kept: a tip, or a conversation. Whether a tip was. */
export async function keepCutRecordings(
  record: InboundCall,
  left: TipCallProgress,
  parts: LeftRecordingsParts,
): Promise<boolean> {
  const { id, actionId, participantId, recordingId } = record;
  const { book, ids, telephony } = parts;
  if (actionId === null || participantId === null || recordingId !== null) return false;
  const about = { actionId, participantId };
  await keepLeftTalk(record, left, parts);
  const recorded = left.takes === 0 ? undefined : await telephony.recorded(ids.tipRecording(id, left.takes));
  if (!recorded || recorded.ms < MIN_TIP_MS) return false;
  await book.recorded(id, about, recorded);
  return true;
}

/** The recording of the conversation in it is kept, where there was one. */
export async function keepLeftTalk(
  record: InboundCall,
  left: TipCallProgress,
  parts: LeftRecordingsParts,
): Promise<void> {
  const { id, actionId, participantId, connectedAt, recordingId } = record;
  if (actionId === null || participantId === null || connectedAt === null || recordingId !== null) return;
  const { book, ids, telephony } = parts;
  const tipId = book.conversationOf(id);
  if (tipId === undefined) return;
  const recorded = await telephony.recorded(ids.talkRecording(id, Math.max(1, left.talks)));
  if (recorded) await book.conversationRecorded(id, { actionId, participantId }, tipId, recorded);
}

/** The one result of a call that is over, as far as it is known. */
export async function settleTipCall(
  record: InboundCall,
  left: TipCallProgress,
  parts: LeftRecordingsParts,
): Promise<void> {
  const recorded =
    (await keepCutRecordings(record, left, parts)) || (record.recordingId !== null && record.connectedAt === null);
  const { actionId, participantId } = record;
  const about = actionId === null || participantId === null ? undefined : { actionId, participantId };
  parts.book.end(record.id, resultOf(record, recorded), about);
}

const REFUSED: ReadonlySet<string> = new Set(['unknown', 'withheld', 'not_selected']);

function resultOf({ connectedAt, reason }: InboundCall, recorded: boolean): InboundResult {
  if (connectedAt !== null) return 'connected';
  if (recorded) return 'recorded';
  return REFUSED.has(reason) ? 'refused' : 'abandoned';
}
