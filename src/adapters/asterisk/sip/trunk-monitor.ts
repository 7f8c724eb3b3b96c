import type { E164 } from '../../../domain/phone-number.js';
import { TIMER_TOO_SHORT } from '../../../domain/outcome.js';
import type { CallEnd } from '../../../ports/call.js';
import type { Clock } from '../../../ports/clock.js';
import type { Log } from '../../../ports/log.js';
import type { LinkState, TelephonyProblem } from '../../../ports/telephony.js';
import type { SipCopy } from './sip-copy.js';
import { TRUNK_OPTIONS, TrunkEndpoints, TrunkWatch, type OptionsTiming } from './trunk.js';
import { TrunkOptions } from './trunk-options.js';
import { TrunkRegistration } from './trunk-registration.js';

export interface TrunkMonitorOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Timing of the OPTIONS to the trunk; absent when none are sent. */
  readonly trunkOptions?: OptionsTiming | undefined;
  /**
   * See {@link TrunkRegistration}; absent when Asterisk does not register, or no copies of SIP messages come.
   */
  readonly trunkRegistration?:
    { readonly server: string; readonly sipPort: number; readonly silenceMs: number } | undefined;
  /** State of an endpoint in Asterisk; undefined when it does not exist or Asterisk cannot be asked. */
  readonly endpointState: (endpoint: string) => Promise<string | undefined>;
  readonly onChange: () => void;
}

/** Gathers the evidence about the trunk, and chooses the endpoint of each call. */
export class TrunkMonitor {
  readonly #watch: TrunkWatch;
  readonly #options: TrunkOptions | undefined;
  readonly #registration: TrunkRegistration | undefined;
  readonly #endpoints = new TrunkEndpoints();

  constructor(private readonly parts: TrunkMonitorOptions) {
    const { clock, trunkOptions, trunkRegistration } = parts;
    this.#watch = new TrunkWatch({
      clock,
      options: trunkOptions,
      onChange: () => {
        this.#changed();
      },
    });
    this.#options =
      trunkOptions &&
      new TrunkOptions({
        ...trunkOptions,
        clock,
        ask: () => parts.endpointState(TRUNK_OPTIONS),
        onAnswered: (answered) => {
          this.#watch.optionsAnswered(answered);
        },
      });
    this.#registration =
      trunkRegistration &&
      new TrunkRegistration({
        ...trunkRegistration,
        clock,
        onChange: (registration) => {
          this.#watch.registration(registration);
        },
      });
  }

  get state(): LinkState | 'unknown' {
    return this.#watch.state;
  }

  get reason(): string {
    return this.#watch.reason;
  }

  get problem(): TelephonyProblem | null {
    return this.#watch.problem;
  }

  /** Endpoint for a call to this number. */
  endpointFor(number: E164): string {
    return this.#endpoints.next(number);
  }

  callAlive(): void {
    this.#watch.callAlive();
  }

  callEnded(end: CallEnd, number: E164): void {
    if (end.sipStatus === TIMER_TOO_SHORT) this.#endpoints.refusedTimer(number);
    this.#watch.callEnded(end);
  }

  /** Called with the contact status of {@link TRUNK_OPTIONS}. */
  onContactStatus(status: string | undefined): void {
    this.#options?.onContactStatus(status);
  }

  /** Called with every copied SIP message. */
  take(copy: SipCopy): void {
    this.#registration?.take(copy);
  }

  /** Called when Asterisk has been reached. */
  start(): void {
    this.#options?.start();
  }

  /** Forgets what Asterisk reported, because the link to Asterisk is lost. */
  forget(): void {
    this.#options?.stop();
    this.#registration?.close();
    this.#watch.forget();
  }

  close(): void {
    this.#options?.stop();
    this.#registration?.close();
    this.#watch.close();
  }

  #changed(): void {
    const { problem, reason, state } = this.#watch;
    if (problem) this.parts.log.error('THE TRUNK DOES NOT WORK', { problem: problem.code, reason });
    else if (state === 'up') this.parts.log.info('the trunk works');
    this.parts.onChange();
  }
}
