import type { InboundCall, InboundResult } from '../../domain/tip.js';
import { MIN_TIP_MS } from '../../flows/steps/record-tip.js';
import type { CallId } from '../../ports/call.js';
import type { SurvivingCalls, Takeover } from '../../ports/telephony.js';
import type { CallIds } from '../journal/call-ids.js';
import type { TipJournal } from './tip-journal.js';

/**
 * How far a call to the tip line had got when its process died, read from the surviving calls and from the
 * last step of its trace:
 *
 *   talking   in a conversation, which goes on
 *   over      the conversation was over, and the caller had not been hung up yet
 *   speaking  recording a tip, which goes on by itself
 *   queued    in the queue, or about to record
 *   welcomed  hearing the message, the choice, or something else before the queue
 */
export type TipCallStage = 'talking' | 'over' | 'speaking' | 'queued' | 'welcomed';

export interface TipCallProgress {
  readonly stage: TipCallStage;
  /** The call on the other side of the conversation. */
  readonly partner: CallId | undefined;
  /** How often a softphone was rung for this caller. */
  readonly rung: number;
  /** How many recordings of a tip were begun. */
  readonly takes: number;
  /** How many conversations were begun. */
  readonly talks: number;
  /** When the last step of its trace began; ms UTC. */
  readonly since: number;
}

/** The last steps of a caller in the queue. */
const QUEUED: ReadonlySet<string> = new Set(['ringing', 'waiting', 'transferring', 'talking', 'record']);

export function tipCallProgress(
  record: InboundCall,
  surviving: SurvivingCalls,
  trace: readonly { readonly step: string; readonly at: number }[],
  ids: CallIds,
): TipCallProgress {
  const steps = trace.map(({ step }) => step);
  const count = (step: string): number => steps.filter((one) => one === step).length;
  const legs = surviving.outgoing
    .flatMap(({ id }) => ids.deskOf(id) ?? [])
    .filter((leg) => leg.inboundId === record.id);
  const conversation = surviving.conversations.find(({ a, b }) => a === record.callId || b === record.callId);
  const partner = conversation && (conversation.a === record.callId ? conversation.b : conversation.a);
  return {
    stage: partner === undefined ? stageByTrace(steps.at(-1), record) : 'talking',
    partner,
    rung: Math.max(0, ...legs.map(({ leg }) => leg)),
    takes: count('record'),
    talks: count('talking'),
    since: trace.at(-1)?.at ?? record.receivedAt,
  };
}

function stageByTrace(last: string | undefined, { connectedAt }: InboundCall): TipCallStage {
  if (last === 'connected') return 'over';
  if (last === 'speak') return 'speaking';
  if (QUEUED.has(last ?? '')) return 'queued';
  return connectedAt === null ? 'welcomed' : 'over';
}

export interface TipCallRecoveryParts {
  readonly telephony: Pick<Takeover, 'recorded'>;
  readonly journal: TipJournal;
  readonly ids: CallIds;
}

/**
 * Stores the recordings of a call, made before or after its process died: of a conversation, and of a tip.
 * Resolves with whether a recorded tip was stored.
 */
export async function keepRecordings(
  record: InboundCall,
  progress: TipCallProgress,
  parts: TipCallRecoveryParts,
): Promise<boolean> {
  const { id, actionId, participantId, recordingId } = record;
  const { journal, ids, telephony } = parts;
  if (actionId === null || participantId === null || recordingId !== null) return false;
  const about = { actionId, participantId };
  await keepTalkRecording(record, progress, parts);
  const recorded = progress.takes === 0 ? undefined : await telephony.recorded(ids.tipRecording(id, progress.takes));
  if (!recorded || recorded.ms < MIN_TIP_MS) return false;
  await journal.recorded(id, about, recorded);
  return true;
}

/** Stores the recording of the conversation in a call, if there was one. */
export async function keepTalkRecording(
  record: InboundCall,
  progress: TipCallProgress,
  parts: TipCallRecoveryParts,
): Promise<void> {
  const { id, actionId, participantId, connectedAt, recordingId } = record;
  if (actionId === null || participantId === null || connectedAt === null || recordingId !== null) return;
  const { journal, ids, telephony } = parts;
  const tipId = journal.conversationOf(id);
  if (tipId === undefined) return;
  const recorded = await telephony.recorded(ids.talkRecording(id, Math.max(1, progress.talks)));
  if (recorded) await journal.conversationRecorded(id, { actionId, participantId }, tipId, recorded);
}

/** Stores the result of a call that is over, as far as it is known. */
export async function settleTipCall(
  record: InboundCall,
  progress: TipCallProgress,
  parts: TipCallRecoveryParts,
): Promise<void> {
  const recorded =
    (await keepRecordings(record, progress, parts)) || (record.recordingId !== null && record.connectedAt === null);
  const { actionId, participantId } = record;
  const about = actionId === null || participantId === null ? undefined : { actionId, participantId };
  parts.journal.end(record.id, resultOf(record, recorded), about);
}

const REFUSED: ReadonlySet<string> = new Set(['unknown', 'withheld', 'not_selected']);

function resultOf({ connectedAt, reason }: InboundCall, recorded: boolean): InboundResult {
  if (connectedAt !== null) return 'connected';
  if (recorded) return 'recorded';
  return REFUSED.has(reason) ? 'refused' : 'abandoned';
}
