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
import { isAnswered, type Conversation, type SurvivingOutgoing, type Telephony } from '../../ports/telephony.js';
import type { CallIds } from '../journal/call-ids.js';
import type { DeskOrder, Softphones } from '../centralists/softphones.js';
import type { About, TipJournal } from './tip-journal.js';
import type { TipCallProgress } from './tip-call-recovery.js';
import { CentralistLegs } from './centralist-legs.js';
import type { TipQueue } from './tip-queue.js';

export interface TipCallParts {
  readonly stores: Stores;
  readonly telephony: Telephony;
  readonly desks: Softphones;
  readonly queue: TipQueue;
  readonly book: TipJournal;
  readonly ids: CallIds;
  readonly clock: Clock;
  readonly log: Log;
  readonly recordsTalks: boolean;
}

/** Where somebody who talks with a centralist is passed on to: a colleague to be rung, or one who is on the line already. */
export type TransferTarget =
  { readonly centralistId: CentralistId } | { readonly centralistId: CentralistId; readonly call: Call };

/** A centralist who is in conversation with a caller whom an earlier process had taken: in a call of theirs, or of ours. */
export interface Partner {
  readonly centralist: Centralist;
  readonly call: Call | undefined;
  readonly left: SurvivingOutgoing | undefined;
}

/** So long after somebody was passed on, nobody else is left on the line. */
const FAREWELL_MS = 500;

/** One call to the tip line, about an action once that is known: what the flow asks for, done. */
export class TipCall implements TipActions {
  /** Centralists who are on the line with, or for, this caller. */
  readonly #legs = new CentralistLegs();
  /** What must be stored before the call counts as ended. */
  readonly #pending: Promise<unknown>[] = [];
  #about: About | undefined;
  #otherwise: { readonly about: About; readonly reason: string } | undefined;
  #queuePlace: QueuePlace | undefined;
  #talk: { readonly centralist: Call; readonly end: Deferred<TalkEnd> } | undefined;
  #transfer: { readonly to: CentralistId; readonly outcome: Deferred<'done' | 'failed'> } | undefined;
  #rung: number;
  #takes: number;
  #talks: number;
  #talked: boolean;
  /** A centralist has answered, and nothing has gone wrong since. */
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

  /** Whose call it is, and about which action; undefined while that is not known. */
  get about(): About | undefined {
    return this.#about;
  }

  /** The centralist whom they talk with now; undefined when they do not. */
  get centralistId(): CentralistId | undefined {
    return this.#talk && this.#legs.ofCall(this.#talk.centralist);
  }

  /** Whether this is the call of the centralist whom they talk with. */
  talksWith(callId: string): boolean {
    return this.#talk?.centralist.id === callId;
  }

  /** What it is about when they ring off before they have chosen. */
  otherwise(about: About, reason: string): void {
    this.#otherwise = { about, reason };
  }

  /** It has turned out who rings, and about which action. */
  enter(about: About, reason: string): this {
    this.#about = about;
    this.parts.book.received(this.record, about, reason);
    return this;
  }

  // ------------------------------------------------------------------ what the flow asks for

  get recordsTalks(): boolean {
    return this.parts.recordsTalks;
  }

  queuePlace(): QueuePlace {
    // Who had talked with them and passed them on, before a restart, is rung before the others.
    const { centralistId } = this.record;
    return this.#stand(this.#talked && centralistId !== null ? { first: [centralistId] } : {});
  }

