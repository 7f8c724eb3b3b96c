import type { CallId } from '../../../ports/call.js';
import type { Clock } from '../../../ports/clock.js';
import { TIP_APP, type ChannelSnapshot } from '../ari/events.js';

/** The state of a call as the controller knows it. */
export interface KnownCall {
  readonly id: CallId;
  /** The controller has asked Asterisk to hang up. */
  readonly hungUpByUs: boolean;
  /** No answer has been reported. */
  readonly unanswered: boolean;
  /** A flow plays the call, so the call counts as answered only once it is in our Stasis application. */
  readonly needsStasis: boolean;
}

/** A difference between the calls that the controller knows and the channels in Asterisk. */
export type Difference =
  /** The controller knows the call, but Asterisk does not have it. */
  | { readonly type: 'gone'; readonly id: CallId }
  /** The call is up, but the controller still waits for the answer. */
  | { readonly type: 'answered'; readonly id: CallId }
  /** The controller hung up, but the call is still in Asterisk. */
  | { readonly type: 'still_there'; readonly id: CallId }
  /** The call has one of our ids, but the controller does not know it. */
  | { readonly type: 'orphan'; readonly id: CallId }
  /** A call to the tip line that the controller does not know. */
  | { readonly type: 'caller'; readonly id: CallId }
  /** A call that a softphone dialled and that the controller does not know. */
  | { readonly type: 'desk'; readonly id: CallId };

/** Application and arguments of a channel in Stasis, `burgernet-tips,incoming,privacy=…`; else empty. */
export const stasisArgsOf = (channel: ChannelSnapshot): string =>
  channel.dialplan?.app_name === 'Stasis' ? channel.dialplan.app_data : '';

/** Compares the calls that the controller knows with the channels in Asterisk. */
export function compareWithAsterisk(
  known: readonly KnownCall[],
  channels: readonly ChannelSnapshot[],
  isOurs: (id: CallId) => boolean,
): Difference[] {
  const channelOf = new Map(channels.map((channel) => [channel.id, channel]));
  const ids = new Set(known.map(({ id }) => id));
  const differences: Difference[] = [];
  for (const { id, hungUpByUs, unanswered, needsStasis } of known) {
    const channel = channelOf.get(id);
    if (!channel) differences.push({ type: 'gone', id });
    else if (hungUpByUs) differences.push({ type: 'still_there', id });
    else if (unanswered && channel.state === 'Up' && (!needsStasis || stasisArgsOf(channel) !== ''))
      differences.push({ type: 'answered', id });
  }
  for (const channel of channels) {
    if (ids.has(channel.id)) continue;
    const args = stasisArgsOf(channel);
    if (isOurs(channel.id)) differences.push({ type: 'orphan', id: channel.id });
    else if (args.startsWith(`${TIP_APP},incoming`)) differences.push({ type: 'caller', id: channel.id });
    else if (args.startsWith(`${TIP_APP},desk`)) differences.push({ type: 'desk', id: channel.id });
  }
  return differences;
}

/** Time between two comparisons, and the shorter time after a difference. */
const LOOK_MS = 5_000;
const AGAIN_MS = 500;

export interface ReconcilerOptions {
  readonly clock: Clock;
  readonly known: () => readonly KnownCall[];
  /** All channels in Asterisk. Rejects when Asterisk cannot be asked. */
  readonly list: () => Promise<readonly ChannelSnapshot[]>;
  readonly isOurs: (id: CallId) => boolean;
  /**
   * Called with a difference that two comparisons in a row found. `channel` is absent when the call is gone.
   */
  readonly settle: (difference: Difference, channel: ChannelSnapshot | undefined) => void;
}

/**
 * Repairs the effects of events that were lost, late or out of order, by comparing the calls of the
 * controller with the list of channels in Asterisk. An event that is still on its way makes a difference for
 * a moment, so only a difference that two comparisons in a row find is settled.
 */
export class Reconciler {
  #before = new Set<string>();
  #cancel = (): void => undefined;
  #looking = false;
  #closed = false;

  constructor(private readonly options: ReconcilerOptions) {}

  /** Compares now, and regularly from now on. */
  start(): void {
    this.#cancel();
    void this.#look();
  }

  /** Pauses until the next start. */
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
      // A call that ends while Asterisk makes the list seems gone. Settling it a second time does nothing.
      const known = this.options.known();
      const channels = await this.options.list();
      if (this.#closed) return;
      const differences = compareWithAsterisk(known, channels, this.options.isOurs);
      const channelOf = new Map(channels.map((channel) => [channel.id, channel]));
      for (const difference of differences) {
        if (this.#before.has(keyOf(difference))) this.options.settle(difference, channelOf.get(difference.id));
      }
      this.#before = new Set(differences.map(keyOf));
      if (differences.length > 0) next = AGAIN_MS;
    } catch {
      // Asterisk cannot be reached or is too busy to answer, which proves nothing about a call.
      this.#before.clear();
    } finally {
      this.#looking = false;
      if (!this.#closed) this.#cancel = this.options.clock.after(next, () => void this.#look());
    }
  }
}

const keyOf = ({ type, id }: Difference): string => `${type} ${id}`;
