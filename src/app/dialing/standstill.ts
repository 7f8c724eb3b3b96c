import type { ActionId } from '../../domain/action.js';
import type { Alarm } from '../../domain/alarm.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { EventJournal } from '../journal/event-journal.js';

export interface StandstillParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventJournal;
  /** Number of people of each action who wait only because of us or the operator; see `Campaign.heldUp`. */
  readonly waiting: () => ReadonlyMap<ActionId, number>;
  /** Calls that have not rung yet. */
  readonly dialing: () => number;
  /** Why nobody is rung, in words; empty when that is not known. */
  readonly reason: () => string;
}

/** When people wait and no telephone has rung for this long, the alarm is raised. */
const LONGEST_MS = 30_000;

/**
 * Raises an alarm when people wait and no telephone has rung for half a minute, whatever the cause: a full
 * trunk, a dead trunk, a lost Asterisk, a fault of ours. While people are being rung, it costs one timer.
 */
export class Standstill {
  /**
   * When the last telephone rang, or when people began to wait, monotonic ms; undefined while nobody waits.
   */
  #since: number | undefined;
  #cancel: (() => void) | undefined;
  #raised: { readonly at: number; readonly actionIds: readonly ActionId[] } | undefined;

  constructor(private readonly parts: StandstillParts) {}

  /**
   * A telephone rang, or every line is in use and the operator carries at least half of the calls. The end of
   * such a call leads to a new check.
   */
  moves(): void {
    if (this.#since === undefined) return;
    this.#since = this.parts.clock.monotonic();
    this.stop();
    this.#end();
  }

  /** The number of people who wait may have changed. */
  look(): void {
    if (this.#cancel) return;
    const anybody = this.parts.waiting().size > 0;
    if (!anybody) {
      // On a dead trunk a call takes a while to fail, and a person who is being dialled was not rung yet.
      if (this.parts.dialing() > 0) return;
      this.#since = undefined;
      this.#end();
    } else if (!this.#raised) this.#watch();
  }

  /** The alarm; undefined when there is none. */
  get alarm(): Alarm | undefined {
    return this.#raised && { code: 'nobody_rung', severity: 'error', text: this.#words(), since: this.#raised.at };
  }

  /** Whether the alarm concerns people of this action. */
  isAbout(actionId: ActionId): boolean {
    return this.#raised !== undefined && this.parts.waiting().has(actionId);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  // ------------------------------------------------------------------

  #watch(): void {
    const { clock, waiting } = this.parts;
    this.#since ??= clock.monotonic();
    this.#cancel = clock.after(this.#since + LONGEST_MS - clock.monotonic(), () => {
      this.#cancel = undefined;
      if (waiting().size > 0) this.#raise();
      // The action may have been closed meanwhile. The next one must not inherit the time.
      else this.look();
    });
  }

  #raise(): void {
    const { clock, events, log, reason, waiting } = this.parts;
    const people = waiting();
    this.#raised = { at: clock.now(), actionIds: [...people.keys()] };
    log.error('NOBODY IS BEING RUNG while people wait to be called', {
      seconds: LONGEST_MS / 1_000,
      people: sum(people),
      reason: reason(),
    });
    for (const [actionId, count] of people)
      events.add(actionId, 'alarm', { code: 'nobody_rung', raised: true, waiting: count, reason: reason() });
  }

  #end(): void {
    if (!this.#raised) return;
    const { actionIds } = this.#raised;
    this.#raised = undefined;
    this.parts.log.warn('people are being rung again, or nobody waits to be called');
    for (const actionId of actionIds) this.parts.events.add(actionId, 'alarm', { code: 'nobody_rung', raised: false });
  }

  #words(): string {
    const { clock, reason, waiting } = this.parts;
    const seconds = Math.round((clock.monotonic() - (this.#since ?? 0)) / 1_000);
    const why = reason();
    return `nobody was rung for ${seconds} s while ${sum(waiting())} people wait${why === '' ? '' : `: ${why}`}`;
  }
}

const sum = (people: ReadonlyMap<ActionId, number>): number => [...people.values()].reduce((all, one) => all + one, 0);
