import { prompt } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';
import { playWhile } from '../steps/hold.js';
import { goodbye, untilHungUp } from '../steps/until-hung-up.js';

export interface ColleagueActions {
  /** Rings the colleague. Abort to stop ringing. */
  ring(signal: AbortSignal): Promise<Call | 'engaged' | 'no_answer'>;
  /** Connects both until one of them hangs up. Resolves with false when they could not be connected. */
  talk(colleague: Call): Promise<boolean>;
}

export type ColleagueResult = 'talked' | 'engaged' | 'no_answer' | 'failed' | 'hung_up';

/**
 * What a centralist hears after dialling a colleague's extension:
 *
 *   ringback → the colleague
 *   the colleague is in another call, or does not answer → told so
 */
export async function ringColleague(call: Call, actions: ColleagueActions): Promise<ColleagueResult> {
  const ringing = new AbortController();
  return untilHungUp<ColleagueResult>(
    async () => {
      await call.answer();
      call.step('ringing');
      const rung = actions.ring(ringing.signal);
      try {
        return await take(call, actions, await playWhile(call, { loop: prompt('ringing') }, rung));
      } catch (error) {
        // A colleague who answers just as the caller hangs up would otherwise be left on a dead line.
        void rung.then((late) => (typeof late === 'string' ? undefined : late.hangUp())).catch(() => undefined);
        throw error;
      } finally {
        ringing.abort();
      }
    },
    () => 'hung_up',
  );
}

async function take(
  call: Call,
  actions: ColleagueActions,
  rung: Call | 'engaged' | 'no_answer',
): Promise<ColleagueResult> {
  if (typeof rung === 'string')
    return goodbye(call, rung, [prompt(rung === 'engaged' ? 'desk-engaged' : 'desk-no-answer')]);
  call.step('talking');
  return (await actions.talk(rung)) ? 'talked' : goodbye(call, 'failed', [prompt('desk-failed')]);
}
