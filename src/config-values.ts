import { isIP } from 'node:net';
import { callerNumber, formatForPeople } from './domain/phone-number.js';
import { parsed, refused, type Parsed } from './domain/problem.js';

/**
 * One parser for each kind of setting. These are pure functions: the text of a variable in, its value or the
 * allowed form out.
 */

export interface HostPort {
  /** Host name or address; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** The ARI of an Asterisk that this process does not start. */
export interface AriAddress {
  /** `http://host:port`, without a path. */
  readonly url: string;
  /** Empty, as is the password, for an Asterisk in a container of its own, because both are generated. */
  readonly username: string;
  readonly password: string;
}

/** The number of the tip line, in three notations. */
export interface TipLineNumber {
  /** As dialled in the Netherlands: `08000011`. */
  readonly digits: string;
  /** `+318000011`; only the digits when these are not a public number. */
  readonly international: string;
  /** As spoken and shown: `0800-0011`. */
  readonly shown: string;
}

/** Thrown when settings are invalid. Names every invalid variable and the values it may have. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly { readonly variable: string; readonly message: string }[]) {
    super(problems.map(({ variable, message }) => `${variable} ${message}`).join('\n'));
  }
}

const HOST = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/;

/** Reads `host:port`. The port is optional when `defaultPort` is given. */
export function parseHostPort(
  text: string,
  options: { anyPort?: boolean; defaultPort?: number } = {},
): Parsed<HostPort> {
  const match = HOST.exec(text.trim());
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? options.defaultPort : Number(match[3]);
  const least = options.anyPort ? 0 : 1;
  if (host === undefined || port === undefined) return refused('must be host:port, such as 127.0.0.1:8080');
  if (port < least || port > 65_535) return refused(`needs a port from ${least} to 65535`);
  return parsed({ host, port });
}

export function parsePortRange(text: string): Parsed<{ from: number; to: number }> {
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(text.trim());
  if (!match) return refused('must be two ports, such as 20000-29999');
  const from = Number(match[1]);
  const to = Number(match[2]);
  if (from < 1024 || to > 65_535) return refused('needs ports from 1024 to 65535');
  if (from % 2 !== 0) return refused('must start with an even port: RTP takes the even ones, RTCP the odd ones');
  if (to - from + 1 < 4) return refused('must hold at least 4 ports');
  return parsed({ from, to });
}

/** Reads `https://burgernet.example.nl`, with or without a slash at the end. */
export function parsePublicUrl(text: string): Parsed<string> {
  const allowed = refused('must be an address without a path, such as https://burgernet.example.nl');
  if (!URL.canParse(text.trim())) return allowed;
  const url = new URL(text.trim());
  const bare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  return bare && /^https?:$/.test(url.protocol) ? parsed(url.origin) : allowed;
}

export const ARI_FORM = 'must be http://user:password@host:port';

/** Reads `http://user:password@host:port`, with both a user and a password or neither. */
export function parseAri(text: string): Parsed<AriAddress> {
  const allowed = refused(ARI_FORM);
  if (!URL.canParse(text.trim())) return allowed;
  const url = new URL(text.trim());
  const web = url.protocol === 'http:';
  if (!web || (url.username === '') !== (url.password === '') || url.hostname === '') return allowed;
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') return allowed;
  return parsed({
    url: url.origin,
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  });
}

/** Reads a host name, or an address without brackets. */
export function parseHost(text: string): Parsed<string> {
  const host = text.trim();
  const known = isIP(host) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host);
  return known ? parsed(host) : refused('must be an address or a host name, such as 192.0.2.10');
}

/** Reads networks with commas between them: `10.0.0.0/8,fd00::/8`. */
export function parseNetworks(text: string): Parsed<readonly string[]> {
  const networks = text.split(',').map((network) => network.trim());
  return networks.every(isNetwork)
    ? parsed(networks)
    : refused('must be networks with commas between them, such as 10.0.0.0/8,192.168.0.0/16');
}

function isNetwork(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/');
  const most = { 4: 32, 6: 128 }[isIP(address)];
  return most !== undefined && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
}

/** Reads `sip:host[:port]`; 5060 when no port is given. */
export function parseTrunk(text: string): Parsed<HostPort> {
  const match = /^sip:(.+)$/i.exec(text.trim());
  const address = match?.[1] === undefined ? undefined : parseHostPort(match[1], { defaultPort: 5060 });
  return address?.ok ? address : refused('must be sip:host or sip:host:port, such as sip:trunk.example.net:5060');
}

/** Whether a host is this machine, by any of its usual names. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/** Reads the number in any notation: `08000011`, `0800-0011`, `+31 800 0011`. */
export function parseTipLine(text: string): Parsed<TipLineNumber> {
  const compact = text.replace(/[\s().\-/]/g, '');
  if (!/^\+?\d{3,15}$/.test(compact)) return refused('must be a telephone number of 3 to 15 digits, such as 0800-0011');
  const e164 = callerNumber(compact);
  if (e164 === undefined || !e164.startsWith('+31')) {
    return parsed({ digits: compact.replace('+', ''), international: e164 ?? compact, shown: compact });
  }
  const [area = '', ...rest] = formatForPeople(e164).split(/[\s-]+/);
  const shown = rest.length === 0 ? area : `${area}-${rest.join('')}`;
  return parsed({ digits: `0${e164.slice('+31'.length)}`, international: e164, shown });
}

export function parseNumber(
  text: string,
  bounds: { least: number; most: number; whole: boolean; unit?: string },
): Parsed<number> {
  const value = Number(text.trim());
  const written = (bounds.whole ? /^\d+$/ : /^\d+(\.\d+)?$/).test(text.trim());
  if (written && value >= bounds.least && value <= bounds.most) return parsed(value);
  const kind = bounds.whole ? 'a whole number' : 'a number';
  return refused(`must be ${kind} from ${bounds.least} to ${bounds.most}${bounds.unit ? ` ${bounds.unit}` : ''}`);
}

const YES = ['1', 'true', 'yes', 'on'];
const NO = ['0', 'false', 'no', 'off'];

export function parseFlag(text: string): Parsed<boolean> {
  const word = text.trim().toLowerCase();
  if (YES.includes(word)) return parsed(true);
  return NO.includes(word) ? parsed(false) : refused('must be 1 (yes) or 0 (no)');
}

/** Seconds as milliseconds, or `off`. */
export function parseWatchdog(text: string): Parsed<number | null> {
  if (text.trim() === 'off') return parsed(null);
  const seconds = parseNumber(text, { least: 5, most: 600, whole: true, unit: 'seconds' });
  return seconds.ok ? parsed(seconds.value * 1_000) : refused(`${seconds.reason}, or off`);
}

export function parseWord<T extends string>(text: string, words: readonly T[]): Parsed<T> {
  const word = words.find((known) => known === text.trim());
  return word === undefined ? refused(`must be one of ${words.join(', ')}`) : parsed(word);
}

/** Reads text for a configuration file or a header: one line, printable. */
export function parseLine(text: string): Parsed<string> {
  // eslint-disable-next-line no-control-regex
  return /[\x00-\x1f\x7f]/.test(text) ? refused('must be one line of printable characters') : parsed(text);
}
