import type { PasswordTry } from '../../../ports/telephony.js';
import type { SipCopy } from './sip-copy.js';

export interface PasswordWatchOptions {
  /** Ports on which our Asterisk receives SIP. */
  readonly sipPorts: readonly number[];
  readonly onTry: (tried: PasswordTry) => void;
}

/** A request with a password, not answered yet. */
interface PendingRequest {
  readonly username: string;
  readonly address: string;
}

/** Requests that wait for an answer. Beyond this number the oldest is dropped. */
const MAX_PENDING = 5_000;
/** The frequent requests within a call, for which Asterisk asks no password. */
const WITHIN_CALL: readonly string[] = ['ACK', 'BYE', 'CANCEL', 'PRACK', 'UPDATE', 'INFO'];
const AUTHORIZATION = /\r\n(?:proxy-)?authorization[ \t]*:([^\r\n]*)/i;

/**
 * Reports each attempt to authenticate to our Asterisk, and whether the password was right. Neither ARI nor
 * the log of Asterisk has this, so it is read from copied SIP messages (sip-tap.ts): a request with
 * `Authorization` (RFC 3261 22.4), and the answer to it. An answer with `stale=true` is not a wrong password,
 * because only the nonce was old (RFC 8760 2.6).
 */
export class PasswordWatch {
  readonly #pending = new Map<string, PendingRequest>();

  constructor(private readonly options: PasswordWatchOptions) {}

  /** Called with every copied message. Nearly all of them are something else. */
  take(copy: SipCopy): void {
    if (copy.status !== undefined) {
      if (copy.status >= 200 && this.#pending.size > 0) this.#answered(copy, copy.status);
    } else if (!WITHIN_CALL.includes(copy.method) && copy.cameTo(this.options.sipPorts)) this.#request(copy);
  }

  #request(copy: SipCopy): void {
    const credentials = AUTHORIZATION.exec(copy.headers)?.[1];
    if (credentials === undefined) return;
    const id = transactionOf(copy);
    const address = copy.source;
    const username = /\busername\s*=\s*(?:"([^"]*)"|([^\s,"]+))/i.exec(credentials);
    if (id === undefined || address === undefined || !username) return;
    // Deleting first moves a repeated request to the end, so that the map stays in order of arrival.
    this.#pending.delete(id);
    this.#pending.set(id, { username: (username[1] ?? username[2] ?? '').slice(0, 80), address });
    const [oldest] = this.#pending.keys();
    if (this.#pending.size > MAX_PENDING && oldest !== undefined) this.#pending.delete(oldest);
  }

  #answered(copy: SipCopy, status: number): void {
    const id = transactionOf(copy);
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (id === undefined || !pending) return;
    this.#pending.delete(id);
    const result = resultOf(copy, status);
    if (result) this.options.onTry({ ...pending, result });
  }
}

function resultOf({ headers, cseq }: SipCopy, status: number): PasswordTry['result'] | undefined {
  if (status === 401 || status === 407) return /\bstale\s*=\s*"?true/i.test(headers) ? undefined : 'wrong';
  // Asterisk refuses the address before it checks the password, because the address guessed too often.
  if (status === 403) return 'wrong';
  const isRegistered = status < 300 && cseq?.method === 'REGISTER' && /\r\n(?:contact|m)[ \t]*:/i.test(headers);
  return isRegistered ? 'registered' : undefined;
}

/** Call-ID and CSeq tie an answer to its request (RFC 3261 8.1.3). */
function transactionOf({ callId, cseq }: SipCopy): string | undefined {
  return callId === undefined || !cseq ? undefined : `${callId} ${cseq.number} ${cseq.method}`;
}
