import type { Clock } from '../../../ports/clock.js';
import type { AriLink } from '../ari/ari-link.js';
import { AriError } from '../ari/errors.js';
import { packetsOf } from './pause-watch.js';

/** Interval at which received packets are counted while a softphone leaves OPTIONS unanswered. */
const COUNT_MS = 5_000;
/** This many equal counts in a row end the call: 20 s without an answer and without a packet. */
const EQUAL_COUNTS = 4;

/** A call of a softphone. */
export interface SoftphoneLeg {
  readonly id: string;
  readonly over: boolean;
  /** Ends the call as lost, because the softphone is gone. */
  lineDied(): Promise<void>;
}

export interface GoneSoftphonesOptions {
  readonly link: AriLink;
  readonly clock: Clock;
  readonly callsOf: (username: string) => readonly SoftphoneLeg[];
}

/**
 * Ends the calls of a softphone that disappeared without hanging up. Such a softphone leaves OPTIONS
 * unanswered and sends no packets. Neither alone proves anything: a muted softphone sends no packets, and a
 * softphone on a poor network may miss OPTIONS. An expired registration proves nothing either, so only an
 * unanswered OPTIONS counts.
 *
 * Events are lost together with the link, and after a restart of the controller. So the regular check of the
 * registrations counts too: an endpoint that is online answers OPTIONS, and the contact of an endpoint that
 * is offline is looked up.
 */
export class GoneSoftphones {
  /** Softphones that leave OPTIONS unanswered, each with a function that stops counting its packets. */
  readonly #watched = new Map<string, () => void>();
  /** Counts the losses of the link, so that an answer from before a loss is not believed after it. */
  #generation = 0;
  #closed = false;

  constructor(private readonly options: GoneSoftphonesOptions) {}

  /** Called with the contact status of a softphone: `Unreachable`, `Reachable`, `Removed` … */
  onContactStatus(username: string, status: string): void {
    if (status !== 'Unreachable') {
      this.#watched.get(username)?.();
      this.#watched.delete(username);
    } else if (!this.#watched.has(username)) this.#watch(username);
  }

  /** Called when Asterisk was asked whether the endpoint of a softphone is online. */
  onLooked(username: string, online: boolean): void {
    if (online) this.onContactStatus(username, 'Reachable');
    else if (!this.#watched.has(username)) void this.#lookUp(username);
  }

  /** Called when the link to Asterisk was lost. An event that ends a watch may be lost with the link. */
  forget(): void {
    this.#generation++;
    for (const stop of this.#watched.values()) stop();
    this.#watched.clear();
  }

  close(): void {
    this.#closed = true;
    this.forget();
  }

  /** Watches a softphone whose contact left OPTIONS unanswered, although no event of that came. */
  async #lookUp(username: string): Promise<void> {
    const [call] = this.options.callsOf(username);
    if (!call) return;
    const generation = this.#generation;
    const status = await contactStatus(this.options.link, call.id, username);
    if (status !== 'Unreachable' || this.#closed || generation !== this.#generation) return;
    this.onContactStatus(username, status);
  }

  #watch(username: string): void {
    const { callsOf, clock } = this.options;
    const counts = new Map<string, { readonly packets: number; readonly equal: number }>();
    let stopped = false;
    let cancel = (): void => undefined;
    const next = (): void => {
      cancel = clock.after(COUNT_MS, () => void count());
    };
    const count = async (): Promise<void> => {
      for (const call of callsOf(username)) {
        const packets = await packetsOf(this.options.link, call.id);
        if (stopped) return;
        // Asterisk cannot be reached, or the call is over. Neither proves that the softphone is gone.
        if (packets === undefined || call.over) continue;
        const before = counts.get(call.id);
        const equal = before?.packets === packets ? before.equal + 1 : 0;
        counts.set(call.id, { packets, equal });
        if (equal >= EQUAL_COUNTS) void call.lineDied();
      }
      next();
    };
    this.#watched.set(username, () => {
      stopped = true;
      cancel();
    });
    void count();
  }
}

/**
 * Status of the contact with which a softphone is registered: `Reachable`, `Unreachable`, `NonQualified` …
 * Undefined when the softphone is not registered, or when Asterisk does not tell.
 */
async function contactStatus(link: AriLink, callId: string, username: string): Promise<string | undefined> {
  const read = async (variable: string): Promise<string> => {
    // These functions need a channel, although they read nothing of it.
    const { value } = await link.request<{ value: string }>('GET', `channels/${callId}/variable`, { variable });
    return value;
  };
  try {
    const contact = await read(`PJSIP_AOR(${username},contact)`);
    return contact === '' ? undefined : await read(`PJSIP_CONTACT(${contact},status)`);
  } catch (error) {
    // Asterisk cannot be reached, has no such functions, or the call is over.
    if (error instanceof AriError) return undefined;
    throw error;
  }
}
