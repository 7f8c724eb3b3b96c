/** The parts of RTP (RFC 3550) and of telephone events (RFC 4733) that an answering telephone needs. */

export const HEADER_BYTES = 12;
/** One packet: 20 ms of A-law at 8 kHz. */
export const PACKET_MS = 20;
export const PACKET_SAMPLES = 160;
const ALAW = 8;
const TELEPHONE_EVENT = 101;
const ALAW_SILENCE = 0xd5;

/**
 * Payload type of a packet. Undefined for RTCP, which reaches an RTP port when the ports are next to each
 * other.
 */
export function payloadType(packet: Uint8Array): number | undefined {
  if (packet.length < HEADER_BYTES || ((packet[0] ?? 0) & 0xc0) !== 0x80) return undefined;
  const second = packet[1] ?? 0;
  // RFC 5761 section 4: this is the range of RTCP packet types, which RTP payload types do not use.
  if (second >= 192 && second <= 223) return undefined;
  return second & 0x7f;
}

export const isVoice = (packet: Uint8Array): boolean => payloadType(packet) === ALAW;

/** SSRC of a packet: the stream that it belongs to. */
export function ssrcOf(packet: Uint8Array): number {
  return new DataView(packet.buffer, packet.byteOffset, packet.byteLength).getUint32(8);
}

/** A digit that is being pressed, and how many of its packets were sent. */
interface Key {
  readonly startsAt: number;
  readonly event: number;
  readonly packets: number;
  sent: number;
}

/** The RTP stream of one telephone, a packet every 20 ms: silence, and one digit at its time. */
export class Voice {
  readonly #silence = Buffer.alloc(HEADER_BYTES + PACKET_SAMPLES, ALAW_SILENCE);
  #sequence = 0;
  #timestamp = 0;
  #eventTimestamp = 0;
  #key: Key | undefined;
  /** When the first packet that ends the digit was made; undefined before that. */
  digitEndedAt: number | undefined;

  constructor(private readonly ssrc: number) {}

  /** Presses a digit (0-9) at `startsAt` for `ms`, on the same clock as the argument of {@link next}. */
  press(digit: number, startsAt: number, ms: number): void {
    this.#key = { startsAt, event: digit, packets: Math.max(1, Math.round(ms / PACKET_MS)), sent: 0 };
  }

  /**
   * The packets to send now. A voice packet is valid only until the next call of this method, which reuses
   * its memory.
   */
  next(now: number): readonly Buffer[] {
    const key = this.#key;
    this.#timestamp = (this.#timestamp + PACKET_SAMPLES) >>> 0;
    if (!key || now < key.startsAt) return [this.#header(this.#silence, ALAW, false, this.#timestamp)];
    const first = key.sent === 0;
    // RFC 4733 2.5.1.2: every packet of an event has the timestamp of its start.
    if (first) this.#eventTimestamp = this.#timestamp;
    key.sent++;
    if (key.sent < key.packets) return [this.#event(key, first, false)];
    this.#key = undefined;
    this.digitEndedAt = now;
    // RFC 4733 2.5.1.4: the last packet is sent three times, against packet loss.
    return [this.#event(key, first, true), this.#event(key, false, true), this.#event(key, false, true)];
  }

  #event(key: Key, first: boolean, last: boolean): Buffer {
    const packet = this.#header(Buffer.alloc(HEADER_BYTES + 4), TELEPHONE_EVENT, first, this.#eventTimestamp);
    packet[HEADER_BYTES] = key.event;
    packet[HEADER_BYTES + 1] = (last ? 0x80 : 0) | 10;
    packet.writeUInt16BE(key.sent * PACKET_SAMPLES, HEADER_BYTES + 2);
    return packet;
  }

  #header(packet: Buffer, type: number, marker: boolean, timestamp: number): Buffer {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    packet[0] = 0x80;
    packet[1] = (marker ? 0x80 : 0) | type;
    packet.writeUInt16BE(this.#sequence, 2);
    packet.writeUInt32BE(timestamp, 4);
    packet.writeUInt32BE(this.ssrc, 8);
    return packet;
  }
}
