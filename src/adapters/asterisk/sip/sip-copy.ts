import { networkInterfaces } from 'node:os';

/**
 * A copy of a SIP message that our Asterisk sent or received (asterisk-config/hep.conf). The packet format is
 * HEP, version 3: `HEP3`, the length, then chunks of vendor, type, length and data
 * (https://github.com/sipcapture/HEP, "HEPv3 network protocol specification"). A thousand copies may come in
 * a second, and nearly all of them are of no use. So the packet is scanned once, and a field is decoded only
 * when it is read for the first time.
 */
export class SipCopy {
  /** Status of a response; undefined for a request, and for a message that is not SIP. */
  readonly status: number | undefined;
  #method: string | undefined;
  #headers: string | undefined;
  #callId: string | undefined | null = null;
  #cseq: CSeq | undefined | null = null;
  #came: boolean | undefined;

  private constructor(
    private readonly packet: Buffer,
    private readonly chunks: Chunks,
  ) {
    this.status = this.#readStatus();
  }

  /** Undefined when the packet contains no message. */
  static in(packet: Buffer): SipCopy | undefined {
    const chunks = chunksOf(packet);
    return chunks && new SipCopy(packet, chunks);
  }

  /** Method of a request; '' for a response, and for a message that is not SIP. */
  get method(): string {
    return (this.#method ??= this.status === undefined ? this.#readMethod() : '');
  }

  /** Whether the message contains this word anywhere. Searches the bytes, without decoding them. */
  mentions(word: string): boolean {
    const { start, end } = this.chunks.message;
    const at = this.packet.indexOf(word, start, 'latin1');
    return at >= 0 && at < end;
  }

  /** The first line and the headers. */
  get headers(): string {
    return (this.#headers ??= this.#text.split('\r\n\r\n', 1)[0] ?? '');
  }

  /** Undefined when no empty line ends the headers, because the copy was cut off. */
  get body(): string | undefined {
    const at = this.#text.indexOf('\r\n\r\n');
    return at < 0 ? undefined : this.#text.slice(at + 4);
  }

  get callId(): string | undefined {
    if (this.#callId === null) this.#callId = /\r\n(?:call-id|i)[ \t]*:\s*([^\s]+)/i.exec(this.headers)?.[1];
    return this.#callId;
  }

  get cseq(): CSeq | undefined {
    if (this.#cseq === null) {
      const [, number, method] = /\r\ncseq[ \t]*:\s*(\d+)\s+(\w+)\s*(?:\r\n|$)/i.exec(this.headers) ?? [];
      this.#cseq = number === undefined || method === undefined ? undefined : { number, method: method.toUpperCase() };
    }
    return this.#cseq;
  }

  /**
   * Whether the message came in on one of these ports of our Asterisk. The address counts too, because an
   * operator may use the same port.
   */
  cameTo(ports: readonly number[]): boolean {
    const port = this.chunks.destinationPort;
    return port !== undefined && ports.includes(port) && (this.#came ??= this.#isToThisMachine());
  }

  /** Source address; undefined when the packet has none. */
  get source(): string | undefined {
    const address = this.#bytes(this.chunks.source);
    if (address?.length === 4) return address.join('.');
    if (address?.length !== 16) return undefined;
    return Array.from({ length: 8 }, (_, n) => address.readUInt16BE(2 * n).toString(16)).join(':');
  }

  get #text(): string {
    return this.packet.toString('latin1', this.chunks.message.start, this.chunks.message.end);
  }

  #isToThisMachine(): boolean {
    const address = this.#bytes(this.chunks.destination);
    // All of 127.0.0.0/8 is this machine, although its list of addresses has only one of them.
    return address === undefined || isLoopback(address) || ownAddresses().has(address.toString('hex'));
  }

  #bytes(chunk: Chunk | undefined): Buffer | undefined {
    return chunk && this.packet.subarray(chunk.start, chunk.end);
  }

  #readStatus(): number | undefined {
    const { start, end } = this.chunks.message;
    const at = start + VERSION.length;
    if (at + 3 > end || this.packet.compare(VERSION, 0, VERSION.length, start, at) !== 0) return undefined;
    const status = Number(this.packet.toString('latin1', at, at + 3));
    return status >= 100 && status <= 699 ? status : undefined;
  }

  #readMethod(): string {
    const { start, end } = this.chunks.message;
    return /^[A-Z]+(?= )/.exec(this.packet.toString('latin1', start, Math.min(end, start + LONGEST_METHOD)))?.[0] ?? '';
  }
}

export interface CSeq {
  readonly number: string;
  readonly method: string;
}

interface Chunk {
  readonly start: number;
  readonly end: number;
}

interface Chunks {
  readonly message: Chunk;
  readonly source: Chunk | undefined;
  readonly destination: Chunk | undefined;
  readonly destinationPort: number | undefined;
}

const HEP3 = 0x48455033;
const HEADER_BYTES = 6;
const CHUNK_HEADER_BYTES = 6;
const VERSION = Buffer.from('SIP/2.0 ');
/** Length of the longest method in use, `SUBSCRIBE`, with the space after it. */
const LONGEST_METHOD = 10;
/** Chunk types of vendor 0. */
const [SOURCE_4, DESTINATION_4, SOURCE_6, DESTINATION_6, DESTINATION_PORT, MESSAGE] = [3, 4, 5, 6, 8, 15] as const;

function chunksOf(packet: Buffer): Chunks | undefined {
  if (packet.length < HEADER_BYTES || packet.readUInt32BE(0) !== HEP3) return undefined;
  let message: Chunk | undefined;
  let source: Chunk | undefined;
  let destination: Chunk | undefined;
  let destinationPort: number | undefined;
  for (let at = HEADER_BYTES; at + CHUNK_HEADER_BYTES <= packet.length;) {
    const [start, end] = [at + CHUNK_HEADER_BYTES, at + packet.readUInt16BE(at + 4)];
    if (end < start || end > packet.length) break;
    switch (packet.readUInt32BE(at)) {
      case SOURCE_4:
      case SOURCE_6:
        source ??= { start, end };
        break;
      case DESTINATION_4:
      case DESTINATION_6:
        destination ??= { start, end };
        break;
      case DESTINATION_PORT:
        if (end - start === 2) destinationPort ??= packet.readUInt16BE(start);
        break;
      case MESSAGE:
        message ??= { start, end };
        break;
      default:
        break;
    }
    at = end;
  }
  return message && { message, source, destination, destinationPort };
}

/** The addresses of this machine are read again after this time. */
const ADDRESSES_KEPT_MS = 5_000;
let kept: { readonly addresses: ReadonlySet<string>; readonly at: number } | undefined;

/** The addresses of this machine, and the wildcard addresses, as hexadecimal bytes. */
function ownAddresses(): ReadonlySet<string> {
  const now = performance.now();
  if (kept && now - kept.at < ADDRESSES_KEPT_MS) return kept.addresses;
  const known = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  const addresses = [...known.map(({ address }) => bytesOf(address)), Buffer.alloc(4), Buffer.alloc(16)];
  kept = { addresses: new Set(addresses.map((address) => address.toString('hex'))), at: now };
  return kept.addresses;
}

const isLoopback = (address: Buffer): boolean => address.length === 4 && address[0] === 127;

function bytesOf(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const [front, back] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':'))) as [string[], string[]];
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0');
  return Buffer.from([...front, ...zeros, ...back].map((group) => group.padStart(4, '0')).join(''), 'hex');
}
