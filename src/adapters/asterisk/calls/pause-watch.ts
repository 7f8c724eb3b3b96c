import type { Clock } from '../../../ports/clock.js';
import type { AriLink } from '../ari/ari-link.js';
import { AriError } from '../ari/errors.js';

/** Packets received are counted this often: over less, a few packets of noise that come together look like a voice. */
const COUNT_MS = 1_000;
/** A voice has at least 16 packets a second. A telephone in a pause sends none, or some of comfort noise (RFC 3389). */
const VOICE_A_SECOND = 12;

export interface PauseWatchOptions {
  readonly link: AriLink;
  readonly clock: Clock;
  readonly callId: string;
  /** So long a pause, ms. */
  readonly pauseMs: number;
  readonly onPause: () => void;
}

/**
 * Tells of a pause in which a telephone with silence suppression sends no voice; stops when the function that it gives
 * is called. Asterisk measures silence in the packets of voice that come in: without any, it measures none.
 */
export function watchPauses({ link, clock, callId, pauseMs, onPause }: PauseWatchOptions): () => void {
  let [stopped, silentMs] = [false, 0];
  let before: { readonly packets: number; readonly at: number } | undefined;
  let cancel = (): void => undefined;
  const count = async (): Promise<void> => {
    const packets = await packetsOf(link, callId);
    if (stopped) return;
    const at = clock.monotonic();
    // Asterisk is away, or the call is over: that proves nothing.
    const isPause =
      packets !== undefined &&
      before !== undefined &&
      ((packets - before.packets) * 1_000) / (at - before.at) < VOICE_A_SECOND;
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

/** Packets of sound that Asterisk received in a call; undefined when it does not say. */
export async function packetsOf(link: AriLink, callId: string): Promise<number | undefined> {
  try {
    const statistics = await link.request<{ rxcount: number }>('GET', `channels/${callId}/rtp_statistics`);
    return statistics.rxcount;
  } catch (error) {
    if (error instanceof AriError) return undefined;
    throw error;
  }
}
