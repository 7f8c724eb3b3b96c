import type { CallId } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { AriLink } from './ari-link.js';
import { AriError } from './errors.js';

/** How often the packets received are counted. Two counts alike are 10 to 15 s without a voice. */
const COUNT_MS = 5_000;
const COUNTS_ALIKE = 2;
/** Fewer packets than this (2 s of voice) are a few digits; a far end that never sends a voice may well hear ours. */
const LEAST_PACKETS = 100;

/** A call as far as its voice is watched. */
export interface WatchedCall {
  readonly id: CallId;
  readonly over: boolean;
  readonly ended: Promise<unknown>;
  voiceStopped(): Promise<void>;
}

/**
 * Ends a call whose far end spoke and then fell silent on the wire: the line is dead, though nobody hung up. Asterisk's
 * own `rtp_timeout` cannot tell this from a far end that never sends at all, whose citizen hears us well; it is the
 * backstop (asterisk-config/pjsip.conf).
 */
export function watchVoice(call: WatchedCall, link: AriLink, clock: Clock): void {
  let last = -1;
  let alike = 0;
  let cancel = (): void => undefined;
  const next = (): void => {
    cancel = clock.after(COUNT_MS, () => void count());
  };
  const count = async (): Promise<void> => {
    if (call.over) return;
    const packets = await packetsReceived(link, call.id);
    if (packets === last && packets >= LEAST_PACKETS) alike++;
    else alike = 0;
    if (packets !== undefined) last = packets;
    if (alike < COUNTS_ALIKE) {
      next();
      return;
    }
    await call.voiceStopped();
  };
  void call.ended.then(() => {
    cancel();
  });
  next();
}

async function packetsReceived(link: AriLink, callId: string): Promise<number | undefined> {
  try {
    const { rxcount } = await link.request<{ rxcount: number }>('GET', `channels/${callId}/rtp_statistics`);
    return rxcount;
  } catch (error) {
    ignoreRefusal(error);
    return undefined;
  }
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof AriError)) throw error;
}
