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

/** Whose call it is, and about which action. */
export interface About {
  readonly actionId: ActionId;
  readonly participantId: ParticipantId;
}

/** Where a call to the tip line is, beside `received`, `ringing`, `answered`, `connected` and `ended`. */
export type TipStage = 'waiting' | 'transferring' | 'recording';

export interface TipJournalParts {
  readonly stores: Stores;
  readonly events: EventJournal;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What is stored and told of calls to the tip line: each has one row, with one result. What cannot be stored on the way is
 * logged, and the call goes on; tips are stored again and again until they are.
 */
export class TipJournal {
  constructor(private readonly parts: TipJournalParts) {}

  /** Undefined when it cannot be stored. */
  admit(call: {
    readonly from: E164 | null;
    readonly callId: CallId;
    readonly reason: string;
    readonly participantId: ParticipantId | null;
  }): InboundCall | undefined {
    const { stores, clock } = this.parts;
    return this.#keep(() => stores.inbound.add({ ...call, receivedAt: clock.now() }));
  }

  /** A call that was not even let in: one row, which waits for no disk, and no event. */
  refused(call: { readonly from: E164 | null; readonly callId: CallId }): void {
    const { stores, clock } = this.parts;
    const now = clock.now();
    this.#keep(() =>
      stores.together(() =>
        stores.inbound.add({ ...call, reason: 'too_many', receivedAt: now, result: 'refused', endedAt: now }),
      ),
    );
  }

