import type { Area } from './area.js';
import type { ActionId, CentralistId } from './ids.js';
import type { Kind, Result } from './kinds.js';
import type { Plan } from './plan.js';
import { Problem, type FieldProblem } from './problem.js';

export type { ActionId, CentralistId } from './ids.js';

/**
 * The life of an action:
 *
 *   draft ──start──▶ running ◀──resume── paused
 *                      │  └────pause──────▶ │
 *                      └──close──▶ closed ◀─┘
 *
 * draft    the centralist prepares the action; nobody is called
 * running  participants are called, and tips come in
 * paused   no new calls start; live calls go on to their end, and tips still come in
 * closed   the action has ended; every reached participant is called with the closing message
 */
export const ACTION_STATES = ['draft', 'running', 'paused', 'closed'] as const;
export type ActionState = (typeof ACTION_STATES)[number];

export const ACTION_COMMANDS = ['start', 'pause', 'resume', 'close'] as const;
export type ActionCommand = (typeof ACTION_COMMANDS)[number];

const MOVES: Readonly<Record<ActionState, Partial<Record<ActionCommand, ActionState>>>> = {
  // A repeated command changes nothing, so every command is idempotent. A repeated start does not end a
  // pause.
  draft: { start: 'running' },
  running: { start: 'running', pause: 'paused', resume: 'running', close: 'closed' },
  paused: { start: 'paused', pause: 'paused', resume: 'running', close: 'closed' },
  closed: { close: 'closed' },
};

/**
 * The state after a command. Throws `Problem('conflict')` when the action is in a state without this command.
 */
export function moveAction(state: ActionState, command: ActionCommand): ActionState {
  const next = MOVES[state][command];
  if (next === undefined) throw new Problem('conflict', `an action that is ${state} cannot ${command}`);
  return next;
}

/** Burgernet's own conditions for the start of an action, besides a kind of the list. */
export interface Criteria {
  readonly timeCritical: boolean;
  readonly clearDescription: boolean;
}

/** A spoken message: its text, if it was typed, and its sound. */
export interface Message {
  /** Null for a recorded or uploaded message. */
  readonly text: string | null;
  /** Content hash of the rendered sound. */
  readonly soundId: string;
  readonly seconds: number;
  /** 1 for the first message of an action; each update adds 1. */
  readonly version: number;
  /** The voice that spoke the text, such as `embedded`; null for a recording. */
  readonly voice: string | null;
}

export interface Action {
  readonly id: ActionId;
  /** Counted from 1. People say "actie 12". */
  readonly number: number;
  readonly kind: Kind;
  readonly title: string;
  readonly description: string;
  readonly area: Area;
  /** The centralist who runs the action. That centralist's softphone rings first for its tips. */
  readonly centralistId: CentralistId;
  /** Colleagues who help with the action. Their softphones ring next, while they are on duty. */
  readonly team: readonly CentralistId[];
  readonly criteria: Criteria;
  /**
   * An action with priority gets more trunk lines than other actions that run at the same time; see
   * `fair-share.ts`.
   */
  readonly priority: boolean;
  readonly message: Message;
  /**
   * The title as a sound, played to a caller who chooses between actions. Null for a title that cannot be
   * spoken.
   */
  readonly titleSoundId: string | null;
  /** The plan as it was at the start; null until then. */
  readonly plan: Plan | null;
  /** Played to every reached participant at the end; null until closed. */
  readonly closingMessage: Message | null;
  readonly state: ActionState;
  /**
   * The calls of the action go to the simulated phone network, so no real person is called. For a draft: a
   * start now would use that network. Never changes after the start.
   */
  readonly simulated: boolean;
  readonly result: Result | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly closedAt: number | null;
  /**
   * Participants whose alert call the close cut off or prevented. Null until closed, and for actions without
   * a count.
   */
  readonly leftAtClose: number | null;
}

export interface NewAction {
  readonly kind: Kind;
  readonly title: string;
  readonly description: string;
  readonly area: Area;
  readonly centralistId: CentralistId;
  readonly criteria: Criteria;
  readonly priority: boolean;
  readonly message: Message;
  readonly titleSoundId: string | null;
  readonly team: readonly CentralistId[];
}

/** Why an action of this kind cannot have priority. Empty when it can, or when no priority is asked for. */
export function priorityProblems({ kind, priority }: { kind: Kind; priority: boolean }): FieldProblem[] {
  if (!priority || kind === 'missing_child') return [];
  return [{ field: 'priority', message: 'can only be given to an action for a missing child (kind missing_child)' }];
}

/** Why an action cannot start: one sentence for each missing condition. Empty when it can start. */
export function startProblems(
  action: Pick<Action, 'criteria'>,
  selected: number,
): { field: string; message: string }[] {
  const problems: { field: string; message: string }[] = [];
  if (!action.criteria.timeCritical) {
    problems.push({ field: 'criteria.timeCritical', message: 'must be confirmed: the case is time-critical' });
  }
  if (!action.criteria.clearDescription) {
    problems.push({ field: 'criteria.clearDescription', message: 'must be confirmed: there is a clear description' });
  }
  if (selected === 0) {
    problems.push({ field: 'area.postcodes', message: 'selects nobody who can be called' });
  }
  return problems;
}
