import { AsteriskUnusable } from './errors.js';

/** The address of the ARI of an Asterisk, and the credentials for it. */
export interface AriAddress {
  /** `http://127.0.0.1:8088`, without the credentials. */
  readonly httpUrl: string;
  readonly websocketUrl: string;
  readonly username: string;
  readonly password: string;
  /** Value of the Authorization header (RFC 7617). */
  readonly authorization: string;
}

/** Reads `http://user:password@host:port`. Throws {@link AsteriskUnusable} without user or password. */
export function parseAriAddress(url: string): AriAddress {
  const parsed = new URL(url);
  if (parsed.username === '' || parsed.password === '') {
    throw new AsteriskUnusable(
      'wrong_password',
      'BURGERNET_ARI needs a user and a password: http://user:password@host:port',
    );
  }
  const username = decodeURIComponent(parsed.username);
  const password = decodeURIComponent(parsed.password);
  return {
    httpUrl: `http://${parsed.host}`,
    websocketUrl: `ws://${parsed.host}`,
    username,
    password,
    authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
  };
}
