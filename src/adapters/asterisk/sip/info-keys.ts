import type { Clock } from '../../../ports/clock.js';
import type { SipCopy } from './sip-copy.js';

/** The key in a SIP INFO, and the type of its body. */
export interface InfoKey {
  readonly digit: string;
  readonly body: InfoBody;
}

export type InfoBody = 'dtmf' | 'dtmf-relay';

export interface InfoKeysOptions {
  /** Ports on which our Asterisk receives SIP. */
  readonly sipPorts: readonly number[];
  readonly clock: Clock;
}

/**
 * A call follows its keys from its first event on. Until then its keys are kept for this long. At most this
 * many keys are kept, of all calls together.
 */
const KEEP_MS = 4_000;
const MAX_KEPT = 1_000;
/** The event codes of RFC 4733 from 10 on. Asterisk accepts them in INFO too. */
const CODES = ['*', '#', 'A', 'B', 'C', 'D'];

interface Kept extends InfoKey {
  readonly sipCallId: string;
  readonly at: number;
}

/**
 * Finds the keys sent by SIP INFO in the copied SIP messages (sip-tap.ts), because the event of Asterisk does
 * not show how a key was sent. A retransmitted INFO is one key: Asterisk answers it again, and sends no
 * second event.
 */
export class InfoKeys {
  #kept: Kept[] = [];
  /** Listeners by Call-ID. */
  readonly #followers = new Map<string, (key: InfoKey) => void>();
  /** Call-ID and CSeq of the latest requests, in order of arrival. */
  readonly #seen = new Set<string>();
  #receives = false;

  constructor(private readonly options: InfoKeysOptions) {}

  /** Whether any copies come. If they do, a key without the copy of an INFO was not sent by INFO. */
  get receives(): boolean {
    return this.#receives;
  }

  /** Called with every copied message. Nearly all of them are something else. */
  take(copy: SipCopy): void {
    this.#receives = true;
    const { sipPorts } = this.options;
    if (copy.method === 'INFO' && (sipPorts.length === 0 || copy.cameTo(sipPorts))) this.#info(copy);
  }

  /**
   * Calls the listener with the kept keys of this SIP call, and with each further key. Returns a function
   * that stops it.
   */
  follow(sipCallId: string, listener: (key: InfoKey) => void): () => void {
    const oldest = this.options.clock.monotonic() - KEEP_MS;
    const kept = this.#kept.filter((key) => key.sipCallId === sipCallId && key.at >= oldest);
    this.#kept = this.#kept.filter((key) => key.sipCallId !== sipCallId && key.at >= oldest);
    this.#followers.set(sipCallId, listener);
    for (const key of kept) listener(key);
    return () => this.#followers.delete(sipCallId);
  }

  #info(copy: SipCopy): void {
    const { callId: sipCallId, cseq, body: text } = copy;
    const body = bodyOf(/\r\n(?:content-type|c)[ \t]*:\s*application\/([^\s;]+)/i.exec(copy.headers)?.[1]);
    if (!body || text === undefined || sipCallId === undefined || !cseq) return;
    const digit = digitIn(text, body);
    if (digit === undefined || this.#cameBefore(`${sipCallId} ${cseq.number}`)) return;
    const follower = this.#followers.get(sipCallId);
    if (follower) follower({ digit, body });
    else {
      this.#kept.push({ digit, body, sipCallId, at: this.options.clock.monotonic() });
      if (this.#kept.length > MAX_KEPT) this.#kept.shift();
    }
  }

  #cameBefore(request: string): boolean {
    if (this.#seen.has(request)) return true;
    this.#seen.add(request);
    const [oldest] = this.#seen;
    if (this.#seen.size > MAX_KEPT && oldest !== undefined) this.#seen.delete(oldest);
    return false;
  }
}

function bodyOf(subtype: string | undefined): InfoBody | undefined {
  const type = subtype?.toLowerCase();
  return type === 'dtmf' || type === 'dtmf-relay' ? type : undefined;
}

/** The key as Asterisk reads it; undefined when Asterisk reads none. */
function digitIn(body: string, type: InfoBody): string | undefined {
  const signal = type === 'dtmf' ? body : (/(?:^|[\r\n])signal=[ \t]*([^\r\n]*)/i.exec(body)?.[1] ?? '');
  const key = /^(?:[*#A-D]|\d+)/i.exec(signal)?.[0];
  if (key === undefined) return undefined;
  return /^\d+$/.test(key) && Number(key) >= 10 ? CODES[Number(key) - 10] : key.slice(0, 1).toUpperCase();
}
