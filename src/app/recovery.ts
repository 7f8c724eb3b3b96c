import type { Action } from '../domain/action.js';
import type { Attempt, Purpose } from '../domain/attempt.js';
import { rendered } from '../domain/messages.js';
import type { ParticipantId } from '../domain/participant.js';
import { Problem } from '../domain/problem.js';
import { isOnOtherNetwork, otherNetworkReason, type Simulation } from '../domain/simulation.js';
import { groupBy } from '../lib/group-by.js';
import type { CallId } from '../ports/call.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { Stores } from '../ports/stores.js';
import type { InboundCall } from '../domain/tip.js';
import type { SurvivingCalls, Telephony } from '../ports/telephony.js';
import type { AttemptRunner } from './dialing/attempt-runner.js';
import type { CallbackService } from './centralists/callbacks.js';
import type { CallIds } from './journal/call-ids.js';
import { eachByItself } from './each-by-itself.js';
import type { ServiceCodes } from './centralists/service-codes.js';
import type { Dialer } from './dialing/dialer.js';
import type { TipLine } from './tip-line/tip-line.js';

export interface RecoveryParts {
  readonly stores: Stores;
  readonly telephony: Telephony;
  readonly dialer: Dialer;
  /** Null: calls go to a real operator. */
  readonly simulation: Simulation | null;
  readonly runner: AttemptRunner;
  readonly inbound: TipLine;
  readonly callbacks: Pick<CallbackService, 'recover' | 'isCalling'>;
  readonly deskCalls: Pick<ServiceCodes, 'recover'>;
  readonly ids: CallIds;
  readonly clock: Clock;
  readonly log: Log;
}

/** Closing calls of an action that was closed longer ago are not made any more: it would only startle people. */
const CLOSING_MS = 30 * 60_000;

/**
 * What a start does with what an earlier process left:
 *
 *   attempt without an outcome
 *     its call is up       → taken over: it has gone on by itself, and its steps tells what was missed
 *     its call is over     → the outcome that the telephony remembers; `interrupted` when it does not
 *   call to the tip line without a result
 *     in a conversation    → goes on
 *     waiting              → served again, under the same entry
 *     over                 → the result that is known
 *   call back without a result
 *     in a conversation    → goes on
 *     anything else        → over
 *   what a centralist had dialled
 *     a colleague, talking → goes on
 *     anything else        → begins again
 *   calls and bridges that are nobody's → ended
 *   actions that run       → go on with everybody who is not reached yet; one that started on another network
 *                            (simulated, or real) waits: it calls nobody on this one
 */
export async function recover(parts: RecoveryParts): Promise<void> {
  const { stores, telephony, log } = parts;
  const left = await telephony.survivingCalls();
  const attempts = stores.attempts.open();
  const taken = await recoverAttempts(parts, attempts, left);
  // Who rang since we listen, or had waited for us to, is not left.
  const callers = stores.inbound.open().filter(({ id }) => !parts.inbound.serves(id));
  const goOnWithCallers = await recoverCallers(parts, callers, left);
  demandRoom(stores);
  parts.callbacks.recover(left);
  const beginAgain = parts.deskCalls.recover(left);
  const swept = await telephony.hangUpOrphans((id) => isServedStill(id, left, parts));
  // Not before that: a softphone that still rings for one of them would be busy.
  goOnWithCallers();
  beginAgain();
  if (attempts.length + callers.length + swept.length > 0)
    log.warn('recovered after a restart', {
      attempts: attempts.length,
      takenOver: taken,
      callers: callers.length,
      swept: swept.length,
    });
  await resumeActions(parts);
}

/**
 * Throws `Problem('unavailable')` when something of the recovery could not be stored: the start ends, nothing was hung up
 * yet, and the calls go on in Asterisk for the next one.
 */
function demandRoom(stores: Stores): void {
  const trouble = stores.healthy() ? '' : stores.blockedBy();
  if (trouble !== '') throw new Problem('unavailable', trouble);
}

/** Whether a softphone rang for a caller who is served still, or for a colleague who rings it again: no missed call. */
function isServedStill(id: CallId, left: SurvivingCalls, { ids, inbound, stores }: RecoveryParts): boolean {
  const tip = ids.deskOf(id);
  if (tip) return inbound.serves(tip.inboundId);
  const colleague = stores.centralists.get(ids.colleagueOf(id) ?? -1);
  return left.desks.some(({ dialled }) => dialled === colleague?.extension);
}

