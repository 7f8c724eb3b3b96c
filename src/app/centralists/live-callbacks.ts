import type { ActionId } from '../../domain/action.js';
import type { Callback } from '../../domain/callback.js';
import type { ParticipantId } from '../../domain/participant.js';
import { Emitter } from '../../lib/emitter.js';
import type { Clock } from '../../ports/clock.js';
import type { LiveCallback } from '../services.js';

/** Callbacks in progress and the stage of each, from the request on, even while nothing can be stored. */
export class LiveCallbacks {
  readonly #calls = new Map<number, LiveCallback>();
  readonly #changed = new Emitter<void>();

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** In the order of the requests. */
  get list(): readonly LiveCallback[] {
    return [...this.#calls.values()];
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Whether this participant is being called back for this action. */
  has(actionId: ActionId, participantId: ParticipantId): boolean {
    return this.list.some(({ callback }) => callback.actionId === actionId && callback.participantId === participantId);
  }

  stage(callback: Callback, stage: LiveCallback['stage']): void {
    this.#calls.set(callback.id, { callback, stage, since: this.clock.now() });
    this.#changed.emit();
  }

  /** False when this callback was not in progress. */
  end(callback: Callback): boolean {
    const was = this.#calls.delete(callback.id);
    if (was) this.#changed.emit();
    return was;
  }

  onChange(listener: () => void): () => void {
    return this.#changed.on(listener);
  }
}
