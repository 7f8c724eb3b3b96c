import type { Action } from '../../domain/action.js';
import { isOnOtherNetwork, otherNetworkReason, type Simulation } from '../../domain/simulation.js';
import type { Warning } from '../../domain/warning.js';
import type { Centralist } from '../../ports/stores.js';
import type { HealthSource } from '../../ports/telephony.js';
import type { Softphones } from '../centralists/softphones.js';

export interface ConditionsParts {
  readonly telephony: HealthSource;
  /** Null when calls go to a real operator. */
  readonly simulation: Simulation | null;
  readonly softphones: Pick<Softphones, 'get' | 'onDuty'>;
  /** Whether the softphone of a centralist is registered. */
  readonly isRegistered: (centralist: Centralist) => boolean;
}

/** The current warnings about actions and their tips. */
export class Conditions {
  constructor(private readonly parts: ConditionsParts) {}

  /** Warnings about every action. */
  get everywhere(): readonly Warning[] {
    const { simulation } = this.parts;
    return [...(simulation ? [{ code: 'simulation' as const, ...simulation }] : []), ...this.#ofTelephony()];
  }

  /** Warnings about one action, before its start and until it is closed. */
  of(action: Pick<Action, 'centralistId' | 'state' | 'simulated' | 'number'>): readonly Warning[] {
    const { centralistId, state } = action;
    if (state === 'closed') return [];
    const { softphones, isRegistered, simulation } = this.parts;
    const onDuty = softphones.onDuty();
    const own = softphones.get(centralistId);
    const warnings: Warning[] = [...this.everywhere];
    if (isOnOtherNetwork(action, simulation)) {
      const { simulated } = action;
      warnings.push({ code: 'other_network', simulated, reason: otherNetworkReason(action) });
    }
    if (onDuty.length === 0) warnings.push({ code: 'nobody_on_duty' });
    if (own && !isRegistered(own))
      warnings.push({ code: 'no_softphone', centralistId, name: own.name, extension: own.extension });
    // A start puts the action's own centralist on duty.
    const takers = state === 'draft' && own ? [own, ...onDuty] : onDuty;
    if (takers.length > 0 && !takers.some(isRegistered)) warnings.push({ code: 'nobody_to_answer' });
    return warnings;
  }

  /** Calls the listener when {@link everywhere} may have changed. */
  onChange(listener: () => void): () => void {
    return this.parts.telephony.onHealth(listener);
  }

  #ofTelephony(): readonly Warning[] {
    const { problem, reason } = this.parts.telephony.health();
    switch (problem?.code) {
      case undefined:
        return [];
      case 'asterisk_down':
      case 'trunk_down':
        return [{ code: problem.code, reason }];
      case 'trunk_refused':
        return [{ code: problem.code, sipStatus: problem.sipStatus, reason }];
    }
  }
}
