import { clock, type Evidence } from './evidence.js';
import { nameOf, type Matching } from './match.js';

/** Outcomes of our own doing: they leave the call still to be made. */
const STILL_TO_CALL = new Set(['interrupted', 'congestion', 'cancelled']);
/** A closing call whose person heard it. */
const HEARD = new Set(['confirmed', 'no_digit', 'hung_up']);

/** After the close nobody gets the alert; exactly who was reached is called once more and told how it ended. */
export function judgeClosing({ people, closedAt }: Evidence, { matched }: Matching): string[] {
  const found: string[] = [];
  for (const { attempt } of matched) {
    const closed = closedAt.get(attempt.actionId);
    if (attempt.purpose === 'closing' && (closed === undefined || attempt.dialedAt < closed))
      found.push(`${nameOf(attempt)} tells the end of an action that was not closed`);
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
    const who = person.phones.join(', ');
    if (!person.reached) {
      if (closing.length > 0) found.push(`${who} was not reached and got a closing call`);
      continue;
    }
    const story = closing.map(({ attempt }) => attempt.outcome ?? 'open');
    const last = story.at(-1);
    if (last === undefined || STILL_TO_CALL.has(last))
      found.push(`${who} was reached and not told how it ended: ${story.join(', ') || 'no call'}`);
    for (const [index, { attempt }] of closing.entries()) {
      if (!HEARD.has(attempt.outcome ?? '')) continue;
      // Who hangs up on one number is tried on the next; who pressed a key has heard it.
      const again = closing
        .slice(index + 1)
        .filter(
          ({ attempt: { phone }, calls }) =>
            calls.length > 0 && (attempt.outcome === 'confirmed' || phone === attempt.phone),
        );
      if (again.length > 0) found.push(`${attempt.phone} heard how it ended and was called ${again.length} times more`);
    }
  }
  return found;
}
