import { soundIn } from './marks.js';
import { isVoice, ssrcOf, Voice } from './rtp.js';
import type { SipEvent } from './sip-record.js';

/** One call as the far end saw it; times are the time of day in ms, null when it did not happen. */
export interface CallRecord {
  /** Digits that were called, without a plus. */
  readonly number: string;
  readonly invitedAt: number;
  readonly answeredAt: number | null;
  readonly firstVoiceAt: number | null;
  readonly digitEndedAt: number | null;
  readonly messageAt: number | null;
  /** The caller hung up. */
  readonly endedAt: number | null;
  readonly messagePackets: number;
  readonly thanksPackets: number;
}

/** What every telephone does once it has been answered. */
export interface Habit {
  /** From the answer to the key, ms. */
  readonly digitAfterMs: number;
  /** How long the key is held, ms. */
  readonly digitMs: number;
}

/** A call that is up: what it sends, and where to. */
export interface LiveCall {
  readonly voice: Voice;
  /** Where the caller's voice comes from, and ours goes to. */
  readonly port: number;
  /** Our own media port, by the last digit of the number. */
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
  /** Of the call that had this port before: a late packet of it is not ours. */
  readonly staleSsrc: number | undefined;
  ssrc: number | undefined;
}

const DIGIT = 5;

/** Every call of a run at the far end. Told what SIPp logs and what the sockets get; time is an argument. */
export class CallBook {
  readonly #calls = new Map<number, Entry>();
  readonly #byPort = new Map<number, Entry>();
  readonly #live = new Set<LiveCall>();
  #ended = 0;

  constructor(private readonly habit: Habit) {}

  /** Calls that were hung up. */
  get ended(): number {
    return this.#ended;
  }

  get invited(): number {
    return this.#calls.size;
  }

  /** Calls that are up: each sends a packet every 20 ms. */
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

  /** A packet from this port of the caller. */
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
