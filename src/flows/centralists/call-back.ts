import type { CallbackResult } from '../../domain/callback.js';
import { prompt } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';
import { playWhile } from '../steps/hold.js';
import { untilHungUp } from '../steps/until-hung-up.js';

export interface CallBackActions {
  /** Rings the participant. Resolves with the result when unanswered. Abort to stop ringing. */
  ring(signal: AbortSignal): Promise<Call | CallbackResult>;
  /** Connects both until one of them hangs up. Resolves with false when they could not be connected. */
  talk(participant: Call): Promise<boolean>;
}

/**
 * What a centralist hears in a callback, from the moment they answer:
 *
 *   that the caller is rung → ringback → the participant, who first hears who is calling
 *   the participant does not answer, or hangs up during the greeting → told so
 *
 * A participant's voicemail is not recognised: the centralist hears it and hangs up.
 */
export function callBack(centralist: Call, actions: CallBackActions): Promise<CallbackResult> {
  const ringing = new AbortController();
  return untilHungUp<CallbackResult>(
    async () => {
      centralist.step('ringing');
      const rung = actions.ring(ringing.signal);
      try {
        const sounds = { opening: [prompt('callback-desk')], loop: prompt('ringing') };
        const answered = await playWhile(centralist, sounds, rung);
        if (typeof answered === 'string') return await failed(centralist, answered);
        return await greetAndTalk(centralist, answered, actions);
      } finally {
        // The centralist has hung up, or the callback is over. A participant who answers only now is hung up.
        ringing.abort();
        void rung.then((late) => (typeof late === 'string' ? undefined : late.hangUp())).catch(() => undefined);
      }
    },
    () => 'hung_up',
  );
}

async function greetAndTalk(centralist: Call, participant: Call, actions: CallBackActions): Promise<CallbackResult> {
  centralist.step('greeting');
  const heard = await playWhile(centralist, { loop: prompt('hold') }, greet(participant));
  if (!heard) return failed(centralist, 'declined');
  centralist.step('talking');
  return (await actions.talk(participant)) ? 'connected' : failed(centralist, 'interrupted');
}

/** Resolves with whether the participant heard the greeting to its end. */
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
