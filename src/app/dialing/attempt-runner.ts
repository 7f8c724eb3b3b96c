import { longestMs, type Script } from '../../domain/alert-script.js';
import type { Action } from '../../domain/action.js';
import type { Attempt, AttemptId, LiveStage } from '../../domain/attempt.js';
import { endingOf, rendered } from '../../domain/messages.js';
import type { Outcome } from '../../domain/outcome.js';
import type { CallEnd } from '../../ports/call.js';
import type {
  AlertCall,
  AlertCallResult,
  AlertCallOrder,
  SurvivingOutgoing,
  Telephony,
} from '../../ports/telephony.js';
import {
  AttemptJournal,
  underwayOf,
  type AttemptJournalParts,
  type AttemptOrder,
  type OnRefused,
  type Underway,
} from './attempt-journal.js';

export interface AttemptDone {
  readonly outcome: Outcome;
  /** Version of the message for which a digit was pressed, whatever became of the call after it; null when none was. */
  readonly heardVersion: number | null;
  /** How the call ended, as the network said it. */
  readonly end: CallEnd;
}

export interface LiveAttempt {
  readonly attemptId: AttemptId;
  /** Resolves when the telephony has taken the order. Never rejects. */
  readonly taken: Promise<void>;
  /** Resolves when the outcome is stored; the line may be given back then. Never rejects. */
  readonly done: Promise<AttemptDone>;
  /** Ends the call unless somebody has answered it; the outcome is `cancelled`. */
  cancelUnanswered(reason: string): void;
}

export interface AttemptRunnerParts extends AttemptJournalParts {
  readonly telephony: Telephony;
  readonly ringMs: number;
  /** What the telephone shows: the tip line. */
  readonly callerId: { readonly number: string; readonly name: string };
}

/** Makes one attempt: stores it, calls, hears what becomes of it, and stores its one outcome. */
export class AttemptRunner {
  readonly #book: AttemptJournal;

  constructor(private readonly parts: AttemptRunnerParts) {
    this.#book = new AttemptJournal(parts);
  }

  /**
   * Throws when the attempt cannot be stored; then no call has been made. An attempt whose call cannot be made at
   * all, as when its message is gone, ends as `interrupted`: it must not hold up the calls of other actions.
   */
  start(order: AttemptOrder, onStage: (stage: LiveStage) => void, onRefused?: OnRefused): LiveAttempt {
    const attempt = this.#book.begin(order);
    const underway = underwayOf(attempt);
    let call: AlertCall;
    try {
      call = this.parts.telephony.placeAlert(this.#callOrder(attempt, this.#book.action(order.actionId)));
    } catch (error) {
      return this.#unmade(underway, error);
    }
    return this.#follow(underway, call, onStage, onRefused);
  }

  /** Goes on with an attempt that an earlier process began and whose call is up: who is called does not notice. */
  takeOver(
    attempt: Attempt,
    left: SurvivingOutgoing,
    onStage: (stage: LiveStage) => void,
    onRefused?: OnRefused,
  ): LiveAttempt {
    const order = this.#callOrder(attempt, this.#book.action(attempt.actionId));
    const call = this.parts.telephony.takeOverAlert(order, left);
    const underway = underwayOf(attempt);
    this.#book.takenOver(underway);
    return this.#follow(underway, call, onStage, onRefused);
  }

  /** The one outcome of an attempt whose call ended while nobody listened; `end` is undefined when nobody knows how. */
  settle(attempt: Attempt, end: AlertCallResult | undefined): Outcome {
    return this.#book.settle(attempt, end ?? unknownEnd(attempt, this.parts.clock.now()));
  }

  // ------------------------------------------------------------------

  #callOrder({ id, phone, purpose }: Attempt, action: Action): AlertCallOrder {
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

  #follow(
    underway: Underway,
    call: AlertCall,
    onStage: (stage: LiveStage) => void,
    onRefused: OnRefused | undefined,
  ): LiveAttempt {
    call.onRinging(() => {
      onStage('ringing');
      this.#book.rang(underway);
    });
    call.onAnswered(() => {
      underway.answered = true;
      onStage('in_call');
      this.#book.answered(underway);
    });
    call.onConfirmed((at, soundId) => {
      this.#book.confirmed(underway, at, soundId);
    });
    return {
      attemptId: underway.attemptId,
      taken: call.taken,
      done: this.#done(underway, call, onRefused),
      cancelUnanswered: (reason) => {
        // An answered call is not cancelled any more.
        if (underway.answered) return;
        underway.cancelled ??= reason;
        call.cancel();
      },
    };
  }

  #unmade(underway: Underway, error: unknown): LiveAttempt {
    const { attemptId } = underway;
    const fault = error instanceof Error ? error.message : String(error);
    this.parts.log.error('a call cannot be made', { attemptId, error: fault });
    const end: AlertCallResult = {
      by: 'lost',
      fault,
      answered: false,
      steps: [],
      soundId: undefined,
      at: this.parts.clock.now(),
    };
    // Not before the dialer knows that it has begun.
    const done = Promise.resolve().then(async () => {
      const outcome = await this.#book.end(underway, end, undefined);
      return { outcome, heardVersion: underway.heardVersion, end };
    });
    return { attemptId, taken: Promise.resolve(), done, cancelUnanswered: () => undefined };
  }

  async #done(underway: Underway, call: AlertCall, onRefused: OnRefused | undefined): Promise<AttemptDone> {
    const end = await call.ended;
    const outcome = await this.#book.end(underway, end, onRefused);
    return { outcome, heardVersion: underway.heardVersion, end };
  }
}

/** The end of a call of which nothing is remembered but what was stored. */
function unknownEnd(attempt: Attempt, now: number): AlertCallResult {
  return {
    by: 'lost',
    fault: 'the service was restarted during the call',
    answered: attempt.answeredAt !== null || attempt.confirmedAt !== null,
    steps: [],
    soundId: undefined,
    at: now,
  };
}
