import type { CentralistId } from '../../domain/action.js';
import { afterWrongPin, isPinBlocked, NO_TRIES, parsePin, type PinTries } from '../../domain/pin.js';
import { Problem } from '../../domain/problem.js';
import type { Clock } from '../../ports/clock.js';
import type { CentralistStore } from '../../ports/stores.js';
import { makePin, type PinDigests } from './pin-digest.js';

/** Centralists' PINs and their wrong tries. Tries are in memory, so a restart clears them. */
export class Pins {
  readonly #tries = new Map<CentralistId, PinTries>();

  constructor(
    private readonly parts: {
      readonly centralists: CentralistStore;
      readonly digests: PinDigests;
      readonly clock: Clock;
    },
  ) {}

  /** The given PIN or a random one, and its digest. Throws `Problem('invalid')` for a bad PIN. */
  make(given?: string): { readonly pin: string; readonly digest: string } {
    const pin = given ?? makePin();
    const read = parsePin(pin);
    if (!read.ok) throw new Problem('invalid', `the PIN ${read.reason}`, [{ field: 'pin', message: read.reason }]);
    return { pin, digest: this.parts.digests.digestOf(pin) };
  }

  /** Whether a PIN may be tried now. */
  state(id: CentralistId): 'asked' | 'blocked' | 'missing' {
    const { centralists, clock } = this.parts;
    if ((centralists.active(id)?.pinDigest ?? null) === null) return 'missing';
    return isPinBlocked(this.#of(id), clock.monotonic()) ? 'blocked' : 'asked';
  }

  async check(id: CentralistId, pin: string): Promise<'right' | 'wrong' | 'blocked'> {
    const { centralists, clock, digests } = this.parts;
    const digest = centralists.active(id)?.pinDigest ?? null;
    if (digest === null) return 'wrong';
    if (isPinBlocked(this.#of(id), clock.monotonic())) return 'blocked';
    // Counted before the check, so that several calls at once get no more tries than one call.
    this.#tries.set(id, afterWrongPin(this.#of(id), clock.monotonic()));
    if (await digests.isOf(digest, pin)) {
      this.forget(id);
      return 'right';
    }
    return isPinBlocked(this.#of(id), clock.monotonic()) ? 'blocked' : 'wrong';
  }

  /** Clears the wrong tries: the PIN was changed, or was right. */
  forget(id: CentralistId): void {
    this.#tries.delete(id);
  }

  #of(id: CentralistId): PinTries {
    return this.#tries.get(id) ?? NO_TRIES;
  }
}
