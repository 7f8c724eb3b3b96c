import type { CallId } from '../../../ports/call.js';
import type { AlertCallResult } from '../../../ports/telephony.js';
import { endOfUnanswered, lastResponse } from './hangup-causes.js';
import { readProgress } from './call-progress.js';

/** Its id, when it ended (ms, Unix time), what was told (see `readProgress`) and the last response of the far end. */
const WORDS = /^([^|]+)\|(\d+)\|(?:([^|]*\|[^|]*@[^|]*)\||\|)(.*)$/;

/** How a call ended, from what Asterisk kept of it. Undefined when the place holds another call's end. */
export function readCallResult(id: CallId, kept: string): AlertCallResult | undefined {
  const [, whose, time, told, failure] = WORDS.exec(kept) ?? [];
  if (whose !== id) return undefined;
  const { steps, soundId } = readProgress(told);
  const answered = steps.length > 0 || /^SIP 2/.test(failure ?? '');
  const end = answered ? ({ by: 'them' } as const) : endOfUnanswered(lastResponse(failure));
  return { ...end, answered, steps: steps, soundId, at: Number(time) };
}
