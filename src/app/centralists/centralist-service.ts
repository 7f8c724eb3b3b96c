import { randomBytes } from 'node:crypto';
import type { CentralistId } from '../../domain/action.js';
import { centralistProblems, cleanName } from '../../domain/centralist-fields.js';
import { Problem } from '../../domain/problem.js';
import { Emitter } from '../../lib/emitter.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { Centralist, CentralistStore, ListPart } from '../../ports/stores.js';
import type { SoftphoneAccounts } from '../../ports/telephony.js';
import type { Softphones } from './softphones.js';
import type { GuessLimiter } from '../access/guess-limiter.js';
import type { Pins } from './pins.js';
import { ProvisioningLinks } from './provisioning-links.js';
import { RegistrationLimiter } from '../access/registration-limiter.js';
import type { CentralistAccount, Centralists, CentralistView, SoftphoneAccount, Transport } from '../services.js';

export interface CentralistServiceParts {
  readonly centralists: CentralistStore;
  readonly telephony: SoftphoneAccounts;
  /** Counts wrong passwords. */
  readonly guesses: Pick<GuessLimiter, 'wrong'>;
  readonly softphones: Softphones;
  readonly pins: Pins;
  readonly clock: Clock;
  readonly log: Log;
  /** Where softphones register: `host:port`, and how. */
  readonly sip: { readonly server: string; readonly transport: Transport };
}

/** Centralists: their softphone accounts and PINs, and whether they are on duty, registered and engaged. */
export class CentralistService implements Centralists {
  readonly #links: ProvisioningLinks;
  readonly #registered = new Set<string>();
  readonly #changed = new Emitter<CentralistView>();
  readonly #limiter: RegistrationLimiter;
  /** Why an account could not be made, by centralist. */
  readonly #faults = new Map<CentralistId, string>();

