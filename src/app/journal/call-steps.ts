import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { Stores } from '../../ports/stores.js';
import type { StepListener } from '../../ports/telephony.js';

export interface CallStepsParts {
  readonly stores: Pick<Stores, 'traces'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Adds each step of a call to its trace. A step that cannot be stored is logged, and the call goes on.
 */
export function storeCallSteps({ stores, clock, log }: CallStepsParts): StepListener {
  return (callId, step) => {
    try {
      stores.traces.add(callId, [{ step, at: clock.now() }]);
    } catch (error) {
      log.error('call step could not be stored', { callId, step, error: String(error) });
    }
  };
}
