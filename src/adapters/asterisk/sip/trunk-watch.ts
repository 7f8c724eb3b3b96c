import type { CallEnd } from '../../../ports/call.js';
import type { Clock } from '../../../ports/clock.js';
import type { LinkState, TelephonyProblem } from '../../../ports/telephony.js';
import { adviceOn, type Registration } from './registration.js';

export interface TrunkWatchOptions {
  readonly clock: Clock;
  /** How the trunk is asked by OPTIONS, ms; absent: it is not. */
  readonly options?: OptionsTiming | undefined;
  readonly onChange: () => void;
}

export interface OptionsTiming {
  readonly everyMs: number;
  readonly timeoutMs: number;
}

/** Which request shows that the trunk works, or leaves it unanswered. */
type Request = 'call' | 'options' | 'register';

const UNANSWERED: Readonly<Record<Request, string>> = {
  call: 'the trunk does not answer at all',
  options: 'the trunk does not answer OPTIONS',
  register: 'the trunk does not answer our registration',
};
const CHECK = 'check BURGERNET_TRUNK, the line to the operator and its firewall';

/**
 * Whether the trunk works: from calls, from OPTIONS, and from our registration. The last evidence counts. OPTIONS may
 * stay unanswered while calls get through, because some operators ignore them: then silence proves nothing until the
 * operator answers OPTIONS once.
 */
export class TrunkWatch {
  #alive: LinkState | 'unknown' = 'unknown';
  #unanswered: Request = 'call';
  #options: 'unknown' | 'answered' | 'silent' = 'unknown';
  /** Since Asterisk was reached. */
  #everAnswered = false;
  #ignoresOptions = false;
  #provenAt = -Infinity;
  #registration: Registration = { type: 'unknown' };
  #shown = '';
  #cancel = (): void => undefined;

  constructor(private readonly options: TrunkWatchOptions) {}

  get state(): LinkState | 'unknown' {
    return this.problem === null ? this.#alive : 'down';
  }

  get problem(): TelephonyProblem | null {
    if (this.#alive === 'down') return { code: 'trunk_down', asked: this.#unanswered };
    const { type } = this.#registration;
    if (type === 'refused') return { code: 'trunk_refused', sipStatus: this.#registration.status };
    return type === 'silent' ? { code: 'trunk_refused', sipStatus: null } : null;
  }

  /** In words for the operator of this installation; empty when all is well. */
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

  /** A call was answered, rings, or comes in: the trunk is there at this moment. */
  heard(): void {
    this.#proves();
    this.#tell();
  }

  ended(end: CallEnd): void {
    if (end.by === 'lost') return;
    if (end.fault !== undefined) this.#silence('call');
    // Ended by Asterisk's own ring time: the ringing was heard long before, and says nothing of the trunk now.
    else if (end.by === 'them' && !(end.rangOut && this.#alive === 'down')) this.#proves();
    this.#tell();
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
    this.#tell();
  }

  registration(registration: Registration): void {
    this.#registration = registration;
    if (registration.type === 'silent' && this.#options !== 'answered') this.#silence('register');
    else if (registration.type === 'registered' || registration.type === 'refused') this.#proves();
    this.#tell();
  }

  /** Asterisk is away: what it told of OPTIONS and of the registration says nothing any more. */
  forget(): void {
    this.#cancel();
    this.#options = 'unknown';
    this.#everAnswered = false;
    this.#registration = { type: 'unknown' };
    this.#tell();
  }

  close(): void {
    this.#cancel();
  }

  /** Something else was answered while OPTIONS were not, or it has registered us and has never answered any. */
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
    this.#alive = 'up';
  }

  #silence(request: Request): void {
    if (this.#alive !== 'down' || request === 'call') this.#unanswered = request;
    this.#alive = 'down';
    this.#cancel();
    const { clock, options } = this.options;
    if (request === 'options' || !options) return;
    // One number that got no answer is not the whole trunk: OPTIONS that are still answered a round later say so.
    this.#cancel = clock.after(options.everyMs + options.timeoutMs, () => {
      if (this.#options !== 'answered') return;
      this.#alive = 'up';
      this.#tell();
    });
  }

  #tell(): void {
    const shown = `${this.state} ${this.reason}`;
    if (shown === this.#shown || (this.#shown === '' && this.state === 'unknown')) return;
    this.#shown = shown;
    this.options.onChange();
  }
}