  /** It has turned out who rings: somebody who may not come in. */
  reason(inboundId: number, reason: string, participantId: ParticipantId): void {
    this.#keep(() => {
      this.parts.stores.inbound.update(inboundId, { reason, participantId });
    });
  }

  /** It has turned out who rings, and about which action. */
  received({ id, from }: InboundCall, about: About, reason: string): void {
    const { stores } = this.parts;
    this.#keep(() => {
      stores.together(() => {
        stores.inbound.update(id, { ...about, reason });
        this.#tell(id, about, 'received', { reason, caller: callerCard(stores, about, from) });
      });
    });
  }

  ringing({ id, from }: InboundCall, about: About, centralistIds: readonly CentralistId[]): void {
    const { stores, clock } = this.parts;
    this.#keep(() => {
      stores.together(() => {
        const before = stores.inbound.get(id);
        const [centralistId, ...others] = centralistIds;
        stores.inbound.update(id, {
          ringingAt: before?.ringingAt ?? clock.now(),
          // Whom they have talked with stays known while a colleague is rung.
          ...(centralistId === undefined || others.length > 0 || before?.connectedAt ? {} : { centralistId }),
        });
        this.#tell(id, about, 'ringing', { centralistIds, caller: callerCard(stores, about, from) });
      });
    });
  }

  stage(inboundId: number, about: About, stage: TipStage, more: Readonly<Record<string, unknown>> = {}): void {
    this.#keep(() => {
      this.#tell(inboundId, about, stage, more);
    });
  }

  /** A centralist has answered; until they talk something may be said to both. */
  pickedUp(inboundId: number, about: About, centralistId: CentralistId): void {
    this.#keep(() => {
      this.parts.stores.inbound.update(inboundId, { centralistId });
      this.#tell(inboundId, about, 'answered', { centralistId });
    });
  }

  /** They talk, which is a tip; resolves with its id. `another`: a second conversation of the call, with a tip of its own. */
  connected(inboundId: number, about: About, centralistId: CentralistId, another: boolean): Promise<number> {
    const { stores, clock } = this.parts;
    const now = clock.now();
    return this.#keepForSure(() => {
      const { connectedAt } = stores.inbound.get(inboundId) ?? { connectedAt: null };
      stores.inbound.update(inboundId, { connectedAt: connectedAt ?? now, centralistId });
      const before = this.conversationOf(inboundId);
      const tipId = before === undefined || another ? this.#tip(inboundId, about, 'conversation', null, now) : before;
      this.#tell(inboundId, about, 'connected', { centralistId });
      return tipId;
    });
  }

  /** The tip that the last conversation of a call is; undefined when there was none. */
  conversationOf(inboundId: number): number | undefined {
    return this.parts.stores.tips
      .list({ inboundId })
      .filter(({ type }) => type === 'conversation')
      .at(-1)?.id;
  }

  /** The recording of a conversation that is over: it belongs to its tip. */
  conversationRecorded(inboundId: number, about: About, tipId: number, recorded: Recorded): Promise<void> {
    const { stores, events } = this.parts;
    return this.#keepForSure(() => {
      const { id: recordingId } = this.#recording('conversation', recorded);
      stores.tips.update(tipId, { recordingId });
      stores.inbound.update(inboundId, { recordingId });
      events.add(about.actionId, 'tip', { tipId, inboundId, ...about, type: 'conversation', recordingId });
    });
  }

  /** A tip that was recorded. */
  recorded(inboundId: number, about: About, recorded: Recorded): Promise<void> {
    const { stores, clock } = this.parts;
    const now = clock.now();
    return this.#keepForSure(() => {
      const { id: recordingId } = this.#recording('tip', recorded);
      stores.inbound.update(inboundId, { recordingId });
      this.#tip(inboundId, about, 'recording', recordingId, now);
    });
  }

  /** A tip that was recorded while nobody was there: row, recording and tip in one. False when it is there already. */
  takeIn(
    call: Pick<InboundCall, 'from' | 'participantId' | 'actionId' | 'reason' | 'receivedAt'> & {
      readonly callId: CallId;
      readonly endedAt: number;
    },
    recorded: Recorded | undefined,
  ): boolean {
    const { stores } = this.parts;
    return stores.together(() => {
      if (stores.inbound.byCallId(call.callId)) return false;
      const recordingId = recorded ? this.#recording('tip', recorded, call.endedAt).id : null;
      const result: InboundResult = recorded ? 'recorded' : 'abandoned';
      const { id } = stores.inbound.add({ ...call, result, recordingId });
      const { actionId, participantId } = call;
      if (actionId === null || participantId === null) return true;
      const about = { actionId, participantId };
      this.#tell(id, about, 'received', { reason: call.reason, caller: callerCard(stores, about, call.from) });
      if (recordingId !== null) this.#tip(id, about, 'recording', recordingId, call.endedAt);
      this.#tell(id, about, 'ended', { result });
      return true;
    });
  }

  end(inboundId: number, result: InboundResult, about: About | undefined): void {
    // Left open, it is ended at the next start.
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
    about: About,
    type: 'conversation' | 'recording',
    recordingId: number | null,
    createdAt: number,
  ): number {
    const { stores, events } = this.parts;
    const tip = stores.tips.add({ ...about, inboundId, type, recordingId, createdAt });
    events.add(about.actionId, 'tip', { tipId: tip.id, inboundId, ...about, type, recordingId });
    return tip.id;
  }

  #tell(
    inboundId: number,
    { actionId, participantId }: About,
    stage: string,
    more: Readonly<Record<string, unknown>>,
  ): void {
    this.parts.events.add(actionId, 'inbound', { inboundId, participantId, stage, ...more });
  }

  /** What may be missed. */
  #keep<T>(write: () => T): T | undefined {
    try {
      return write();
    } catch (error) {
      this.parts.log.error('a call to the tip line could not be stored', { error: String(error) });
      return undefined;
    }
  }

  /** What must not be lost: tried until it is stored, the first time at once. */
  async #keepForSure<T>(write: () => T): Promise<T> {
    for (let wait = 200; ; wait = Math.min(5_000, wait * 2)) {
      try {
        return this.parts.stores.together(write);
      } catch (error) {
        this.parts.log.error('a tip could not be stored; trying again', { error: String(error), waitMs: wait });
        await new Promise<void>((resolve) => {
          this.parts.clock.after(wait, resolve);
        });
      }
    }
  }
}
