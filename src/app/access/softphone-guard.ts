import type { Clock } from '../../ports/clock.js';
import type { PasswordTry } from '../../ports/telephony.js';
import type { GuessGuard } from './guess-guard.js';

export interface SoftphoneGuardParts {
  readonly guard: Pick<GuessGuard, 'wrong'>;
  readonly clock: Clock;
  /** Whether a softphone's account has this name. */
  readonly isAccount: (username: string) => boolean;
  /** The addresses that this account refuses have changed. */
  readonly onChange: (username: string) => void;
}

/** Asterisk has lifted a refusal after this, and the copies of what it refused before have come, ms. */
const LIFTED_MS = 1_000;
/**
 * An account that has refused an address takes what comes from there for so long before it refuses it again, ms. An
 * attacker at the address of a softphone that is not registered would otherwise use up the tries that are free in no time,
 * and keep that softphone out.
 */
const OPEN_MS = 5_000;

/**
 * Slows down who tries passwords of softphones, by address and by account: while an address has to wait, the accounts that
 * it tried refuse it, whatever it shows. Every other address may register meanwhile, and so may the one from which the
 * account is registered.
 */
export class SoftphoneGuard {
  /** By account: until when (monotonic ms) each address is refused. */
  readonly #refused = new Map<string, Map<string, number>>();
  /** By account: the address from which it registered last. */
  readonly #registeredFrom = new Map<string, string>();
  /** By account and address: until when (monotonic ms) the account does not refuse it again. */
  readonly #open = new Map<string, number>();
  readonly #timers = new Set<() => void>();

  constructor(private readonly parts: SoftphoneGuardParts) {}

  /** The addresses that the account refuses now. */
  refusedBy(username: string): readonly string[] {
    const now = this.parts.clock.monotonic();
    return [...(this.#refused.get(username) ?? [])].filter(([, until]) => until > now).map(([address]) => address);
  }

  /** A password was shown to Asterisk. */
  tried({ username, address, result }: PasswordTry): void {
    const isAccount = this.parts.isAccount(username);
    if (result === 'registered') {
      if (isAccount) this.#registeredFrom.set(username, address);
      return;
    }
    const until = this.#refused.get(username)?.get(address);
    // Asterisk has not lifted the refusal yet: what it refuses meanwhile says nothing of the password.
    if (until !== undefined && until <= this.parts.clock.monotonic()) return;
    const { guard } = this.parts;
    const pauseMs = Math.max(guard.wrong('sip', address), isAccount ? guard.wrong('sip', username) : 0);
    if (!isAccount || pauseMs === 0 || this.#registeredFrom.get(username) === address) return;
    this.#refuse(username, address, pauseMs);
  }

  /** The account is gone, or has another password: what was tried before says nothing. */
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
