import type { ActionId, CentralistId } from '../../domain/action.js';
import type { ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import type { InboundCall, InboundResult } from '../../domain/tip.js';
import type { CallId, Recorded } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { RecordingEntry, Stores } from '../../ports/stores.js';
import { callerCard } from './caller-card.js';
import type { EventJournal } from '../journal/event-journal.js';
import type { Journal } from '../journal/journal.js';

/** The participant who calls, and the action they call about. */
export interface CallerAndAction {
  readonly actionId: ActionId;
  readonly participantId: ParticipantId;
}

/** Stages of a call to the tip line besides `received`, `ringing`, `answered`, `connected` and `ended`. */
export type TipStage = 'waiting' | 'transferring' | 'recording';

export interface TipJournalParts {
  readonly stores: Stores;
  readonly events: EventJournal;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Stores calls to the tip line and reports them as events. Each call has one row with one result. A step that
 * cannot be stored is logged, and the call goes on. A tip that cannot be stored is tried again until it is.
 */
export class TipJournal {
  constructor(private readonly parts: TipJournalParts) {}

  /** Stores a call that is admitted; undefined when it cannot be stored. */
  admit(call: {
    readonly from: E164 | null;
    readonly callId: CallId;
    readonly reason: string;
    readonly participantId: ParticipantId | null;
  }): InboundCall | undefined {
    const { stores, clock } = this.parts;
    return this.#keep(() => stores.inbound.add({ ...call, receivedAt: clock.now() }));
  }

  /** Stores a call that was refused as busy: one row, without waiting for the disk, and no event. */
  refused(call: { readonly from: E164 | null; readonly callId: CallId }): void {
    const { stores, clock } = this.parts;
    const now = clock.now();
    this.#keepTogether(() =>
      stores.inbound.add({ ...call, reason: 'too_many', receivedAt: now, result: 'refused', endedAt: now }),
    );
  }

  /** A code showed that the caller is a participant in no action. */
  reason(inboundId: number, reason: string, participantId: ParticipantId): void {
    this.#keep(() => {
      this.parts.stores.inbound.update(inboundId, { reason, participantId });
    });
  }

  /** The participant and the action are known. */
  received({ id, from }: InboundCall, about: CallerAndAction, reason: string): void {
    const { stores } = this.parts;
    this.#keepTogether(() => {
      stores.inbound.update(id, { ...about, reason });
      this.#tell(id, about, 'received', { reason, caller: callerCard(stores, about, from) });
    });
  }

  ringing({ id, from }: InboundCall, about: CallerAndAction, centralistIds: readonly CentralistId[]): void {
    const { stores, clock } = this.parts;
    this.#keepTogether(() => {
      const before = stores.inbound.get(id);
      const [centralistId, ...others] = centralistIds;
      stores.inbound.update(id, {
        ringingAt: before?.ringingAt ?? clock.now(),
        // The centralist who talked with the caller stays in the row while a colleague is rung.
        ...(centralistId === undefined || others.length > 0 || before?.connectedAt ? {} : { centralistId }),
      });
      this.#tell(id, about, 'ringing', { centralistIds, caller: callerCard(stores, about, from) });
    });
  }

  stage(
    inboundId: number,
    about: CallerAndAction,
    stage: TipStage,
    more: Readonly<Record<string, unknown>> = {},
  ): void {
    this.#keep(() => {
      this.#tell(inboundId, about, stage, more);
    });
  }

  /** A centralist has answered. The announcement of the recording may still be played before they talk. */
  pickedUp(inboundId: number, about: CallerAndAction, centralistId: CentralistId): void {
    this.#keep(() => {
      this.parts.stores.inbound.update(inboundId, { centralistId });
      this.#tell(inboundId, about, 'answered', { centralistId });
    });
  }

  /**
   * Caller and centralist talk, which is a tip. Resolves with the id of the tip. With `another`, a second
   * conversation in the same call is a tip of its own.
   */
  connected(inboundId: number, about: CallerAndAction, centralistId: CentralistId, another: boolean): Promise<number> {
    const { stores, clock } = this.parts;
    const now = clock.now();
    return this.#keepForSure(() => {
      const { connectedAt } = stores.inbound.get(inboundId) ?? { connectedAt: null };
      stores.inbound.update(inboundId, { connectedAt: connectedAt ?? now, centralistId });
      const before = this.conversationOf(inboundId);
      const tipId = before === undefined || another ? this.#tip(inboundId, about, 'conversation', null, now) : before;
      this.#tellOrThrow(inboundId, about, 'connected', { centralistId });
      return tipId;
    });
  }

  /** The tip of the last conversation of a call; undefined when there was no conversation. */
  conversationOf(inboundId: number): number | undefined {
    return this.parts.stores.tips
      .list({ inboundId })
      .filter(({ type }) => type === 'conversation')
      .at(-1)?.id;
  }

  /** Adds the recording of a conversation to its tip. */
  conversationRecorded(inboundId: number, about: CallerAndAction, tipId: number, recorded: Recorded): Promise<void> {
    const { stores, events } = this.parts;
    return this.#keepForSure(() => {
      const { id: recordingId } = this.#recording('conversation', recorded);
      stores.tips.update(tipId, { recordingId });
      stores.inbound.update(inboundId, { recordingId });
      events.addOrThrow(about.actionId, 'tip', { tipId, inboundId, ...about, type: 'conversation', recordingId });
    });
  }

  /** Stores a recorded tip. */
  recorded(inboundId: number, about: CallerAndAction, recorded: Recorded): Promise<void> {
    const { stores, clock } = this.parts;
    const now = clock.now();
    return this.#keepForSure(() => {
      const { id: recordingId } = this.#recording('tip', recorded);
      stores.inbound.update(inboundId, { recordingId });
      this.#tip(inboundId, about, 'recording', recordingId, now);
    });
  }

  /**
   * Stores a tip that Asterisk recorded while the controller was down: call, recording and tip together.
   * False when the call is already stored. Throws when it cannot be stored.
   */
  recordedOffline(
    call: Pick<InboundCall, 'from' | 'participantId' | 'actionId' | 'reason' | 'receivedAt'> & {
      readonly callId: CallId;
      readonly endedAt: number;
    },
    recorded: Recorded | undefined,
  ): boolean {
    const { stores } = this.parts;
    return this.parts.journal.store(() => {
      if (stores.inbound.byCallId(call.callId)) return false;
      const recordingId = recorded ? this.#recording('tip', recorded, call.endedAt).id : null;
      const result: InboundResult = recorded ? 'recorded' : 'abandoned';
      const { id } = stores.inbound.add({ ...call, result, recordingId });
      const { actionId, participantId } = call;
      if (actionId === null || participantId === null) return true;
      const about = { actionId, participantId };
      this.#tellOrThrow(id, about, 'received', {
        reason: call.reason,
        caller: callerCard(stores, about, call.from),
      });
      if (recordingId !== null) this.#tip(id, about, 'recording', recordingId, call.endedAt);
      this.#tellOrThrow(id, about, 'ended', { result });
      return true;
    });
  }

  end(inboundId: number, result: InboundResult, about: CallerAndAction | undefined): void {
    // A row that stays open is ended at the next start.
    this.#keep(() => this.parts.stores.inbound.end(inboundId, result, this.parts.clock.now()));
    if (about) this.#tell(inboundId, about, 'ended', { result });
  }

  // ------------------------------------------------------------------

  #recording(type: 'tip' | 'conversation', { name, ms }: Recorded, at = this.parts.clock.now()): RecordingEntry {
    const seconds = Math.round(ms / 100) / 10;
    return this.parts.stores.recordings.add({ type, soundId: null, file: `${name}.wav`, seconds, createdAt: at });
  }

  #tip(
    inboundId: number,
    about: CallerAndAction,
    type: 'conversation' | 'recording',
    recordingId: number | null,
    createdAt: number,
  ): number {
    const { stores, events } = this.parts;
    const tip = stores.tips.add({ ...about, inboundId, type, recordingId, createdAt });
    events.addOrThrow(about.actionId, 'tip', { tipId: tip.id, inboundId, ...about, type, recordingId });
    return tip.id;
  }

  /** Reports a stage. An event that cannot be stored is logged. */
  #tell(
    inboundId: number,
    { actionId, participantId }: CallerAndAction,
    stage: string,
    more: Readonly<Record<string, unknown>>,
  ): void {
    this.parts.events.add(actionId, 'inbound', { inboundId, participantId, stage, ...more });
  }

  #tellOrThrow(
    inboundId: number,
    { actionId, participantId }: CallerAndAction,
    stage: string,
    more: Readonly<Record<string, unknown>>,
  ): void {
    this.parts.events.addOrThrow(actionId, 'inbound', { inboundId, participantId, stage, ...more });
  }

  /** Stores a step that may be missed. */
  #keep<T>(write: () => T): T | undefined {
    try {
      return write();
    } catch (error) {
      this.parts.log.error('tip line call could not be stored', { error: String(error) });
      return undefined;
    }
  }

  /** The same for rows and events that are stored together. */
  #keepTogether<T>(write: () => T): T | undefined {
    return this.#keep(() => this.parts.journal.store(write));
  }

  /** Stores a tip, which must not be lost. */
  #keepForSure<T>(write: () => T): Promise<T> {
    return this.parts.journal.storeForSure(write, (error) => {
      this.parts.log.error('tip cannot be stored yet; trying again until it is', { error: String(error) });
    });
  }
}
