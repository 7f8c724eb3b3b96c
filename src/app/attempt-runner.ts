import { endingOf, rendered, type Sound } from '../domain/messages.js';
import type { ActionId } from '../domain/action.js';
import type { Attempt, AttemptId, LiveStage, Purpose } from '../domain/attempt.js';
import { outcomeOfFailure, type Outcome } from '../domain/outcome.js';
import type { ParticipantId } from '../domain/participant.js';
import type { E164 } from '../domain/phone-number.js';
import { alertCall, longestAlertMs } from '../flows/alert-call.js';
import { closingCall } from '../flows/closing-call.js';
import type { Call, CallEnd } from '../ports/call.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { Stores } from '../ports/stores.js';
import {
  isAnswered,
  type CallOrder,
  type LeftOutgoing,
  type OutgoingCall,
  type StepListener,
  type Telephony,
} from '../ports/telephony.js';
import type { CallIds } from './call-ids.js';
import type { EventBook } from './event-book.js';

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
  /** A step of a call's trace. */
  readonly onStep: StepListener;
  /** Somebody pressed a digit: they and everyone on their number are reached. */
  readonly onConfirmed: (
    attempt: AttemptOrder & { readonly attemptId: AttemptId; readonly heardVersion: number },
  ) => void;
}

/** How the flow and the line ended, before it is stored. */
interface Ending {
  readonly outcome: Outcome;
  readonly end: CallEnd;
  readonly reason: string | null;
  readonly heardMs: number;
  readonly plays: number;
  /** Version of the message that was confirmed; null when none was. */
  readonly heardVersion: number | null;
  /** What could not be stored during the call, to be stored with the outcome. */
  readonly unstored?: () => void;
}

/** An answered call is not cancelled any more; a cancelled one is not answered any more. */
interface Progress {
  answered: boolean;
  cancelled: string | undefined;
}

/** No version of a message. */
const NONE = 0;

/** An attempt whose call is under way. */
interface Underway extends AttemptOrder {
  readonly attemptId: AttemptId;
  /** Version of the message for which the length of the call was planned. */
  readonly plannedFor: number;
  /** A digit was pressed before an earlier process died. */
  readonly confirmedBefore: boolean;
}

/** Makes one attempt: stores it, calls, talks, and stores its one outcome. */
export class AttemptRunner {
  constructor(private readonly parts: AttemptRunnerParts) {}

  /** Throws when the attempt cannot be stored; then no call has been made. */
  start(order: AttemptOrder, onStage: (stage: LiveStage) => void): LiveAttempt {
    const { stores, clock, telephony, events } = this.parts;
    const message = this.#message(order);
    const attempt = stores.attempts.add({ ...order, messageVersion: message.version, dialedAt: clock.now() });
    const outgoing = telephony.place(this.#callOrder(attempt, message.sound));
    events.attempt(order, attempt.id, 'dialing');
    return this.#follow(
      { ...order, attemptId: attempt.id, plannedFor: message.version, confirmedBefore: false },
      outgoing,
      false,
      onStage,
    );
  }

  /**
   * Goes on with an attempt that an earlier process began and whose call is up: who has pressed a digit hears the message
   * from its start, who has not hears the prompt.
   */
  resume(attempt: Attempt, left: LeftOutgoing, onStage: (stage: LiveStage) => void): LiveAttempt {
    const { ids, telephony } = this.parts;
    const { actionId, participantId, phone, purpose, number, confirmedAt } = attempt;
    const order = { actionId, participantId, phone, purpose, number };
    const outgoing = telephony.resume(this.#callOrder(attempt, this.#message(order).sound), left);
    this.parts.onStep(ids.ofAttempt(attempt.id), 'taken over');
    return this.#follow(
      { ...order, attemptId: attempt.id, plannedFor: NONE, confirmedBefore: confirmedAt !== null },
      outgoing,
      left.answered,
      onStage,
    );
  }

