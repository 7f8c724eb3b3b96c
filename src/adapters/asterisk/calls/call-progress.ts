import { basename } from 'node:path';
import { STEPS, type StepAt } from '../../../domain/alert-script.js';
import type { ChannelSnapshot } from '../ari/events.js';

/**
 * Reads what the dialplan keeps of a call, `/path/of/the/message|message@1795487561576 replay@1795487571576`; what it does
 * not know it leaves out.
 */
export function readTold(text: string | undefined): { story: StepAt[]; soundId: string | undefined } {
  const [path = '', steps = ''] = (text ?? '').split('|');
  const story = steps.split(' ').flatMap((entry) => {
    const [name, time] = entry.split('@');
    const step = STEPS.find((known) => known === name);
    const at = Number(time);
    return step !== undefined && Number.isSafeInteger(at) && at > 0 ? [{ step, at }] : [];
  });
  return { story, soundId: path === '' ? undefined : basename(path) };
}

/** What the dialplan has told of a call so far. */
export const toldBy = (channel: ChannelSnapshot): { story: StepAt[]; soundId: string | undefined } =>
  readTold(channel.channelvars?.BURGERNET_STEPS);
