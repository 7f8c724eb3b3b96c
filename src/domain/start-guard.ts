import type { Action } from './action.js';
import { areasOverlap } from './area.js';
import { Problem, type FieldProblem } from './problem.js';
import { JUST_CLOSED_MS } from './routing.js';

/** The figures on the centralist's screen when the centralist pressed start. */
export interface StartExpectation {
  /** Participants to call, by the plan on the screen. */
  readonly selected?: number | undefined;
  readonly messageVersion?: number | undefined;
}

/** The fields by which actions are compared. */
type Comparable = Pick<Action, 'id' | 'number' | 'title' | 'kind' | 'area' | 'state' | 'closedAt'>;

/**
 * Actions that look like this one, the newest first: of the same kind, with a postcode in common, and
 * running, paused or closed less than half an hour ago. A start next to one of these usually means that two
 * centralists had the same report on their screens. Then every citizen of the area would be called twice.
 */
export function lookAlikes<A extends Comparable>(action: Comparable, others: readonly A[], now: number): A[] {
  return others
    .filter((other) => other.id !== action.id && other.kind === action.kind && isRecent(other, now))
    .filter((other) => areasOverlap(action.area, other.area))
    .sort((a, b) => b.id - a.id);
}

function isRecent({ state, closedAt }: Comparable, now: number): boolean {
  if (state === 'draft') return false;
  return state !== 'closed' || (closedAt !== null && now - closedAt < JUST_CLOSED_MS);
}

/** Throws `Problem('look_alike')` when there is an action that looks like the one to be started. */
export function refuseLookAlikes(alikes: readonly Comparable[]): void {
  if (alikes.length === 0) return;
  const details = alikes.map(({ id, number, title, state }): FieldProblem => {
    const is = state === 'closed' ? 'was closed a short while ago' : `is ${state}`;
    return {
      field: 'anyway',
      message: `must be true to start beside action ${number} (id ${id}): ${title}, which ${is}`,
      action: { id, number, title },
    };
  });
  const [newest] = alikes;
  const named = newest ? `action ${newest.number}: ${newest.title}` : '';
  throw new Problem('look_alike', `an action of the same kind in the same area exists: ${named}`, details);
}

/** Throws `Problem('changed')` when the screen showed figures that differ from those that would start now. */
export function refuseChanged(expect: StartExpectation, now: Required<StartExpectation>): void {
  const details: FieldProblem[] = [];
  if (expect.selected !== undefined && expect.selected !== now.selected) {
    details.push({ field: 'expect.selected', message: `${now.selected} people would be called now` });
  }
  if (expect.messageVersion !== undefined && expect.messageVersion !== now.messageVersion) {
    details.push({ field: 'expect.messageVersion', message: `the message now has version ${now.messageVersion}` });
  }
  if (details.length > 0) throw new Problem('changed', 'the action has changed since it was shown', details);
}
