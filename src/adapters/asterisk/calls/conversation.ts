import { stat } from 'node:fs/promises';
import { deferred } from '../../../lib/deferred.js';
import type { Call, Recorded } from '../../../ports/call.js';
import type { Clock } from '../../../ports/clock.js';
import type { Conversation } from '../../../ports/telephony.js';
import type { AriLink } from '../ari/ari-link.js';
import { AriError } from '../ari/errors.js';
import type { Bridges } from './bridges.js';
import { msOfSize, flushToDisk } from './recording-files.js';

export interface ConversationParts {
  readonly bridges: Bridges;
  readonly link: AriLink;
  readonly clock: Clock;
  /** The folder in which Asterisk stores recordings, as the controller sees it. */
  readonly recordingsFolder: string;
}

/** Puts two calls in one bridge. The bridge lives in Asterisk, so it outlives the controller. */
export async function bridgeCalls(parts: ConversationParts, a: Call, b: Call): Promise<Conversation> {
  const { bridges, link } = parts;
  const bridgeId = await bridges.make(a.id);
  try {
    await link.request('POST', `bridges/${bridgeId}/addChannel`, { channel: `${a.id},${b.id}` });
  } catch (error) {
    await bridges.destroy(a.id);
    throw error;
  }
  return conversationIn(parts, a, b);
}

/** The conversation in an existing bridge. `recording`: the name under which it may already be recorded. */
export function conversationIn(parts: ConversationParts, a: Call, b: Call, recording?: string): Conversation {
  const { bridges, link } = parts;
  const bridgeId = bridges.use(a.id);
  const ended = deferred<undefined>();
  let destroying: Promise<void> | undefined;
  let name = recording;
  const end = (): Promise<void> => {
    ended.resolve(undefined);
    return (destroying ??= bridges.destroy(a.id));
  };
  void Promise.race([a.ended, b.ended]).then(end);
  return {
    ended: ended.promise,
    end,
    async record(as) {
      name = as;
      await link.request('POST', `bridges/${bridgeId}/record`, {
        name: as,
        format: 'wav',
        ifExists: 'fail',
        beep: false,
        terminateOn: 'none',
      });
    },
    async recorded() {
      await ended.promise;
      await end();
      return name === undefined ? undefined : finishedRecording(parts, name);
    },
  };
}

const LOOK_MS = 100;
const LOOKS = 50;

/**
 * The recording of this name; undefined when there is none. A recording ends a moment after its bridge or
 * call, and Asterisk lists it as live until then.
 */
export async function finishedRecording(
  { link, clock, recordingsFolder }: Omit<ConversationParts, 'bridges'>,
  name: string,
): Promise<Recorded | undefined> {
  for (let look = 0; look < LOOKS && (await isRecordingLive(link, name)); look++)
    await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
  const file = `${recordingsFolder}/${name}.wav`;
  const found = await stat(file).catch(() => undefined);
  if (!found) return undefined;
  await flushToDisk(file);
  return { name, file, ms: msOfSize(found.size) };
}

/** Whether the recording of this name goes on. It counts as going on when Asterisk does not answer. */
export async function isRecordingLive(link: AriLink, name: string): Promise<boolean> {
  try {
    await link.request('GET', `recordings/live/${name}`);
    return true;
  } catch (error) {
    if (!(error instanceof AriError)) throw error;
    return !error.gone;
  }
}
