import { Emitter } from '../../lib/emitter.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { DeskAccount, PasswordTry } from '../../ports/telephony.js';
import type { AriControl } from './ari/ari-control.js';
import type { AriLinks } from './ari/ari-links.js';
import { AriError } from './ari/errors.js';
import { GoneSoftphones } from './calls/gone-softphone.js';
import type { LiveCalls } from './calls/live-calls.js';
import { PasswordWatch } from './sip/password-watch.js';
import type { SipCopy } from './sip/sip-copy.js';
import { createAccount, deleteAccount } from './sip/softphone-accounts.js';
import { SoftphoneRegistrations } from './sip/softphone-registrations.js';

export interface SoftphonesParts {
  readonly links: AriLinks;
  readonly calls: LiveCalls;
  readonly clock: Clock;
  readonly log: Log;
  /** Undefined until Asterisk has been reached for the first time. */
  readonly control: () => AriControl | undefined;
  /** Softphones must encrypt their audio (SRTP, RFC 3711). */
  readonly srtp: boolean;
  readonly sipPorts: readonly number[];
}

/**
 * The SIP accounts of the centralists, which exist in the memory of Asterisk only, and their registrations.
 */
export class AsteriskSoftphones {
  readonly #accounts = new Map<string, DeskAccount>();
  /** Removed accounts that Asterisk may still have. */
  readonly #removed = new Set<string>();
  readonly #madeAgain = new Emitter<{ readonly username: string; readonly fault: string | undefined }>();
  readonly #passwordTries = new Emitter<PasswordTry>();
  readonly #registrations: SoftphoneRegistrations;
  readonly #gone: GoneSoftphones;
  readonly #passwords: PasswordWatch;

  constructor(private readonly parts: SoftphonesParts) {
    const { links, calls, clock, sipPorts } = parts;
    this.#registrations = new SoftphoneRegistrations({
      clock,
      ask: async (username) => {
        const registered = await this.registered(username);
        this.#gone.onLooked(username, registered);
        return registered;
      },
    });
    this.#gone = new GoneSoftphones({
      link: links.tips,
      clock,
      callsOf: (username) => calls.ofSoftphone(username),
    });
    this.#passwords = new PasswordWatch({
      sipPorts,
      onTry: (tried) => {
        this.#passwordTries.emit(tried);
      },
    });
  }

  async provision(account: DeskAccount): Promise<void> {
    const isNew = !this.#accounts.has(account.username);
    this.#accounts.set(account.username, account);
    await this.#create(account).catch(async (error: unknown) => {
      // Asterisk cannot be reached. When Asterisk is back, the account is created.
      if (!this.parts.links.up) return;
      if (isNew) await this.remove(account.username).catch(() => undefined);
      throw error;
    });
    this.#registrations.add(account.username);
  }

  async remove(username: string): Promise<void> {
    this.#accounts.delete(username);
    this.#registrations.remove(username);
    this.#removed.add(username);
    await this.#deleteRemoved().catch((error: unknown) => {
      // Asterisk cannot be reached. When Asterisk is back, the account is deleted.
      if (this.parts.links.up) throw error;
    });
  }

  async registered(username: string): Promise<boolean> {
    return (await this.parts.control()?.endpointOnline(username)) ?? false;
  }

  onRegistration(listener: (username: string, registered: boolean) => void): () => void {
    return this.#registrations.on(listener);
  }

  onAccountMadeAgain(listener: (username: string, fault: string | undefined) => void): () => void {
    return this.#madeAgain.on(({ username, fault }) => {
      listener(username, fault);
    });
  }

  onPasswordTry(listener: (tried: PasswordTry) => void): () => void {
    return this.#passwordTries.on(listener);
  }

  /**
   * Called with each event about an endpoint. `status`: the status of its contact, when the event has one.
   */
  onEndpointEvent(username: string, status: string | undefined): void {
    void this.#registrations.look(username);
    if (status !== undefined) this.#gone.onContactStatus(username, status);
  }

  /** Called with every copied SIP message. */
  take(copy: SipCopy): void {
    this.#passwords.take(copy);
  }

  /** Brings the accounts in Asterisk up to date, because Asterisk may have restarted without them. */
  async prepare(): Promise<void> {
    await this.#deleteRemoved();
    for (const account of this.#accounts.values()) await this.#createAgain(account);
  }

  /** Starts watching the registrations. */
  start(): void {
    this.#registrations.start();
  }

  /** Called when the link to Asterisk was lost. */
  lost(): void {
    this.#gone.forget();
  }

  close(): void {
    this.#registrations.close();
    this.#gone.close();
  }

  async #deleteRemoved(): Promise<void> {
    const control = this.parts.control();
    if (!control) return;
    for (const username of [...this.#removed]) {
      await deleteAccount(control, username);
      this.#removed.delete(username);
    }
  }

  /** An account that Asterisk refuses affects neither the other accounts nor any call. */
  async #createAgain(account: DeskAccount): Promise<void> {
    const { username } = account;
    let fault: string | undefined;
    try {
      await this.#create(account);
    } catch (error) {
      if (error instanceof AriError && error.unanswered) throw error;
      fault = error instanceof Error ? error.message : String(error);
      this.parts.log.error('asterisk refuses the account of a softphone', { username, error: fault });
    }
    this.#madeAgain.emit({ username, fault });
  }

  async #create(account: DeskAccount): Promise<void> {
    const control = this.parts.control();
    if (control) await createAccount(control, account, { srtp: this.parts.srtp });
  }
}
