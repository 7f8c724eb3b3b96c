import { basename } from 'node:path';
import { STEPS, type StepAt } from '../../../domain/alert-script.js';
import type { CallId } from '../../../ports/call.js';
import type { AlertCallResult } from '../../../ports/telephony.js';
import type { ChannelSnapshot } from '../ari/events.js';
import { endOfUnanswered, lastResponse } from './hangup-causes.js';

/** How far an alert call has come. */
export interface AlertProgress {
  readonly steps: readonly StepAt[];
  /** Id of the message that is played; undefined when none is. */
  readonly soundId: string | undefined;
}

/** The progress of a call, from the variable that Asterisk sends with every event of the call. */
export const progressOf = (channel: ChannelSnapshot): AlertProgress =>
  readProgress(channel.channelvars?.BURGERNET_STEPS);

/**
 * Reads BURGERNET_STEPS (asterisk-config/alert.conf):
 * `/path/of/message|message@1795487561576 replay@1795487571576`. Unknown steps are left out.
 */
function readProgress(text: string | undefined): AlertProgress {
  const [path = '', progress = ''] = (text ?? '').split('|');
  const steps = progress.split(' ').flatMap((entry) => {
    const [name, time] = entry.split('@');
    const step = STEPS.find((known) => known === name);
    const at = Number(time);
    return step !== undefined && Number.isSafeInteger(at) && at > 0 ? [{ step, at }] : [];
  });
  return { steps, soundId: path === '' ? undefined : basename(path) };
}

/** Four fields: call id, end of the call (Unix time in ms), BURGERNET_STEPS, last response of the far end. */
const RESULT = /^([^|]+)\|(\d+)\|(?:([^|]*\|[^|]*@[^|]*)\||\|)(.*)$/;

/**
 * Reads how a call ended from a global variable of Asterisk (asterisk-config/alert.conf). Undefined when the
 * variable holds the result of another call.
 */
export function readCallResult(id: CallId, stored: string): AlertCallResult | undefined {
  const [, storedId, time, progress, failure] = RESULT.exec(stored) ?? [];
  if (storedId !== id) return undefined;
  const { steps, soundId } = readProgress(progress);
  const answered = steps.length > 0 || /^SIP 2/.test(failure ?? '');
  const end = answered ? ({ by: 'them' } as const) : endOfUnanswered(lastResponse(failure));
  return { ...end, answered, steps, soundId, at: Number(time) };
}
