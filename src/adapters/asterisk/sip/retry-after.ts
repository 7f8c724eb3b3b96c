import type { SipCopy } from './sip-copy.js';

/** A final refusal of an INVITE. */
export interface Refusal {
  /** Call-ID of the SIP call that was refused. */
  readonly sipCallId: string;
  /** For how long it asks us to stay away; undefined when it does not. */
  readonly retryAfterSeconds: number | undefined;
}

/** Ask for a password: the same call is made again with it (RFC 3261 22). */
const CHALLENGES: readonly number[] = [401, 407];

/**
 * The refusal of a call in a copy; undefined for everything else. ARI does not tell its Retry-After. The header's comment
 * and `;duration` say nothing that we act on (RFC 3261 20.33).
 */
export function refusalIn(copy: SipCopy): Refusal | undefined {
  const { status } = copy;
  if (status === undefined || status < 300 || CHALLENGES.includes(status)) return undefined;
  const { callId: sipCallId } = copy;
  if (copy.cseq?.method !== 'INVITE' || sipCallId === undefined) return undefined;
  const seconds = /\r\nretry-after[ \t]*:\s*(\d{1,10})(?!\d)/i.exec(copy.headers)?.[1];
  return { sipCallId, retryAfterSeconds: seconds === undefined ? undefined : Number(seconds) };
}