  constructor(private readonly parts: CentralistServiceParts) {
    this.#links = new ProvisioningLinks(parts.clock);
    this.#limiter = new RegistrationLimiter({
      guesses: parts.guesses,
      clock: parts.clock,
      isAccount: (username) => parts.softphones.ofUsername(username) !== undefined,
      onChange: (username) => {
        void this.#provisionAgain(username);
      },
    });
    parts.telephony.onPasswordTry((tried) => {
      this.#limiter.tried(tried);
    });
    parts.telephony.onAccountMadeAgain((username, fault) => {
      const centralist = parts.softphones.ofUsername(username);
      if (!centralist || this.#faults.get(centralist.id) === fault) return;
      if (fault === undefined) this.#faults.delete(centralist.id);
      else this.#faults.set(centralist.id, fault);
      this.#announce(centralist);
    });
    parts.softphones.onChange((id) => {
      this.#announce(parts.centralists.get(id));
    });
    parts.telephony.onRegistration((username, registered) => {
      if (registered) this.#registered.add(username);
      else this.#registered.delete(username);
      this.#announce(parts.softphones.ofUsername(username));
    });
  }

  async add(input: { name: string; extension: string; pin?: string }): Promise<CentralistAccount> {
    const { centralists, clock, pins } = this.parts;
    const name = cleanName(input.name);
    const problems = centralistProblems({ name, extension: input.extension });
    if (problems.length > 0) throw new Problem('invalid', 'this centralist cannot be added', problems);
    if (centralists.all().some(({ extension }) => extension === input.extension)) {
      throw new Problem('conflict', `extension ${input.extension} is taken`, [
        { field: 'extension', message: `${input.extension} belongs to another centralist; choose another` },
      ]);
    }
    const { pin, digest } = pins.make(input.pin);
    const account = {
      name,
      extension: input.extension,
      ...freshAccount(input.extension),
    };
    // The account comes before the row, because a row without an account would be a fault at every start.
    await this.#provision(account);
    const centralist = await this.#store({ ...account, pinDigest: digest, onDuty: false, createdAt: clock.now() });
    this.#announce(centralist);
    return { ...this.#account(centralist), pin };
  }

  async list(slice?: ListPart): Promise<readonly CentralistView[]> {
    return Promise.all(this.parts.centralists.all(slice).map((centralist) => this.#look(centralist)));
  }

  async setDuty(id: CentralistId, onDuty: boolean): Promise<CentralistView> {
    return this.#look(this.parts.softphones.setDuty(id, onDuty) ?? this.#missing(id));
  }

  setPin(id: CentralistId, given?: string): string {
    const { pin, digest } = this.parts.pins.make(given);
    if (!this.parts.centralists.update(id, { pinDigest: digest })) this.#missing(id);
    this.parts.pins.forget(id);
    return pin;
  }

  async newAccount(id: CentralistId): Promise<SoftphoneAccount> {
    const { centralists, telephony } = this.parts;
    const before = centralists.active(id) ?? this.#missing(id);
    const after = centralists.update(id, freshAccount(before.extension)) ?? this.#missing(id);
    this.#links.forget(id);
    this.#limiter.forget(before.sipUsername);
    await telephony.removeDesk(before.sipUsername);
    await this.#provision(after);
    this.#faults.delete(id);
    this.#announce(after);
    return this.#account(after);
  }

  async remove(id: CentralistId): Promise<void> {
    const { centralists, clock, pins, telephony, softphones } = this.parts;
    const before = centralists.active(id) ?? this.#missing(id);
    softphones.setDuty(id, false);
    centralists.update(id, { removedAt: clock.now(), pinDigest: null });
    pins.forget(id);
    this.#links.forget(id);
    this.#faults.delete(id);
    this.#limiter.forget(before.sipUsername);
    await telephony.removeDesk(before.sipUsername);
  }

  onChange(listener: (view: CentralistView) => void): () => void {
    return this.#changed.on(listener);
  }

  provisioning(id: CentralistId): { readonly token: string; readonly expiresAt: number } {
    if (!this.parts.centralists.active(id)) this.#missing(id);
    return this.#links.make(id);
  }

  provision(token: string): SoftphoneAccount {
    const id = this.#links.use(token);
    const centralist = id === undefined ? undefined : this.parts.centralists.active(id);
    if (centralist) return this.#account(centralist);
    throw new Problem('not_found', 'this link has been used or has expired; ask for a new one');
  }

  /** Whether the softphone is registered, by the registration events so far. */
  isRegistered({ sipUsername }: Centralist): boolean {
    return this.#registered.has(sipUsername);
  }

  /**
   * Provisions all accounts, because Asterisk keeps them in memory only. Refused accounts are logged and
   * skipped.
   */
  async provisionAll(): Promise<void> {
    const { centralists, log } = this.parts;
    for (const centralist of centralists.all()) {
      const { extension, id } = centralist;
      try {
        await this.#provision(centralist);
        this.#faults.delete(id);
      } catch (error) {
        const fault = error instanceof Error ? error.message : String(error);
        this.#faults.set(id, fault);
        log.error('the account of a softphone cannot be made', { centralistId: id, extension, error: fault });
      }
    }
  }

  /** Which softphones have no account, in words for the administrator; empty when all have one. */
  get blockedBy(): string {
    const extensions = [...this.#faults.keys()].map((id) => this.parts.centralists.get(id)?.extension ?? String(id));
    if (extensions.length === 0) return '';
    return `Asterisk refuses the account of extension ${extensions.join(', ')}; add this centralist again, under another name`;
  }

  // ------------------------------------------------------------------

  /** Asks Asterisk for the registration instead of trusting the events. */
  async #look(centralist: Centralist): Promise<CentralistView> {
    const registered = await this.parts.telephony.deskRegistered(centralist.sipUsername).catch(() => false);
    return { ...this.#view(centralist), registered };
  }

  #view(centralist: Centralist): CentralistView {
    const engaged = this.parts.softphones.isEngaged(centralist.id);
    const fault = this.#faults.get(centralist.id);
    const view = { centralist, registered: this.isRegistered(centralist), engaged };
    return fault === undefined ? view : { ...view, fault };
  }

  #announce(centralist: Centralist | undefined): void {
    if (centralist) this.#changed.emit(this.#view(centralist));
  }

  #account(centralist: Centralist): SoftphoneAccount {
    return { centralist, ...this.parts.sip };
  }

  #missing(id: CentralistId): never {
    throw new Problem('not_found', `there is no centralist ${id}`);
  }

  /** Stores the row. Removes the account again when the row cannot be stored. */
  async #store(fresh: Parameters<CentralistStore['add']>[0]): Promise<Centralist> {
    const { centralists, log, telephony } = this.parts;
    try {
      return centralists.add(fresh);
    } catch (error) {
      await telephony.removeDesk(fresh.sipUsername).catch((fault: unknown) => {
        log.error('unused softphone account could not be removed', { error: String(fault) });
      });
      throw error;
    }
  }

  /** Provisions an account again, because the addresses that it refuses have changed. */
  async #provisionAgain(username: string): Promise<void> {
    const centralist = this.parts.softphones.ofUsername(username);
    if (!centralist) return;
    await this.#provision(centralist).catch((error: unknown) => {
      this.parts.log.error('softphone account could not refuse an address that guesses', {
        username,
        error: String(error),
      });
    });
  }

  close(): void {
    this.#limiter.close();
  }

  #provision(centralist: Pick<Centralist, 'sipUsername' | 'sipPassword' | 'name'>): Promise<void> {
    const refused = this.#limiter.refusedBy(centralist.sipUsername);
    return this.parts.telephony.provisionDesk({
      username: centralist.sipUsername,
      password: centralist.sipPassword,
      displayName: centralist.name,
      ...(refused.length === 0 ? {} : { refused }),
    });
  }
}

function freshAccount(extension: string): { readonly sipUsername: string; readonly sipPassword: string } {
  return {
    // No telephone number looks like this, so a caller cannot pass for a centralist with a forged caller ID.
    sipUsername: `desk-${extension}-${randomBytes(3).toString('hex')}`,
    sipPassword: randomBytes(15).toString('base64url'),
  };
}
