import { confirmedAt, type Step, type StepAt } from '../../src/domain/alert-script.js';
import type { Sound } from '../../src/domain/messages.js';
import { deferred } from '../../src/lib/deferred.js';
import { HungUp, type CallEnd } from '../../src/ports/call.js';
import type { AlertCall, AlertCallResult, AlertCallOrder, SurvivingOutgoing } from '../../src/ports/telephony.js';
import { alertCall } from '../../src/flows/alert-call.js';
import { nameOf, type FakeCall } from './fake-call.js';
import type { FakeClock } from './fake-clock.js';

/** An announcement on the fake clock. */
export class FakeAlertCall implements AlertCall {
  readonly #ended = deferred<AlertCallResult>();
  readonly #taken = deferred<void>();
  readonly #ringing: (() => void)[] = [];
  readonly #answering: (() => void)[] = [];
  readonly #confirming: ((at: number, soundId: string) => void)[] = [];
  #rang = false;
  #answered = false;
  #steps: StepAt[] = [];
  #soundId: string | undefined;
  #cancelled = false;

  constructor(
    private readonly order: AlertCallOrder,
    private readonly call: FakeCall,
    private readonly clock: FakeClock,
    private readonly newest: () => Sound | undefined,
    /** How long the telephony takes to take the order. */
    takenAfterMs: number,
  ) {
    if (takenAfterMs === 0) this.#taken.resolve();
    else
      call.later(takenAfterMs, () => {
        this.#taken.resolve();
      });
    void call.ended.then((end: CallEnd) => {
      this.#taken.resolve();
      this.#ended.resolve({
        ...end,
        // Asterisk hangs up by itself after the last sound: for the controller the other side ended the call.
        by: end.by === 'us' && !this.#cancelled ? 'them' : end.by,
        answered: this.#answered,
        steps: this.#steps,
        soundId: this.#soundId,
        at: clock.now(),
      });
    });
  }

  get id(): string {
    return this.order.id;
  }

  get taken(): Promise<void> {
    return this.#taken.promise;
  }

  get ended(): Promise<AlertCallResult> {
    return this.#ended.promise;
  }

  onRinging(listener: () => void): void {
    if (this.#rang) listener();
    else this.#ringing.push(listener);
  }

  onAnswered(listener: () => void): void {
    if (this.#answered) listener();
    else this.#answering.push(listener);
  }

  onConfirmed(listener: (at: number, soundId: string) => void): void {
    const at = confirmedAt(this.#steps);
    if (at !== undefined && this.#soundId !== undefined) listener(at, this.#soundId);
    else this.#confirming.push(listener);
  }

  cancel(): void {
    this.#cancelled = true;
    void this.call.hangUp();
  }

  // ------------------------------------------------------------------ what happens in the network

  onRang(): void {
    if (this.#rang) return;
    this.#rang = true;
    for (const listener of this.#ringing) listener();
  }

  wasAnswered(): void {
    if (this.#answered) return;
    this.#answered = true;
    this.#steps = [{ step: 'prompt', at: this.clock.now() }];
    for (const listener of this.#answering) listener();
    void this.#tell();
  }

  /** Goes on where an earlier process left it: the network has told the steps so far by itself. */
  goOn(left: SurvivingOutgoing): void {
    this.#steps = [...left.steps];
    this.#soundId = left.soundId;
    if (left.rang) this.onRang();
    if (!left.answered) return;
    this.#answered = true;
    this.#steps = [{ step: 'prompt', at: left.steps[0]?.at ?? this.clock.now() }, ...left.steps];
    // What it says from here on is not looked at: only that the digit is pressed, and that it ends.
    void this.#tell(left.steps.length === 0);
  }

  async #tell(fromTheStart = true): Promise<void> {
    const message = (): Sound => this.newest() ?? this.order.script.message;
    const step = (name: Step): void => {
      this.call.step(name);
      if (name === 'message' || name === 'done') this.#soundId = nameOf(message());
      this.#steps = [...this.#steps, { step: name, at: this.clock.now() }];
      const at = this.clock.now();
      if (name === 'message') for (const listener of this.#confirming) listener(at, this.#soundId ?? '');
    };
    try {
      if (fromTheStart) await alertCall(this.call, { script: this.order.script, newest: message, step });
      else await this.#rest(message, step);
    } catch (error) {
      if (!(error instanceof HungUp)) throw error;
    }
  }

  /** After the message has begun, the rest of it; before that, the time to press a digit. */
  async #rest(message: () => Sound, step: (name: Step) => void): Promise<void> {
    if (confirmedAt(this.#steps) === undefined) {
      const digit = await this.call.digit({ timeoutMs: 20_000 });
      if (digit === undefined) {
        step('goodbye');
        await this.call.hangUp();
        return;
      }
      step('message');
    }
    await this.call.play([message()]);
    await this.call.hangUp();
  }
}