  /** The one outcome of an attempt whose call ended while nobody listened; `end` is undefined when nobody knows how. */
  settle(attempt: Attempt, end: CallEnd | undefined): Outcome {
    const { clock, events, onConfirmed, stores } = this.parts;
    const { id, actionId, participantId, phone, purpose, number, messageVersion } = attempt;
    const order = { actionId, participantId, phone, purpose, number };
    const known = end === undefined || end.by === 'lost' || attempt.answeredAt !== null ? undefined : unanswered(end);
    // The digit is stored at the instant it is pressed: who pressed one is not called again.
    const outcome = attempt.confirmedAt === null ? (known?.outcome ?? 'interrupted') : 'confirmed';
    const reason = known ? known.reason : 'the service was restarted during the call';
    // Death may have come between the digit and what follows from it.
    if (attempt.confirmedAt !== null) onConfirmed({ ...order, attemptId: id, heardVersion: messageVersion });
    stores.attempts.end(id, {
      outcome,
      endedAt: clock.now(),
      heardSeconds: attempt.heardSeconds,
      plays: attempt.plays,
      sipStatus: end?.sipStatus ?? null,
      cause: end?.cause ?? null,
      reason,
    });
    events.attempt(order, id, 'ended', { outcome, sipStatus: end?.sipStatus ?? null, reason });
    return outcome;
  }

