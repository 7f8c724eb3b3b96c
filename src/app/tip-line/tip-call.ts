import type { Action, CentralistId } from '../../domain/action.js';
import { shownAtDesk } from '../../domain/shown-at-desk.js';
import type { InboundCall, InboundResult } from '../../domain/tip.js';
import type { QueuePlace } from '../../flows/steps/wait-in-queue.js';
import type { TalkEnd, TipActions, TipResult } from '../../flows/tip-line.js';
import { deferred, type Deferred } from '../../lib/deferred.js';
import type { Call, Recorded } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { Centralist, Stores } from '../../ports/stores.js';
import {
  isAnswered,
  type Conversation,
  type Conversations,
  type SurvivingOutgoing,
  type Takeover,
} from '../../ports/telephony.js';
import type { CallIds } from '../journal/call-ids.js';
import type { DeskOrder, Softphones } from '../centralists/softphones.js';
import type { CallerAndAction, TipJournal } from './tip-journal.js';
import type { TipCallProgress } from './tip-call-recovery.js';
import { CentralistLegs } from './centralist-legs.js';
import type { TipQueue } from './tip-queue.js';

export interface TipCallParts {
  readonly stores: Stores;
  readonly telephony: Conversations & Takeover;
  readonly softphones: Softphones;
  readonly queue: TipQueue;
  readonly journal: TipJournal;
  readonly ids: CallIds;
  readonly clock: Clock;
  readonly log: Log;
  readonly recordsTalks: boolean;
}

/** The colleague to whom a caller is transferred: to be rung, or already on the line (`call`). */
export type TransferTarget =
  { readonly centralistId: CentralistId } | { readonly centralistId: CentralistId; readonly call: Call };

/**
 * The centralist in a conversation that survived a restart. Either the centralist dialled their call
 * (`call`), or we placed it (`surviving`).
 */
export interface SurvivingPartner {
  readonly centralist: Centralist;
  readonly call: Call | undefined;
  readonly surviving: SurvivingOutgoing | undefined;
}

/** How long after a transfer the other centralists on the line are hung up. */
const FAREWELL_MS = 500;

/** One call to the tip line, and what the flow can do with it. The action is known from `enter` on. */
export class TipCall implements TipActions {
  /** Call legs of centralists who are on the line with this caller, or are about to be. */
  readonly #legs = new CentralistLegs();
  /** Writes that must be done before the call counts as ended. */
  readonly #pending: Promise<unknown>[] = [];
  #about: CallerAndAction | undefined;
  /** What the call is about when the caller hangs up before choosing an action. */
  #assumed: { readonly about: CallerAndAction; readonly reason: string } | undefined;
  #queuePlace: QueuePlace | undefined;
  #talk: { readonly centralist: Call; readonly end: Deferred<TalkEnd> } | undefined;
  #transfer: { readonly to: CentralistId; readonly outcome: Deferred<'done' | 'failed'> } | undefined;
  #rung: number;
  #takes: number;
  #talks: number;
  #talked: boolean;
  /** A centralist has answered, and was not lost before the conversation. */
  #pickedUp = false;
  #recorded: boolean;

  constructor(
    private readonly parts: TipCallParts,
    readonly record: InboundCall,
    readonly call: Call,
    before: Pick<TipCallProgress, 'rung' | 'takes' | 'talks'> = { rung: 0, takes: 0, talks: 0 },
  ) {
    this.#rung = before.rung;
    this.#takes = before.takes;
    this.#talks = before.talks;
    this.#talked = record.connectedAt !== null;
    this.#recorded = record.recordingId !== null;
    const { actionId, participantId } = record;
    if (actionId !== null && participantId !== null) this.#about = { actionId, participantId };
  }

  /** The participant and the action; undefined until both are known. */
  get about(): CallerAndAction | undefined {
    return this.#about;
  }

  /** The centralist in conversation with the caller; undefined outside a conversation. */
  get centralistId(): CentralistId | undefined {
    return this.#talk && this.#legs.ofCall(this.#talk.centralist);
  }

  /** Whether this call belongs to the centralist in conversation with the caller. */
  talksWith(callId: string): boolean {
    return this.#talk?.centralist.id === callId;
  }

  /** Sets the action that is stored when the caller hangs up before choosing one. */
  assumeUntilChosen(about: CallerAndAction, reason: string): void {
    this.#assumed = { about, reason };
  }

  /** The participant and the action are known. */
  enter(about: CallerAndAction, reason: string): this {
    this.#about = about;
    this.parts.journal.received(this.record, about, reason);
    return this;
  }

  // ------------------------------------------------------------------ what the flow asks for

