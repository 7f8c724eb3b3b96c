import type { Clock } from '../../../ports/clock.js';
import type { AriLink } from '../ari/ari-link.js';
import { AriError } from '../ari/errors.js';
import { packetsOf } from './pause-watch.js';

/** Packets received are counted this often. */
const COUNT_MS = 10_000;
/** So many counts alike, one after another: 30 s without a packet. Then the far end is asked whether it is there. */
const ASKED_AFTER = 3;
/** A far end that answered and stays silent is asked again after so many more: 60 s. */
const ASKED_AGAIN_AFTER = 6;

/** An answered call on the trunk, as far as it is watched. */
export interface TrunkLeg {
  readonly id: string;
  readonly over: boolean;
}

export interface SilentLinesOptions {
  readonly link: AriLink;
  readonly clock: Clock;
  /** The calls on the trunk in which a flow talks. */
  readonly calls: () => readonly TrunkLeg[];
  /** Counts this often; for tests. */
  readonly countMs?: number | undefined;
}

interface Count {
  readonly packets: number;
  readonly alike: number;
}

/**
 * Asks the far end of a silent call whether it is there, by a request in the call that changes nothing. Silence proves
 * nothing, and any answer proves life, a refusal too: the call goes on. No answer (408), or the answer that the far end does
 * not know the call (481), proves that nobody is there: Asterisk then ends the call (RFC 3261 12.2.1.2).
 */
export class SilentLines {
  #counts = new Map<string, Count>();
  #cancel = (): void => undefined;
  #running: object | undefined;

  constructor(private readonly options: SilentLinesOptions) {}

  /** Asterisk has been reached. Safe to repeat. */
  start(): void {
    if (this.#running) return;
    this.#running = {};
    this.#next(this.#running);
  }

  /** Safe to repeat. */
  stop(): void {
    this.#running = undefined;
    this.#cancel();
    this.#counts.clear();
  }

  #next(running: object): void {
    const { clock, countMs = COUNT_MS } = this.options;
    this.#cancel = clock.after(countMs, () => void this.#count(running));
  }

  async #count(running: object): Promise<void> {
    const { link, calls } = this.options;
    const counts = new Map<string, Count>();
    const counted = calls().map(async (call) => {
      const packets = await packetsOf(link, call.id);
      // Asterisk is away, or the call is over: that proves nothing.
      if (packets === undefined || call.over) return;
      const before = this.#counts.get(call.id);
      const alike = before?.packets === packets ? before.alike + 1 : 0;
      const asks = alike >= ASKED_AFTER;
      counts.set(call.id, { packets, alike: asks ? ASKED_AFTER - ASKED_AGAIN_AFTER : alike });
      if (asks) await ask(link, call.id);
    });
    await Promise.all(counted);
    // It was stopped meanwhile, and may have been started anew.
    if (this.#running !== running) return;
    this.#counts = counts;
    this.#next(running);
  }
}

/** The request is UPDATE where the far end takes it, and an INVITE with the same offer where it does not (RFC 4028 7.4). */
async function ask(link: AriLink, callId: string): Promise<void> {
  const allowed = await allowedBy(link, callId);
  const query = { variable: 'PJSIP_SEND_SESSION_REFRESH()', value: /\bUPDATE\b/i.test(allowed) ? 'update' : 'invite' };
  await link.request('POST', `channels/${callId}/variable`, query).catch((error: unknown) => {
    // Asterisk is away, or the call is over.
    if (!(error instanceof AriError)) throw error;
  });
}

/** The methods that the far end says it takes: in its INVITE, or in its answer to ours. Empty when it says nothing. */
async function allowedBy(link: AriLink, callId: string): Promise<string> {
  for (const variable of ['PJSIP_HEADER(read,Allow)', 'PJSIP_RESPONSE_HEADER(read,Allow)']) {
    try {
      const { value } = await link.request<{ value: string }>('GET', `channels/${callId}/variable`, { variable });
      if (value !== '') return value;
    } catch (error) {
      if (!(error instanceof AriError)) throw error;
    }
  }
  return '';
}
