import type { Request, Response } from 'express';
import type { CentralistView, Services } from '../../../app/services.js';
import type { Action } from '../../../domain/action.js';
import { sessionOf } from '../sessions.js';
import type { BoardCall } from './call-board.js';
import { callbackCard, type CallbackCard } from './callback-cards.js';
import { callCard, type CallCard } from './call-cards.js';
import type { Topic } from './live-stream.js';
import type { ConsoleParts } from './page.js';
import { alarmWords, type AlarmWords } from './warning-words.js';
import { doneWords } from './words.js';

/** The frame of every page: its user, calls on the tip line, alarms, and the result of the last form. */
export interface Frame {
  readonly title: string;
  /** Topics whose change refreshes the page, separated by spaces. `action:` stands for every action. */
  readonly about: string;
  /** The address at which the script requests the page again, and to which its forms return. */
  readonly here: string;
  readonly me: Colleague | null;
  readonly colleagues: readonly Colleague[];
  readonly ringing: readonly CallCard[];
  readonly waiting: readonly CallCard[];
  readonly busy: readonly CallCard[];
  /** Callbacks in progress, those of the page's user first. */
  readonly callbacks: readonly CallbackCard[];
  readonly done: string | null;
  /** Warnings that concern every action. */
  readonly alarms: readonly AlarmWords[];
  /** Nobody real is called. Every page says so from the first paint on. */
  readonly simulated: boolean;
}

export interface Colleague {
  readonly id: number;
  readonly name: string;
  readonly extension: string;
  readonly registered: boolean;
  /** Their softphone has no account. */
  readonly broken: boolean;
  readonly onDuty: boolean;
  readonly engaged: boolean;
  readonly me: boolean;
}

export async function frameOf(
  parts: ConsoleParts,
  {
    req,
    res,
    title,
    about = [],
    here = `/console${req.path === '/' ? '' : req.path}`,
  }: { req: Request; res: Response; title: string; about?: readonly (Topic | 'action:')[]; here?: string },
): Promise<Frame> {
  const { services, clock } = parts;
  const centralists = await services.centralists.list();
  const meId = sessionOf(res)?.centralistId ?? null;
  const colleagues = centralists.map((view) => colleague(view, meId));
  const actions = new Map(services.actions.list().map((action) => [action.id, action]));
  const context = { actions, centralists, me: meId, now: clock.now() };
  const cards = callsNow(parts, actions).map((call) => callCard(call, context));
  const staged = (...stages: BoardCall['stage'][]): CallCard[] => cards.filter(({ stage }) => stages.includes(stage));
  return {
    title,
    about: ['calls', 'desk', 'alarms', ...about].join(' '),
    here,
    me: colleagues.find(({ me }) => me) ?? null,
    colleagues,
    // Calls that ring for the page's user come first.
    ringing: staged('ringing', 'transferring').sort((a, b) => Number(b.mine) - Number(a.mine)),
    waiting: staged('waiting'),
    busy: staged('answered', 'connected', 'recording'),
    callbacks: services.callbacks.live
      .map((one) => callbackCard(parts, one, context))
      .sort((a, b) => Number(b.mine) - Number(a.mine)),
    alarms: services.alarms.now.filter(({ code }) => code !== 'simulation').map(alarmWords),
    simulated: isSimulated(services),
    done: doneWords(req.query['done']) ?? null,
  };
}

/** Whether a simulated phone network takes the operator's place. */
export const isSimulated = ({ alarms }: Pick<Services, 'alarms'>): boolean =>
  alarms.now.some(({ code }) => code === 'simulation');

function colleague({ centralist, registered, engaged, fault }: CentralistView, me: number | null): Colleague {
  const { id, name, extension, onDuty } = centralist;
  return { id, name, extension, registered, broken: fault !== undefined, onDuty, engaged, me: id === me };
}

/**
 * The calls of the board, with their current places in the queue. Callers who have waited since before a
 * restart are in the queue only.
 */
function callsNow({ board, services }: ConsoleParts, actions: ReadonlyMap<number, Action>): BoardCall[] {
  const queue = new Map(services.tips.waiting().map((one) => [one.inboundId, one]));
  const known = board.calls.map((call) => {
    const waiting = queue.get(call.inboundId);
    queue.delete(call.inboundId);
    return waiting && call.stage === 'waiting' ? { ...call, place: waiting.place } : call;
  });
  const others = [...queue.values()].filter(({ actionId }) => actions.has(actionId));
  return [
    ...known,
    ...others.map(({ inboundId, actionId, place, since }): BoardCall => ({
      inboundId,
      actionId,
      stage: 'waiting',
      caller: null,
      place,
      ringing: [],
      centralistId: null,
      receivedAt: since,
      at: since,
    })),
  ].sort((a, b) => (a.place ?? 0) - (b.place ?? 0));
}
