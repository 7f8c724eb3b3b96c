import type { Clock } from '../../../ports/clock.js';
import type { Registration } from './registration.js';
import type { SipCopy } from './sip-copy.js';

export interface TrunkRegistrationOptions {
  /** `host:port` with which our Asterisk registers, as it stands in the request. */
  readonly server: string;
  /** Where our Asterisk listens. */
  readonly sipPort: number;
  /** After so long without any answer Asterisk gives a request up, ms. */
  readonly silenceMs: number;
  readonly clock: Clock;
  readonly onChange: (registration: Registration) => void;
}

/** Asterisk answers a challenge, or asks for a longer time, at once: a refusal that it does not answer so is the last word. */
const SETTLE_MS = 1_500;

/**
 * Whether our Asterisk is registered with the operator. ARI does not tell; the copies of SIP messages do (sip-tap.ts):
 * our own REGISTER, and the answers to it. Softphones register with us in the same stream. A stranger who imitates our
 * REGISTER sends it to us; our own goes elsewhere, and nobody else knows its Call-ID.
 */
export class TrunkRegistration {
  #callId: string | undefined;
  #cseq = '';
  #unanswered = false;
  #cancel = (): void => undefined;

  constructor(private readonly options: TrunkRegistrationOptions) {}

  /** Any copy; nearly all are something else. */
  take(copy: SipCopy): void {
    const asks = copy.method === 'REGISTER';
    if (!asks && (copy.status === undefined || this.#callId === undefined || !copy.mentions('REGISTER'))) return;
    const { callId, cseq } = copy;
    if (callId === undefined || cseq?.method !== 'REGISTER') return;
    if (asks) this.#asked(copy, callId, cseq.number);
    else if (callId === this.#callId && cseq.number === this.#cseq) this.#answered(copy);
  }

  /** Asterisk is away, or we are: what was waited for is not told. */
  close(): void {
    this.#cancel();
    this.#unanswered = false;
  }

  #asked(copy: SipCopy, callId: string, cseq: string): void {
    const { server, sipPort } = this.options;
    if (!copy.headers.startsWith(`REGISTER sip:${server} `) || copy.cameTo([sipPort])) return;
    if (callId === this.#callId && cseq === this.#cseq) return;
    this.#callId = callId;
    this.#cseq = cseq;
    // Asterisk has given one up and tries again: both are unanswered.
    if (this.#unanswered) return;
    this.#unanswered = true;
    this.#after(this.options.silenceMs, { type: 'silent' });
  }

  #answered({ status = 0, headers }: SipCopy): void {
    if (status < 200) return;
    const phrase = /^SIP\/2\.0 \d{3}[ \t]*([^\r\n]*)/.exec(headers)?.[1] ?? '';
    this.#unanswered = false;
    if (status < 300) {
      this.#cancel();
      this.options.onChange({ type: 'registered' });
    } else this.#after(SETTLE_MS, { type: 'refused', status, phrase: plain(phrase) });
  }

  #after(ms: number, registration: Registration): void {
    this.#cancel();
    this.#cancel = this.options.clock.after(ms, () => {
      this.#unanswered = false;
      this.options.onChange(registration);
    });
  }
}

/** The operator's words for a log and a screen: a telephone number that stands in them is left out. */
function plain(phrase: string): string {
  return phrase
    .replace(/[^\x20-\x7e]/g, ' ')
    .replace(/[+\d][\d\s().-]{4,}/g, '… ')
    .trim()
    .slice(0, 60);
}
