import { parsed, refused, type Parsed } from './problem.js';
import { isFinalForNumber, isFinalForPerson, OUTCOMES, type Outcome } from './outcome.js';
import type { E164 } from './phone-number.js';
import { pauseAfter } from './refusal.js';

/** How often a number is called again after one cause, and how long after the end of the attempt. */
export interface RetryRule {
  /** Extra calls after the first; 0 or more. */
  readonly times: number;
  readonly delayMs: number;
}

/** Outcomes after which a number may be called again; anything else is final or costs no try. */
export type RetryPolicy = Readonly<Partial<Record<Outcome, RetryRule>>>;

const RETRYABLE: readonly Outcome[] = ['no_answer', 'busy'];
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000 };

/** Reads `no_answer:2@120s,busy:2@60s`; `off` or nothing for no retries. */
export function parseRetryPolicy(text: string): Parsed<RetryPolicy> {
  const policy: Partial<Record<Outcome, RetryRule>> = {};
  if (text.trim() === '' || text.trim() === 'off') return parsed(policy);
  for (const entry of text.split(',')) {
    const match = /^\s*([a-z_]+):(\d{1,2})@(\d{1,4})(s|m)\s*$/.exec(entry);
    if (!match) return refused(`'${entry.trim()}' is not a retry rule; write cause:times@delay, such as busy:2@60s`);
    const cause = OUTCOMES.find((outcome) => outcome === match[1]);
    if (cause === undefined || !RETRYABLE.includes(cause)) {
      return refused(`'${match[1]}' cannot be retried; only ${RETRYABLE.join(' and ')} can`);
    }
    if (policy[cause]) return refused(`'${cause}' is given twice; give each cause once`);
    policy[cause] = { times: Number(match[2]), delayMs: Number(match[3]) * (UNIT_MS[match[4] ?? 's'] ?? 1000) };
  }
  return parsed(policy);
}

/** What is known of an earlier attempt to the same person in the same action. Lists of them are in the order they ended. */
export interface PastAttempt {
  readonly phone: E164;
  readonly outcome: Outcome;
  /** ms UTC. */
  readonly endedAt: number;
  /** Answered, and then the line went dead: see `provesDeadLine`. */
  readonly lineDead?: boolean;
  /** For how long its Retry-After asked us to leave the number alone; absent when it did not. */
  readonly retryAfterMs?: number;
}

/** What to do next with a person: call this number, not before this time; or nothing more. */
export type NextTry =
  | { readonly type: 'call'; readonly phone: E164; readonly notBefore: number; readonly retry: boolean }
  | { readonly type: 'done' };

const DONE: NextTry = { type: 'done' };

/**
 * The next number to call for a person. Numbers not yet tried come first, in the person's own order and at once; then
 * numbers whose cause allows a retry, the earliest due first. Congestion and interruption are not the person's doing:
 * they cost no try. The retries of one number never exceed the largest budget among its causes. Interruptions of one
 * number are bounded too: no telephone is rung without end, whatever breaks its calls.
 */
export function nextTry(phones: readonly E164[], past: readonly PastAttempt[], policy: RetryPolicy): NextTry {
  const [first] = phones;
  // Nearly everybody of a large action at its start.
  if (past.length === 0) return first === undefined ? DONE : { type: 'call', phone: first, notBefore: 0, retry: false };
  if (past.some((attempt) => isFinalForPerson(attempt.outcome))) return DONE;
  const perNumber = phones.map((phone) =>
    nextForNumber(
      phone,
      past.filter((attempt) => attempt.phone === phone),
      policy,
    ),
  );
  const fresh = perNumber.filter((next) => next.type === 'call' && !next.retry);
  return (fresh.length > 0 ? fresh : perNumber).reduce<NextTry>((best, next) => {
    if (next.type === 'done') return best;
    return best.type === 'done' || next.notBefore < best.notBefore ? next : best;
  }, DONE);
}

/** Calls to one number that may end on a dead line: its telephone rang each time, and the fault is on its side. */
export const MOST_DEAD_LINES = 3;
/**
 * Calls to one number that may be interrupted in any way. A restart costs a person one of them, so nobody comes near this
 * by accident; a number whose call breaks our Asterisk each time does, and must not break everybody's calls for ever.
 */
export const MOST_INTERRUPTED = 10;

/** After a fault of ours a number is called again after this; twice as long after each more in a row, up to the most. */
const INTERRUPTED_FIRST_MS = 2_000;
const MOST_MS = 60_000;

function nextForNumber(phone: E164, past: readonly PastAttempt[], policy: RetryPolicy): NextTry {
  if (past.some((attempt) => isFinalForNumber(attempt.outcome)) || interruptedTooOften(past)) return DONE;
  const counted = past.filter((attempt) => policyCounts(attempt.outcome));
  const last = counted.at(-1);
  const latest = past.at(-1);
  if (latest?.outcome === 'interrupted') {
    // Our fault, and no reason to forget anybody: tried again soon, but not so soon that a fault that stays is a storm.
    const delayMs = doubled(INTERRUPTED_FIRST_MS, inARow(past, 'interrupted'));
    return { type: 'call', phone, notBefore: latest.endedAt + delayMs, retry: last !== undefined };
  }
  const refusals = inARow(past, 'congestion');
  // The number is left alone while others are called: one for which there never is room stops nobody.
  const roomAt = latest && refusals > 0 ? latest.endedAt + pauseAfter(refusals, latest.retryAfterMs) : 0;
  // Never really tried: congestion leaves the first try standing. How fast to go on is the dialer's to say.
  if (last === undefined) return { type: 'call', phone, notBefore: roomAt, retry: false };
  const rule = policy[last.outcome];
  const largest = Math.max(0, ...counted.map((attempt) => policy[attempt.outcome]?.times ?? 0));
  const ofThisCause = counted.filter((attempt) => attempt.outcome === last.outcome).length;
  if (!rule || ofThisCause > rule.times || counted.length > largest) return DONE;
  return { type: 'call', phone, notBefore: Math.max(roomAt, last.endedAt + rule.delayMs), retry: true };
}

function interruptedTooOften(past: readonly PastAttempt[]): boolean {
  const interrupted = past.filter(({ outcome }) => outcome === 'interrupted');
  const dead = interrupted.filter(({ lineDead }) => lineDead === true);
  return dead.length >= MOST_DEAD_LINES || interrupted.length >= MOST_INTERRUPTED;
}

/** How many of the latest attempts ended so, one after another. */
function inARow(past: readonly PastAttempt[], outcome: Outcome): number {
  return past.length - 1 - past.findLastIndex((attempt) => attempt.outcome !== outcome);
}

/** `first` for the first time, twice as long for each one more, up to the most. */
function doubled(first: number, times: number): number {
  return Math.min(MOST_MS, first * 2 ** (times - 1));
}

function policyCounts(outcome: Outcome): boolean {
  return outcome !== 'congestion' && outcome !== 'interrupted';
}
