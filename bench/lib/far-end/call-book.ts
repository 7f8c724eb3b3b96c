import { soundIn } from './marks.js';
import { isVoice, ssrcOf, Voice } from './rtp.js';
import type { SipEvent } from './sip-record.js';

/** One call as the far end saw it. Times are the time of day in ms; null means that it did not happen. */
export interface CallRecord {
  /** The called number, digits without a plus. */
  readonly number: string;
  readonly invitedAt: number;
  readonly answeredAt: number | null;
  readonly firstVoiceAt: number | null;
  readonly digitEndedAt: number | null;
  readonly messageAt: number | null;
  /** When the calling side hung up. */
  readonly endedAt: number | null;
  readonly messagePackets: number;
  readonly thanksPackets: number;
}

/** The behaviour of every telephone after it has answered. */
export interface Habit {
  /** From the answer to the digit, ms. */
  readonly digitAfterMs: number;
  /** How long the digit is held, ms. */
  readonly digitMs: number;
}

/** An answered call: the voice that it sends, and the ports. */
export interface LiveCall {
  readonly voice: Voice;
  /** RTP port of the calling side. */
  readonly port: number;
  /** Index of our own media port: the last digit of the called number. */
  readonly socket: number;
}

interface Entry {
  readonly number: string;
  readonly port: number;
  readonly invitedAt: number;
  answeredAt: number | null;
  firstVoiceAt: number | null;
  messageAt: number | null;
  endedAt: number | null;
  messagePackets: number;
  thanksPackets: number;
  live: LiveCall | undefined;
  /** SSRC of the call that used this port before. Late packets of that call do not belong to this one. */
  readonly staleSsrc: number | undefined;
  ssrc: number | undefined;
}

const DIGIT = 5;

/**
 * Every call of a run at the far end, built from SIPp's log and the received packets. All times are
 * arguments.
 */
export class CallBook {
  readonly #calls = new Map<number, Entry>();
  readonly #byPort = new Map<number, Entry>();
  readonly #live = new Set<LiveCall>();
  #ended = 0;

  constructor(private readonly habit: Habit) {}

  /** Number of calls that were hung up. */
  get ended(): number {
    return this.#ended;
  }

  get invited(): number {
    return this.#calls.size;
  }

  /** Answered calls. Each sends a packet every 20 ms. */
  get live(): ReadonlySet<LiveCall> {
    return this.#live;
  }

  sip(event: SipEvent): void {
    if (event.type === 'invited') this.#invited(event);
    const entry = this.#calls.get(event.call);
    if (!entry) return;
    if (event.type === 'answered') this.#answered(entry, event.at);
    if (event.type === 'ended') this.#hungUp(entry, event.at);
  }

  /** Takes a packet that came from this port of the calling side. */
  packet(port: number, packet: Uint8Array, at: number): void {
    const entry = this.#byPort.get(port);
    if (!entry || !isVoice(packet)) return;
    if (entry.ssrc === undefined) {
      const ssrc = ssrcOf(packet);
      if (ssrc === entry.staleSsrc) return;
      entry.ssrc = ssrc;
      entry.firstVoiceAt = at;
    }
    const sound = soundIn(packet);
    if (sound === 'message') {
      entry.messageAt ??= at;
      entry.messagePackets++;
    } else if (sound === 'thanks') entry.thanksPackets++;
  }

  records(): CallRecord[] {
    return [...this.#calls.values()].map((entry) => ({
      number: entry.number,
      invitedAt: entry.invitedAt,
      answeredAt: entry.answeredAt,
      firstVoiceAt: entry.firstVoiceAt,
      digitEndedAt: entry.live?.voice.digitEndedAt ?? null,
      messageAt: entry.messageAt,
      endedAt: entry.endedAt,
      messagePackets: entry.messagePackets,
      thanksPackets: entry.thanksPackets,
    }));
  }

  #invited({ call, number, port, at }: SipEvent): void {
    const entry: Entry = {
      number,
      port,
      invitedAt: at,
      answeredAt: null,
      firstVoiceAt: null,
      messageAt: null,
      endedAt: null,
      messagePackets: 0,
      thanksPackets: 0,
      live: undefined,
      staleSsrc: this.#byPort.get(port)?.ssrc,
      ssrc: undefined,
    };
    this.#calls.set(call, entry);
    this.#byPort.set(port, entry);
  }

  #answered(entry: Entry, at: number): void {
    entry.answeredAt = at;
    const voice = new Voice(this.#calls.size);
    voice.press(DIGIT, at + this.habit.digitAfterMs, this.habit.digitMs);
    entry.live = { voice, port: entry.port, socket: Number(entry.number.at(-1)) };
    this.#live.add(entry.live);
  }

  #hungUp(entry: Entry, at: number): void {
    if (entry.endedAt !== null) return;
    entry.endedAt = at;
    this.#ended++;
    if (entry.live) this.#live.delete(entry.live);
  }
}
