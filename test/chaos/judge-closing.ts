import { clock, type Evidence } from './evidence.js';
import { nameOf, type Matching } from './match.js';

/** Outcomes after which the call must still be made, because our side or the operator caused them. */
const STILL_TO_CALL = new Set(['interrupted', 'congestion', 'cancelled']);
/** Outcomes of a closing call that the person heard. */
const HEARD = new Set(['confirmed', 'no_digit', 'hung_up']);

/**
 * After the close nobody gets the alert. The people who were reached, and nobody else, get one closing call.
 */
export function judgeClosing({ people, closedAt }: Evidence, { matched }: Matching): string[] {
  const found: string[] = [];
  for (const { attempt } of matched) {
    const closed = closedAt.get(attempt.actionId);
    if (attempt.purpose === 'closing' && (closed === undefined || attempt.dialedAt < closed))
      found.push(`${nameOf(attempt)} is a closing call of an action that was not closed`);
    if (attempt.purpose !== 'closing' && closed !== undefined && attempt.dialedAt > closed)
      found.push(`${nameOf(attempt)} was made after the close at ${clock(closed)}`);
  }
  for (const person of people) {
    if (!closedAt.has(person.actionId)) continue;
    const closing = matched.filter(
      ({ attempt }) =>
        attempt.purpose === 'closing' &&
        attempt.actionId === person.actionId &&
        attempt.participantId === person.participantId,
    );
    const phones = person.phones.join(', ');
    if (!person.reached) {
      if (closing.length > 0) found.push(`${phones} was not reached and got a closing call`);
      continue;
    }
    const outcomes = closing.map(({ attempt }) => attempt.outcome ?? 'open');
    const last = outcomes.at(-1);
    if (last === undefined || STILL_TO_CALL.has(last))
      found.push(`${phones} was reached and heard no closing call: ${outcomes.join(', ') || 'no call'}`);
    for (const [index, { attempt }] of closing.entries()) {
      if (!HEARD.has(attempt.outcome ?? '')) continue;
      // A person who hung up on one number may be called on the next. A person who pressed a key has heard
      // the closing call.
      const again = closing
        .slice(index + 1)
        .filter(
          ({ attempt: { phone }, calls }) =>
            calls.length > 0 && (attempt.outcome === 'confirmed' || phone === attempt.phone),
        );
      if (again.length > 0)
        found.push(`${attempt.phone} heard the closing call and was called ${again.length} times more`);
    }
  }
  return found;
}
