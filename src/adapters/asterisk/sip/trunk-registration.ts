import { networkInterfaces } from 'node:os';
import type { Clock } from '../../../ports/clock.js';
import type { Registration } from './registration.js';
import { chunkOf, payloadAt } from './retry-after.js';

export interface RegistrationWatchOptions {
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
const [R, S] = ['R', 'S'].map((letter) => letter.charCodeAt(0)) as [number, number];
/** HEP, vendor 0: destination address (IPv4, IPv6) and port. */
const [DESTINATION_4, DESTINATION_6, DESTINATION_PORT] = [4, 6, 8] as const;

/**
 * Whether our Asterisk is registered with the operator. ARI does not tell; the copies of SIP messages do (sip-tap.ts):
 * our own REGISTER, and the answers to it. Softphones register with us in the same stream. A stranger who imitates our
 * REGISTER sends it to us; our own goes elsewhere, and nobody else knows its Call-ID.
 */
export class RegistrationWatch {
  #callId: string | undefined;
  #cseq = '';
  #unanswered = false;
  #cancel = (): void => undefined;

  constructor(private readonly options: RegistrationWatchOptions) {}

  /** Any copy; nearly all are something else, and are dropped after a few bytes. */
  take(packet: Buffer): void {
    const at = payloadAt(packet);
    if (!at) return;
    const first = packet[at.start];
    if (first !== R && (first !== S || this.#callId === undefined)) return;
    const method = packet.indexOf('REGISTER', at.start, 'latin1');
    if (method < 0 || method >= at.end) return;
    const headers = packet.toString('latin1', at.start, at.end).split('\r\n\r\n', 1)[0] ?? '';
    const callId = /\r\n(?:call-id|i)[ \t]*:\s*([^\s]+)/i.exec(headers)?.[1];
    const cseq = /\r\ncseq[ \t]*:\s*(\d+)\s+REGISTER\s*(?:\r\n|$)/i.exec(headers)?.[1];
    if (callId === undefined || cseq === undefined) return;
    if (first === R) this.#asked(packet, headers, callId, cseq);
    else if (callId === this.#callId && cseq === this.#cseq) this.#answered(headers);
  }

  /** Asterisk is away, or we are: what was waited for is not told. */
  close(): void {
    this.#cancel();
    this.#unanswered = false;
  }

  #asked(packet: Buffer, headers: string, callId: string, cseq: string): void {
    if (!headers.startsWith(`REGISTER sip:${this.options.server} `) || this.#isForUs(packet)) return;
    if (callId === this.#callId && cseq === this.#cseq) return;
    this.#callId = callId;
    this.#cseq = cseq;
    // Asterisk has given one up and tries again: both are unanswered.
    if (this.#unanswered) return;
    this.#unanswered = true;
    this.#after(this.options.silenceMs, { type: 'silent' });
  }

  #answered(headers: string): void {
    const [, digits, phrase = ''] = /^SIP\/2\.0 (\d{3})[ \t]*([^\r\n]*)/.exec(headers) ?? [];
    const status = Number(digits ?? 0);
    if (status < 200) return;
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

  #isForUs(packet: Buffer): boolean {
    if (chunkOf(packet, DESTINATION_PORT)?.readUInt16BE(0) !== this.options.sipPort) return false;
    const address = chunkOf(packet, DESTINATION_4) ?? chunkOf(packet, DESTINATION_6);
    return address === undefined || ownAddresses().some((own) => own.equals(address));
  }
}

/** The addresses of this machine, and those that stand for all of them. */
function ownAddresses(): Buffer[] {
  const known = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return [...known.map(({ address }) => bytesOf(address)), Buffer.alloc(4), Buffer.alloc(16)];
}

function bytesOf(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const [front, back] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':'))) as [string[], string[]];
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0');
  return Buffer.from([...front, ...zeros, ...back].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** The operator's words for a log and a screen: a telephone number that stands in them is left out. */
function plain(phrase: string): string {
  return phrase
    .replace(/[^\x20-\x7e]/g, ' ')
    .replace(/[+\d][\d\s().-]{4,}/g, '… ')
    .trim()
    .slice(0, 60);
}
