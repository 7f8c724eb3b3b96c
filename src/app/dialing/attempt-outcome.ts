import { resultOf } from '../../domain/alert-script.js';
import { outcomeOfFailure, type Outcome } from '../../domain/outcome.js';
import type { AlertCallResult } from '../../ports/telephony.js';

/** The one outcome of an attempt, from how its call ended. `cancelled` is our reason if we cancelled it. */
export function outcomeOf(
  end: AlertCallResult,
  cancelled?: string,
): { readonly outcome: Outcome; readonly reason: string | null } {
  const lost = { outcome: 'interrupted', reason: end.fault ?? 'the call was lost' } as const;
  if (!end.answered) {
    if (end.by === 'lost') return lost;
    if (cancelled !== undefined && end.by === 'us') return { outcome: 'cancelled', reason: cancelled };
    const sipReason = end.sipReason === undefined || end.sipReason === '' ? null : end.sipReason;
    return { outcome: outcomeOfFailure(end), reason: end.fault ?? sipReason };
  }
  const result = resultOf(end.steps);
  // A line that went dead after the digit is `interrupted`, because the person did not hear the whole
  // message. The person counts as reached all the same.
  if (end.by === 'lost' && (result !== 'confirmed' || end.lineDead === true)) return lost;
  // Answered in the instant in which we cancelled. Without a digit, the person has not been reached.
  if (cancelled !== undefined && result !== 'confirmed') return { outcome: 'cancelled', reason: cancelled };
  if (result === 'cut')
    return { outcome: 'interrupted', reason: 'the longest time of the call was over before its end' };
  return { outcome: result, reason: null };
}