  pickedUp(centralist: Call): void {
    const centralistId = this.#legs.ofCall(centralist);
    this.#pickedUp = true;
    // Without an announcement they talk at once, and that is told.
    if (this.recordsTalks && centralistId !== undefined)
      this.parts.book.pickedUp(this.record.id, this.#known, centralistId);
  }

  async talk(centralist: Call): Promise<TalkEnd> {
    const { telephony, log, ids } = this.parts;
    this.#talks += 1;
    let conversation: Conversation;
    try {
      conversation = await telephony.connect(this.call, centralist);
    } catch (error) {
      log.error('caller and centralist could not be connected', { callId: this.call.id, error: String(error) });
      await this.#legs.letGo();
      this.#pickedUp = false;
      return { type: 'failed' };
    }
    if (this.recordsTalks) {
      await conversation.record(ids.talkRecording(this.record.id, this.#talks)).catch((error: unknown) => {
        // They were told that they are recorded, and talk all the same.
        log.error('a conversation could not be recorded', { callId: this.call.id, error: String(error) });
      });
    }
    return this.#talking(conversation, centralist, true);
  }

  recordingName(): string {
    // They record their tip instead: whoever is on the line for them still is not needed.
    void this.#legs.letGo();
    this.#takes += 1;
    this.parts.book.stage(this.record.id, this.#known, 'recording');
    return this.parts.ids.tipRecording(this.record.id, this.#takes);
  }

  onRecorded(recorded: Recorded): void {
    this.leftTip();
    this.#pending.push(this.parts.book.recorded(this.record.id, this.#known, recorded));
  }

  // ------------------------------------------------------------------ what an earlier process left

  /** The conversation with this centralist goes on. Their call is taken over at once. */
  async talkOn({ centralist, call, left }: Partner): Promise<TalkEnd> {
    const { desks, ids, telephony } = this.parts;
    let leg = call;
    if (call) desks.engageDuring(call, centralist.id, 'tip');
    else if (left) {
      const answered = await desks.takeOver(centralist, { ...this.#deskOrder, id: left.id }, left).answered;
      leg = isAnswered(answered) ? answered : undefined;
    }
    if (!leg) return { type: 'over' };
    this.#legs.add(leg, centralist.id);
    const name = ids.talkRecording(this.record.id, Math.max(1, this.#talks));
    return this.#talking(telephony.takeOverConversation(this.call, leg, name), leg, false);
  }

  /** A tip of theirs was recorded and is kept. */
  leftTip(): void {
    this.#recorded = true;
  }

  // ------------------------------------------------------------------

  /** Passes the caller on. `failed` when they do not talk with anybody now, or do not come to talk with the colleague. */
  transfer(target: TransferTarget): Promise<'done' | 'failed'> {
    const talk = this.#talk;
    const from = talk && this.#legs.ofCall(talk.centralist);
    if (!talk || from === undefined || from === target.centralistId) return Promise.resolve('failed');
    const { desks } = this.parts;
    if (!('call' in target) && desks.isEngaged(target.centralistId)) return Promise.resolve('failed');
    const outcome = deferred<'done' | 'failed'>();
    this.#transfer?.outcome.resolve('failed');
    this.#transfer = { to: target.centralistId, outcome };
    this.#talk = undefined;
    if ('call' in target) {
      this.#legs.add(target.call, target.centralistId);
      talk.end.resolve({ type: 'handed_over', centralist: target.call });
      return outcome.promise;
    }
    this.parts.book.stage(this.record.id, this.#known, 'transferring', { centralistId: target.centralistId });
    const line = this.#stand({
      first: [target.centralistId, from],
      opening: 'transferring',
      back: () => (talk.centralist.signal.aborted ? undefined : talk.centralist),
    });
    talk.end.resolve({ type: 'passed_on', line });
    return outcome.promise;
  }

  /** The call is over, or the flow is: nobody is left on the line, and what became of it is stored. */
  async close(result: TipResult): Promise<void> {
    this.#queuePlace?.leave();
    this.#transfer?.outcome.resolve('failed');
    await this.#legs.letGo();
    await Promise.all(this.#pending);
    if (!this.#about && this.#otherwise) this.enter(this.#otherwise.about, this.#otherwise.reason);
    this.parts.book.end(this.record.id, this.#settled(result), this.#about);
  }

  /** A caller who hung up has still talked, or left a tip. */
  #settled(result: TipResult): InboundResult {
    if (this.#talked) return 'connected';
    if (this.#recorded) return 'recorded';
    // A caller who hangs up while the recording is announced was answered all the same: that is no missed call.
    if (this.#pickedUp) return 'connected';
    return result === 'recorded' ? 'abandoned' : result;
  }

  async #talking(conversation: Conversation, centralist: Call, isNew: boolean): Promise<TalkEnd> {
    const { book, clock } = this.parts;
    const { id } = this.record;
    const about = this.#known;
    const centralistId = this.#legs.ofCall(centralist) ?? this.#action.centralistId;
    this.#legs.add(centralist, centralistId);
    this.call.step('connected');
    this.#talked = true;
    const known = isNew ? undefined : book.conversationOf(id);
    const tip =
      known === undefined ? book.connected(id, about, centralistId, this.recordsTalks) : Promise.resolve(known);
    const transfer = this.#transfer;
    this.#transfer = undefined;
    transfer?.outcome.resolve(centralistId === transfer.to ? 'done' : 'failed');
    // Who passed them on hears by a report how it went, before their own call is ended.
    const others = this.#legs.beside(centralist);
    if (others.length > 0) clock.after(FAREWELL_MS, () => void this.#legs.letGo(others));
    const end = deferred<TalkEnd>();
    this.#talk = { centralist, end };
    void conversation.ended.then(() => {
      end.resolve({ type: 'over' });
    });
    const how = await end.promise;
    this.#talk = undefined;
    await conversation.end();
    this.#pending.push(this.#keepConversation(conversation, tip));
    if (how.type === 'over') await this.#legs.hangUp(centralist);
    return how;
  }

  async #keepConversation(conversation: Conversation, tip: Promise<number>): Promise<void> {
    const { book, log } = this.parts;
    try {
      const recorded = await conversation.recorded();
      if (recorded) await book.conversationRecorded(this.record.id, this.#known, await tip, recorded);
      else await tip;
    } catch (error) {
      log.error('a recording could not be kept', { callId: this.call.id, error: String(error) });
    }
  }

  #stand(more: Partial<Parameters<TipQueue['stand']>[0]>): QueuePlace {
    const { book, queue } = this.parts;
    const { record } = this;
    const about = this.#known;
    this.#queuePlace = queue.stand({
      inboundId: record.id,
      actionId: about.actionId,
      ring: (centralist, signal) => this.#ring(centralist, signal),
      onRinging: (centralistIds) => {
        book.ringing(record, about, centralistIds);
      },
      onWaiting: (place) => {
        book.stage(record.id, about, 'waiting', { place });
      },
      onUnanswered: (centralistIds) => {
        if (this.#transfer && centralistIds.includes(this.#transfer.to)) this.#transfer.outcome.resolve('failed');
      },
      ...more,
    });
    return this.#queuePlace;
  }

  async #ring(centralist: Centralist, signal: AbortSignal): Promise<Call | undefined> {
    const { desks, ids, log } = this.parts;
    const { id: inboundId } = this.record;
    this.#rung += 1;
    const id = ids.ofDesk(inboundId, this.#rung, centralist.id);
    const result = await desks.ring(centralist, { ...this.#deskOrder, id }, signal);
    if (isAnswered(result)) {
      this.#legs.add(result, centralist.id);
      return result;
    }
    if (!signal.aborted) {
      const { sipStatus, fault } = result;
      log.info('the centralist does not answer', { inboundId, centralistId: centralist.id, sipStatus, fault });
    }
    return undefined;
  }

  get #deskOrder(): Omit<DeskOrder, 'id'> {
    const person = this.parts.stores.participants.get(this.#known.participantId);
    return { callerId: shownAtDesk(this.#action, person, this.record.from), why: 'tip' };
  }

  get #known(): About {
    if (!this.#about) throw new Error('it is not known yet what this call is about');
    return this.#about;
  }

  get #action(): Action {
    const { actionId } = this.#known;
    const action = this.parts.stores.actions.get(actionId);
    if (!action) throw new Error(`there is no action ${actionId}`);
    return action;
  }
}
