import type { Warning } from '../domain/warning.js';
import type { Telephony } from '../ports/telephony.js';

export interface ConditionsParts {
  readonly telephony: Pick<Telephony, 'health' | 'onHealth'>;
}

/** What stands in the way of actions and of their tips, at this moment. */
export class Conditions {
  constructor(private readonly parts: ConditionsParts) {}

  /** What concerns every action. */
  get everywhere(): readonly Warning[] {
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

  /** Calls back when it may have changed. */
  onChange(listener: () => void): () => void {
    return this.parts.telephony.onHealth(listener);
  }
}
