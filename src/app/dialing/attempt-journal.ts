import { confirmedAt, heardOf, type Script, type StepAt } from '../../domain/alert-script.js';
import type { Action, ActionId } from '../../domain/action.js';
import type { Attempt, AttemptId, AttemptOrder } from '../../domain/attempt.js';
import { prompt, rendered, type Sound } from '../../domain/messages.js';
import type { Outcome } from '../../domain/outcome.js';
import { Problem } from '../../domain/problem.js';
import type { CallEnd } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { Stores } from '../../ports/stores.js';
import type { AlertCallResult } from '../../ports/telephony.js';
import type { CallIds } from '../journal/call-ids.js';
import type { EventJournal } from '../journal/event-journal.js';
import type { Journal } from '../journal/journal.js';
import { outcomeOf } from './attempt-outcome.js';

export interface AttemptJournalParts {
  readonly stores: Pick<Stores, 'actions' | 'attempts' | 'traces'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventJournal;
  readonly journal: Journal;
  readonly ids: CallIds;
  readonly msOf: (sound: Sound) => number;
  /** A digit was pressed `at`, ms UTC: the participant, and everyone else on that number, is reached. */
  readonly onConfirmed: (
    attempt: AttemptOrder & { readonly attemptId: AttemptId; readonly heardVersion: number; readonly at: number },
  ) => void;
}

/**
 * Called once when the operator refuses a call for lack of capacity. Returns the reason when the number is
 * given up, else undefined.
 */
export type OnRefused = (end: CallEnd) => string | undefined;

/** The state of an attempt while its call is in progress. */
export interface AttemptProgress {
  readonly order: AttemptOrder;
  readonly attemptId: AttemptId;
  /** Version of the message when the call was originated. */
  readonly messageVersion: number;
  readonly script: Script['type'];
  /** Times that an earlier process had stored for the attempt, ms UTC. */
  readonly before: Pick<Attempt, 'answeredAt' | 'confirmedAt'>;
  answered: boolean;
  /** Our reason for cancelling the call; undefined when we did not. */
  cancelled: string | undefined;
  heardVersion: number | null;
  /** Steps that could not be stored during the call, to be stored with the outcome. */
  readonly unstored: (() => void)[];
}

export function progressOf(attempt: Attempt): AttemptProgress {
  const { id, actionId, participantId, phone, purpose, number, messageVersion } = attempt;
  return {
    order: { actionId, participantId, phone, purpose, number },
    attemptId: id,
    messageVersion,
    script: purpose === 'closing' ? 'closing' : 'alert',
    before: { answeredAt: attempt.answeredAt, confirmedAt: attempt.confirmedAt },
    answered: attempt.answeredAt !== null,
    cancelled: undefined,
    heardVersion: null,
    unstored: [],
  };
}

/** Stores attempts: each step of the call and the one outcome, together with the events that report them. */
export class AttemptJournal {
  constructor(private readonly parts: AttemptJournalParts) {}

  /** Stores a new attempt. Throws when it cannot be stored. */
  begin(order: AttemptOrder): Attempt {
    const { clock, events, journal, stores } = this.parts;
    const messageVersion = this.action(order.actionId).message.version;
    return journal.store(() => {
      const added = stores.attempts.add({ ...order, messageVersion, dialedAt: clock.now() });
      events.attempt(order, added.id, 'dialing');
      return added;
    });
  }

