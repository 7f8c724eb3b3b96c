import type { Clock } from '../../../ports/clock.js';
import type { Registration } from './registration.js';
import type { SipCopy } from './sip-copy.js';

export interface TrunkRegistrationOptions {
  /** `host:port` of the registrar, as Asterisk writes it in the request. */
  readonly server: string;
  /** Port on which our Asterisk receives SIP. */
  readonly sipPort: number;
  /** Asterisk gives up a request after this long without an answer, ms. */
  readonly silenceMs: number;
  readonly clock: Clock;
  readonly onChange: (registration: Registration) => void;
}

/**
 * Asterisk answers a challenge at once, and also asks at once for a longer registration. A refusal that
 * Asterisk has not answered within this time is final.
 */
const SETTLE_MS = 1_500;

/**
 * Watches whether our Asterisk is registered with the operator. ARI does not report this, so it is read from
 * copied SIP messages (sip-tap.ts): our own REGISTER and the answers to it. The REGISTER requests of
 * softphones are among the copies too. An outsider may imitate our REGISTER, but such a request comes in and
 * ours goes out, with a Call-ID that nobody else knows.
 */
export class TrunkRegistration {
  #callId: string | undefined;
  #cseq = '';
  #unanswered = false;
  #cancel = (): void => undefined;

  constructor(private readonly options: TrunkRegistrationOptions) {}

  /** Called with every copied message. Nearly all of them are something else. */
  take(copy: SipCopy): void {
    const isRequest = copy.method === 'REGISTER';
    if (!isRequest && (copy.status === undefined || this.#callId === undefined || !copy.mentions('REGISTER'))) return;
    const { callId, cseq } = copy;
    if (callId === undefined || cseq?.method !== 'REGISTER') return;
    if (isRequest) this.#requested(copy, callId, cseq.number);
    else if (callId === this.#callId && cseq.number === this.#cseq) this.#answered(copy);
  }

  /** The link to Asterisk is lost, or the controller stops. A pending change is not reported. */
  close(): void {
    this.#cancel();
    this.#unanswered = false;
  }

  #requested(copy: SipCopy, callId: string, cseq: string): void {
    const { server, sipPort } = this.options;
    if (!copy.headers.startsWith(`REGISTER sip:${server} `) || copy.cameTo([sipPort])) return;
    if (callId === this.#callId && cseq === this.#cseq) return;
    this.#callId = callId;
    this.#cseq = cseq;
    // Asterisk gave up a request and tries again. The time without an answer counts from the first request.
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

/** The reason phrase for a log and a screen, without any telephone number in it. */
function plain(phrase: string): string {
  return phrase
    .replace(/[^\x20-\x7e]/g, ' ')
    .replace(/[+\d][\d\s().-]{4,}/g, '… ')
    .trim()
    .slice(0, 60);
}
