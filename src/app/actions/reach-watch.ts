import type { ActionId } from '../../domain/action.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { EventJournal } from '../journal/event-journal.js';
import type { Actions } from '../services.js';

export interface ReachWatchParts {
  readonly events: Pick<EventJournal, 'add'>;
  readonly actions: Pick<Actions, 'counted' | 'view' | 'onEvent'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Delay of the check after an event of an action, in ms, so that a storm of calls costs one check. */
const CHECK_MS = 1_000;

/**
 * Raises an alarm once when hardly anybody is reached in an action, in the log and as an event, and clears it
 * once.
 */
export class ReachWatch {
  readonly #low = new Set<ActionId>();
  readonly #due = new Map<ActionId, () => void>();
  readonly #off: () => void;

  constructor(private readonly parts: ReachWatchParts) {
    this.#off = parts.actions.onEvent(({ actionId, type }) => {
      // Alarms are skipped, because they may come from this check itself.
      if (type !== 'alarm') this.#checkSoon(actionId);
    });
  }

  close(): void {
    this.#off();
    for (const cancel of this.#due.values()) cancel();
    this.#due.clear();
  }

  #checkSoon(actionId: ActionId): void {
    if (this.#due.has(actionId)) return;
    const cancel = this.parts.clock.after(CHECK_MS, () => {
      this.#due.delete(actionId);
      this.#check(actionId).catch((error: unknown) => {
        this.parts.log.error('reach of the action could not be read', { actionId, error: String(error) });
      });
    });
    this.#due.set(actionId, cancel);
  }

  async #check(actionId: ActionId): Promise<void> {
    const { actions, events, log } = this.parts;
    await actions.counted(actionId);
    const low = actions.view(actionId).warnings.find(({ code }) => code === 'low_reach');
    if (low?.code === 'low_reach' && !this.#low.has(actionId)) {
      this.#low.add(actionId);
      const { called, reached } = low;
      log.error('HARDLY ANYBODY IS REACHED: check the trunk, and listen to a call', { actionId, called, reached });
      events.add(actionId, 'alarm', { code: 'low_reach', raised: true, called, reached });
    } else if (!low && this.#low.delete(actionId)) {
      log.warn('people are reached again, or the action is closed', { actionId });
      events.add(actionId, 'alarm', { code: 'low_reach', raised: false });
    }
  }
}
