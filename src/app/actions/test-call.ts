import type { Action } from '../../domain/action.js';
import type { Script } from '../../domain/alert-script.js';
import { longestMs } from '../../domain/alert-script.js';
import { endingOf, rendered, type Sound } from '../../domain/messages.js';
import { Problem } from '../../domain/problem.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { Centralist, CentralistStore } from '../../ports/stores.js';
import type { Telephony } from '../../ports/telephony.js';
import type { CallIds } from '../journal/call-ids.js';
import { DESK_RING_MS, type Softphones } from '../centralists/softphones.js';

export interface TestCallParts {
  readonly centralists: CentralistStore;
  readonly telephony: Pick<Telephony, 'placeAlert'>;
  readonly desks: Softphones;
  readonly ids: CallIds;
  readonly clock: Clock;
  readonly log: Log;
  /** What a citizen's telephone shows: the tip line. */
  readonly callerNumber: string;
  readonly msOf: (sound: Sound) => number;
}

/** Calls in which a centralist hears an action as a citizen does. */
export class TestCalls {
  constructor(private readonly parts: TestCallParts) {}

  /** Rings the softphone. Throws `Problem` when the action is closed, or there is nobody who can be rung. */
  ring(action: Action, centralistId = action.centralistId): void {
    const { clock, desks, ids, log, msOf, telephony } = this.parts;
    if (action.state === 'closed') throw new Problem('conflict', 'an action that is closed is not heard any more');
    const centralist = this.#free(centralistId);
    const script: Script = {
      type: 'alert',
      opening: 'alert-prompt',
      message: rendered(action.message.soundId),
      ending: endingOf(action.kind),
    };
    const lease = desks.engage(centralist.id, 'desk_call');
    const call = telephony.placeAlert({
      id: ids.ofTestCall(action.id, clock.now()),
      to: { type: 'desk', username: centralist.sipUsername },
      callerId: { number: this.parts.callerNumber, name: `Proef actie ${action.number}` },
      ringMs: DESK_RING_MS,
      maxMs: DESK_RING_MS + longestMs(script, msOf),
      script,
      subject: ids.subjectOf(action.id),
    });
    void call.ended.then(({ answered, sipStatus, fault }) => {
      lease.release();
      log.info('a test call has ended', { callId: call.id, actionId: action.id, answered, sipStatus, fault });
    });
  }

  #free(id: number): Centralist {
    const { centralists, desks } = this.parts;
    const field = 'centralistId';
    const centralist = centralists.active(id);
    if (!centralist)
      throw new Problem('invalid', 'there is no such centralist', [{ field, message: `there is no centralist ${id}` }]);
    if (!desks.isEngaged(id)) return centralist;
    throw new Problem('conflict', `${centralist.name} is in a call`, [
      { field, message: 'is in a call, or is being rung; try again after it' },
    ]);
  }
}
