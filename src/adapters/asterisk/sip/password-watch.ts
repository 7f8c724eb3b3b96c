import type { PasswordTry } from '../../../ports/telephony.js';
import type { SipCopy } from './sip-copy.js';

export interface PasswordWatchOptions {
  /** Ports on which our Asterisk takes SIP. */
  readonly sipPorts: readonly number[];
  readonly onTry: (tried: PasswordTry) => void;
}

/** A request with a password that was not answered yet. */
interface Asked {
  readonly username: string;
  readonly address: string;
}

/** Requests that wait for their answer at once; the eldest is forgotten. */
const MOST_ASKED = 5_000;
/** Within a call: Asterisk asks no password for these, and there are many. */
const IN_A_CALL: readonly string[] = ['ACK', 'BYE', 'CANCEL', 'PRACK', 'UPDATE', 'INFO'];
const AUTHORIZATION = /\r\n(?:proxy-)?authorization[ \t]*:([^\r\n]*)/i;

/**
 * Sees which passwords softphones show to our Asterisk, and whether they are right. Neither ARI nor Asterisk's log tells;
 * the copies of SIP messages do (sip-tap.ts): a request with `Authorization` (RFC 3261 22.4), and the answer to it. An
 * answer `stale=true` says that only the nonce was old (RFC 8760 2.6): that is no wrong password.
 */
export class PasswordWatch {
  readonly #asked = new Map<string, Asked>();

  constructor(private readonly options: PasswordWatchOptions) {}

  /** Any copy; nearly all are something else. */
  take(copy: SipCopy): void {
    if (copy.status !== undefined) {
      if (copy.status >= 200 && this.#asked.size > 0) this.#answered(copy, copy.status);
    } else if (!IN_A_CALL.includes(copy.method) && copy.cameTo(this.options.sipPorts)) this.#request(copy);
  }

  #request(copy: SipCopy): void {
    const shown = AUTHORIZATION.exec(copy.headers)?.[1];
    if (shown === undefined) return;
    const id = transactionOf(copy);
    const address = copy.source;
    const username = /\busername\s*=\s*(?:"([^"]*)"|([^\s,"]+))/i.exec(shown);
    if (id === undefined || address === undefined || !username) return;
    // Set anew, so that the map is in the order in which they came.
    this.#asked.delete(id);
    this.#asked.set(id, { username: (username[1] ?? username[2] ?? '').slice(0, 80), address });
    const [eldest] = this.#asked.keys();
    if (this.#asked.size > MOST_ASKED && eldest !== undefined) this.#asked.delete(eldest);
  }

  #answered(copy: SipCopy, status: number): void {
    const id = transactionOf(copy);
    const asked = id === undefined ? undefined : this.#asked.get(id);
    if (id === undefined || !asked) return;
    this.#asked.delete(id);
    const result = resultOf(copy, status);
    if (result) this.options.onTry({ ...asked, result });
  }
}

function resultOf({ headers, cseq }: SipCopy, status: number): PasswordTry['result'] | undefined {
  if (status === 401 || status === 407) return /\bstale\s*=\s*"?true/i.test(headers) ? undefined : 'wrong';
  // Refused before its password is looked at: the address has to wait.
  if (status === 403) return 'wrong';
  const isRegistered = status < 300 && cseq?.method === 'REGISTER' && /\r\n(?:contact|m)[ \t]*:/i.test(headers);
  return isRegistered ? 'registered' : undefined;
}

/** What ties an answer to its request: Call-ID and CSeq (RFC 3261 8.1.3). */
function transactionOf({ callId, cseq }: SipCopy): string | undefined {
  return callId === undefined || !cseq ? undefined : `${callId} ${cseq.number} ${cseq.method}`;
}
