import type { Action } from './action.js';
import { Problem } from './problem.js';

/** A simulated phone network instead of the operator, so that no real person is called. */
export interface Simulation {
  /** Whether actions may start, because the administrator asked for a simulation. */
  readonly mayStart: boolean;
  /** Why the phone network is simulated, in a sentence. */
  readonly reason: string;
}

type Started = Pick<Action, 'state' | 'simulated' | 'number'>;

/**
 * Throws `Problem('no_trunk')` when simulated people would confirm an action that a centralist takes for a
 * real one.
 */
export function refuseUnwantedSimulation(simulation: Simulation | null): void {
  if (simulation === null || simulation.mayStart) return;
  throw new Problem(
    'no_trunk',
    'nobody would be called: no trunk is set. Set BURGERNET_TRUNK and start the service again; ' +
      'to try an action on simulated people, set BURGERNET_SIMULATION=1',
  );
}

/** A filter for actions that called people on the current network. */
export const onCurrentNetwork = (simulation: Simulation | null): { readonly simulated: boolean } => ({
  simulated: simulation !== null,
});

/** Whether the action started on a network other than the current one. Such an action calls nobody. */
export function isOnOtherNetwork({ state, simulated }: Started, simulation: Simulation | null): boolean {
  return state !== 'draft' && simulated !== (simulation !== null);
}

/**
 * Throws when an action that started on another network would call people on this one. A real action must not
 * call simulated people, and a simulated action must not call real people.
 */
export function refuseOtherNetwork(action: Started, simulation: Simulation | null): void {
  if (!isOnOtherNetwork(action, simulation)) return;
  throw new Problem(action.simulated ? 'conflict' : 'no_trunk', otherNetworkReason(action));
}

/** Why an action that started on another network calls nobody, and what to do. */
export function otherNetworkReason({ number, simulated }: Pick<Started, 'number' | 'simulated'>): string {
  return simulated
    ? `action ${number} started as a simulation: it calls nobody real; prepare a new action`
    : `action ${number} called real people, and no trunk is set now: it calls nobody until BURGERNET_TRUNK is set ` +
        'and the service is started again';
}
