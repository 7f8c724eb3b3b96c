import { callerNumber } from '../../../domain/phone-number.js';

/** The caller's number as far as the network shows it. */
export interface ShownCaller {
  /** In any notation; undefined when no number is shown, or the number is withheld. */
  readonly from: string | undefined;
  /** The caller asked the network not to show the number. */
  readonly withheld: boolean;
}

/** One address of a header (RFC 3261 20.10): `"Jansen, A." <sip:0612345678@op>;privacy=full`. */
interface Address {
  readonly display: string;
  readonly uri: string;
  /** Parameters after the URI. */
  readonly parameters: string;
}

/**
 * Privacy values that withhold the number. `id` covers the asserted identity (RFC 3325 9.3), and `user`
 * covers everything that names the user (RFC 3323 4.2). `header` covers every header that identifies the
 * user: RFC 3323 5.1 names Via and Contact, and mobile and fixed networks use the value to withhold the
 * number too (3GPP TS 24.607 4.5.2.1, TS 29.163). Other values do not withhold the number: `session` covers
 * the session description, `history` covers History-Info (RFC 7044), and `critical` is for a network that
 * cannot give privacy. `none` asks for nothing, and does not cancel another value.
 */
const WITHHOLDS_NUMBER: ReadonlySet<string> = new Set(['id', 'user', 'header']);
/** The same in Remote-Party-ID, the older header (draft-ietf-sip-privacy-04). */
const REMOTE_WITHHOLDS = /;\s*privacy\s*=\s*"?(full|uri)\b/i;
/** Words that gateways write instead of a number. The first is in RFC 3323 4.1.1.3. */
const ANONYMOUS_USER = /anonym|unavailable|restricted|private|withheld|unknown|anoniem|onbekend|afgeschermd/i;
/**
 * Words that gateways write instead of a name. `Unknown` is not one of them, because it says only that the
 * name is unknown.
 */
const ANONYMOUS_NAME = /^(anonym\w*|restricted|private|withheld|anoniem|afgeschermd)(\s+(caller|number|nummer))?$/i;
const ANONYMOUS_HOST = /(^|\.)anonymous\.invalid$/i;

/**
 * Reads the headers of an INVITE that the dialplan passes on (tip-line.conf), percent-encoded. The operator
 * vouches for P-Asserted-Identity and Remote-Party-ID. The caller's telephone fills in From.
 */
export function readShownCaller(encoded: string): ShownCaller {
  const headers = new URLSearchParams(encoded);
  const all = (name: string): Address[] => headers.getAll(name).flatMap(addressesIn);
  const [asserted, remote, from] = [all('asserted'), all('remote'), all('from')];
  const vouchedFor = bestNumber(asserted) ?? bestNumber(remote);
  const privacy = headers.getAll('privacy').flatMap((value) => value.toLowerCase().split(/[;,\s"]+/));
  const withheld =
    privacy.some((value) => WITHHOLDS_NUMBER.has(value)) ||
    remote.some(({ parameters }) => REMOTE_WITHHOLDS.test(parameters)) ||
    (vouchedFor === undefined && from.every(isAnonymous));
  // A withheld number goes no further into the program.
  if (withheld) return { from: undefined, withheld };
  return { from: vouchedFor ?? bestNumber(from) ?? from.map(userOf).find((user) => user !== ''), withheld };
}

function isAnonymous(address: Address): boolean {
  const host = /@([^;?>:]*)/.exec(address.uri)?.[1] ?? '';
  const user = userOf(address);
  return user === '' || ANONYMOUS_USER.test(user) || ANONYMOUS_HOST.test(host) || ANONYMOUS_NAME.test(address.display);
}

/**
 * The telephone number among the addresses of one caller: preferably one with a country code, then one in a
 * tel URI, then the first. RFC 3325 9.1 allows a sip and a tel URI together, in either order.
 */
function bestNumber(addresses: readonly Address[]): string | undefined {
  const numbers = addresses.flatMap((address) => {
    const number = numberOf(address.uri);
    return number === undefined ? [] : [{ number, isTel: /^tel:/i.test(address.uri) }];
  });
  const best = numbers.find(({ number }) => number.startsWith('+')) ?? numbers.find(({ isTel }) => isTel) ?? numbers[0];
  return best?.number;
}

/** The number of a sip, sips or tel URI, without visual separators; undefined when the URI has no number. */
function numberOf(uri: string): string | undefined {
  const [user = '', ...parameters] = partsOfUser(uri);
  const digits = user.replace(/[-.()\s]/g, '');
  const number = digits.startsWith('+') ? digits : inContext(digits, parameters);
  return callerNumber(number) === undefined ? undefined : number;
}

/** RFC 3966 5.1.5: a local number belongs to the country in its phone-context. */
function inContext(digits: string, parameters: readonly string[]): string {
  const context = parameters.map((text) => /^phone-context=(\+[\d.()-]+)$/i.exec(text)?.[1]).find(Boolean);
  if (context === undefined || !/^\d+$/.test(digits)) return digits;
  const country = context.replace(/[-.()]/g, '');
  if (digits.startsWith('00') || digits.startsWith(country.slice(1))) return digits;
  return `${country}${digits.replace(/^0/, '')}`;
}

const userOf = ({ uri }: Address): string => partsOfUser(uri)[0] ?? '';

/** The user part of a URI, then its parameters (RFC 3966, RFC 4694, RFC 4904). */
function partsOfUser(uri: string): string[] {
  const [, scheme = '', rest = ''] = /^\s*(sips?|tel):(.*)$/is.exec(uri) ?? [];
  const at = rest.indexOf('@');
  if (scheme === '' || (scheme.toLowerCase() !== 'tel' && at < 0)) return [''];
  // A SIP URI may have a password after the user (RFC 3261 19.1.1).
  const user = scheme.toLowerCase() === 'tel' ? (rest.split('?', 1)[0] ?? '') : rest.slice(0, at).replace(/:.*$/s, '');
  return user.split(';').map(decoded);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text).trim();
  } catch {
    return text.trim();
  }
}

/** The addresses in one header. Commas separate them, but a quoted name or a URI may contain commas too. */
function addressesIn(value: string): Address[] {
  const parts = value.match(/(?:"(?:[^"\\]|\\.)*"|<[^>]*>|[^,"<])+/gs) ?? [];
  return parts.map(addressIn).filter(({ uri }) => uri !== '');
}

function addressIn(text: string): Address {
  const [, display = '', uri = '', parameters = ''] =
    /^\s*("(?:[^"\\]|\\.)*"|[^"<]*)\s*<([^>]*)>(.*)$/s.exec(text) ?? [];
  if (uri !== '') return { display: display.trim().replace(/^"|"$/g, ''), uri: uri.trim(), parameters };
  return { display: '', uri: text.trim(), parameters: text };
}

/** The IP address in `192.0.2.7:5060`, which is how Asterisk writes CHANNEL(pjsip,remote_addr). */
export const sourceOf = (address: string | undefined): string | undefined =>
  address?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '') || undefined;
