import type { Callback, CallbackResult } from '../../domain/callback.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { Stores } from '../../ports/stores.js';
import type { EventJournal } from '../journal/event-journal.js';
import type { Journal } from '../journal/journal.js';

export interface CallbackJournalParts {
  readonly stores: Stores;
  readonly events: EventJournal;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
}

/** Stages of a callback in its events, besides `connected` and `ended`. */
export type CallbackStage = 'ringing_desk' | 'ringing';

/**
 * Stores callbacks and reports them as events, in order. A step that cannot be stored now is kept, with its
 * own time, until it can be stored. The call goes on meanwhile.
 */
export class CallbackJournal {
  /** Callbacks whose failed writes were already logged. */
  readonly #logged = new Set<number>();

  constructor(private readonly parts: CallbackJournalParts) {}

  stage(callback: Callback, stage: CallbackStage): void {
    void this.#keep(callback, () => {
      this.#tell(callback, stage);
    });
  }

  deskAnswered(callback: Callback): void {
    const deskAnsweredAt = this.parts.clock.now();
    void this.#keep(callback, () => {
      this.parts.stores.callbacks.update(callback.id, { deskAnsweredAt });
    });
  }

  answered(callback: Callback): void {
    const answeredAt = this.parts.clock.now();
    void this.#keep(callback, () => {
      this.parts.stores.callbacks.update(callback.id, { answeredAt });
    });
  }

  /** Centralist and participant talk, which is a tip. */
  connected(callback: Callback): void {
    const now = this.parts.clock.now();
    void this.#keep(callback, () => {
      this.#tip(callback, now);
      this.#tell(callback, 'connected');
    });
  }

  /** Stores the result. Resolves when it is stored, however long that takes. */
  async end(callback: Callback, result: CallbackResult): Promise<void> {
    const now = this.parts.clock.now();
    await this.#keep(callback, () => {
      // An earlier process may have died between the conversation and its tip.
      if (result === 'connected') this.#tip(callback, now);
      this.parts.stores.callbacks.end(callback.id, result, now);
      this.#tell(callback, 'ended', { result });
    });
    this.#logged.delete(callback.id);
  }

  // ------------------------------------------------------------------

  /** Adds a tip, unless the participant's own call or an earlier callback already gave one. */
  #tip({ actionId, inboundId, participantId }: Callback, createdAt: number): void {
    const { events, stores } = this.parts;
    if (stores.tips.list({ inboundId }).length > 0) return;
    const type = 'conversation';
    const tip = stores.tips.add({ actionId, participantId, inboundId, type, recordingId: null, createdAt });
    events.addOrThrow(actionId, 'tip', { tipId: tip.id, participantId, inboundId, type, recordingId: null });
  }

  #tell(callback: Callback, stage: string, more: Readonly<Record<string, unknown>> = {}): void {
    const { actionId, centralistId, id: callbackId, inboundId, participantId } = callback;
    const data = { callbackId, inboundId, participantId, centralistId, stage, ...more };
    this.parts.events.addOrThrow(actionId, 'callback', data);
  }

  #keep({ id: callbackId }: Callback, write: () => void): Promise<void> {
    return this.parts.journal.storeForSure(write, (error) => {
      // Logged once for each callback, because the database reports its own failures.
      if (this.#logged.has(callbackId)) return;
      this.#logged.add(callbackId);
      this.parts.log.error('callback cannot be stored yet; trying again until it is', {
        callbackId,
        error: String(error),
      });
    });
  }
}
