import { randomBytes } from 'node:crypto';
import type { CentralistId } from '../../domain/action.js';
import type { Clock } from '../../ports/clock.js';

/** How long a link can be used. */
export const LINK_LIFETIME_MS = 15 * 60_000;

/** One-time links that set up a softphone. They are in memory only, so a restart voids them. */
export class ProvisioningLinks {
  readonly #links = new Map<string, { readonly centralistId: CentralistId; readonly until: number }>();

  constructor(private readonly clock: Clock) {}

  /** Makes a link. Earlier links of the same centralist become void. */
  make(centralistId: CentralistId): { readonly token: string; readonly expiresAt: number } {
    const now = this.clock.monotonic();
    for (const [token, link] of this.#links)
      if (link.centralistId === centralistId || link.until <= now) this.#links.delete(token);
    const token = randomBytes(24).toString('base64url');
    this.#links.set(token, { centralistId, until: now + LINK_LIFETIME_MS });
    return { token, expiresAt: this.clock.now() + LINK_LIFETIME_MS };
  }

  /** Voids the links of this centralist. */
  forget(centralistId: CentralistId): void {
    for (const [token, link] of this.#links) if (link.centralistId === centralistId) this.#links.delete(token);
  }

  /** Uses a link up. Returns its centralist; undefined when it was used, has expired or never existed. */
  use(token: string): CentralistId | undefined {
    const link = this.#links.get(token);
    this.#links.delete(token);
    return link && this.clock.monotonic() < link.until ? link.centralistId : undefined;
  }
}
