import type { Action, ActionId, CentralistId } from '../../domain/action.js';
import { Problem } from '../../domain/problem.js';
import type { Stores } from '../../ports/stores.js';
import { actionFacts } from './action-view.js';
import type { Softphones } from '../centralists/softphones.js';
import type { EventJournal } from '../journal/event-journal.js';

export interface AssignmentParts {
  readonly stores: Pick<Stores, 'actions' | 'centralists'>;
  readonly softphones: Softphones;
  readonly events: EventJournal;
}

/** Assigns the centralist and the team of an action. */
export class Assignments {
  constructor(private readonly parts: AssignmentParts) {}

  /**
   * Makes this centralist the one who runs the action. The centralist goes on duty and leaves the action's
   * team.
   */
  takeOver(id: ActionId, centralistId: CentralistId): Action {
    const { softphones, stores } = this.parts;
    const action = this.#open(id);
    this.#check(centralistId, 'centralistId');
    const team = action.team.filter((member) => member !== centralistId);
    stores.actions.assign(id, { centralistId, team });
    softphones.setDuty(centralistId, true);
    return this.#tell(id);
  }

  /** Sets the team, each centralist once. The action's own centralist is not part of the team. */
  setTeam(id: ActionId, centralistIds: readonly CentralistId[]): Action {
    const action = this.#open(id);
    centralistIds.forEach((member, index) => {
      this.#check(member, `centralistIds.${index}`);
    });
    const team = [...new Set(centralistIds)].filter((member) => member !== action.centralistId);
    this.parts.stores.actions.assign(id, { team });
    return this.#tell(id);
  }

  #open(id: ActionId): Action {
    const action = this.#get(id);
    if (action.state === 'closed') throw new Problem('conflict', 'a closed action can have no centralist or team');
    return action;
  }

  #check(id: CentralistId, field: string): void {
    if (this.parts.stores.centralists.active(id)) return;
    throw new Problem('invalid', 'there is no such centralist', [{ field, message: `there is no centralist ${id}` }]);
  }

  #get(id: ActionId): Action {
    const action = this.parts.stores.actions.get(id);
    if (!action) throw new Problem('not_found', `there is no action ${id}`);
    return action;
  }

  #tell(id: ActionId): Action {
    const action = this.#get(id);
    this.parts.events.add(id, 'action', actionFacts(action));
    return action;
  }
}
