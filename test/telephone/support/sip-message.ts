import { createHash, randomBytes } from 'node:crypto';

/** A SIP message, with the parts that tests read. */
export interface SipMessage {
  /** The whole message. */
  readonly text: string;
  /** The first line. */
  readonly start: string;
  /** Of a response; undefined of a request. */
  readonly status: number | undefined;
  /** Of a request; undefined of a response. */
  readonly method: string | undefined;
  /**
   * The first value of a header; empty when there is none. `name` is the long form in lower case, such as
   * `call-id`.
   */
  header(name: string): string;
  /** All values of a header. */
  headers(name: string): readonly string[];
  readonly body: string;
}

/** Compact header names, RFC 3261 7.3.3. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  l: 'content-length',
  c: 'content-type',
  r: 'refer-to',
  b: 'referred-by',
  o: 'event',
};

export function readMessage(packet: Buffer): SipMessage | undefined {
  const text = packet.toString('utf8');
  const [head = '', body = ''] = splitOnce(text, '\r\n\r\n');
  const [start = '', ...lines] = head.split('\r\n');
  if (!/SIP\/2\.0/.test(start)) return undefined;
  const fields = new Map<string, string[]>();
  for (const line of lines) {
    const [name = '', value = ''] = splitOnce(line, ':');
    const lower = name.trim().toLowerCase();
    const key = SHORT_NAMES[lower] ?? lower;
    fields.set(key, [...(fields.get(key) ?? []), value.trim()]);
  }
  const [, status] = /^SIP\/2\.0 (\d{3})/.exec(start) ?? [];
  return {
    text,
    start,
    status: status === undefined ? undefined : Number(status),
    method: status === undefined ? start.split(' ', 1)[0] : undefined,
    header: (name) => fields.get(name)?.[0] ?? '',
    headers: (name) => fields.get(name) ?? [],
    body,
  };
}

/** The text of a message on the wire. */
export function writeMessage(start: string, headers: readonly (readonly [string, string])[], body = ''): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return [start, ...lines, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
}

export const tagOf = (header: string): string => /;tag=([^;>\s]+)/.exec(header)?.[1] ?? '';

export const token = (): string => randomBytes(8).toString('hex');

/** The value of the Authorization header that answers a challenge (RFC 7616 with MD5, qop auth). */
export function digest(
  challenge: string,
  { username, password, method, uri }: Readonly<Record<'username' | 'password' | 'method' | 'uri', string>>,
): string {
  const part = (name: string): string => new RegExp(`${name}="?([^",]+)"?`).exec(challenge)?.[1] ?? '';
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  const [realm, nonce, opaque, cnonce] = [part('realm'), part('nonce'), part('opaque'), token()];
  const response = md5(
    [md5(`${username}:${realm}:${password}`), nonce, '00000001', cnonce, 'auth', md5(`${method}:${uri}`)].join(':'),
  );
  return (
    `Digest username="${username}",realm="${realm}",nonce="${nonce}",uri="${uri}",response="${response}",` +
    `algorithm=MD5,qop=auth,nc=00000001,cnonce="${cnonce}"${opaque === '' ? '' : `,opaque="${opaque}"`}`
  );
}

function splitOnce(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + at.length)];
}
