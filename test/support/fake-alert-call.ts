import { confirmedAt, type Step, type StepAt } from '../../src/domain/alert-script.js';
import type { Sound } from '../../src/domain/messages.js';
import { deferred } from '../../src/lib/deferred.js';
import { HungUp, type CallEnd } from '../../src/ports/call.js';
import type { AlertCall, AlertCallResult, AlertCallOrder, SurvivingOutgoing } from '../../src/ports/telephony.js';
import { alertCall } from '../../src/flows/alert-call.js';
import { nameOf, type FakeCall } from './fake-call.js';
import type { FakeClock } from './fake-clock.js';

/** An alert call on the fake clock. It runs the reference version in `flows/alert-call.ts`. */
export class FakeAlertCall implements AlertCall {
  readonly #ended = deferred<AlertCallResult>();
  readonly #acceptedOrOver = deferred<void>();
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
    /** Delay until the telephony accepts the order. */
    acceptedAfterMs: number,
  ) {
    if (acceptedAfterMs === 0) this.#acceptedOrOver.resolve();
    else
      call.later(acceptedAfterMs, () => {
        this.#acceptedOrOver.resolve();
      });
    void call.ended.then((end: CallEnd) => {
      this.#acceptedOrOver.resolve();
      this.#ended.resolve({
        ...end,
        // Asterisk hangs up by itself after the last sound, so the controller sees a hang-up by the other
        // side.
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

  get acceptedOrOver(): Promise<void> {
    return this.#acceptedOrOver.promise;
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

  // ------------------------------------------------------------------ events of the network

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
    void this.#playScript();
  }

  /** Continues a call of an earlier process. Asterisk has played the steps so far without a controller. */
  goOn(surviving: SurvivingOutgoing): void {
    const { answered, rang, soundId, steps } = surviving;
    this.#steps = [...steps];
    this.#soundId = soundId;
    if (rang) this.onRang();
    if (!answered) return;
    this.#answered = true;
    this.#steps = [{ step: 'prompt', at: steps[0]?.at ?? this.clock.now() }, ...steps];
    // Tests of takeovers look only at the digit and at the end of the call, not at the sounds played from
    // here on.
    void this.#playScript(steps.length === 0);
  }

  async #playScript(fromTheStart = true): Promise<void> {
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
      else await this.#playRest(message, step);
    } catch (error) {
      if (!(error instanceof HungUp)) throw error;
    }
  }

  /** Plays the message; waits for the digit first when none was pressed yet. */
  async #playRest(message: () => Sound, step: (name: Step) => void): Promise<void> {
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