  #callOrder({ id, phone }: { readonly id: AttemptId; readonly phone: E164 }, message: Sound): CallOrder {
    const { callerId, ids, msOf, ringMs } = this.parts;
    return {
      id: ids.ofAttempt(id),
      to: { type: 'trunk', number: phone },
      callerId,
      ringMs,
      maxMs: ringMs + longestAlertMs(message, msOf),
    };
  }

  #follow(
    order: Underway,
    outgoing: OutgoingCall,
    answered: boolean,
    onStage: (stage: LiveStage) => void,
  ): LiveAttempt {
    const { stores, clock, events } = this.parts;
    const { attemptId } = order;
    outgoing.onRinging(() => {
      onStage('ringing');
      this.#keep(() => stores.attempts.rang(attemptId, clock.now()));
      events.attempt(order, attemptId, 'ringing');
    });
    const progress: Progress = { answered, cancelled: undefined };
    return {
      attemptId,
      done: this.#run(order, outgoing, progress, onStage),
      cancelUnanswered: (reason) => {
        if (progress.answered) return;
        progress.cancelled ??= reason;
        outgoing.cancel();
      },
    };
  }

  async #run(
    order: Underway,
    outgoing: OutgoingCall,
    progress: Progress,
    onStage: (stage: LiveStage) => void,
  ): Promise<AttemptDone> {
    const { attemptId } = order;
    const ending = await this.#converse(order, outgoing, progress, onStage);
    const { outcome, end, reason, heardMs, plays, heardVersion, unstored } = ending;
    await this.#keepForSure(() => {
      unstored?.();
      this.parts.stores.attempts.end(attemptId, {
        outcome,
        endedAt: this.parts.clock.now(),
        heardSeconds: Math.round(heardMs / 100) / 10,
        plays,
        sipStatus: end.sipStatus ?? null,
        cause: end.cause ?? null,
        reason,
      });
    });
    this.parts.events.attempt(order, attemptId, 'ended', { outcome, sipStatus: end.sipStatus ?? null, reason });
    return { outcome, heardVersion, end };
  }

  async #converse(
    order: Underway,
    outgoing: OutgoingCall,
    progress: Progress,
    onStage: (stage: LiveStage) => void,
  ): Promise<Ending> {
    const nothing = { heardMs: 0, plays: 0, heardVersion: null };
    const result = await outgoing.answered;
    if (!isAnswered(result)) return { ...nothing, ...unanswered(result, progress.cancelled) };
    if (progress.cancelled !== undefined) {
      // Answered in the instant in which we gave up: nobody is kept on a line that is over.
      await result.hangUp();
      return { ...nothing, outcome: 'cancelled', end: await result.ended, reason: progress.cancelled };
    }
    progress.answered = true;
    onStage('in_call');
    this.#keep(() => this.parts.stores.attempts.answered(order.attemptId, this.parts.clock.now()));
    this.parts.events.attempt(order, order.attemptId, 'in_call');
    return this.#talk(order, result);
  }

  async #talk(order: Underway, call: Call): Promise<Ending> {
    let heardSound: Sound | undefined;
    let heardVersion: number | null = null;
    let unstored: (() => void) | undefined;
    let outcome: Outcome;
    let reason: string | null = null;
    try {
      const action = this.#action(order);
      const { sound, version } = this.#message(order);
      heardSound = sound;
      const planned = order.plannedFor === NONE ? version : order.plannedFor;
      // A call that was taken over begins again what it plays: it has the time for it.
      if (order.plannedFor === NONE) call.limit(longestAlertMs(sound, this.parts.msOf));
      outcome =
        order.purpose === 'closing'
          ? await closingCall(call, heardSound)
          : await alertCall(call, {
              opening: order.purpose === 'update' ? 'update-prompt' : 'alert-prompt',
              ending: endingOf(action.kind),
              confirmedBefore: order.confirmedBefore,
              confirm: () => {
                const message = this.#message(order);
                // A longer message than the call was planned for must not be cut off.
                if (message.version !== planned) call.limit(longestAlertMs(message.sound, this.parts.msOf));
                const confirm = this.#confirmation(order, message.version);
                // The digit counts and the message is heard, whatever the disk does.
                if (!this.#keep(confirm)) unstored = confirm;
                heardVersion = message.version;
                return (heardSound = message.sound);
              },
            });
      await call.hangUp();
    } catch (error) {
      outcome = 'interrupted';
      reason = error instanceof Error ? error.message : String(error);
      this.parts.log.error('a call was interrupted by a fault of ours', { callId: call.id, error: reason });
      await call.hangUp().catch(() => undefined);
    }
    const end = await call.ended;
    if (end.by === 'lost' && (outcome !== 'confirmed' || end.voiceStopped === true)) {
      outcome = 'interrupted';
      reason = end.fault ?? 'the call was lost';
    }
    const heard = heardSound === undefined ? { ms: 0, plays: 0 } : call.heard(heardSound);
    const facts = { outcome, end, reason, heardMs: heard.ms, plays: heard.plays, heardVersion };
    return unstored ? { ...facts, unstored } : facts;
  }

  /** Stores that a digit was pressed now, and who is reached by it. Safe to repeat. */
  #confirmation(order: Underway, heardVersion: number): () => void {
    const at = this.parts.clock.now();
    return () => {
      this.parts.stores.attempts.confirmed(order.attemptId, at);
      this.parts.onConfirmed({ ...order, heardVersion });
    };
  }

  /** The message as it is now: it may have been updated since the attempt began. */
  #message(order: AttemptOrder): { sound: Sound; version: number } {
    const action = this.#action(order);
    const message = order.purpose === 'closing' ? (action.closingMessage ?? action.message) : action.message;
    return { sound: rendered(message.soundId), version: action.message.version };
  }

  #action(order: AttemptOrder): NonNullable<ReturnType<Stores['actions']['get']>> {
    const action = this.parts.stores.actions.get(order.actionId);
    if (!action) throw new Error(`there is no action ${order.actionId}`);
    return action;
  }

  /** A step on the way that may be missed: the call goes on, the outcome tells the rest. Whether it was stored. */
  #keep(write: () => void): boolean {
    try {
      write();
      return true;
    } catch (error) {
      this.parts.log.error('a step of a call could not be stored', { error: String(error) });
      return false;
    }
  }

  /** The outcome must be stored before the line is used again: tried until it can. */
  async #keepForSure(write: () => void): Promise<void> {
    for (let wait = 200; ; wait = Math.min(5_000, wait * 2)) {
      try {
        write();
        return;
      } catch (error) {
        this.parts.log.error('an outcome could not be stored; trying again', { error: String(error), waitMs: wait });
        await new Promise<void>((resolve) => {
          this.parts.clock.after(wait, resolve);
        });
      }
    }
  }
}

function unanswered(end: CallEnd, cancelled?: string): Pick<Ending, 'outcome' | 'end' | 'reason'> {
  if (end.by === 'lost') return { outcome: 'interrupted', end, reason: end.fault ?? 'the call was lost' };
  if (cancelled !== undefined && end.by === 'us') return { outcome: 'cancelled', end, reason: cancelled };
  const outcome = outcomeOfFailure(end);
  const said = end.sipReason === undefined || end.sipReason === '' ? null : end.sipReason;
  return { outcome, end, reason: end.fault ?? said };
}
