import { longestMs, type Script } from '../../domain/alert-script.js';
import type { Action } from '../../domain/action.js';
import type { Attempt, AttemptId, AttemptOrder, LiveStage } from '../../domain/attempt.js';
import { endingOf, rendered } from '../../domain/messages.js';
import type { Outcome } from '../../domain/outcome.js';
import type { CallEnd } from '../../ports/call.js';
import type {
  AlertCall,
  AlertCallOrder,
  AlertCallResult,
  OutboundCalls,
  SurvivingOutgoing,
  Takeover,
} from '../../ports/telephony.js';
import {
  AttemptJournal,
  progressOf,
  type AttemptJournalParts,
  type AttemptProgress,
  type OnRefused,
} from './attempt-journal.js';

export interface AttemptDone {
  readonly outcome: Outcome;
  /** Version of the message that was confirmed, however the call ended; null when no digit was pressed. */
  readonly heardVersion: number | null;
  /** How the call ended, as the network reported it. */
  readonly end: CallEnd;
}

export interface LiveAttempt {
  readonly attemptId: AttemptId;
  /**
   * Resolves when Asterisk has accepted the originate request, or when the call is over before that. Never
   * rejects.
   */
  readonly acceptedOrOver: Promise<void>;
  /** Resolves when the outcome is stored and the line can be given back. Never rejects. */
  readonly done: Promise<AttemptDone>;
  /** Ends the call unless it was answered; the outcome is then `cancelled`. */
  cancelUnanswered(reason: string): void;
}

export interface AttemptRunnerParts extends AttemptJournalParts {
  readonly telephony: Pick<OutboundCalls, 'placeAlert'> & Pick<Takeover, 'takeOverAlert'>;
  readonly ringMs: number;
  /** The caller ID on the participant's telephone: the tip line. */
  readonly callerId: { readonly number: string; readonly name: string };
}

/** Makes one attempt: stores it, places the call, follows the call, and stores its one outcome. */
export class AttemptRunner {
  readonly #journal: AttemptJournal;

  constructor(private readonly parts: AttemptRunnerParts) {
    this.#journal = new AttemptJournal(parts);
  }

  /**
   * Starts an attempt. Throws when the attempt cannot be stored; then no call has been made. An attempt whose
   * call cannot be placed, for example because its message is gone, ends as `interrupted`, so that it does
   * not hold up calls of other actions.
   */
  start(order: AttemptOrder, onStage: (stage: LiveStage) => void, onRefused?: OnRefused): LiveAttempt {
    const attempt = this.#journal.begin(order);
    const progress = progressOf(attempt);
    let call: AlertCall;
    try {
      call = this.parts.telephony.placeAlert(this.#callOrder(attempt, this.#journal.action(order.actionId)));
    } catch (error) {
      return this.#notPlaced(progress, error);
    }
    return this.#follow(progress, call, onStage, onRefused);
  }

  /** Takes over a live attempt that an earlier process began. The participant does not notice. */
  takeOver(
    attempt: Attempt,
    surviving: SurvivingOutgoing,
    onStage: (stage: LiveStage) => void,
    onRefused?: OnRefused,
  ): LiveAttempt {
    const order = this.#callOrder(attempt, this.#journal.action(attempt.actionId));
    const call = this.parts.telephony.takeOverAlert(order, surviving);
    const progress = progressOf(attempt);
    this.#journal.takenOver(progress);
    return this.#follow(progress, call, onStage, onRefused);
  }

  /** Stores the outcome of a call that ended while no controller ran; `end` is undefined if unknown. */
  settle(attempt: Attempt, end: AlertCallResult | undefined): Outcome {
    return this.#journal.settle(attempt, end ?? unknownEnd(attempt, this.parts.clock.now()));
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
    progress: AttemptProgress,
    call: AlertCall,
    onStage: (stage: LiveStage) => void,
    onRefused: OnRefused | undefined,
  ): LiveAttempt {
    call.onRinging(() => {
      onStage('ringing');
      this.#journal.rang(progress);
    });
    call.onAnswered(() => {
      progress.answered = true;
      onStage('in_call');
      this.#journal.answered(progress);
    });
    call.onConfirmed((at, soundId) => {
      this.#journal.confirmed(progress, at, soundId);
    });
    return {
      attemptId: progress.attemptId,
      acceptedOrOver: call.acceptedOrOver,
      done: this.#done(progress, call, onRefused),
      cancelUnanswered: (reason) => {
        if (progress.answered) return;
        progress.cancelled ??= reason;
        call.cancel();
      },
    };
  }

  #notPlaced(progress: AttemptProgress, error: unknown): LiveAttempt {
    const { attemptId } = progress;
    const fault = error instanceof Error ? error.message : String(error);
    this.parts.log.error('a call could not be placed', { attemptId, error: fault });
    const end: AlertCallResult = {
      by: 'lost',
      fault,
      answered: false,
      steps: [],
      soundId: undefined,
      at: this.parts.clock.now(),
    };
    // The attempt ends asynchronously, because the dialer must first note that it has begun.
    const done = Promise.resolve().then(async () => {
      const outcome = await this.#journal.end(progress, end, undefined);
      return { outcome, heardVersion: progress.heardVersion, end };
    });
    return { attemptId, acceptedOrOver: Promise.resolve(), done, cancelUnanswered: () => undefined };
  }

  async #done(progress: AttemptProgress, call: AlertCall, onRefused: OnRefused | undefined): Promise<AttemptDone> {
    const end = await call.ended;
    const outcome = await this.#journal.end(progress, end, onRefused);
    return { outcome, heardVersion: progress.heardVersion, end };
  }
}

/** The end of a call of which Asterisk remembers nothing. Only the stored attempt says if it was answered. */
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
