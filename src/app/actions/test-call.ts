import type { Action } from '../../domain/action.js';
import type { Script } from '../../domain/alert-script.js';
import { longestMs } from '../../domain/alert-script.js';
import { endingOf, rendered, type Sound } from '../../domain/messages.js';
import { Problem } from '../../domain/problem.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { Centralist, CentralistStore } from '../../ports/stores.js';
import type { OutboundCalls } from '../../ports/telephony.js';
import type { CallIds } from '../journal/call-ids.js';
import { DESK_RING_MS, type Softphones } from '../centralists/softphones.js';

export interface TestCallParts {
  readonly centralists: CentralistStore;
  readonly telephony: Pick<OutboundCalls, 'placeAlert'>;
  readonly softphones: Softphones;
  readonly ids: CallIds;
  readonly clock: Clock;
  readonly log: Log;
  /** The caller ID that citizens see: the number of the tip line. */
  readonly callerNumber: string;
  readonly msOf: (sound: Sound) => number;
}

/** Makes test calls, in which a centralist hears the alert of an action as a citizen does. */
export class TestCalls {
  constructor(private readonly parts: TestCallParts) {}

  /**
   * Rings the centralist's softphone. Throws `Problem` when the action is closed or the centralist cannot be
   * called.
   */
  ring(action: Action, centralistId = action.centralistId): void {
    const { clock, softphones, ids, log, msOf, telephony } = this.parts;
    if (action.state === 'closed') throw new Problem('conflict', 'a closed action has no test call');
    const centralist = this.#free(centralistId);
    const script: Script = {
      type: 'alert',
      opening: 'alert-prompt',
      message: rendered(action.message.soundId),
      ending: endingOf(action.kind),
    };
    const call = telephony.placeAlert({
      id: ids.ofTestCall(action.id, clock.now()),
      to: { type: 'desk', username: centralist.sipUsername },
      callerId: { number: this.parts.callerNumber, name: `Proef actie ${action.number}` },
      ringMs: DESK_RING_MS,
      maxMs: DESK_RING_MS + longestMs(script, msOf),
      script,
      subject: ids.subjectOf(action.id),
    });
    softphones.engageDuring(call, centralist.id, 'desk_call');
    void call.ended.then(({ answered, sipStatus, fault }) => {
      log.info('test call ended', { callId: call.id, actionId: action.id, answered, sipStatus, fault });
    });
  }

  #free(id: number): Centralist {
    const { centralists, softphones } = this.parts;
    const field = 'centralistId';
    const centralist = centralists.active(id);
    if (!centralist)
      throw new Problem('invalid', 'there is no such centralist', [{ field, message: `there is no centralist ${id}` }]);
    if (!softphones.isEngaged(id)) return centralist;
    throw new Problem('conflict', `${centralist.name} is in a call`, [
      { field, message: 'is in a call, or is being rung; try again after it' },
    ]);
  }
}
