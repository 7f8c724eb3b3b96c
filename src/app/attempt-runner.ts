import { endingOf, rendered, type Sound } from '../domain/messages.js';
import type { ActionId } from '../domain/action.js';
import type { AttemptId, LiveStage, Purpose } from '../domain/attempt.js';
import { outcomeOfFailure, type Outcome } from '../domain/outcome.js';
import type { ParticipantId } from '../domain/participant.js';
import type { E164 } from '../domain/phone-number.js';
import { alertCall } from '../flows/alert-call.js';
import { closingCall } from '../flows/closing-call.js';
import type { Call, CallEnd } from '../ports/call.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { Stores } from '../ports/stores.js';
import { isAnswered, type OutgoingCall, type Telephony } from '../ports/telephony.js';
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

/** Longest that prompts around the message take: three prompts with their pauses, four endings, thanks. */
const PROMPTS_MS = 120_000;
/** The message is played twice, and three times more on request. */
const MOST_PLAYS = 5;

/** Makes one attempt: stores it, calls, talks, and stores its one outcome. */
export class AttemptRunner {
  constructor(private readonly parts: AttemptRunnerParts) {}

  /** Throws when the attempt cannot be stored; then no call has been made. */
  start(order: AttemptOrder, onStage: (stage: LiveStage) => void): LiveAttempt {
    const { stores, clock, telephony, ids, events } = this.parts;
    const message = this.#message(order);
    const attempt = stores.attempts.add({ ...order, messageVersion: message.version, dialedAt: clock.now() });
    const outgoing = telephony.place({
      id: ids.ofAttempt(attempt.id),
      to: { type: 'trunk', number: order.phone },
      callerId: this.parts.callerId,
      ringMs: this.parts.ringMs,
      maxMs: this.parts.ringMs + PROMPTS_MS + MOST_PLAYS * this.parts.msOf(message.sound),
    });
    events.attempt(order, attempt.id, 'dialing');
    outgoing.onRinging(() => {
      onStage('ringing');
      this.#keep(() => stores.attempts.rang(attempt.id, clock.now()));
      events.attempt(order, attempt.id, 'ringing');
    });
    const progress: Progress = { answered: false, cancelled: undefined };
    return {
      attemptId: attempt.id,
      done: this.#run(order, attempt.id, outgoing, progress, onStage),
      cancelUnanswered: (reason) => {
        if (progress.answered) return;
        progress.cancelled ??= reason;
        outgoing.cancel();
      },
    };
  }

  async #run(
    order: AttemptOrder,
    attemptId: AttemptId,
    outgoing: OutgoingCall,
    progress: Progress,
    onStage: (stage: LiveStage) => void,
  ): Promise<AttemptDone> {
    const ending = await this.#converse(order, attemptId, outgoing, progress, onStage);
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
    order: AttemptOrder,
    attemptId: AttemptId,
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
    this.#keep(() => this.parts.stores.attempts.answered(attemptId, this.parts.clock.now()));
    this.parts.events.attempt(order, attemptId, 'in_call');
    return this.#talk(order, attemptId, result);
  }

  async #talk(order: AttemptOrder, attemptId: AttemptId, call: Call): Promise<Ending> {
    let heardSound: Sound | undefined;
    let heardVersion: number | null = null;
    let unstored: (() => void) | undefined;
    let outcome: Outcome;
    let reason: string | null = null;
    try {
      const action = this.#action(order);
      heardSound = this.#message(order).sound;
      outcome =
        order.purpose === 'closing'
          ? await closingCall(call, heardSound)
          : await alertCall(call, {
              opening: order.purpose === 'update' ? 'update-prompt' : 'alert-prompt',
              ending: endingOf(action.kind),
              confirmedBefore: false,
              confirm: () => {
                const message = this.#message(order);
                const confirm = this.#confirmation(order, attemptId, message.version);
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
  #confirmation(order: AttemptOrder, attemptId: AttemptId, heardVersion: number): () => void {
    const at = this.parts.clock.now();
    return () => {
      this.parts.stores.attempts.confirmed(attemptId, at);
      this.parts.onConfirmed({ ...order, attemptId, heardVersion });
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

function unanswered(end: CallEnd, cancelled: string | undefined): Pick<Ending, 'outcome' | 'end' | 'reason'> {
  if (end.by === 'lost') return { outcome: 'interrupted', end, reason: end.fault ?? 'the call was lost' };
  if (cancelled !== undefined && end.by === 'us') return { outcome: 'cancelled', end, reason: cancelled };
  const outcome = outcomeOfFailure(end);
  const said = end.sipReason === undefined || end.sipReason === '' ? null : end.sipReason;
  return { outcome, end, reason: end.fault ?? said };
}
