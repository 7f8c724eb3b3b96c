import type { Action } from '../domain/action.js';
import type { Attempt, Purpose } from '../domain/attempt.js';
import { rendered } from '../domain/messages.js';
import { Problem } from '../domain/problem.js';
import { MOST_HOLD_MS } from '../domain/refusal.js';
import { isOnOtherNetwork, otherNetworkReason, type Simulation } from '../domain/simulation.js';
import type { InboundCall } from '../domain/tip.js';
import { eachWhile } from '../lib/each-in-turn.js';
import { groupBy } from '../lib/group-by.js';
import type { CallId } from '../ports/call.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { SelectedPerson, Stores } from '../ports/stores.js';
import type { OutboundCalls, SurvivingCalls, Takeover } from '../ports/telephony.js';
import type { CallbackService } from './centralists/callbacks.js';
import type { ServiceCodes } from './centralists/service-codes.js';
import type { AttemptRunner } from './dialing/attempt-runner.js';
import type { Dialer } from './dialing/dialer.js';
import { eachByItself } from './each-by-itself.js';
import type { CallIds } from './journal/call-ids.js';
import type { TipLine } from './tip-line/tip-line.js';

export interface RecoveryParts {
  readonly stores: Stores;
  readonly telephony: Takeover & Pick<OutboundCalls, 'updateMessage'>;
  readonly dialer: Dialer;
  /** Null: calls go to a real operator. */
  readonly simulation: Simulation | null;
  readonly runner: AttemptRunner;
  readonly inbound: TipLine;
  readonly callbacks: Pick<CallbackService, 'recover' | 'isCalling'>;
  readonly serviceCodes: Pick<ServiceCodes, 'recover'>;
  readonly ids: CallIds;
  readonly clock: Clock;
  readonly log: Log;
}

/** A restart later than this after a close makes no closing calls, because they would only startle people. */
const CLOSING_MS = 30 * 60_000;

/**
 * What a new process does with the calls and rows of an earlier one:
 *
 *   attempt without an outcome
 *     call is live         → taken over; its steps show what happened meanwhile
 *     call is over         → gets the outcome that Asterisk remembers, or `interrupted` if it remembers none
 *   call to the tip line without a result
 *     in a conversation    → goes on
 *     waiting              → served again, under the same entry
 *     over                 → gets the result that the stored data shows
 *   callback without a result
 *     in a conversation    → goes on
 *     anything else        → ends
 *   call that a centralist dialled
 *     talks to a colleague → goes on
 *     anything else        → starts over
 *   call or bridge of ours that belongs to none of these → hung up
 *   running action         → goes on calling everybody not reached yet; one that was started on another
 *                            network (simulated, or real) calls nobody on this network
 */
export async function recover(parts: RecoveryParts): Promise<void> {
  const { stores, telephony, log } = parts;
  const surviving = await telephony.survivingCalls();
  const attempts = stores.attempts.open();
  const takenOver = await recoverAttempts(parts, attempts, surviving);
  // Skip callers this process is already serving.
  const callers = stores.inbound.open().filter(({ id }) => !parts.inbound.serves(id));
  const goOnWithCallers = await recoverCallers(parts, callers, surviving);
  failUnlessStored(stores);
  parts.callbacks.recover(surviving);
  const beginAgain = parts.serviceCodes.recover(surviving);
  const orphans = await telephony.hangUpOrphans((id) => isStillServed(id, surviving, parts));
  // Only after the orphans are hung up, because a softphone that still rings for an orphan would be busy.
  goOnWithCallers();
  beginAgain();
  if (attempts.length + callers.length + orphans.length > 0)
    log.warn('recovered after a restart', {
      attempts: attempts.length,
      takenOver,
      callers: callers.length,
      orphans: orphans.length,
    });
  await resumeActions(parts);
}

/**
 * Throws `Problem('unavailable')` when part of the recovery could not be stored. The start then fails.
 * Nothing has been hung up yet, so the calls go on in Asterisk until the next start.
 */
function failUnlessStored(stores: Stores): void {
  const blockedBy = stores.healthy() ? '' : stores.blockedBy();
  if (blockedBy !== '') throw new Problem('unavailable', blockedBy);
}

/**
 * Whether a ringing softphone rings for a caller who is still served, or for a colleague who will ring it
 * again. Then the softphone shows no missed call when the ringing is stopped.
 */
function isStillServed(id: CallId, surviving: SurvivingCalls, { ids, inbound, stores }: RecoveryParts): boolean {
  const tip = ids.deskOf(id);
  if (tip) return inbound.serves(tip.inboundId);
  const colleague = stores.centralists.get(ids.colleagueOf(id) ?? -1);
  return surviving.deskCalls.some(({ dialled }) => dialled === colleague?.extension);
}

