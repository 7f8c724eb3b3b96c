import type { Callback, CallbackResult } from '../../domain/callback.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { Stores } from '../../ports/stores.js';
import type { EventJournal } from '../journal/event-journal.js';
import { DurableWrites } from '../journal/durable-writes.js';

export interface CallbackJournalParts {
  readonly stores: Stores;
  readonly events: EventJournal;
  readonly clock: Clock;
  readonly log: Log;
}

/** Where a call back is, as its events say it, beside `connected` and `ended`. */
export type CallbackStage = 'ringing_desk' | 'ringing';

/**
 * What is stored and told of calls back, in its order. What cannot be stored now is kept until it can be, at its own time, and
 * the call goes on meanwhile.
 */
export class CallbackJournal {
  readonly #kept: DurableWrites;
  /** Calls back of which it was said that they cannot be stored now. */
  readonly #said = new Set<number>();

  constructor(private readonly parts: CallbackJournalParts) {
    const { clock, stores } = parts;
    this.#kept = new DurableWrites({ clock, blockedBy: () => stores.blockedBy() });
  }

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

  /** They talk, which is a tip. */
  connected(callback: Callback): void {
    const now = this.parts.clock.now();
    void this.#keep(callback, () => {
      this.#tip(callback, now);
      this.#tell(callback, 'connected');
    });
  }

  /** Stores the one result; resolves when it is stored, however long that takes. */
  async end(callback: Callback, result: CallbackResult): Promise<void> {
    const now = this.parts.clock.now();
    await this.#keep(callback, () => {
      // Death may have come between the conversation and its tip.
      if (result === 'connected') this.#tip(callback, now);
      this.parts.stores.callbacks.end(callback.id, result, now);
      this.#tell(callback, 'ended', { result });
    });
    this.#said.delete(callback.id);
  }

  // ------------------------------------------------------------------

  /** What they came to say is a tip, when their own call, or an earlier call back, has left none. */
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
    const { events, log, stores } = this.parts;
    return this.#kept.store(
      () => {
        events.toldAfter(() => {
          stores.together(write);
        });
      },
      (error) => {
        // Once for each call: what is wrong with the disk is said by who looks after it.
        if (this.#said.has(callbackId)) return;
        this.#said.add(callbackId);
        log.error('a call back cannot be stored now; it is when it can be', { callbackId, error: String(error) });
      },
    );
  }
}