  get recordsTalks(): boolean {
    return this.parts.recordsTalks;
  }

  queuePlace(): QueuePlace {
    // After a restart in the middle of a transfer, the centralist who talked last is rung before the others.
    const { centralistId } = this.record;
    return this.#joinQueue(this.#talked && centralistId !== null ? { first: [centralistId] } : {});
  }

  pickedUp(centralist: Call): void {
    const centralistId = this.#legs.ofCall(centralist);
    this.#pickedUp = true;
    // Without the announcement the conversation starts at once, and only the conversation is stored.
    if (this.recordsTalks && centralistId !== undefined)
      this.parts.journal.pickedUp(this.record.id, this.#known, centralistId);
  }

  async talk(centralist: Call): Promise<TalkEnd> {
    const { telephony, log, ids } = this.parts;
    this.#talks += 1;
    let conversation: Conversation;
    try {
      conversation = await telephony.connect(this.call, centralist);
    } catch (error) {
      log.error('caller and centralist could not be bridged', { callId: this.call.id, error: String(error) });
      await this.#legs.hangUpAll();
      this.#pickedUp = false;
      return { type: 'failed' };
    }
    if (this.recordsTalks) {
      await conversation.record(ids.talkRecording(this.record.id, this.#talks)).catch((error: unknown) => {
        // Both were told that they are recorded. The conversation goes on all the same.
        log.error('conversation could not be recorded', { callId: this.call.id, error: String(error) });
      });
    }
    return this.#untilTalkEnds(conversation, centralist, true);
  }

  recordingName(): string {
    // The caller records a tip instead, so centralists who are still on the line are not needed.
    void this.#legs.hangUpAll();
    this.#takes += 1;
    this.parts.journal.stage(this.record.id, this.#known, 'recording');
    return this.parts.ids.tipRecording(this.record.id, this.#takes);
  }

  onRecorded(recorded: Recorded): void {
    this.tipRecorded();
    this.#pending.push(this.parts.journal.recorded(this.record.id, this.#known, recorded));
  }

  // ------------------------------------------------------------------ taken over after a restart

  /** Goes on with a conversation. The centralist's call is taken over at once. */
  async talkOn({ centralist, call, surviving }: SurvivingPartner): Promise<TalkEnd> {
    const { softphones, ids, telephony } = this.parts;
    let leg = call;
    if (call) softphones.engageDuring(call, centralist.id, 'tip');
    else if (surviving) {
      const answered = await softphones.takeOver(centralist, { ...this.#deskOrder, id: surviving.id }, surviving)
        .answered;
      leg = isAnswered(answered) ? answered : undefined;
    }
    if (!leg) return { type: 'over' };
    this.#legs.add(leg, centralist.id);
    const name = ids.talkRecording(this.record.id, Math.max(1, this.#talks));
    return this.#untilTalkEnds(telephony.takeOverConversation(this.call, leg, name), leg, false);
  }

  /** A tip was recorded in this call and stored. */
  tipRecorded(): void {
    this.#recorded = true;
  }

  // ------------------------------------------------------------------

  /**
   * Transfers the caller. `failed` when the caller is in no conversation, or is not connected with the
   * colleague.
   */
  transfer(target: TransferTarget): Promise<'done' | 'failed'> {
    const talk = this.#talk;
    const from = talk && this.#legs.ofCall(talk.centralist);
    if (!talk || from === undefined || from === target.centralistId) return Promise.resolve('failed');
    const { softphones } = this.parts;
    if (!('call' in target) && softphones.isEngaged(target.centralistId)) return Promise.resolve('failed');
    const outcome = deferred<'done' | 'failed'>();
    this.#transfer?.outcome.resolve('failed');
    this.#transfer = { to: target.centralistId, outcome };
    this.#talk = undefined;
    if ('call' in target) {
      this.#legs.add(target.call, target.centralistId);
      talk.end.resolve({ type: 'handed_over', centralist: target.call });
      return outcome.promise;
    }
    this.parts.journal.stage(this.record.id, this.#known, 'transferring', { centralistId: target.centralistId });
    const queuePlace = this.#joinQueue({
      first: [target.centralistId, from],
      opening: 'transferring',
      back: () => (talk.centralist.signal.aborted ? undefined : talk.centralist),
    });
    talk.end.resolve({ type: 'passed_on', queuePlace });
    return outcome.promise;
  }

  /** Ends what the call still has: queue place, transfer, centralists. Then stores the result. */
  async close(result: TipResult): Promise<void> {
    this.#queuePlace?.leave();
    this.#transfer?.outcome.resolve('failed');
    await this.#legs.hangUpAll();
    await Promise.all(this.#pending);
    if (!this.#about && this.#assumed) this.enter(this.#assumed.about, this.#assumed.reason);
    this.parts.journal.end(this.record.id, this.#resultOf(result), this.#about);
  }

  /** The result of the call: a caller who hung up in the end may still have talked, or recorded a tip. */
  #resultOf(result: TipResult): InboundResult {
    if (this.#talked) return 'connected';
    if (this.#recorded) return 'recorded';
    // A caller who hangs up during the announcement of the recording was answered, so no call was missed.
    if (this.#pickedUp) return 'connected';
    return result === 'recorded' ? 'abandoned' : result;
  }

  async #untilTalkEnds(conversation: Conversation, centralist: Call, isNew: boolean): Promise<TalkEnd> {
    const { journal, clock } = this.parts;
    const { id } = this.record;
    const about = this.#known;
    const centralistId = this.#legs.ofCall(centralist) ?? this.#action.centralistId;
    this.#legs.add(centralist, centralistId);
    this.call.step('connected');
    this.#talked = true;
    const storedTip = isNew ? undefined : journal.conversationOf(id);
    const tip =
      storedTip === undefined
        ? journal.connected(id, about, centralistId, this.recordsTalks)
        : Promise.resolve(storedTip);
    const transfer = this.#transfer;
    this.#transfer = undefined;
    transfer?.outcome.resolve(centralistId === transfer.to ? 'done' : 'failed');
    // The centralist who transferred gets the report of the transfer before their own call is hung up.
    const others = this.#legs.beside(centralist);
    if (others.length > 0) clock.after(FAREWELL_MS, () => void this.#legs.hangUpAll(others));
    const end = deferred<TalkEnd>();
    this.#talk = { centralist, end };
    void conversation.ended.then(() => {
      end.resolve({ type: 'over' });
    });
    const ending = await end.promise;
    this.#talk = undefined;
    await conversation.end();
    this.#pending.push(this.#keepConversation(conversation, tip));
    if (ending.type === 'over') await this.#legs.hangUp(centralist);
    return ending;
  }

  async #keepConversation(conversation: Conversation, tip: Promise<number>): Promise<void> {
    const { journal, log } = this.parts;
    try {
      const recorded = await conversation.recorded();
      if (recorded) await journal.conversationRecorded(this.record.id, this.#known, await tip, recorded);
      else await tip;
    } catch (error) {
      log.error('conversation recording could not be stored', { callId: this.call.id, error: String(error) });
    }
  }

  #joinQueue(more: Partial<Parameters<TipQueue['join']>[0]>): QueuePlace {
    const { journal, queue } = this.parts;
    const { record } = this;
    const about = this.#known;
    this.#queuePlace = queue.join({
      inboundId: record.id,
      actionId: about.actionId,
      ring: (centralist, signal) => this.#ring(centralist, signal),
      onRinging: (centralistIds) => {
        journal.ringing(record, about, centralistIds);
      },
      onWaiting: (place) => {
        journal.stage(record.id, about, 'waiting', { place });
      },
      onUnanswered: (centralistIds) => {
        if (this.#transfer && centralistIds.includes(this.#transfer.to)) this.#transfer.outcome.resolve('failed');
      },
      ...more,
    });
    return this.#queuePlace;
  }

  async #ring(centralist: Centralist, signal: AbortSignal): Promise<Call | undefined> {
    const { softphones, ids, log } = this.parts;
    const { id: inboundId } = this.record;
    this.#rung += 1;
    const id = ids.ofDesk(inboundId, this.#rung, centralist.id);
    const result = await softphones.ring(centralist, { ...this.#deskOrder, id }, signal);
    if (isAnswered(result)) {
      this.#legs.add(result, centralist.id);
      return result;
    }
    if (!signal.aborted) {
      const { sipStatus, fault } = result;
      log.info('centralist did not answer', { inboundId, centralistId: centralist.id, sipStatus, fault });
    }
    return undefined;
  }

  get #deskOrder(): Omit<DeskOrder, 'id'> {
    const person = this.parts.stores.participants.get(this.#known.participantId);
    return { callerId: shownAtDesk(this.#action, person, this.record.from), why: 'tip' };
  }

  get #known(): CallerAndAction {
    if (!this.#about) throw new Error('the action of this call is not known yet');
    return this.#about;
  }

  get #action(): Action {
    const { actionId } = this.#known;
    const action = this.parts.stores.actions.get(actionId);
    if (!action) throw new Error(`there is no action ${actionId}`);
    return action;
  }
}
