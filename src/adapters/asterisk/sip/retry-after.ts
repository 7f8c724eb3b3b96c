/**
 * Reads the one thing that ARI does not tell of a refused call: for how long the operator asks us to stay away. Asterisk
 * sends us a copy of each SIP message in a packet of HEP, version 3: `HEP3`, the length, then chunks of vendor, type,
 * length and data (https://github.com/sipcapture/HEP, "HEPv3 network protocol specification").
 */

/** A final refusal of an INVITE. */
export interface Refusal {
  /** Call-ID of the SIP call that was refused. */
  readonly sipCallId: string;
  /** For how long it asks us to stay away; undefined when it does not. */
  readonly retryAfterSeconds: number | undefined;
}

const HEP3 = 0x48455033;
const HEADER_BYTES = 6;
const CHUNK_HEADER_BYTES = 6;
/** Vendor 0 (generic), type 15: the message itself. */
const PAYLOAD_CHUNK = 0x0000000f;
const SIP_VERSION = 'SIP/2.0 ';
/** Asks for a password: the same call is made again with it (RFC 3261 22). */
const CHALLENGE = /^SIP\/2\.0 40[17] /;
const [THREE, SIX] = ['3', '6'].map((digit) => digit.charCodeAt(0)) as [number, number];

/**
 * The refusal in a packet; undefined for everything else. Nearly every packet is something else, and there are a
 * thousand a second: only a refusal is made into text.
 */
export function refusalIn(packet: Buffer): Refusal | undefined {
  const at = payloadAt(packet);
  if (at === undefined || !isRefusal(packet, at.start, at.end)) return undefined;
  return refusalOf(packet.toString('latin1', at.start, at.end));
}

/** Where the SIP message lies in a packet. */
export function payloadAt(packet: Buffer): { start: number; end: number } | undefined {
  return chunkAt(packet, PAYLOAD_CHUNK);
}

/** The data of a generic chunk; undefined when there is none of this type. */
export function chunkOf(packet: Buffer, type: number): Buffer | undefined {
  const at = chunkAt(packet, type);
  return at && packet.subarray(at.start, at.end);
}

function chunkAt(packet: Buffer, vendorAndType: number): { start: number; end: number } | undefined {
  if (packet.length < HEADER_BYTES || packet.readUInt32BE(0) !== HEP3) return undefined;
  for (let at = HEADER_BYTES; at + CHUNK_HEADER_BYTES <= packet.length;) {
    const length = packet.readUInt16BE(at + 4);
    const end = at + length;
    if (length < CHUNK_HEADER_BYTES || end > packet.length) return undefined;
    if (packet.readUInt32BE(at) === vendorAndType) return { start: at + CHUNK_HEADER_BYTES, end };
    at = end;
  }
  return undefined;
}

/** Whether the message is a response from 300 to 699. */
function isRefusal(packet: Buffer, start: number, end: number): boolean {
  const digitAt = start + SIP_VERSION.length;
  if (digitAt >= end) return false;
  const digit = packet[digitAt] ?? 0;
  if (digit < THREE || digit > SIX) return false;
  // A request has a word in this place, which may have such a digit in it too.
  return packet.toString('latin1', start, digitAt) === SIP_VERSION;
}

/** From the text of a SIP response. The header's comment and `;duration` say nothing that we act on (RFC 3261 20.33). */
function refusalOf(message: string): Refusal | undefined {
  const headers = message.split('\r\n\r\n', 1)[0] ?? '';
  if (CHALLENGE.test(headers) || !/\r\ncseq[ \t]*:\s*\d+\s+INVITE\s*(\r\n|$)/i.test(headers)) return undefined;
  const sipCallId = /\r\n(?:call-id|i)[ \t]*:\s*([^\s]+)/i.exec(headers)?.[1];
  if (sipCallId === undefined) return undefined;
  const seconds = /\r\nretry-after[ \t]*:\s*(\d{1,10})(?!\d)/i.exec(headers)?.[1];
  return { sipCallId, retryAfterSeconds: seconds === undefined ? undefined : Number(seconds) };
}
