import { basename } from 'node:path';
import { STEPS, type StepAt } from '../../../domain/alert-script.js';
import type { ChannelSnapshot } from '../ari/events.js';

/**
 * Reads what the dialplan keeps of a call, `/path/of/the/message|message@1795487561576 replay@1795487571576`; what it does
 * not know it leaves out.
 */
export function readProgress(text: string | undefined): { steps: StepAt[]; soundId: string | undefined } {
  const [path = '', progress = ''] = (text ?? '').split('|');
  const steps = progress.split(' ').flatMap((entry) => {
    const [name, time] = entry.split('@');
    const step = STEPS.find((known) => known === name);
    const at = Number(time);
    return step !== undefined && Number.isSafeInteger(at) && at > 0 ? [{ step, at }] : [];
  });
  return { steps, soundId: path === '' ? undefined : basename(path) };
}

/** What the dialplan has told of a call so far. */
export const progressOf = (channel: ChannelSnapshot): { steps: StepAt[]; soundId: string | undefined } =>
  readProgress(channel.channelvars?.BURGERNET_STEPS);
