import { confirmedAt, heardOf, type Script, type StepAt } from '../../domain/alert-script.js';
import type { Action, ActionId } from '../../domain/action.js';
import type { Attempt, AttemptId, Purpose } from '../../domain/attempt.js';
import { prompt, rendered, type Sound } from '../../domain/messages.js';
import type { Outcome } from '../../domain/outcome.js';
import type { ParticipantId } from '../../domain/participant.js';
import type { E164 } from '../../domain/phone-number.js';
import { Problem } from '../../domain/problem.js';
import type { CallEnd } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { Stores } from '../../ports/stores.js';
import type { AlertCallResult } from '../../ports/telephony.js';
import { outcomeOf } from './attempt-outcome.js';
import type { CallIds } from '../journal/call-ids.js';
import type { EventJournal } from '../journal/event-journal.js';
import { DurableWrites } from '../journal/durable-writes.js';

export interface AttemptOrder {
  readonly actionId: ActionId;
  readonly participantId: ParticipantId;
  readonly phone: E164;
  readonly purpose: Purpose;
  readonly number: number;
}

export interface AttemptJournalParts {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventJournal;
  readonly ids: CallIds;
  readonly msOf: (sound: Sound) => number;
  /** Somebody pressed a digit: they and everyone on their number are reached. */
  readonly onConfirmed: (
    attempt: AttemptOrder & { readonly attemptId: AttemptId; readonly heardVersion: number },
  ) => void;
}

/**
 * Told, once, that the operator refused a call for lack of room; gives why the number is to be given up, if
 * it is.
 */
export type OnRefused = (end: CallEnd) => string | undefined;

/** An attempt whose call is under way. */
export interface Underway {
  readonly order: AttemptOrder;
  readonly attemptId: AttemptId;
  /** Version of the message that the call was ordered with. */
  readonly messageVersion: number;
  readonly script: Script['type'];
  /** What an earlier process had stored of it, ms UTC. */
  readonly before: Pick<Attempt, 'answeredAt' | 'confirmedAt'>;
  answered: boolean;
  /** Why we took it back, when we did. */
  cancelled: string | undefined;
  heardVersion: number | null;
  /** Steps that could not be stored during the call, to be stored with the outcome. */
  readonly unstored: (() => void)[];
}

