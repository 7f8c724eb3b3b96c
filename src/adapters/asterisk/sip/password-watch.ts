import type { PasswordTry } from '../../../ports/telephony.js';
import { chunkOf, payloadAt } from './retry-after.js';

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

/** HEP, vendor 0: source address (IPv4, IPv6) and destination port. */
const [SOURCE_4, SOURCE_6, DESTINATION_PORT] = [3, 5, 8] as const;
/** Requests that wait for their answer at once; the eldest is forgotten. */
const MOST_ASKED = 5_000;
const S = 'S'.charCodeAt(0);
/** Within a call: Asterisk asks no password for these, and there are many. */
const IN_A_CALL = /^(?:ACK|BYE|CANCEL|PRACK|UPDATE|INFO) /;
const AUTHORIZATION = /\r\n(?:proxy-)?authorization[ \t]*:([^\r\n]*)/i;

/**
 * Sees which passwords softphones show to our Asterisk, and whether they are right. Neither ARI nor Asterisk's log tells;
 * the copies of SIP messages do (sip-tap.ts): a request with `Authorization` (RFC 3261 22.4), and the answer to it. An
 * answer `stale=true` says that only the nonce was old (RFC 8760 2.6): that is no wrong password.
 */
export class PasswordWatch {
  readonly #asked = new Map<string, Asked>();

  constructor(private readonly options: PasswordWatchOptions) {}

  /** Any copy; nearly all are something else, and are dropped after a few bytes. */
  take(packet: Buffer): void {
    const at = payloadAt(packet);
    if (!at) return;
    if (packet[at.start] === S) {
      if (this.#asked.size > 0) this.#answered(packet.toString('latin1', at.start, at.end));
    } else if (this.#isForUs(packet)) {
      const start = packet.toString('latin1', at.start, Math.min(at.end, at.start + 10));
      if (!IN_A_CALL.test(start)) this.#request(packet, packet.toString('latin1', at.start, at.end));
    }
  }

  #isForUs(packet: Buffer): boolean {
    const port = chunkOf(packet, DESTINATION_PORT)?.readUInt16BE(0);
    return port !== undefined && this.options.sipPorts.includes(port);
  }

  #request(packet: Buffer, message: string): void {
    const headers = message.split('\r\n\r\n', 1)[0] ?? '';
    const shown = AUTHORIZATION.exec(headers)?.[1];
    if (shown === undefined) return;
    const id = transactionOf(headers);
    const address = addressOf(packet);
    const username = /\busername\s*=\s*(?:"([^"]*)"|([^\s,"]+))/i.exec(shown);
    if (id === undefined || address === undefined || !username) return;
    // Set anew, so that the map is in the order in which they came.
    this.#asked.delete(id);
    this.#asked.set(id, { username: (username[1] ?? username[2] ?? '').slice(0, 80), address });
    const [eldest] = this.#asked.keys();
    if (this.#asked.size > MOST_ASKED && eldest !== undefined) this.#asked.delete(eldest);
  }

  #answered(message: string): void {
    const status = Number(/^SIP\/2\.0 (\d{3})/.exec(message)?.[1] ?? 0);
    if (status < 200) return;
    const headers = message.split('\r\n\r\n', 1)[0] ?? '';
    const id = transactionOf(headers);
    const asked = id === undefined ? undefined : this.#asked.get(id);
    if (id === undefined || !asked) return;
    this.#asked.delete(id);
    const result = resultOf(status, headers);
    if (result) this.options.onTry({ ...asked, result });
  }
}

function resultOf(status: number, headers: string): PasswordTry['result'] | undefined {
  if (status === 401 || status === 407) return /\bstale\s*=\s*"?true/i.test(headers) ? undefined : 'wrong';
  // Refused before its password is looked at: the address has to wait.
  if (status === 403) return 'wrong';
  const isRegistered =
    status < 300 && /\r\ncseq[ \t]*:\s*\d+\s+REGISTER/i.test(headers) && /\r\n(?:contact|m)[ \t]*:/i.test(headers);
  return isRegistered ? 'registered' : undefined;
}

/** What ties an answer to its request: Call-ID and CSeq (RFC 3261 8.1.3). */
function transactionOf(headers: string): string | undefined {
  const callId = /\r\n(?:call-id|i)[ \t]*:\s*([^\s]+)/i.exec(headers)?.[1];
  const cseq = /\r\ncseq[ \t]*:\s*(\d+)\s+(\w+)/i.exec(headers);
  return callId === undefined || !cseq ? undefined : `${callId} ${cseq[1] ?? ''} ${cseq[2] ?? ''}`;
}

function addressOf(packet: Buffer): string | undefined {
  const four = chunkOf(packet, SOURCE_4);
  if (four?.length === 4) return four.join('.');
  const six = chunkOf(packet, SOURCE_6);
  if (six?.length !== 16) return undefined;
  const groups = Array.from({ length: 8 }, (_, n) => six.readUInt16BE(2 * n).toString(16));
  return groups.join(':');
}
