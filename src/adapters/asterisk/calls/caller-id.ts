import { callerNumber } from '../../../domain/phone-number.js';

/** What the network shows of a caller. */
export interface ShownCaller {
  /** In any notation; undefined when no number is shown, or it is withheld. */
  readonly from: string | undefined;
  /** The caller asked the network to keep the number to itself. */
  readonly withheld: boolean;
}

/** One address of a header (RFC 3261 20.10): `"Jansen, A." <sip:0612345678@op>;privacy=full`. */
interface Address {
  readonly display: string;
  readonly uri: string;
  /** Behind the URI. */
  readonly parameters: string;
}

/**
 * Privacy values that keep the number from being shown: `id` is about the asserted identity (RFC 3325 9.3), `user` about
 * all that names the user (RFC 3323 4.2). `header` is about every header that tells of the user: RFC 3323 5.1 names Via
 * and Contact, and mobile and fixed networks ask by it to withhold the number too (3GPP TS 24.607 4.5.2.1, and TS 29.163).
 * `session` is about the session description, `history` about History-Info (RFC 7044), `critical` about a network that
 * cannot do it. `none` asks for nothing, and takes nothing back that another value asks for.
 */
const WITHHOLDS_NUMBER: ReadonlySet<string> = new Set(['id', 'user', 'header']);
/** The same in the parameter of Remote-Party-ID, which came before it (draft-ietf-sip-privacy-04). */
const REMOTE_WITHHOLDS = /;\s*privacy\s*=\s*"?(full|uri)\b/i;
/** In the place of a number, in words of gateways. RFC 3323 4.1.1.3 has the first. */
const NOBODYS_USER = /anonym|unavailable|restricted|private|withheld|unknown|anoniem|onbekend|afgeschermd/i;
/** In the place of a name. `Unknown` says there only that the name is not known. */
const NOBODYS_NAME = /^(anonym\w*|restricted|private|withheld|anoniem|afgeschermd)(\s+(caller|number|nummer))?$/i;
const NOBODYS_HOST = /(^|\.)anonymous\.invalid$/i;

/**
 * Reads what the dialplan tells of an INVITE (tip-line.conf): the headers by name, percent-encoded. The
 * operator vouches for P-Asserted-Identity and Remote-Party-ID; From is what the caller's telephone says.
 */
export function readShownCaller(told: string): ShownCaller {
  const headers = new URLSearchParams(told);
  const all = (name: string): Address[] => headers.getAll(name).flatMap(addressesIn);
  const [asserted, remote, from] = [all('asserted'), all('remote'), all('from')];
  const vouchedFor = bestNumber(asserted) ?? bestNumber(remote);
  const privacy = headers.getAll('privacy').flatMap((value) => value.toLowerCase().split(/[;,\s"]+/));
  const withheld =
    privacy.some((value) => WITHHOLDS_NUMBER.has(value)) ||
    remote.some(({ parameters }) => REMOTE_WITHHOLDS.test(parameters)) ||
    (vouchedFor === undefined && from.every(isNobody));
  // A number that may not be shown goes no further.
  if (withheld) return { from: undefined, withheld };
  return { from: vouchedFor ?? bestNumber(from) ?? from.map(userOf).find((user) => user !== ''), withheld };
}

/** Whether an address says that it is nobody's. */
function isNobody(address: Address): boolean {
  const host = /@([^;?>:]*)/.exec(address.uri)?.[1] ?? '';
  const user = userOf(address);
  return user === '' || NOBODYS_USER.test(user) || NOBODYS_HOST.test(host) || NOBODYS_NAME.test(address.display);
}

/**
 * The telephone number among addresses of one person: with a country code if one has it, then that of a tel URI, then the
 * first. RFC 3325 9.1 has a sip and a tel URI, in either order.
 */
function bestNumber(addresses: readonly Address[]): string | undefined {
  const numbers = addresses.flatMap((address) => {
    const number = numberOf(address.uri);
    return number === undefined ? [] : [{ number, isTel: /^tel:/i.test(address.uri) }];
  });
  const best = numbers.find(({ number }) => number.startsWith('+')) ?? numbers.find(({ isTel }) => isTel) ?? numbers[0];
  return best?.number;
}

/** The number of a sip, sips or tel URI, without what separates its digits; undefined when it has none. */
function numberOf(uri: string): string | undefined {
  const [user = '', ...parameters] = partsOfUser(uri);
  const digits = user.replace(/[-.()\s]/g, '');
  const number = digits.startsWith('+') ? digits : inContext(digits, parameters);
  return callerNumber(number) === undefined ? undefined : number;
}

/** RFC 3966 5.1.5: a local number is one of the country that its context names. */
function inContext(digits: string, parameters: readonly string[]): string {
  const context = parameters.map((text) => /^phone-context=(\+[\d.()-]+)$/i.exec(text)?.[1]).find(Boolean);
  if (context === undefined || !/^\d+$/.test(digits)) return digits;
  const country = context.replace(/[-.()]/g, '');
  if (digits.startsWith('00') || digits.startsWith(country.slice(1))) return digits;
  return `${country}${digits.replace(/^0/, '')}`;
}

const userOf = ({ uri }: Address): string => partsOfUser(uri)[0] ?? '';

/** The user of a URI and its parameters (RFC 3966, RFC 4694, RFC 4904), which are no part of a number. */
function partsOfUser(uri: string): string[] {
  const [, scheme = '', rest = ''] = /^\s*(sips?|tel):(.*)$/is.exec(uri) ?? [];
  const at = rest.indexOf('@');
  if (scheme === '' || (scheme.toLowerCase() !== 'tel' && at < 0)) return [''];
  // The password of a SIP URI (RFC 3261 19.1.1).
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

/** The addresses of one header: several stand with commas between them, which a name or a URI may have too. */
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
