import { randomBytes } from 'node:crypto';
import type { CentralistId } from '../../domain/action.js';
import type { Clock } from '../../ports/clock.js';

/** A link can be used this long. */
export const LINK_MS = 15 * 60_000;

/** Secrets by which a softphone is set up, each once. In memory only: after a restart new ones are made. */
export class ProvisioningLinks {
  readonly #links = new Map<string, { readonly centralistId: CentralistId; readonly until: number }>();

  constructor(private readonly clock: Clock) {}

  /** Those made before for the same centralist are void. */
  make(centralistId: CentralistId): { readonly token: string; readonly expiresAt: number } {
    const now = this.clock.monotonic();
    for (const [token, link] of this.#links)
      if (link.centralistId === centralistId || link.until <= now) this.#links.delete(token);
    const token = randomBytes(24).toString('base64url');
    this.#links.set(token, { centralistId, until: now + LINK_MS });
    return { token, expiresAt: this.clock.now() + LINK_MS };
  }

  /** Those of this centralist are void. */
  forget(centralistId: CentralistId): void {
    for (const [token, link] of this.#links) if (link.centralistId === centralistId) this.#links.delete(token);
  }

  /** Whose it is; undefined when it was used, has expired, or never was. */
  use(token: string): CentralistId | undefined {
    const link = this.#links.get(token);
    this.#links.delete(token);
    return link && this.clock.monotonic() < link.until ? link.centralistId : undefined;
  }
}
