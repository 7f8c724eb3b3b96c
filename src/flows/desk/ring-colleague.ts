import { prompt } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';
import { goodbye } from '../steps/goodbye.js';
import { playWhile } from '../steps/play-while.js';
import { untilHungUp } from '../steps/until-hung-up.js';

export interface ColleagueActions {
  /** Rings the colleague. Abort to stop the ringing. */
  ring(signal: AbortSignal): Promise<Call | 'engaged' | 'no_answer'>;
  /** Lets both talk until one of them hangs up; false when they could not be made to hear one another. */
  talk(colleague: Call): Promise<boolean>;
}

export type ColleagueResult = 'talked' | 'engaged' | 'no_answer' | 'failed' | 'hung_up';

/**
 * What a centralist hears who dials a colleague's extension:
 *
 *   the ringing tone → the colleague
 *   the colleague is in another call, or does not answer → told so
 */
export async function ringColleague(call: Call, desk: ColleagueActions): Promise<ColleagueResult> {
  const ringing = new AbortController();
  return untilHungUp<ColleagueResult>(
    async () => {
      await call.answer();
      call.step('ringing');
      const rung = desk.ring(ringing.signal);
      try {
        return await take(call, desk, await playWhile(call, { loop: prompt('ringing') }, rung));
      } catch (error) {
        // Who answers in the instant in which the caller hangs up is not left with a line that is dead.
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
  desk: ColleagueActions,
  rung: Call | 'engaged' | 'no_answer',
): Promise<ColleagueResult> {
  if (typeof rung === 'string')
    return goodbye(call, rung, [prompt(rung === 'engaged' ? 'desk-engaged' : 'desk-no-answer')]);
  call.step('talking');
  return (await desk.talk(rung)) ? 'talked' : goodbye(call, 'failed', [prompt('desk-failed')]);
}
