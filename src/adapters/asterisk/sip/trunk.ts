import type { CallEnd } from '../../../ports/call.js';
import type { Clock } from '../../../ports/clock.js';
import type { E164 } from '../../../domain/phone-number.js';
import type { LinkState, TelephonyProblem } from '../../../ports/telephony.js';
import { adviceOn, type Registration } from './registration.js';

export interface TrunkWatchOptions {
  readonly clock: Clock;
  /** Timing of the OPTIONS to the trunk; absent when none are sent. */
  readonly options?: OptionsTiming | undefined;
  readonly onChange: () => void;
}

/** Times in ms. */
export interface OptionsTiming {
  readonly everyMs: number;
  readonly timeoutMs: number;
}

/** A kind of request to the trunk. */
type Request = 'call' | 'options' | 'register';

const UNANSWERED: Readonly<Record<Request, string>> = {
  call: 'the trunk does not answer at all',
  options: 'the trunk does not answer OPTIONS',
  register: 'the trunk does not answer our registration',
};
const CHECK = 'check BURGERNET_TRUNK, the line to the operator and its firewall';

/**
 * Judges whether the trunk works, from calls, OPTIONS and our registration. The latest evidence counts. Some
 * operators ignore OPTIONS, so when calls get through while OPTIONS are unanswered, unanswered OPTIONS prove
 * nothing until the operator answers one.
 */
export class TrunkWatch {
  #link: LinkState | 'unknown' = 'unknown';
  #unansweredRequest: Request = 'call';
  #options: 'unknown' | 'answered' | 'silent' = 'unknown';
  /** The trunk has answered OPTIONS since Asterisk was reached. */
  #everAnswered = false;
  #ignoresOptions = false;
  #provenAt = -Infinity;
  #registration: Registration = { type: 'unknown' };
  #reported = '';
  #cancel = (): void => undefined;

  constructor(private readonly options: TrunkWatchOptions) {}

  get state(): LinkState | 'unknown' {
    return this.problem === null ? this.#link : 'down';
  }

  get problem(): TelephonyProblem | null {
    if (this.#link === 'down') return { code: 'trunk_down', asked: this.#unansweredRequest };
    const { type } = this.#registration;
    if (type === 'refused') return { code: 'trunk_refused', sipStatus: this.#registration.status };
    return type === 'silent' ? { code: 'trunk_refused', sipStatus: null } : null;
  }

  /** In words for the administrator of this installation; empty when the trunk works. */
  get reason(): string {
    const { problem } = this;
    if (problem?.code === 'trunk_down') {
      const ignored = '; a call that gets through ends this alarm. Does the operator never answer OPTIONS? Then set ';
      const more = problem.asked === 'options' ? `${ignored}BURGERNET_TRUNK_OPTIONS=0` : '';
      return `${UNANSWERED[problem.asked]}: ${CHECK}${more}`;
    }
    if (problem === null) return '';
    if (this.#registration.type === 'refused') {
      const { status, phrase } = this.#registration;
      return `the operator refuses our registration (SIP ${status}${phrase === '' ? '' : ` ${phrase}`}): ${adviceOn(status)}`;
    }
    return `${UNANSWERED.register}, though it answers other requests: ${CHECK}`;
  }

  /** A call rings, is answered, or comes in, so the trunk works at this moment. */
  callAlive(): void {
    this.#proves();
    this.#report();
  }

  callEnded(end: CallEnd): void {
    if (end.by === 'lost') return;
    if (end.fault !== undefined) this.#silence('call');
    // The ringing of a call that rang out began long ago, and proves nothing about the trunk now.
    else if (end.by === 'them' && !(end.rangOut && this.#link === 'down')) this.#proves();
    this.#report();
  }

  optionsAnswered(answered: boolean): void {
    const next = answered ? 'answered' : 'silent';
    if (next === this.#options) return;
    this.#options = next;
    if (answered) {
      this.#everAnswered = true;
      this.#ignoresOptions = false;
      this.#isUp();
    } else {
      this.#ignoresOptions ||= this.#answersOthers();
      if (!this.#ignoresOptions) this.#silence('options');
    }
    this.#report();
  }

  registration(registration: Registration): void {
    this.#registration = registration;
    if (registration.type === 'silent' && this.#options !== 'answered') this.#silence('register');
    else if (registration.type === 'registered' || registration.type === 'refused') this.#proves();
    this.#report();
  }

  /** The link to Asterisk is lost, so the state of OPTIONS and of the registration is unknown. */
  forget(): void {
    this.#cancel();
    this.#options = 'unknown';
    this.#everAnswered = false;
    this.#registration = { type: 'unknown' };
    this.#report();
  }

  close(): void {
    this.#cancel();
  }

  /** Whether another request was just answered, or only registrations are answered and OPTIONS never were. */
  #answersOthers(): boolean {
    const { clock, options } = this.options;
    if (clock.monotonic() - this.#provenAt < (options?.timeoutMs ?? 0)) return true;
    return !this.#everAnswered && ['registered', 'refused'].includes(this.#registration.type);
  }

  #proves(): void {
    this.#provenAt = this.options.clock.monotonic();
    if (this.#options === 'silent') this.#ignoresOptions = true;
    this.#isUp();
  }

  #isUp(): void {
    this.#cancel();
    this.#link = 'up';
  }

  #silence(request: Request): void {
    if (this.#link !== 'down' || request === 'call') this.#unansweredRequest = request;
    this.#link = 'down';
    this.#cancel();
    const { clock, options } = this.options;
    if (request === 'options' || !options) return;
    // A single far end may be silent while the trunk works. An answer to OPTIONS, a round later, proves that.
    this.#cancel = clock.after(options.everyMs + options.timeoutMs, () => {
      if (this.#options !== 'answered') return;
      this.#link = 'up';
      this.#report();
    });
  }

  #report(): void {
    const current = `${this.state} ${this.reason}`;
    if (current === this.#reported || (this.#reported === '' && this.state === 'unknown')) return;
    this.#reported = current;
    this.options.onChange();
  }
}

/** Several, so that few of the calls share an endpoint. Each costs 100 bytes of configuration. */
const ENDPOINT_COUNT = 16;

/** The endpoints for outgoing calls (asterisk-config/pjsip.conf). */
export const TRUNK_ENDPOINTS: readonly string[] = Array.from({ length: ENDPOINT_COUNT }, (_, index) => nameOf(index));

/** The endpoint for operators that refuse session timers. */
const WITHOUT_TIMER = 'trunk-out-plain';

/** When this many numbers have refused a session timer, the operator refuses it for every number. */
const REFUSED_BY_ALL = 3;

/** The endpoint that sends OPTIONS to the trunk. No call uses it. */
export const TRUNK_OPTIONS = 'trunk-options';

/** Chooses the endpoint of each outgoing call, in turn. */
export class TrunkEndpoints {
  #calls = 0;
  readonly #refusedBy = new Set<E164>();

  next(number: E164): string {
    const refused = this.#refusedBy.has(number) || this.#refusedBy.size >= REFUSED_BY_ALL;
    return refused ? WITHOUT_TIMER : nameOf(this.#calls++ % ENDPOINT_COUNT);
  }

  /** A call to this number was refused for its session timer. The next call to it offers none. */
  refusedTimer(number: E164): void {
    if (this.#refusedBy.size < REFUSED_BY_ALL) this.#refusedBy.add(number);
  }
}

function nameOf(index: number): string {
  return `trunk-out-${index}`;
}
