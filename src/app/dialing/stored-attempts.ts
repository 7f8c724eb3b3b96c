import type { Attempt } from '../../domain/attempt.js';
import { provesDeadLine } from '../../domain/outcome.js';
import { retryAfterWaitMs } from '../../domain/refusal.js';
import type { PastAttempt } from '../../domain/retry.js';
import { groupBy } from '../../lib/group-by.js';
import type { Clock } from '../../ports/clock.js';
import type { PastRefusals } from './trunk-congestion.js';

/**
 * Stored attempts as the retry policy counts them, with their times in monotonic ms. An attempt without an
 * outcome is left out: it is live or lost, and recovery deals with it first. An attempt that we cancelled is
 * left out too, because it uses up no try. People who need no further call are not given to the dialer.
 */
export function pastAttempts(attempts: readonly Attempt[], clock: Clock): PastAttempt[] {
  return attempts.flatMap(({ phone, outcome, endedAt, sipStatus, retryAfterSeconds }) => {
    if (outcome === null || outcome === 'cancelled' || endedAt === null) return [];
    const age = Math.max(0, clock.now() - endedAt);
    const lineDead = outcome === 'interrupted' && provesDeadLine(sipStatus);
    const retryAfterMs = outcome === 'congestion' ? retryAfterWaitMs(retryAfterSeconds ?? 0) : 0;
    return [{ phone, outcome, endedAt: clock.monotonic() - age, lineDead, ...(retryAfterMs > 0 && { retryAfterMs }) }];
  });
}

/** The numbers whose latest stored attempts were refused, and how often in a row. */
export function pastRefusals(attempts: readonly Attempt[], clock: Clock): PastRefusals[] {
  return [...groupBy(attempts, (attempt) => attempt.phone)].flatMap(([phone, own]) => {
    const refusals = own.length - 1 - own.findLastIndex(({ outcome }) => outcome !== 'congestion');
    const last = own.at(-1);
    if (!last || refusals === 0) return [];
    return pastAttempts([last], clock).map(({ endedAt }) => ({
      phone,
      participantId: last.participantId,
      refusals,
      at: endedAt,
    }));
  });
}
