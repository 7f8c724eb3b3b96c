import type { Clock } from '../../../ports/clock.js';
import type { SipCopy } from './sip-copy.js';

/** What a SIP INFO says: a key, and the type of its body. */
export interface InfoKey {
  readonly digit: string;
  readonly body: InfoBody;
}

export type InfoBody = 'dtmf' | 'dtmf-relay';

export interface InfoKeysOptions {
  /** Ports on which our Asterisk takes SIP. */
  readonly sipPorts: readonly number[];
  readonly clock: Clock;
}

/** A call asks for its keys when its first one comes: until then they are kept for so long, and so many of all calls. */
const KEEP_MS = 2_000;
const MOST_KEPT = 1_000;
/** Event codes of RFC 4733, from 10. Asterisk takes them for a key, in INFO too. */
const CODES = ['*', '#', 'A', 'B', 'C', 'D'];

interface Kept extends InfoKey {
  readonly sipCallId: string;
  readonly at: number;
}

/**
 * The keys that come by SIP INFO. Asterisk's event of a key does not tell by which road it came; the copies of SIP messages
 * do (sip-tap.ts). An INFO that is sent again is one key: Asterisk answers it again and does no more.
 */
export class InfoKeys {
  #kept: Kept[] = [];
  /** By Call-ID. */
  readonly #followers = new Map<string, (key: InfoKey) => void>();
  /** Call-ID and CSeq of the latest requests, in the order in which they came. */
  readonly #seen = new Set<string>();
  #heard = false;

  constructor(private readonly options: InfoKeysOptions) {}

  /** Whether copies come at all: then a key without the copy of an INFO came by another road. */
  get hears(): boolean {
    return this.#heard;
  }

  /** Any copy; nearly all are something else. */
  take(copy: SipCopy): void {
    this.#heard = true;
    const { sipPorts } = this.options;
    if (copy.method === 'INFO' && (sipPorts.length === 0 || copy.cameTo(sipPorts))) this.#info(copy);
  }

  /** The listener is told of the keys of this SIP call that are kept, and of those that come. The result ends that. */
  follow(sipCallId: string, listener: (key: InfoKey) => void): () => void {
    const oldest = this.options.clock.monotonic() - KEEP_MS;
    const theirs = this.#kept.filter((key) => key.sipCallId === sipCallId && key.at >= oldest);
    this.#kept = this.#kept.filter((key) => key.sipCallId !== sipCallId && key.at >= oldest);
    this.#followers.set(sipCallId, listener);
    for (const key of theirs) listener(key);
    return () => this.#followers.delete(sipCallId);
  }

  #info(copy: SipCopy): void {
    const { callId: sipCallId, cseq, body: said } = copy;
    const body = bodyOf(/\r\n(?:content-type|c)[ \t]*:\s*application\/([^\s;]+)/i.exec(copy.headers)?.[1]);
    if (!body || said === undefined || sipCallId === undefined || !cseq) return;
    const digit = digitIn(said, body);
    if (digit === undefined || this.#cameBefore(`${sipCallId} ${cseq.number}`)) return;
    const follower = this.#followers.get(sipCallId);
    if (follower) follower({ digit, body });
    else {
      this.#kept.push({ digit, body, sipCallId, at: this.options.clock.monotonic() });
      if (this.#kept.length > MOST_KEPT) this.#kept.shift();
    }
  }

  #cameBefore(request: string): boolean {
    if (this.#seen.has(request)) return true;
    this.#seen.add(request);
    const [eldest] = this.#seen;
    if (this.#seen.size > MOST_KEPT && eldest !== undefined) this.#seen.delete(eldest);
    return false;
  }
}

function bodyOf(subtype: string | undefined): InfoBody | undefined {
  const type = subtype?.toLowerCase();
  return type === 'dtmf' || type === 'dtmf-relay' ? type : undefined;
}

/** The key, as Asterisk reads it; undefined when it reads none. */
function digitIn(body: string, type: InfoBody): string | undefined {
  const signal = type === 'dtmf' ? body : (/(?:^|[\r\n])signal=[ \t]*([^\r\n]*)/i.exec(body)?.[1] ?? '');
  const key = /^(?:[*#A-D]|\d+)/i.exec(signal)?.[0];
  if (key === undefined) return undefined;
  return /^\d+$/.test(key) && Number(key) >= 10 ? CODES[Number(key) - 10] : key.slice(0, 1).toUpperCase();
}
