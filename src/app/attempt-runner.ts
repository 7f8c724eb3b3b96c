import { confirmedAt, heardOf, longestMs, type Script, type StepAt } from '../domain/announcement.js';
import type { Action, ActionId } from '../domain/action.js';
import type { Attempt, AttemptId, LiveStage, Purpose } from '../domain/attempt.js';
import { endingOf, prompt, rendered, type Sound } from '../domain/messages.js';
import type { Outcome } from '../domain/outcome.js';
import type { ParticipantId } from '../domain/participant.js';
import type { E164 } from '../domain/phone-number.js';
import { Problem } from '../domain/problem.js';
import type { CallEnd } from '../ports/call.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { Stores } from '../ports/stores.js';
import type { Announced, AnnouncementEnd, AnnouncementOrder, LeftOutgoing, Telephony } from '../ports/telephony.js';
import { outcomeOf } from './attempt-outcome.js';
import type { CallIds } from './call-ids.js';
import type { EventBook } from './event-book.js';
import { KeptWrites } from './kept-writes.js';

export interface AttemptOrder {
  readonly actionId: ActionId;
  readonly participantId: ParticipantId;
  readonly phone: E164;
  readonly purpose: Purpose;
  readonly number: number;
}

export interface AttemptDone {
  readonly outcome: Outcome;
  /** Version of the message for which a digit was pressed, whatever became of the call after it; null when none was. */
  readonly heardVersion: number | null;
  /** How the call ended, as the network said it. */
  readonly end: CallEnd;
}

export interface LiveAttempt {
  readonly attemptId: AttemptId;
  /** Resolves when the outcome is stored; the line may be given back then. Never rejects. */
  readonly done: Promise<AttemptDone>;
  /** Ends the call unless somebody has answered it; the outcome is `cancelled`. */
  cancelUnanswered(reason: string): void;
}

export interface AttemptRunnerParts {
  readonly stores: Stores;
  readonly telephony: Telephony;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventBook;
  readonly ids: CallIds;
  readonly ringMs: number;
  /** What the telephone shows: the tip line. */
  readonly callerId: { readonly number: string; readonly name: string };
  readonly msOf: (sound: Sound) => number;
  /** Somebody pressed a digit: they and everyone on their number are reached. */
  readonly onConfirmed: (
    attempt: AttemptOrder & { readonly attemptId: AttemptId; readonly heardVersion: number },
  ) => void;
}

/** An attempt whose call is under way. */
interface Underway {
  readonly order: AttemptOrder;
  readonly attemptId: AttemptId;
  /** Version of the message that the call was ordered with. */
  readonly messageVersion: number;
  readonly script: Script['type'];
  /** What an earlier process had stored of it, ms UTC. */
  readonly before: Pick<Attempt, 'answeredAt' | 'confirmedAt'>;
  answered: boolean;
  cancelled: string | undefined;
  heardVersion: number | null;
  /** Steps that could not be stored during the call, to be stored with the outcome. */
  readonly unstored: (() => void)[];
}

/** Makes one attempt: stores it, calls, hears what becomes of it, and stores its one outcome. */
export class AttemptRunner {
  readonly #kept: KeptWrites;

  constructor(private readonly parts: AttemptRunnerParts) {
    const { clock, stores } = parts;
    this.#kept = new KeptWrites({ clock, trouble: () => stores.trouble() });
  }

