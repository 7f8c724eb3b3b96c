import { deferred } from '../../lib/deferred.js';
import type { Call, CallId } from '../../ports/call.js';
import type { Conversation } from '../../ports/telephony.js';
import type { AriLink } from './ari-link.js';
import { AriError } from './errors.js';

/** Two calls in one bridge. The bridge lives in Asterisk: it outlives the controller. */
export async function bridgeCalls(link: AriLink, a: Call, b: Call): Promise<Conversation> {
  const bridgeId = bridgeOf(a.id);
  await link.request('POST', `bridges/${bridgeId}`, { type: 'mixing', name: bridgeId });
  try {
    await link.request('POST', `bridges/${bridgeId}/addChannel`, { channel: `${a.id},${b.id}` });
  } catch (error) {
    await destroyBridge(link, bridgeId);
    throw error;
  }
  return conversationIn(link, a, b);
}

/** A conversation that goes on in its bridge, whoever made it. */
export function conversationIn(link: AriLink, a: Call, b: Call): Conversation {
  const ended = deferred<undefined>();
  let destroying: Promise<void> | undefined;
  const end = (): Promise<void> => {
    ended.resolve(undefined);
    return (destroying ??= destroyBridge(link, bridgeOf(a.id)));
  };
  void Promise.race([a.ended, b.ended]).then(end);
  return { ended: ended.promise, end };
}

/** The bridge bears the name of the call that came in. */
export const bridgeOf = (callId: CallId): string => `${callId}-bridge`;

export async function destroyBridge(link: AriLink, bridgeId: string): Promise<void> {
  await link.request('DELETE', `bridges/${bridgeId}`).catch((error: unknown) => {
    if (!(error instanceof AriError)) throw error;
  });
}
