import type { Clock } from '../../../ports/clock.js';
import type { AriLink } from '../ari/ari-link.js';
import { AriError } from '../ari/errors.js';
import { packetsOf } from './pause-watch.js';

/** Interval at which received packets are counted. */
const COUNT_MS = 10_000;
/** After this many equal counts in a row, 30 s without a packet, the far end is asked. */
const ASK_AFTER = 3;
/** A far end that answered but stays silent is asked again after this many more counts, 60 s. */
const ASK_AGAIN_AFTER = 6;

/** An answered call on the trunk. */
export interface TrunkLeg {
  readonly id: string;
  readonly over: boolean;
}

export interface SilentLinesOptions {
  readonly link: AriLink;
  readonly clock: Clock;
  /** The answered calls on the trunk that a flow plays. */
  readonly calls: () => readonly TrunkLeg[];
  /** Another interval between counts, ms; for tests. */
  readonly countMs?: number | undefined;
}

interface Count {
  readonly packets: number;
  readonly equal: number;
}

/**
 * Asks the far end of a silent call whether it is still there, by a request within the dialog that changes
 * nothing. Silence proves nothing. Any answer, even a refusal, proves that the far end is there, and the call
 * goes on. No answer (408), or the answer that the far end does not know the call (481), proves that the far
 * end is gone, and Asterisk then ends the call (RFC 3261 12.2.1.2).
 */
export class SilentLines {
  #counts = new Map<string, Count>();
  #cancel = (): void => undefined;
  #running: object | undefined;

  constructor(private readonly options: SilentLinesOptions) {}

  /** Called when Asterisk has been reached. Safe to repeat. */
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
      // Asterisk cannot be reached, or the call is over. Neither proves that the line is silent.
      if (packets === undefined || call.over) return;
      const before = this.#counts.get(call.id);
      const equal = before?.packets === packets ? before.equal + 1 : 0;
      const asks = equal >= ASK_AFTER;
      counts.set(call.id, { packets, equal: asks ? ASK_AFTER - ASK_AGAIN_AFTER : equal });
      if (asks) await ask(link, call.id);
    });
    await Promise.all(counted);
    // The watch was stopped meanwhile, and may have been started again.
    if (this.#running !== running) return;
    this.#counts = counts;
    this.#next(running);
  }
}

/** Sends an UPDATE if the far end supports it, and otherwise an INVITE with the same offer (RFC 4028 7.4). */
async function ask(link: AriLink, callId: string): Promise<void> {
  const allowed = await allowedBy(link, callId);
  const query = { variable: 'PJSIP_SEND_SESSION_REFRESH()', value: /\bUPDATE\b/i.test(allowed) ? 'update' : 'invite' };
  await link.request('POST', `channels/${callId}/variable`, query).catch((error: unknown) => {
    // Asterisk cannot be reached, or the call is over.
    if (!(error instanceof AriError)) throw error;
  });
}

/** The Allow header of the far end, from its INVITE or from its answer to ours; empty when it sent none. */
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