/** Resolves with how many calls were taken over. */
async function recoverAttempts(parts: RecoveryParts, open: readonly Attempt[], left: SurvivingCalls): Promise<number> {
  const { dialer, ids, log, runner, stores, telephony } = parts;
  const up = new Map(left.outgoing.map((call) => [call.id, call]));
  const over = open.filter(({ id }) => !up.has(ids.ofAttempt(id)));
  const ends = await Promise.all(over.map(({ id }) => telephony.rememberedResult(ids.ofAttempt(id))));
  const endOf = new Map(over.map(({ id }, index) => [id, ends[index]]));
  const told = { log, what: 'an attempt', name: ({ id: attemptId }: Attempt) => ({ attemptId }) };
  const settle = (attempt: Attempt): void => {
    runner.settle(attempt, endOf.get(attempt.id));
  };
  await eachByItself(over, settle, told);
  let taken = 0;
  const takeOver = async ([actionId, attempts]: [number, Attempt[]]): Promise<void> => {
    const action = stores.actions.get(actionId);
    const live = attempts.filter(({ id }) => up.has(ids.ofAttempt(id)));
    if (!action || live.length === 0) return;
    const phones = new Map(stores.actions.callees(actionId).map((callee) => [callee.participantId, callee.phones]));
    const before = groupBy(stores.attempts.ofAction(actionId), keyOf);
    const adopt = (attempt: Attempt): void => {
      const call = up.get(ids.ofAttempt(attempt.id));
      if (!call) return;
      const own = phones.get(attempt.participantId) ?? [attempt.phone];
      dialer.adopt(action, attempt, call, own, before.get(keyOf(attempt)) ?? [attempt]);
      taken += 1;
    };
    await eachByItself(live, adopt, told);
    // Death may have come between an update, or a close, and what it changes for the calls under way.
    telephony.updateMessage(ids.subjectOf(actionId), rendered(action.message.soundId));
    if (action.state === 'closed') dialer.stopAlerts(actionId);
  };
  await eachByItself(
    groupBy(open, (attempt) => attempt.actionId),
    takeOver,
    { log, what: 'the calls of an action', name: ([actionId]) => ({ actionId }) },
  );
  return taken;
}

const keyOf = ({ participantId, purpose }: Attempt): string => `${purpose} ${participantId}`;

/** Takes over the callers who are there still, and settles the others; what it gives goes on with the former, in order of arrival. */
async function recoverCallers(
  { inbound, log }: RecoveryParts,
  open: readonly InboundCall[],
  left: SurvivingCalls,
): Promise<() => void> {
  const there = new Map(left.incoming.map((caller) => [caller.id, caller]));
  const goOn: (() => void)[] = [];
  const over: InboundCall[] = [];
  const told = { log, what: 'a call to the tip line', name: ({ id: inboundId }: InboundCall) => ({ inboundId }) };
  const takeOver = (call: InboundCall): void => {
    const caller = call.callId === null ? undefined : there.get(call.callId);
    if (caller) goOn.push(inbound.takeOver(call, caller, left));
    else over.push(call);
  };
  await eachByItself(open, takeOver, told);
  await Promise.all(over.map((call) => eachByItself([call], (one) => inbound.settle(one), told)));
  return () => {
    for (const next of goOn) next();
  };
}

function resumeActions(parts: RecoveryParts): Promise<void> {
  return eachByItself(
    parts.stores.actions.inState('running', 'paused', 'closed'),
    (action) => {
      resumeAction(action, parts);
    },
    { log: parts.log, what: 'an action', name: ({ id: actionId }) => ({ actionId }) },
  );
}

function resumeAction(action: Action, parts: RecoveryParts): void {
  const { stores, dialer, clock, inbound, callbacks, log, simulation } = parts;
  if (action.state === 'closed' && clock.now() - (action.closedAt ?? 0) > CLOSING_MS) return;
  const waits = isOnOtherNetwork(action, simulation);
  if (waits && action.state === 'closed') return;
  if (waits) log.error('an action calls nobody', { actionId: action.id, reason: otherNetworkReason(action) });
  const callees = stores.actions.callees(action.id);
  const past = (purpose: Purpose): Map<ParticipantId, Attempt[]> =>
    groupBy(stores.attempts.ofAction(action.id, purpose), (attempt) => attempt.participantId);
  dialer.setPaused(action.id, waits || action.state === 'paused');
  if (action.state === 'closed') {
    const before = past('closing');
    // Who is still on the line with the alert is told how it ended after that.
    const people = callees.filter(
      ({ participantId, reachedAt }) => reachedAt !== null && !dialer.isLive(action.id, participantId),
    );
    dialer.begin(
      action,
      'closing',
      people.map((callee) => ({ ...callee, past: before.get(callee.participantId) ?? [] })),
    );
    return;
  }
  const before = past('alert');
  const people = callees.filter(({ reachedAt }) => reachedAt === null);
  dialer.begin(
    action,
    'alert',
    people.map((callee) => ({
      ...callee,
      past: before.get(callee.participantId) ?? [],
      ringsUs: inbound.informs(action.id, callee.participantId) || callbacks.isCalling(action.id, callee.participantId),
    })),
  );
  const heardOld = callees.filter(
    ({ participantId, reachedAt, heardVersion }) =>
      reachedAt !== null && heardVersion < action.message.version && !dialer.isLive(action.id, participantId),
  );
  if (heardOld.length > 0) {
    const updates = past('update');
    dialer.begin(
      action,
      'update',
      // Calls with an earlier update say nothing of this one.
      heardOld.map((callee) => ({
        ...callee,
        past: (updates.get(callee.participantId) ?? []).filter(
          ({ messageVersion }) => messageVersion === action.message.version,
        ),
      })),
    );
  }
}
