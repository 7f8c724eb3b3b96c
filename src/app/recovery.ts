import type { Attempt, Purpose } from '../domain/attempt.js';
import type { ParticipantId } from '../domain/participant.js';
import { groupBy } from '../lib/group-by.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { Stores } from '../ports/stores.js';
import type { Telephony } from '../ports/telephony.js';
import type { CallIds } from './call-ids.js';
import type { Dialer } from './dialer.js';

export interface RecoveryParts {
  readonly stores: Stores;
  readonly telephony: Telephony;
  readonly dialer: Dialer;
  readonly ids: CallIds;
  readonly clock: Clock;
  readonly log: Log;
}

/** Closing calls of an action that was closed longer ago are not made any more: it would only startle people. */
const CLOSING_MS = 30 * 60_000;

/**
 * What a start does with what an earlier process left: calls of ours that are still up are ended, every attempt without
 * an outcome becomes `interrupted`, and the running actions go on with whoever is not reached yet.
 */
export async function recover(parts: RecoveryParts): Promise<void> {
  const { stores, telephony, ids, clock, log } = parts;
  const open = stores.attempts.open();
  const swept = await telephony.sweep((id) => ids.isOurs(id));
  for (const attempt of open) {
    if (attempt.confirmedAt !== null) {
      // Death may have come between the digit and what follows from it.
      const { actionId, participantId, phone, messageVersion } = attempt;
      stores.actions.markReached(actionId, participantId, phone, messageVersion, attempt.confirmedAt);
    }
    stores.attempts.end(attempt.id, {
      // The digit is stored at the instant it is pressed: who pressed one is not called again.
      outcome: attempt.confirmedAt === null ? 'interrupted' : 'confirmed',
      endedAt: clock.now(),
      heardSeconds: attempt.heardSeconds,
      plays: attempt.plays,
      sipStatus: null,
      cause: null,
      reason: 'the service was restarted during the call',
    });
  }
  for (const call of stores.inbound.open())
    stores.inbound.end(call.id, call.connectedAt === null ? 'abandoned' : 'connected', clock.now());
  if (open.length > 0 || swept.length > 0)
    log.warn('recovered after a restart', { attempts: open.length, calls: swept.length });
  resumeActions(parts);
}

function resumeActions({ stores, dialer, clock }: RecoveryParts): void {
  for (const action of stores.actions.inState('running', 'paused', 'closed')) {
    if (action.state === 'closed' && clock.now() - (action.closedAt ?? 0) > CLOSING_MS) continue;
    const callees = stores.actions.callees(action.id);
    const past = (purpose: Purpose): Map<ParticipantId, Attempt[]> =>
      groupBy(stores.attempts.ofAction(action.id, purpose), (attempt) => attempt.participantId);
    dialer.setPaused(action.id, action.state === 'paused');
    if (action.state === 'closed') {
      const before = past('closing');
      const people = callees.filter(({ reachedAt }) => reachedAt !== null);
      dialer.begin(
        action,
        'closing',
        people.map((callee) => ({ ...callee, past: before.get(callee.participantId) ?? [] })),
      );
      continue;
    }
    const before = past('alert');
    const people = callees.filter(({ reachedAt }) => reachedAt === null);
    dialer.begin(
      action,
      'alert',
      people.map((callee) => ({ ...callee, past: before.get(callee.participantId) ?? [] })),
    );
    const heardOld = callees.filter(
      ({ reachedAt, heardVersion }) => reachedAt !== null && heardVersion < action.message.version,
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
}
