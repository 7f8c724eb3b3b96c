import { parsed, refused, type Parsed } from './problem.js';
import { isFinalForNumber, isFinalForPerson, OUTCOMES, type Outcome } from './outcome.js';
import type { E164 } from './phone-number.js';
import { pauseAfter } from './refusal.js';

/** Number and delay of the retries of a number after one outcome. */
export interface RetryRule {
  /** Extra calls after the first; 0 or more. */
  readonly times: number;
  /** Counted from the end of the attempt. */
  readonly delayMs: number;
}

/** The retry rules by outcome. Every other outcome is final or costs no try. */
export type RetryPolicy = Readonly<Partial<Record<Outcome, RetryRule>>>;

const RETRYABLE: readonly Outcome[] = ['no_answer', 'busy'];
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000 };

/** Reads `no_answer:2@120s,busy:2@60s`. `off` or an empty text means no retries. */
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

/**
 * An earlier attempt to reach the same person in the same action. Lists are in the order in which attempts
 * ended.
 */
export interface PastAttempt {
  readonly phone: E164;
  readonly outcome: Outcome;
  /** Monotonic ms. */
  readonly endedAt: number;
  /** The call was answered, and then the line went dead: see `provesDeadLine`. */
  readonly lineDead?: boolean;
  /** The wait that a Retry-After asked for, in ms; absent without a Retry-After. */
  readonly retryAfterMs?: number;
}

/**
 * The next step for a person: call this number, not before this time (monotonic ms; 0: at once), or do not
 * call the person again.
 */
export type NextTry =
  | { readonly type: 'call'; readonly phone: E164; readonly notBefore: number; readonly retry: boolean }
  | { readonly type: 'done' };

const DONE: NextTry = { type: 'done' };

/**
 * The next number to call for a person. Untried numbers come first, at once and in the person's own order.
 * Then come numbers whose outcome allows a retry, the earliest due first. Congestion and interruption cost no
 * try, because the person did not cause them. The retries of one number never exceed the largest `times`
 * among its outcomes. Interruptions of one number are limited too, so that no telephone rings without end,
 * whatever breaks its calls.
 */
export function nextTry(phones: readonly E164[], past: readonly PastAttempt[], policy: RetryPolicy): NextTry {
  const [first] = phones;
  // A shortcut for nearly every participant at the start of a large action.
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

/**
 * Most calls to one number that end on a dead line. The telephone rang each time, and the fault is on its
 * side.
 */
export const MOST_DEAD_LINES = 3;
/**
 * Most interrupted calls to one number. A restart costs a person one, so nobody comes near this number by
 * accident. Only a number whose call breaks our Asterisk each time reaches the limit, so that it cannot break
 * everybody's calls forever.
 */
export const MOST_INTERRUPTED = 10;

/**
 * The pause after the first interrupted call. It doubles with each further interruption in a row, up to
 * MOST_MS.
 */
const INTERRUPTED_FIRST_MS = 2_000;
const MOST_MS = 60_000;

function nextForNumber(phone: E164, past: readonly PastAttempt[], policy: RetryPolicy): NextTry {
  if (past.some((attempt) => isFinalForNumber(attempt.outcome)) || interruptedTooOften(past)) return DONE;
  const counted = past.filter((attempt) => policyCounts(attempt.outcome));
  const last = counted.at(-1);
  const latest = past.at(-1);
  if (latest?.outcome === 'interrupted') {
    // Our fault, so the number is called again soon, but not so soon that a lasting fault causes a storm of
    // calls.
    const delayMs = doubled(INTERRUPTED_FIRST_MS, inARow(past, 'interrupted'));
    return { type: 'call', phone, notBefore: latest.endedAt + delayMs, retry: last !== undefined };
  }
  const refusals = inARow(past, 'congestion');
  // The number pauses while others are called, so a number that is always refused holds up nobody.
  const pausedUntil = latest && refusals > 0 ? latest.endedAt + pauseAfter(refusals, latest.retryAfterMs) : 0;
  // Only congestion so far, so this is still the first try. The dialer decides how fast it follows.
  if (last === undefined) return { type: 'call', phone, notBefore: pausedUntil, retry: false };
  const rule = policy[last.outcome];
  const largest = Math.max(0, ...counted.map((attempt) => policy[attempt.outcome]?.times ?? 0));
  const withThisOutcome = counted.filter((attempt) => attempt.outcome === last.outcome).length;
  if (!rule || withThisOutcome > rule.times || counted.length > largest) return DONE;
  return { type: 'call', phone, notBefore: Math.max(pausedUntil, last.endedAt + rule.delayMs), retry: true };
}

function interruptedTooOften(past: readonly PastAttempt[]): boolean {
  const interrupted = past.filter(({ outcome }) => outcome === 'interrupted');
  const dead = interrupted.filter(({ lineDead }) => lineDead === true);
  return dead.length >= MOST_DEAD_LINES || interrupted.length >= MOST_INTERRUPTED;
}

/** The number of latest attempts in a row with this outcome. */
function inARow(past: readonly PastAttempt[], outcome: Outcome): number {
  return past.length - 1 - past.findLastIndex((attempt) => attempt.outcome !== outcome);
}

/** `first` for the first time, doubled for each further time, at most MOST_MS. */
function doubled(first: number, times: number): number {
  return Math.min(MOST_MS, first * 2 ** (times - 1));
}

function policyCounts(outcome: Outcome): boolean {
  return outcome !== 'congestion' && outcome !== 'interrupted';
}