export function underwayOf(attempt: Attempt): Underway {
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

/**
 * Who rang and who answered is stored with the next thing that is, or after this: a transaction costs more than what is
 * in it. Should we die before, Asterisk knows that the call was answered, and an answered call did ring.
 */
const PUT_OFF_MS = 50;

/** A step on the way, to be stored. */
interface Step {
  readonly underway: Underway;
  readonly write: () => void;
}

/** What is stored of attempts: each step on the way, and the one outcome; each with the events that tell of it. */
export class AttemptJournal {
  readonly #kept: DurableWrites;
  readonly #putOff: Step[] = [];

  constructor(private readonly parts: AttemptJournalParts) {
    const { clock, stores } = parts;
    this.#kept = new DurableWrites({ clock, blockedBy: () => stores.blockedBy() });
  }

  /** Throws when it cannot be stored. */
  begin(order: AttemptOrder): Attempt {
    const { clock, events, stores } = this.parts;
    const messageVersion = this.action(order.actionId).message.version;
    return this.#together(() => {
      const added = stores.attempts.add({ ...order, messageVersion, dialedAt: clock.now() });
      events.attempt(order, added.id, 'dialing');
      return added;
    });
  }

  takenOver(underway: Underway): void {
    const { clock, ids, stores } = this.parts;
    const at = clock.now();
    this.#step(underway, () => {
      stores.traces.add(ids.ofAttempt(underway.attemptId), [{ step: 'taken over', at }]);
    });
  }

  rang(underway: Underway): void {
    const { clock, events, stores } = this.parts;
    const at = clock.now();
    this.#soon(underway, () => {
      stores.attempts.rang(underway.attemptId, at);
      events.attempt(underway.order, underway.attemptId, 'ringing');
    });
  }

  answered(underway: Underway): void {
    const { clock, events, stores } = this.parts;
    const at = clock.now();
    this.#soon(underway, () => {
      stores.attempts.answered(underway.attemptId, at);
      events.attempt(underway.order, underway.attemptId, 'in_call');
    });
  }

  /** A digit was pressed, for which this message is told. It counts, whatever the disk does. */
  confirmed(underway: Underway, at: number, soundId: string): void {
    this.#step(underway, this.#confirmed(underway, at, soundId));
  }

  /** Stores the outcome, and what could not be stored before it; resolves when it is, however long that takes. */
  async end(underway: Underway, end: AlertCallResult, onRefused?: OnRefused): Promise<Outcome> {
    const isRefused = outcomeOf(withBefore(end, underway.before), underway.cancelled).outcome === 'congestion';
    // Before it is stored: a number that is given up is given up after a restart too.
    const givenUp = isRefused ? onRefused?.(end) : undefined;
    const write = (): Outcome =>
      this.#together(() => {
        this.#catchUp(underway);
        return this.#store(underway, end, givenUp);
      });
    return this.#kept.store(write, (error) => {
      this.#sayUnstored(underway, error);
    });
  }

  /** The outcome of an attempt whose call ended while nobody listened. Throws when it cannot be stored. */
  settle(attempt: Attempt, end: AlertCallResult): Outcome {
    const underway = underwayOf(attempt);
    const at = attempt.confirmedAt ?? confirmedAt(end.steps);
    // The digit may have been pressed, and death have come, before what follows from it.
    if (at !== undefined) this.#confirmed(underway, at, end.soundId)();
    return this.#store(underway, end);
  }

  action(id: ActionId): Action {
    const action = this.parts.stores.actions.get(id);
    if (!action) throw new Error(`there is no action ${id}`);
    return action;
  }

  // ------------------------------------------------------------------

  /** Stores that a digit was pressed, and who is reached by it. Safe to repeat. */
  #confirmed(underway: Underway, at: number, soundId: string | undefined): () => void {
    const { attemptId, order, messageVersion } = underway;
    const { message } = this.action(order.actionId);
    const heardVersion = soundId === message.soundId ? message.version : messageVersion;
    if (order.purpose !== 'closing') underway.heardVersion = heardVersion;
    return () => {
      this.parts.stores.attempts.confirmed(attemptId, at);
      if (order.purpose !== 'closing') this.parts.onConfirmed({ ...order, attemptId, heardVersion });
    };
  }

  #store(underway: Underway, told: AlertCallResult, givenUp?: string): Outcome {
    const end = withBefore(told, underway.before);
    const { clock, events, ids, stores } = this.parts;
    const { attemptId, order } = underway;
    const { outcome, reason }: ReturnType<typeof outcomeOf> =
      givenUp === undefined ? outcomeOf(end, underway.cancelled) : { outcome: 'unreachable', reason: givenUp };
    const heard = this.#heard(underway, end);
    const heardSeconds = Math.round(heard.ms / 100) / 10;
    // Answered while nobody was there to store it: then its steps is what tells of it.
    if (end.answered && !underway.answered) stores.attempts.answered(attemptId, end.steps[0]?.at ?? end.at);
    stores.attempts.end(attemptId, {
      outcome,
      endedAt: clock.now(),
      heardSeconds,
      plays: heard.plays,
      sipStatus: end.sipStatus ?? null,
      cause: end.cause ?? null,
      reason,
    });
    if (end.steps.length > 0) stores.traces.add(ids.ofAttempt(attemptId), end.steps);
    const pressedAt = order.purpose === 'closing' ? undefined : confirmedAt(end.steps);
    events.attempt(order, attemptId, 'ended', {
      outcome,
      sipStatus: end.sipStatus ?? null,
      reason,
      // For the card of a person who rings us meanwhile.
      ...(pressedAt !== undefined && {
        heard: { version: underway.messageVersion, plays: heard.plays, seconds: heardSeconds, at: pressedAt },
      }),
    });
    return outcome;
  }

  #heard({ order, script }: Underway, end: AlertCallResult): { readonly plays: number; readonly ms: number } {
    const { msOf } = this.parts;
    const soundId =
      end.soundId ?? (script === 'closing' ? this.action(order.actionId).closingMessage?.soundId : undefined);
    if (soundId === undefined) return { plays: 0, ms: 0 };
    const ms = { message: msOf(rendered(soundId)), opening: msOf(prompt('closing-prompt')) };
    return heardOf(script, end.steps, end.at, ms);
  }

  /** A step on the way: one that cannot be stored does not stop the call, and is stored with the outcome. */
  #step(underway: Underway, write: () => void): void {
    try {
      this.#together(write);
    } catch (error) {
      this.#withOutcome({ underway, write }, error);
    }
  }

  #soon(underway: Underway, write: () => void): void {
    this.#putOff.push({ underway, write });
    if (this.#putOff.length > 1) return;
    this.parts.clock.after(PUT_OFF_MS, () => {
      // The last brings those before it along.
      const last = this.#putOff.pop();
      if (last) this.#step(last.underway, last.write);
    });
  }

  /** Stores the steps that could not be; one that cannot be for a reason of its own does not hold up the outcome. */
  #catchUp({ attemptId, unstored }: Underway): void {
    for (const step of unstored) {
      try {
        step();
      } catch (error) {
        if (error instanceof Problem && error.code === 'unavailable') throw error;
        this.parts.log.error('a step of a call cannot be stored at all', { attemptId, error: String(error) });
      }
    }
  }

  /** A step that cannot be stored now is stored with the outcome of its call. */
  #withOutcome({ underway, write }: Step, error: unknown): void {
    this.#sayUnstored(underway, error);
    underway.unstored.push(write);
  }

  /** Once for each call: what is wrong with the disk is said by who looks after it. */
  #sayUnstored({ attemptId, unstored }: Underway, error: unknown): void {
    if (unstored.length > 0) return;
    this.parts.log.error('a call cannot be stored now; it is when it can be', { attemptId, error: String(error) });
  }

  /** Stores it all or not at all, after what was put off; that goes with the outcomes when it cannot be stored. */
  #together<T>(write: () => T): T {
    const { events, stores } = this.parts;
    const putOff = this.#putOff.splice(0);
    let caughtUp = putOff.length === 0;
    const all = (): T => {
      for (const step of putOff) step.write();
      caughtUp = true;
      return write();
    };
    try {
      return events.toldAfter(() => stores.together(all));
    } catch (error) {
      for (const step of putOff) this.#withOutcome(step, error);
      if (caughtUp) throw error;
      // What stood in the way may not be in the way of this.
      return this.#together(write);
    }
  }
}

/** The steps as far as it is known: what an earlier process stored of it is the older news, and the surer. */
function withBefore(end: AlertCallResult, before: Underway['before']): AlertCallResult {
  if (!end.answered) return end;
  const { answeredAt, confirmedAt: pressedAt } = before;
  const told = end.steps.filter(({ step }) => step !== 'prompt' || answeredAt === null);
  const steps: StepAt[] = answeredAt === null ? [] : [{ step: 'prompt', at: answeredAt }];
  if (pressedAt !== null && confirmedAt(told) === undefined) steps.push({ step: 'message', at: pressedAt });
  return { ...end, steps: [...steps, ...told] };
}
