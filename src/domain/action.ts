import type { Area } from './area.js';
import type { Kind, Result } from './kinds.js';
import type { Plan } from './plan.js';
import { Problem, type FieldProblem } from './problem.js';

export type ActionId = number;
export type CentralistId = number;

/**
 * The life of an action:
 *
 *   draft ──start──▶ running ◀──resume── paused
 *                      │  └────pause──────▶ │
 *                      └──close──▶ closed ◀─┘
 *
 * draft    being prepared; nobody is called
 * running  people are called, tips come in
 * paused   no new calls; live ones end, tips still come in
 * closed   over; everyone reached is called with the closing message
 */
export const ACTION_STATES = ['draft', 'running', 'paused', 'closed'] as const;
export type ActionState = (typeof ACTION_STATES)[number];

export const ACTION_COMMANDS = ['start', 'pause', 'resume', 'close'] as const;
export type ActionCommand = (typeof ACTION_COMMANDS)[number];

const MOVES: Readonly<Record<ActionState, Partial<Record<ActionCommand, ActionState>>>> = {
  // The commands that name the state an action is already in change nothing: each is idempotent.
  draft: { start: 'running' },
  running: { start: 'running', pause: 'paused', resume: 'running', close: 'closed' },
  paused: { start: 'paused', pause: 'paused', resume: 'running', close: 'closed' },
  closed: { close: 'closed' },
};

/** The state after a command. Throws `Problem('conflict')` when the command makes no sense in this state. */
export function moveAction(state: ActionState, command: ActionCommand): ActionState {
  const next = MOVES[state][command];
  if (next === undefined) throw new Problem('conflict', `an action that is ${state} cannot ${command}`);
  return next;
}

/** What an action must meet to start (Burgernet's own criteria, beside a kind of the list). */
export interface Criteria {
  readonly timeCritical: boolean;
  readonly clearDescription: boolean;
}

/** What is spoken: its text where it was typed, and the sound it became. */
export interface Message {
  /** Null when it was recorded or uploaded. */
  readonly text: string | null;
  /** Content hash of the rendered sound. */
  readonly soundId: string;
  readonly seconds: number;
  /** Counts up with every update: 1 for the first message of an action. */
  readonly version: number;
}

export interface Action {
  readonly id: ActionId;
  /** Counted up from 1; what people say: "actie 12". */
  readonly number: number;
  readonly kind: Kind;
  readonly title: string;
  readonly description: string;
  readonly area: Area;
  /** Who runs it: their softphone rings first with its tips. */
  readonly centralistId: CentralistId;
  /** Colleagues who help with it: their softphones ring next, while they are on duty. */
  readonly team: readonly CentralistId[];
  readonly criteria: Criteria;
  /** Gets more of the lines than other actions that run at the same time; see `fair-share.ts`. */
  readonly priority: boolean;
  readonly message: Message;
  /** The title, rendered: how a caller who may choose hears of it. Null for actions of before there was a choice. */
  readonly titleSoundId: string | null;
  /** What was to be expected at the start; null until then. */
  readonly plan: Plan | null;
  /** What everyone reached hears at the end; null until closed. */
  readonly closingMessage: Message | null;
  readonly state: ActionState;
  /** It called the simulated phone network: nobody real. Of a draft: a start now would. Final once it has started. */
  readonly simulated: boolean;
  readonly result: Result | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly closedAt: number | null;
  /** People whose alert the close cut off or kept from being made; null until closed, and where it was never counted. */
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

/** Why an action of this kind cannot have priority; empty when it can, or does not ask for it. */
export function priorityProblems({ kind, priority }: { kind: Kind; priority: boolean }): FieldProblem[] {
  if (!priority || kind === 'missing_child') return [];
  return [{ field: 'priority', message: 'can only be given to an action for a missing child (kind missing_child)' }];
}

/** Why an action cannot start, one sentence for each thing that is missing; empty when it can. */
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