  /** Throws when the attempt cannot be stored; then no call has been made. */
  start(order: AttemptOrder, onStage: (stage: LiveStage) => void): LiveAttempt {
    const { stores, clock, telephony, events } = this.parts;
    const action = this.#action(order.actionId);
    const messageVersion = action.message.version;
    const attempt = this.#together(() => {
      const added = stores.attempts.add({ ...order, messageVersion, dialedAt: clock.now() });
      events.attempt(order, added.id, 'dialing');
      return added;
    });
    const call = telephony.announce(this.#callOrder(attempt, action));
    return this.#follow(this.#underway(attempt), call, onStage);
  }

  /** Goes on with an attempt that an earlier process began and whose call is up: who is called does not notice. */
  resume(attempt: Attempt, left: LeftOutgoing, onStage: (stage: LiveStage) => void): LiveAttempt {
    const { clock, ids, stores, telephony } = this.parts;
    const id = ids.ofAttempt(attempt.id);
    const call = telephony.resumeAnnounced(this.#callOrder(attempt, this.#action(attempt.actionId)), left);
    const underway = this.#underway(attempt);
    const at = clock.now();
    this.#step(underway, () => {
      stores.traces.add(id, [{ step: 'taken over', at }]);
    });
    return this.#follow(underway, call, onStage);
  }

  /** The one outcome of an attempt whose call ended while nobody listened; `end` is undefined when nobody knows how. */
  settle(attempt: Attempt, end: AnnouncementEnd | undefined): Outcome {
    const underway = this.#underway(attempt);
    const known = end ?? unknownEnd(attempt, this.parts.clock.now());
    const at = attempt.confirmedAt ?? confirmedAt(known.story);
    // The digit may have been pressed, and death have come, before what follows from it.
    if (at !== undefined) this.#confirmed(underway, at, known.soundId)();
    const { outcome } = this.#store(underway, known);
    return outcome;
  }

  // ------------------------------------------------------------------

  #underway(attempt: Attempt): Underway {
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

  #callOrder({ id, phone, purpose }: Attempt, action: Action): AnnouncementOrder {
    const { callerId, ids, msOf, ringMs } = this.parts;
    const script: Script =
      purpose === 'closing'
        ? { type: 'closing', message: rendered((action.closingMessage ?? action.message).soundId) }
        : {
            type: 'alert',
            opening: purpose === 'update' ? 'update-prompt' : 'alert-prompt',
            message: rendered(action.message.soundId),
            ending: endingOf(action.kind),
          };
    return {
      id: ids.ofAttempt(id),
      to: { type: 'trunk', number: phone },
      callerId,
      ringMs,
      maxMs: ringMs + longestMs(script, msOf),
      script,
      subject: ids.subjectOf(action.id),
    };
  }

  #follow(underway: Underway, call: Announced, onStage: (stage: LiveStage) => void): LiveAttempt {
    const { stores, clock, events } = this.parts;
    const { attemptId, order } = underway;
    call.onRinging(() => {
      onStage('ringing');
      const at = clock.now();
      this.#step(underway, () => {
        stores.attempts.rang(attemptId, at);
        events.attempt(order, attemptId, 'ringing');
      });
    });
    call.onAnswered(() => {
      underway.answered = true;
      onStage('in_call');
      const at = clock.now();
      this.#step(underway, () => {
        stores.attempts.answered(attemptId, at);
        events.attempt(order, attemptId, 'in_call');
      });
    });
    call.onConfirmed((at, soundId) => {
      // The digit counts and the message is heard, whatever the disk does.
      this.#step(underway, this.#confirmed(underway, at, soundId));
    });
    return {
      attemptId,
      done: this.#run(underway, call),
      cancelUnanswered: (reason) => {
        // An answered call is not cancelled any more.
        if (underway.answered) return;
        underway.cancelled ??= reason;
        call.cancel();
      },
    };
  }

  async #run(underway: Underway, call: Announced): Promise<AttemptDone> {
    const end = await call.ended;
    const stored = await this.#kept.store(
      () =>
        this.#together(() => {
          this.#catchUp(underway);
          return this.#store(underway, end);
        }),
      (error) => {
        this.#sayUnstored(underway, error);
      },
    );
    return { outcome: stored.outcome, heardVersion: underway.heardVersion, end };
  }

  /** Stores that a digit was pressed, and who is reached by it. Safe to repeat. */
  #confirmed(underway: Underway, at: number, soundId: string | undefined): () => void {
    const { attemptId, order, messageVersion } = underway;
    const { message } = this.#action(order.actionId);
    const heardVersion = soundId === message.soundId ? message.version : messageVersion;
    if (order.purpose !== 'closing') underway.heardVersion = heardVersion;
    return () => {
      this.parts.stores.attempts.confirmed(attemptId, at);
      if (order.purpose !== 'closing') this.parts.onConfirmed({ ...order, attemptId, heardVersion });
    };
  }

  #store(underway: Underway, told: AnnouncementEnd): { readonly outcome: Outcome } {
    const end = withBefore(told, underway.before);
    const { clock, events, ids, stores } = this.parts;
    const { attemptId, order } = underway;
    const { outcome, reason } = outcomeOf(end, underway.cancelled);
    const heard = this.#heard(underway, end);
    // Answered while nobody was there to store it: then its story is what tells of it.
    if (end.answered && !underway.answered) stores.attempts.answered(attemptId, end.story[0]?.at ?? end.at);
    stores.attempts.end(attemptId, {
      outcome,
      endedAt: clock.now(),
      heardSeconds: Math.round(heard.ms / 100) / 10,
      plays: heard.plays,
      sipStatus: end.sipStatus ?? null,
      cause: end.cause ?? null,
      reason,
    });
    if (end.story.length > 0) stores.traces.add(ids.ofAttempt(attemptId), end.story);
    events.attempt(order, attemptId, 'ended', { outcome, sipStatus: end.sipStatus ?? null, reason });
    return { outcome };
  }

  #heard({ order, script }: Underway, end: AnnouncementEnd): { readonly plays: number; readonly ms: number } {
    const { msOf } = this.parts;
    const soundId =
      end.soundId ?? (script === 'closing' ? this.#action(order.actionId).closingMessage?.soundId : undefined);
    if (soundId === undefined) return { plays: 0, ms: 0 };
    const ms = { message: msOf(rendered(soundId)), opening: msOf(prompt('closing-prompt')) };
    return heardOf(script, end.story, end.at, ms);
  }

  #action(id: ActionId): Action {
    const action = this.parts.stores.actions.get(id);
    if (!action) throw new Error(`there is no action ${id}`);
    return action;
  }

  /** A step on the way: one that cannot be stored does not stop the call, and is stored with the outcome. */
  #step(underway: Underway, write: () => void): void {
    try {
      this.#together(write);
    } catch (error) {
      this.#sayUnstored(underway, error);
      underway.unstored.push(write);
    }
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

  /** Once for each call: what is wrong with the disk is said by who looks after it. */
  #sayUnstored({ attemptId, unstored }: Underway, error: unknown): void {
    if (unstored.length > 0) return;
    this.parts.log.error('a call cannot be stored now; it is when it can be', { attemptId, error: String(error) });
  }

  #together<T>(write: () => T): T {
    const { events, stores } = this.parts;
    return events.toldAfter(() => stores.together(write));
  }
}

/** The story as far as it is known: what an earlier process stored of it is the older news, and the surer. */
function withBefore(end: AnnouncementEnd, before: Underway['before']): AnnouncementEnd {
  if (!end.answered) return end;
  const { answeredAt, confirmedAt: pressedAt } = before;
  const told = end.story.filter(({ step }) => step !== 'prompt' || answeredAt === null);
  const steps: StepAt[] = answeredAt === null ? [] : [{ step: 'prompt', at: answeredAt }];
  if (pressedAt !== null && confirmedAt(told) === undefined) steps.push({ step: 'message', at: pressedAt });
  return { ...end, story: [...steps, ...told] };
}

/** The end of a call of which nothing is remembered but what was stored. */
function unknownEnd(attempt: Attempt, now: number): AnnouncementEnd {
  return {
    by: 'lost',
    fault: 'the service was restarted during the call',
    answered: attempt.answeredAt !== null || attempt.confirmedAt !== null,
    story: [],
    soundId: undefined,
    at: now,
  };
}
