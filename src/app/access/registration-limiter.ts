import type { Clock } from '../../ports/clock.js';
import type { PasswordTry } from '../../ports/telephony.js';
import type { GuessLimiter } from './guess-limiter.js';

export interface RegistrationLimiterParts {
  /** Counts wrong passwords. */
  readonly guesses: Pick<GuessLimiter, 'wrong'>;
  readonly clock: Clock;
  /** Whether this is the username of a softphone account. */
  readonly isAccount: (username: string) => boolean;
  /** Called when the addresses that this account refuses have changed. */
  readonly onChange: (username: string) => void;
}

/**
 * Time after the end of a refusal, in ms. By then Asterisk has lifted the refusal, and all copies of refused
 * messages have arrived.
 */
const LIFTED_MS = 1_000;
/**
 * How long an account accepts messages from an address again before it can refuse that address once more, in
 * ms. Without this time an attacker at the address of a softphone that is not registered would use up the
 * free tries at once, and lock that softphone out.
 */
const OPEN_MS = 5_000;

/**
 * Slows down guesses at softphone passwords, by address and by account. While an address must wait, the
 * accounts that it tried refuse it, even with the right password. Other addresses may register meanwhile, and
 * so may the address from which the account is registered.
 */
export class RegistrationLimiter {
  /** By account: until when (monotonic ms) each address is refused. */
  readonly #refused = new Map<string, Map<string, number>>();
  /** By account: the address of the last registration. */
  readonly #registeredFrom = new Map<string, string>();
  /** By account and address: until when (monotonic ms) the account does not refuse the address again. */
  readonly #open = new Map<string, number>();
  readonly #timers = new Set<() => void>();

  constructor(private readonly parts: RegistrationLimiterParts) {}

  /** The addresses that the account refuses now. */
  refusedBy(username: string): readonly string[] {
    const now = this.parts.clock.monotonic();
    return [...(this.#refused.get(username) ?? [])].filter(([, until]) => until > now).map(([address]) => address);
  }

  /** Counts a registration try that Asterisk accepted or refused. */
  tried({ username, address, result }: PasswordTry): void {
    const isAccount = this.parts.isAccount(username);
    if (result === 'registered') {
      if (isAccount) this.#registeredFrom.set(username, address);
      return;
    }
    const until = this.#refused.get(username)?.get(address);
    // Asterisk has not lifted the refusal yet, so a refused try does not show that the password was wrong.
    if (until !== undefined && until <= this.parts.clock.monotonic()) return;
    const { guesses } = this.parts;
    const pauseMs = Math.max(guesses.wrong('sip', address), isAccount ? guesses.wrong('sip', username) : 0);
    if (!isAccount || pauseMs === 0 || this.#registeredFrom.get(username) === address) return;
    this.#refuse(username, address, pauseMs);
  }

  /** Clears the account, because it was removed or has a new password. */
  forget(username: string): void {
    this.#refused.delete(username);
    this.#registeredFrom.delete(username);
  }

  close(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  #refuse(username: string, address: string, ms: number): void {
    const { clock, onChange } = this.parts;
    const refused = this.#refused.get(username) ?? new Map<string, number>();
    this.#refused.set(username, refused);
    const key = `${username} ${address}`;
    if (refused.has(address) || (this.#open.get(key) ?? 0) > clock.monotonic()) return;
    refused.set(address, clock.monotonic() + ms);
    onChange(username);
    this.#after(ms, () => {
      onChange(username);
      this.#after(LIFTED_MS, () => {
        refused.delete(address);
        this.#open.set(key, clock.monotonic() + OPEN_MS);
        this.#after(OPEN_MS, () => {
          this.#open.delete(key);
        });
      });
    });
  }

  #after(ms: number, act: () => void): void {
    const cancel = this.parts.clock.after(ms, () => {
      this.#timers.delete(cancel);
      act();
    });
    this.#timers.add(cancel);
  }
}
