import type { CallId } from '../../../ports/call.js';
import type { Clock } from '../../../ports/clock.js';
import type { ChannelSnapshot } from '../ari/events.js';
import { TIP_APP } from '../ari/applications.js';

/** A call as we know it. */
export interface KnownCall {
  readonly id: CallId;
  /** We have ordered it to be hung up. */
  readonly hungUpByUs: boolean;
  /** We have not heard yet that somebody answered. */
  readonly unanswered: boolean;
  /** A flow talks in it, which can begin once it is in our hands. */
  readonly needsHands: boolean;
}

/** Where what we know and what Asterisk says differ. */
export type Difference =
  /** We know it, and it is not there. */
  | { readonly type: 'gone'; readonly id: CallId }
  /** It is up, and we still wait for the answer. */
  | { readonly type: 'answered'; readonly id: CallId }
  /** We have hung it up, and it is there. */
  | { readonly type: 'still_there'; readonly id: CallId }
  /** It bears an id of ours, and we know nothing of it. */
  | { readonly type: 'orphan'; readonly id: CallId }
  /** Somebody rang the tip line, and we know nothing of them. */
  | { readonly type: 'caller'; readonly id: CallId }
  /** A centralist dialled something, and we know nothing of it. */
  | { readonly type: 'desk'; readonly id: CallId };

/** What a call is in the hands of: the application's name and what it was told, `burgernet-tips,incoming,privacy=…`. */
export const inHandsOf = (channel: ChannelSnapshot): string =>
  channel.dialplan?.app_name === 'Stasis' ? channel.dialplan.app_data : '';

/** Compares what we know with what Asterisk says is there. */
export function compare(
  known: readonly KnownCall[],
  there: readonly ChannelSnapshot[],
  isOurs: (id: CallId) => boolean,
): Difference[] {
  const seen = new Map(there.map((channel) => [channel.id, channel]));
  const ids = new Set(known.map(({ id }) => id));
  const differences: Difference[] = [];
  for (const { id, hungUpByUs, unanswered, needsHands } of known) {
    const channel = seen.get(id);
    if (!channel) differences.push({ type: 'gone', id });
    else if (hungUpByUs) differences.push({ type: 'still_there', id });
    else if (unanswered && channel.state === 'Up' && (!needsHands || inHandsOf(channel) !== ''))
      differences.push({ type: 'answered', id });
  }
  for (const channel of there) {
    if (ids.has(channel.id)) continue;
    if (isOurs(channel.id)) differences.push({ type: 'orphan', id: channel.id });
    else if (inHandsOf(channel).startsWith(`${TIP_APP},incoming`)) differences.push({ type: 'caller', id: channel.id });
    else if (inHandsOf(channel).startsWith(`${TIP_APP},desk`)) differences.push({ type: 'desk', id: channel.id });
  }
  return differences;
}

/** Looks at everything this often, and again this soon when something differs. */
const LOOK_MS = 5_000;
const AGAIN_MS = 500;

export interface ReconcilerOptions {
  readonly clock: Clock;
  readonly known: () => readonly KnownCall[];
  /** Everything that is in Asterisk now; rejects when it cannot be had. */
  readonly list: () => Promise<readonly ChannelSnapshot[]>;
  readonly isOurs: (id: CallId) => boolean;
  /** Called with a difference that was there at two looks in a row; `channel` is absent when the call is gone. */
  readonly settle: (difference: Difference, channel: ChannelSnapshot | undefined) => void;
}

/**
 * The net under the events: whatever was lost, late or told in the wrong order, Asterisk's own list says what is there.
 * An event that is on its way makes a difference for a moment; only what differs twice is settled.
 */
export class Reconciler {
  #before = new Set<string>();
  #cancel = (): void => undefined;
  #looking = false;
  #closed = false;

  constructor(private readonly options: ReconcilerOptions) {}

  /** Looks now, and from now on. */
  start(): void {
    this.#cancel();
    void this.#look();
  }

  /** Until the next start. */
  stop(): void {
    this.#cancel();
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    let next = LOOK_MS;
    try {
      // What is known now may end while the list is made: it is told so twice, and settled once.
      const known = this.options.known();
      const there = await this.options.list();
      if (this.#closed) return;
      const differences = compare(known, there, this.options.isOurs);
      const seen = new Map(there.map((channel) => [channel.id, channel]));
      for (const difference of differences) {
        if (this.#before.has(keyOf(difference))) this.options.settle(difference, seen.get(difference.id));
      }
      this.#before = new Set(differences.map(keyOf));
      if (differences.length > 0) next = AGAIN_MS;
    } catch {
      // Asterisk is away, or busy: what it says then tells nothing.
      this.#before.clear();
    } finally {
      this.#looking = false;
      if (!this.#closed) this.#cancel = this.options.clock.after(next, () => void this.#look());
    }
  }
}

const keyOf = ({ type, id }: Difference): string => `${type} ${id}`;
