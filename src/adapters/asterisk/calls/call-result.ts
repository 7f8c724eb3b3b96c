import type { CallId } from '../../../ports/call.js';
import type { AnnouncementEnd } from '../../../ports/telephony.js';
import { endOfUnanswered, lastResponse } from './hangup-causes.js';
import { readTold } from './call-progress.js';

/** Its id, when it ended (ms, Unix time), what was told (see `readTold`) and the last response of the far end. */
const WORDS = /^([^|]+)\|(\d+)\|(?:([^|]*\|[^|]*@[^|]*)\||\|)(.*)$/;

/** How a call ended, from what Asterisk kept of it. Undefined when the place holds another call's end. */
export function readLastWords(id: CallId, kept: string): AnnouncementEnd | undefined {
  const [, whose, time, told, failure] = WORDS.exec(kept) ?? [];
  if (whose !== id) return undefined;
  const { story, soundId } = readTold(told);
  const answered = story.length > 0 || /^SIP 2/.test(failure ?? '');
  const end = answered ? ({ by: 'them' } as const) : endOfUnanswered(lastResponse(failure));
  return { ...end, answered, story, soundId, at: Number(time) };
}