/** Resolves with how many calls were taken over. */
async function recoverAttempts(
  parts: RecoveryParts,
  open: readonly Attempt[],
  surviving: SurvivingCalls,
): Promise<number> {
  const { dialer, ids, log, runner, stores, telephony } = parts;
  const live = new Map(surviving.outgoing.map((call) => [call.id, call]));
  const over = open.filter(({ id }) => !live.has(ids.ofAttempt(id)));
  const ends = await Promise.all(over.map(({ id }) => telephony.rememberedResult(ids.ofAttempt(id))));
  const endOf = new Map(over.map(({ id }, index) => [id, ends[index]]));
  const naming = { log, what: 'an attempt', name: ({ id: attemptId }: Attempt) => ({ attemptId }) };
  const settle = (attempt: Attempt): void => {
    runner.settle(attempt, endOf.get(attempt.id));
  };
  await eachByItself(over, settle, naming);
  let takenOver = 0;
  const takeOver = async ([actionId, attempts]: [number, Attempt[]]): Promise<void> => {
    const action = stores.actions.get(actionId);
    const ofAction = attempts.filter(({ id }) => live.has(ids.ofAttempt(id)));
    if (!action || ofAction.length === 0) return;
    const adopt = (attempt: Attempt): void => {
      const call = live.get(ids.ofAttempt(attempt.id));
      if (!call) return;
      const { participantId, phone, purpose } = attempt;
      const own = stores.actions.callee(actionId, participantId)?.phones ?? [];
      const before = stores.attempts.ofPerson(actionId, participantId).filter((one) => one.purpose === purpose);
      dialer.adopt(action, attempt, call, own.length > 0 ? own : [phone], before);
      takenOver += 1;
    };
    await eachByItself(ofAction, adopt, naming);
    // The old process may have died between storing an update or a close and changing the live calls.
    telephony.updateMessage(ids.subjectOf(actionId), rendered(action.message.soundId));
    if (action.state === 'closed') dialer.stopAlerts(actionId);
  };
  await eachByItself(
    groupBy(open, (attempt) => attempt.actionId),
    takeOver,
    { log, what: 'the calls of an action', name: ([actionId]) => ({ actionId }) },
  );
  return takenOver;
}

/**
 * Takes over the callers who are still on the line, and settles the others. Returns a function that goes on
 * with the callers who were taken over, in order of arrival.
 */
async function recoverCallers(
  { inbound, log }: RecoveryParts,
  open: readonly InboundCall[],
  surviving: SurvivingCalls,
): Promise<() => void> {
  const live = new Map(surviving.incoming.map((caller) => [caller.id, caller]));
  const goOn: (() => void)[] = [];
  const over: InboundCall[] = [];
  const naming = { log, what: 'a call to the tip line', name: ({ id: inboundId }: InboundCall) => ({ inboundId }) };
  const takeOver = (call: InboundCall): void => {
    const caller = call.callId === null ? undefined : live.get(call.callId);
    if (caller) goOn.push(inbound.takeOver(call, caller, surviving));
    else over.push(call);
  };
  await eachByItself(open, takeOver, naming);
  await Promise.all(over.map((call) => eachByItself([call], (one) => inbound.settle(one), naming)));
  return () => {
    for (const next of goOn) next();
  };
}

/** Actions are resumed one after another, each in slices: other calls go on between two slices. */
async function resumeActions(parts: RecoveryParts): Promise<void> {
  const { clock, dialer, log, stores } = parts;
  dialer.restNumbers(stores.attempts.askedToWait(clock.now() - MOST_HOLD_MS));
  // Each is read again at its turn, because a centralist may have paused or closed it meanwhile.
  const resume = (action: Action): Promise<void> => resumeAction(stores.actions.get(action.id) ?? action, parts);
  await eachByItself(stores.actions.inState('running', 'paused', 'closed'), resume, {
    log,
    what: 'an action',
    name: ({ id: actionId }) => ({ actionId }),
  });
}

async function resumeAction(action: Action, parts: RecoveryParts): Promise<void> {
  const { stores, dialer, clock, log, simulation } = parts;
  const isClosed = action.state === 'closed';
  if (isClosed && clock.now() - (action.closedAt ?? 0) > CLOSING_MS) return;
  const isElsewhere = isOnOtherNetwork(action, simulation);
  if (isElsewhere && isClosed) return;
  if (isElsewhere) log.error('an action calls nobody', { actionId: action.id, reason: otherNetworkReason(action) });
  dialer.setPaused(action.id, isElsewhere || action.state === 'paused');
  const call = isClosed ? callReached : callOthers;
  await eachWhile(
    stores.actions.calleesInSlices(action.id),
    (slice) => {
      call(stores.actions.get(action.id) ?? action, slice, parts);
    },
    // A close between two slices itself calls everybody who was reached.
    () => !dialer.isStopped && (stores.actions.get(action.id)?.state === 'closed') === isClosed,
  );
}

/** Closing calls to participants who were reached. After a live alert call, `heardOut` makes that call. */
function callReached(action: Action, slice: readonly SelectedPerson[], parts: RecoveryParts): void {
  const { dialer } = parts;
  const people = slice.filter(
    ({ participantId, reachedAt }) => reachedAt !== null && !dialer.isLive(action.id, participantId),
  );
  begin(action, 'closing', people, parts);
}

/** The message for participants who were not reached, and the newest one for those who heard an older one. */
function callOthers(action: Action, slice: readonly SelectedPerson[], parts: RecoveryParts): void {
  const { dialer } = parts;
  const { id, message } = action;
  const unreached = slice.filter(({ reachedAt }) => reachedAt === null);
  begin(action, 'alert', unreached, parts);
  const heardOld = slice.filter(
    ({ participantId, reachedAt, heardVersion }) =>
      reachedAt !== null && heardVersion < message.version && !dialer.isLive(id, participantId),
  );
  begin(action, 'update', heardOld, parts);
}

function begin(action: Action, purpose: Purpose, people: readonly SelectedPerson[], parts: RecoveryParts): void {
  const { callbacks, dialer, inbound, stores } = parts;
  if (people.length === 0) return;
  const counts = (attempt: Attempt): boolean =>
    attempt.purpose === purpose &&
    // Calls with an earlier update do not count as calls with this one.
    (purpose !== 'update' || attempt.messageVersion === action.message.version);
  dialer.begin(
    action,
    purpose,
    people.map((callee) => ({
      ...callee,
      past: stores.attempts.ofPerson(action.id, callee.participantId).filter(counts),
      suspended:
        purpose === 'alert' &&
        (inbound.informs(action.id, callee.participantId) || callbacks.isCalling(action.id, callee.participantId)),
    })),
  );
}