  takenOver(progress: AttemptProgress): void {
    const { clock, ids, stores } = this.parts;
    const at = clock.now();
    this.#storeStep(progress, () => {
      stores.traces.add(ids.ofAttempt(progress.attemptId), [{ step: 'taken over', at }]);
    });
  }

  rang(progress: AttemptProgress): void {
    const { clock, events, stores } = this.parts;
    const at = clock.now();
    this.#storeSoon(progress, () => {
      stores.attempts.rang(progress.attemptId, at);
      events.attempt(progress.order, progress.attemptId, 'ringing');
    });
  }

  answered(progress: AttemptProgress): void {
    const { clock, events, stores } = this.parts;
    const at = clock.now();
    this.#storeSoon(progress, () => {
      stores.attempts.answered(progress.attemptId, at);
      events.attempt(progress.order, progress.attemptId, 'in_call');
    });
  }

  /** A digit was pressed and this message is played. The digit counts even when nothing can be stored. */
  confirmed(progress: AttemptProgress, at: number, soundId: string): void {
    this.#storeStep(progress, this.#confirmed(progress, at, soundId));
  }

  /** Stores the outcome, and before it the steps left unstored. Resolves once all is stored, however late. */
  async end(progress: AttemptProgress, end: AlertCallResult, onRefused?: OnRefused): Promise<Outcome> {
    const isRefused = outcomeOf(withBefore(end, progress.before), progress.cancelled).outcome === 'congestion';
    // Asked before the outcome is stored, because a number that is given up must stay so after a restart.
    const givenUp = isRefused ? onRefused?.(end) : undefined;
    const write = (): Outcome => {
      this.#storeUnstored(progress);
      return this.#storeOutcome(progress, end, givenUp);
    };
    return this.parts.journal.storeForSure(write, (error) => {
      this.#logUnstored(progress, error);
    });
  }

  /** Stores the outcome of an attempt whose call ended while no controller ran. Throws when that fails. */
  settle(attempt: Attempt, end: AlertCallResult): Outcome {
    const progress = progressOf(attempt);
    const at = attempt.confirmedAt ?? confirmedAt(end.steps);
    // The old process may have died before it stored all that follows from the digit, so it is stored again.
    if (at !== undefined) this.#confirmed(progress, at, end.soundId)();
    return this.#storeOutcome(progress, end);
  }

  action(id: ActionId): Action {
    const action = this.parts.stores.actions.get(id);
    if (!action) throw new Error(`there is no action ${id}`);
    return action;
  }

  // ------------------------------------------------------------------

  /** A write that stores the digit, and the people who are reached by it. Safe to repeat. */
  #confirmed(progress: AttemptProgress, at: number, soundId: string | undefined): () => void {
    const { attemptId, order, messageVersion } = progress;
    const { message } = this.action(order.actionId);
    const heardVersion = soundId === message.soundId ? message.version : messageVersion;
    if (order.purpose !== 'closing') progress.heardVersion = heardVersion;
    return () => {
      this.parts.stores.attempts.confirmed(attemptId, at);
      if (order.purpose !== 'closing') this.parts.onConfirmed({ ...order, attemptId, heardVersion, at });
    };
  }

  #storeOutcome(progress: AttemptProgress, result: AlertCallResult, givenUp?: string): Outcome {
    const end = withBefore(result, progress.before);
    const { clock, events, ids, stores } = this.parts;
    const { attemptId, order } = progress;
    const { outcome, reason }: ReturnType<typeof outcomeOf> =
      givenUp === undefined ? outcomeOf(end, progress.cancelled) : { outcome: 'unreachable', reason: givenUp };
    const heard = this.#heard(progress, end);
    const heardSeconds = Math.round(heard.ms / 100) / 10;
    // If the call was answered while no controller ran, only its steps say when.
    if (end.answered && !progress.answered) stores.attempts.answered(attemptId, end.steps[0]?.at ?? end.at);
    stores.attempts.end(attemptId, {
      outcome,
      endedAt: clock.now(),
      heardSeconds,
      plays: heard.plays,
      sipStatus: end.sipStatus ?? null,
      cause: end.cause ?? null,
      retryAfterSeconds: end.retryAfterSeconds ?? null,
      reason,
    });
    if (end.steps.length > 0) stores.traces.add(ids.ofAttempt(attemptId), end.steps);
    const pressedAt = order.purpose === 'closing' ? undefined : confirmedAt(end.steps);
    events.attempt(order, attemptId, 'ended', {
      outcome,
      sipStatus: end.sipStatus ?? null,
      reason,
      // For the caller card, if the person is on the tip line meanwhile.
      ...(pressedAt !== undefined && {
        heard: { version: progress.messageVersion, plays: heard.plays, seconds: heardSeconds, at: pressedAt },
      }),
    });
    return outcome;
  }

  #heard({ order, script }: AttemptProgress, end: AlertCallResult): { readonly plays: number; readonly ms: number } {
    const { msOf } = this.parts;
    const soundId =
      end.soundId ?? (script === 'closing' ? this.action(order.actionId).closingMessage?.soundId : undefined);
    if (soundId === undefined) return { plays: 0, ms: 0 };
    const ms = { message: msOf(rendered(soundId)), opening: msOf(prompt('closing-prompt')) };
    return heardOf(script, end.steps, end.at, ms);
  }

  /**
   * Stores a step now. A step that cannot be stored does not stop the call, and is stored with the outcome.
   */
  #storeStep(progress: AttemptProgress, write: () => void): void {
    try {
      this.parts.journal.store(write);
    } catch (error) {
      this.#storeWithOutcome(progress, write, error);
    }
  }

  /**
   * Stores ringing or the answer. If the controller dies before that, Asterisk still knows that the call was
   * answered, and an answered call did ring.
   */
  #storeSoon(progress: AttemptProgress, write: () => void): void {
    this.parts.journal.storeSoon(write, (error) => {
      this.#storeWithOutcome(progress, write, error);
    });
  }

  /**
   * Stores the steps left unstored. A step that fails for a reason of its own does not hold up the outcome.
   */
  #storeUnstored({ attemptId, unstored }: AttemptProgress): void {
    for (const step of unstored) {
      try {
        step();
      } catch (error) {
        if (error instanceof Problem && error.code === 'unavailable') throw error;
        this.parts.log.error('a step of a call cannot be stored and is left out', { attemptId, error: String(error) });
      }
    }
  }

  #storeWithOutcome(progress: AttemptProgress, write: () => void, error: unknown): void {
    this.#logUnstored(progress, error);
    progress.unstored.push(write);
  }

  /** Logged once for each call. The store itself reports what is wrong with the disk. */
  #logUnstored({ attemptId, unstored }: AttemptProgress, error: unknown): void {
    if (unstored.length > 0) return;
    this.parts.log.error('a call cannot be stored now; it will be stored later', { attemptId, error: String(error) });
  }
}

/**
 * The result with every known step: what an earlier process had stored comes first, and is the more reliable.
 */
function withBefore(end: AlertCallResult, before: AttemptProgress['before']): AlertCallResult {
  if (!end.answered) return end;
  const { answeredAt, confirmedAt: pressedAt } = before;
  const reported = end.steps.filter(({ step }) => step !== 'prompt' || answeredAt === null);
  const steps: StepAt[] = answeredAt === null ? [] : [{ step: 'prompt', at: answeredAt }];
  if (pressedAt !== null && confirmedAt(reported) === undefined) steps.push({ step: 'message', at: pressedAt });
  return { ...end, steps: [...steps, ...reported] };
}
