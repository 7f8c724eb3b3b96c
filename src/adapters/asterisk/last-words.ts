import type { CallId } from '../../ports/call.js';
import type { AnnouncementEnd } from '../../ports/telephony.js';
import { endOfUnanswered } from './causes.js';
import { readTold } from './story.js';

/** Asterisk remembers the ends of this many calls; more than end while a controller is started again. */
const PLACES = 1_000;

/** Global variable of Asterisk in which the end of this call is kept (asterisk-config/extensions.conf, [ended]). */
export function placeOfEnd(id: CallId): string {
  const count = Number(/(\d{1,15})$/.exec(id)?.[1] ?? 0);
  return `BURGERNET_END_${count % PLACES}`;
}

/** Its id, when it ended (ms, Unix time), what was told (see `readTold`) and the last response of the far end. */
const WORDS = /^([^|]+)\|(\d+)\|(?:([^|]*\|[^|]*@[^|]*)\||\|)(.*)$/;

/** How a call ended, from what Asterisk kept of it. Undefined when the place holds another call's end. */
export function readLastWords(id: CallId, kept: string): AnnouncementEnd | undefined {
  const [, whose, time, told, failure] = WORDS.exec(kept) ?? [];
  if (whose !== id) return undefined;
  const { story, soundId } = readTold(told);
  const answered = story.length > 0 || /^SIP 2/.test(failure ?? '');
  const end = answered ? ({ by: 'them' } as const) : endOfUnanswered(failure);
  return { ...end, answered, story, soundId, at: Number(time) };
}
