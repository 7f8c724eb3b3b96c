import type { CallbackResult } from '../../domain/callback.js';
import { prompt } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';
import { playWhile } from '../steps/play-while.js';
import { untilHungUp } from '../steps/until-hung-up.js';

export interface CallBackActions {
  /** Rings the participant; how it ended when they do not answer. Abort to stop the ringing. */
  ring(signal: AbortSignal): Promise<Call | CallbackResult>;
  /** Lets both talk until one of them hangs up; false when they could not be made to hear one another. */
  talk(participant: Call): Promise<boolean>;
}

/**
 * What a centralist hears who calls somebody back, from their own answer on:
 *
 *   who rings them → the ringing tone → the participant, who hears who we are first
 *   the participant does not answer, or hangs up at once → told so
 *
 * The participant's voicemail is not told apart: the centralist hears it and hangs up.
 */
export function callBack(centralist: Call, desk: CallBackActions): Promise<CallbackResult> {
  const ringing = new AbortController();
  return untilHungUp<CallbackResult>(
    async () => {
      centralist.step('ringing');
      const rung = desk.ring(ringing.signal);
      try {
        const sounds = { opening: [prompt('callback-desk')], loop: prompt('ringing') };
        const answered = await playWhile(centralist, sounds, rung);
        if (typeof answered === 'string') return await failed(centralist, answered);
        return await put(centralist, answered, desk);
      } finally {
        // The centralist has hung up, or it is over: the participant is not kept, whenever they answer.
        ringing.abort();
        void rung.then((late) => (typeof late === 'string' ? undefined : late.hangUp())).catch(() => undefined);
      }
    },
    () => 'hung_up',
  );
}

async function put(centralist: Call, participant: Call, desk: CallBackActions): Promise<CallbackResult> {
  centralist.step('greeting');
  const heard = await playWhile(centralist, { loop: prompt('hold') }, greet(participant));
  if (!heard) return failed(centralist, 'declined');
  centralist.step('talking');
  return (await desk.talk(participant)) ? 'connected' : failed(centralist, 'interrupted');
}

/** Whether they heard it out. */
function greet(participant: Call): Promise<boolean> {
  return untilHungUp(
    async () => {
      await participant.play([prompt('callback-hello')]);
      return true;
    },
    () => false,
  );
}

async function failed(centralist: Call, result: CallbackResult): Promise<CallbackResult> {
  return untilHungUp<CallbackResult>(
    async () => {
      await centralist.play([prompt('callback-failed')]);
      return result;
    },
    () => result,
  );
}
