import type { Clock } from '../../../ports/clock.js';
import type { AriLink } from '../ari/ari-link.js';
import { AriError } from '../ari/errors.js';

/** Interval between counts of packets. In a shorter one, a burst of comfort noise would look like a voice. */
const COUNT_MS = 1_000;
/** Speech takes at least 16 packets a second; a pause takes none, or a few of comfort noise (RFC 3389). */
const SPEECH_PER_SECOND = 12;

export interface PauseWatchOptions {
  readonly link: AriLink;
  readonly clock: Clock;
  readonly callId: string;
  /** Length of the pause to wait for, ms. */
  readonly pauseMs: number;
  readonly onPause: () => void;
}

/**
 * Calls `onPause` after a pause in which a telephone with silence suppression sent no speech. Asterisk itself
 * measures silence in the packets that it receives, so without packets it measures none. Returns a function
 * that stops the watch.
 */
export function watchPauses({ link, clock, callId, pauseMs, onPause }: PauseWatchOptions): () => void {
  let [stopped, silentMs] = [false, 0];
  let before: { readonly packets: number; readonly at: number } | undefined;
  let cancel = (): void => undefined;
  const count = async (): Promise<void> => {
    const packets = await packetsOf(link, callId);
    if (stopped) return;
    const at = clock.monotonic();
    // No count: Asterisk cannot be reached, or the call is over. Neither proves a pause.
    const isPause =
      packets !== undefined &&
      before !== undefined &&
      ((packets - before.packets) * 1_000) / (at - before.at) < SPEECH_PER_SECOND;
    silentMs = isPause && before ? silentMs + at - before.at : 0;
    before = packets === undefined ? undefined : { packets, at };
    if (silentMs >= pauseMs) onPause();
    else next();
  };
  const next = (): void => {
    cancel = clock.after(COUNT_MS, () => void count());
  };
  void count();
  return () => {
    stopped = true;
    cancel();
  };
}

/** Number of RTP packets that Asterisk received in a call; undefined when Asterisk does not answer. */
export async function packetsOf(link: AriLink, callId: string): Promise<number | undefined> {
  try {
    const statistics = await link.request<{ rxcount: number }>('GET', `channels/${callId}/rtp_statistics`);
    return statistics.rxcount;
  } catch (error) {
    if (error instanceof AriError) return undefined;
    throw error;
  }
}
