import type { ActionId } from '../../domain/action.js';
import type { ParticipantId } from '../../domain/participant.js';
import { eachWhile } from '../../lib/each-in-turn.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { ActionStore, SelectedPerson } from '../../ports/stores.js';

export interface EachCalleeParts {
  readonly actions: Pick<ActionStore, 'calleesInSlices'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** After a failure the rest is tried again after this. */
const AGAIN_MS = 1_000;

/**
 * Passes every callee of an action to `work` once, in slices: other calls and requests go on between two
 * slices. Ends as soon as `goesOn` says false after a pause.
 *
 * The command that needs this work is already stored, so the work must not be left half done. After a
 * failure, such as a database that cannot be read, the promise resolves, and the callees who are left are
 * passed on as soon as that is possible. `onOver` is called when nobody is left.
 */
export async function eachCallee(
  parts: EachCalleeParts,
  actionId: ActionId,
  work: (people: readonly SelectedPerson[]) => void,
  goesOn: () => boolean,
  onOver: () => void = () => undefined,
): Promise<void> {
  const { actions, clock, log } = parts;
  const done = new Set<ParticipantId>();
  let isLogged = false;
  const workOnce = (slice: readonly SelectedPerson[]): void => {
    work(slice.filter(({ participantId }) => !done.has(participantId)));
    for (const { participantId } of slice) done.add(participantId);
  };
  /** Resolves with true when everybody is done or `goesOn` says false, and with false after a failure. */
  const tryAll = async (): Promise<boolean> => {
    try {
      await eachWhile(actions.calleesInSlices(actionId), workOnce, goesOn);
      return true;
    } catch (error) {
      if (!isLogged)
        log.error('not everybody of an action could be called; trying again', { actionId, error: String(error) });
      isLogged = true;
      return false;
    }
  };
  const tryAgain = (): void => {
    clock.after(AGAIN_MS, () => void again());
  };
  const again = async (): Promise<void> => {
    let left: boolean;
    try {
      left = goesOn();
    } catch {
      left = true;
    }
    if (left && !(await tryAll())) tryAgain();
    else onOver();
  };
  if (await tryAll()) onOver();
  else tryAgain();
}
