import http from 'node:http';
import type { Client } from 'ari-client';
import { isNewEnough, MINIMUM_ASTERISK } from '../../../../scripts/lib/asterisk-root.mjs';
import type { AriAddress } from './address.js';
import { AriError, AsteriskUnusable } from './errors.js';

/** Most HTTP connections at the same time. The `sessionlimit` in http.conf leaves room for them. */
const MAX_SOCKETS = 16;
const REQUEST_MS = 5_000;

// ari-client opens one connection per request through the global agent of Node. This limits their number.
http.globalAgent.maxSockets = MAX_SOCKETS;

/**
 * The rare requests, sent over HTTP by ari-client: creating SIP accounts, and asking whether they are
 * registered. Calls use {@link AriLink}. ari-client is loaded at the first request, because loading takes a
 * fifth of the start-up time and no call needs it.
 */
export class AriControl {
  #client: Promise<Client> | undefined;

  private constructor(
    private readonly address: AriAddress,
    readonly version: string,
  ) {}

  /** Checks that a usable Asterisk answers at the address. Throws {@link AsteriskUnusable}. */
  static async open(address: AriAddress, options: { allowOld: boolean }): Promise<AriControl> {
    const version = await probe(address);
    if (!options.allowOld && !isNewEnough(version)) {
      throw new AsteriskUnusable(
        'too_old',
        `Asterisk ${version} is too old: ${MINIMUM_ASTERISK} closes 20 security advisories, two of them in ARI. ` +
          'Upgrade it, or set BURGERNET_ALLOW_OLD_ASTERISK=1 to accept the risk.',
      );
    }
    return new AriControl(address, version);
  }

  /** Creates or updates one SIP object in the memory of Asterisk (ARI push configuration, sorcery). */
  async putObject(
    type: 'endpoint' | 'auth' | 'aor',
    id: string,
    fields: Readonly<Record<string, string>>,
  ): Promise<void> {
    await this.#ask((client) =>
      client.asterisk.updateObject({
        configClass: 'res_pjsip',
        objectType: type,
        id,
        fields: Object.entries(fields).map(([attribute, value]) => ({ attribute, value })),
      }),
    );
  }

  /** Whether a SIP object exists and has a value in this field. */
  async hasField(objectType: 'endpoint', id: string, field: string): Promise<boolean> {
    const fields = await this.#ask((client) =>
      client.asterisk.getObject({ configClass: 'res_pjsip', objectType, id }),
    ).catch((error: unknown) => {
      ignoreGone(error);
      return [];
    });
    return fields.some(({ attribute, value }) => attribute === field && value !== '');
  }

  /** Deletes one SIP object from the memory of Asterisk. An object that does not exist is not an error. */
  async deleteObject(objectType: 'endpoint' | 'auth' | 'aor', id: string): Promise<void> {
    await this.#ask((client) => client.asterisk.deleteObject({ configClass: 'res_pjsip', objectType, id })).catch(
      ignoreGone,
    );
  }

  /** Whether a SIP endpoint has a reachable contact. */
  async endpointOnline(id: string): Promise<boolean> {
    return (await this.endpointState(id)) === 'online';
  }

  /** `online`, `offline` or `unknown`; undefined when the endpoint does not exist. */
  async endpointState(id: string): Promise<string | undefined> {
    const endpoint = await this.#ask((client) => client.endpoints.get({ tech: 'PJSIP', resource: id })).catch(
      (error: unknown) => {
        ignoreGone(error);
        return undefined;
      },
    );
    return endpoint?.state;
  }

  /**
   * Adds what ari-client lacks: a time-out, and errors with a status (its errors have a JSON body as
   * message). Throws {@link AriError}.
   */
  async #ask<T>(request: (client: Client) => PromiseLike<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new AriError(0, `Asterisk did not answer within ${REQUEST_MS} ms`));
      }, REQUEST_MS);
    });
    try {
      return await Promise.race([this.#connected().then(request), timeout]);
    } catch (error) {
      throw error instanceof AriError ? error : new AriError(statusOf(error), textOf(error), { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  #connected(): Promise<Client> {
    return (this.#client ??= connect(this.address).catch((error: unknown) => {
      // Asterisk cannot be reached now. The next request connects again.
      this.#client = undefined;
      throw error instanceof AsteriskUnusable ? new AriError(0, error.message, { cause: error }) : error;
    }));
  }
}

/** ari-client throws outside its promise on a wrong password, so a plain request tries the password first. */
async function connect(address: AriAddress): Promise<Client> {
  await probe(address);
  const { default: Ari } = await import('ari-client');
  return withoutSwaggerNotice(() => Ari.connect(address.httpUrl, address.username, address.password));
}

async function probe(address: AriAddress): Promise<string> {
  let response: Response;
  try {
    response = await fetch(`${address.httpUrl}/ari/asterisk/info`, {
      headers: { authorization: address.authorization },
      signal: AbortSignal.timeout(REQUEST_MS),
    });
  } catch (error) {
    throw new AsteriskUnusable(
      'unreachable',
      `no Asterisk answers at ${address.httpUrl}: check that it runs, and compare BURGERNET_ARI with its http.conf`,
      { cause: error },
    );
  }
  if (response.status === 401 || response.status === 403) {
    throw new AsteriskUnusable(
      'wrong_password',
      `Asterisk at ${address.httpUrl} refuses the user or password of ARI: compare BURGERNET_ARI with its ari.conf`,
    );
  }
  if (!response.ok) {
    throw new AsteriskUnusable(
      'unreachable',
      `${address.httpUrl} answers ${response.status} to ARI: is it Asterisk, and is ARI enabled (ari.conf, http.conf)?`,
    );
  }
  const info = (await response.json()) as { system?: { version?: string } };
  return info.system?.version ?? 'unknown';
}

/** The Swagger library of ari-client prints a notice at each connect, which helps no administrator. */
async function withoutSwaggerNotice<T>(work: () => PromiseLike<T>): Promise<T> {
  /* eslint-disable no-console */
  const log = console.log;
  console.log = () => undefined;
  try {
    return await work();
  } finally {
    console.log = log;
  }
  /* eslint-enable no-console */
}

function statusOf(error: unknown): number {
  const text = textOf(error);
  return /not found/i.test(text) ? 404 : 500;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function ignoreGone(error: unknown): void {
  if (!(error instanceof AriError && error.gone)) throw error;
}
