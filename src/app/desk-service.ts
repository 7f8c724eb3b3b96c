import { randomBytes } from 'node:crypto';
import { Problem } from '../domain/problem.js';
import type { Clock } from '../ports/clock.js';
import type { Centralist, CentralistStore } from '../ports/stores.js';
import type { Telephony } from '../ports/telephony.js';
import type { CentralistAccount, Desk, Transport } from './services.js';

export interface DeskParts {
  readonly centralists: CentralistStore;
  readonly telephony: Telephony;
  readonly clock: Clock;
  /** Where softphones register: `host:port`, and how. */
  readonly sip: { readonly server: string; readonly transport: Transport };
}

/** Centralists and their softphones' accounts. */
export class DeskService implements Desk {
  constructor(private readonly parts: DeskParts) {}

  async add(input: { name: string; extension: string }): Promise<CentralistAccount> {
    const { centralists, clock, sip } = this.parts;
    if (centralists.all().some(({ extension }) => extension === input.extension)) {
      throw new Problem('conflict', `extension ${input.extension} is taken`, [
        { field: 'extension', message: `${input.extension} belongs to another centralist; choose another` },
      ]);
    }
    const centralist = centralists.add({
      name: input.name,
      extension: input.extension,
      // No telephone number looks like this: a caller can never be taken for a desk by what they call themselves.
      sipUsername: `desk-${input.extension}-${randomBytes(3).toString('hex')}`,
      sipPassword: randomBytes(15).toString('base64url'),
      pinDigest: null,
      onDuty: false,
      createdAt: clock.now(),
    });
    await this.#provision(centralist);
    return { centralist, ...sip };
  }

  async list(): Promise<readonly { centralist: Centralist; registered: boolean }[]> {
    const { centralists, telephony } = this.parts;
    return Promise.all(
      centralists.all().map(async (centralist) => ({
        centralist,
        registered: await telephony.deskRegistered(centralist.sipUsername).catch(() => false),
      })),
    );
  }

  /** Makes all accounts known again: Asterisk keeps them in memory only. */
  async provisionAll(): Promise<void> {
    for (const centralist of this.parts.centralists.all()) await this.#provision(centralist);
  }

  #provision(centralist: Centralist): Promise<void> {
    return this.parts.telephony.provisionDesk({
      username: centralist.sipUsername,
      password: centralist.sipPassword,
      displayName: centralist.name,
    });
  }
}
