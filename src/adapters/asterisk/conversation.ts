import { deferred } from '../../lib/deferred.js';
import type { Call } from '../../ports/call.js';
import type { Conversation } from '../../ports/telephony.js';
import type { AriLink } from './ari-link.js';
import { AriError } from './errors.js';

/** Two calls in one bridge. The bridge lives in Asterisk: it outlives the controller. */
export async function bridgeCalls(link: AriLink, a: Call, b: Call): Promise<Conversation> {
  const bridgeId = `${a.id}-bridge`;
  const ended = deferred<undefined>();
  const destroy = async (): Promise<void> => {
    ended.resolve(undefined);
    await link.request('DELETE', `bridges/${bridgeId}`).catch((error: unknown) => {
      if (!(error instanceof AriError)) throw error;
    });
  };
  await link.request('POST', `bridges/${bridgeId}`, { type: 'mixing', name: bridgeId });
  try {
    await link.request('POST', `bridges/${bridgeId}/addChannel`, { channel: `${a.id},${b.id}` });
  } catch (error) {
    await destroy();
    throw error;
  }
  let destroying: Promise<void> | undefined;
  const end = (): Promise<void> => (destroying ??= destroy());
  void Promise.race([a.ended, b.ended]).then(end);
  return { ended: ended.promise, end };
}
