import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** A certificate and its key, as PEM. */
export interface CertificatePair {
  readonly certificate: string;
  readonly key: string;
}

/**
 * A self-signed certificate (RFC 5280) for one host name or address, with a new key on P-256. Node can read
 * certificates but cannot make them, so this file writes the little DER (X.690) that such a certificate
 * needs.
 */
export function selfSigned(host: string, from: Date, to: Date): CertificatePair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const publicInfo = publicKey.export({ type: 'spki', format: 'der' });
  const name = sequence(set(sequence(oid('2.5.4.3'), text(host))));
  const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
  const keyId = createHash('sha1').update(publicInfo).digest();
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(positive(randomBytes(16))),
    ecdsaWithSha256,
    name,
    sequence(time(from), time(to)),
    name,
    publicInfo,
    tagged(
      3,
      sequence(
        // Not a CA: installed in the trust store of a softphone, this certificate cannot vouch for another
        // one.
        extension('2.5.29.19', sequence(), { critical: true }),
        extension('2.5.29.15', der(0x03, Buffer.from([7, 0x80])), { critical: true }),
        extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'))),
        extension('2.5.29.17', sequence(alternativeName(host))),
        extension('2.5.29.14', der(0x04, keyId)),
      ),
    ),
  );
  const signature = sign('sha256', body, privateKey);
  const whole = sequence(body, ecdsaWithSha256, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    certificate: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const long = length < 0x80 ? [] : length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return Buffer.concat([
    Buffer.from([tag, ...(long.length === 0 ? [length] : [0x80 | long.length, ...long])]),
    content,
  ]);
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, Buffer.concat(parts));
const set = (...parts: Buffer[]): Buffer => der(0x31, Buffer.concat(parts));
const tagged = (number: number, content: Buffer): Buffer => der(0xa0 | number, content);
const integer = (value: Buffer): Buffer => der(0x02, value);
const text = (value: string): Buffer => der(0x0c, Buffer.from(value, 'utf8'));

/** Makes the bytes a positive integer in shortest form: the first byte is less than 128 and not 0. */
function positive(bytes: Buffer): Buffer {
  const value = Buffer.from(bytes);
  value[0] = ((value[0] ?? 0) & 0x7f) | 0x40;
  return value;
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((value) => {
    const sevens = [value & 0x7f];
    for (let left = value >>> 7; left > 0; left >>>= 7) sevens.unshift(0x80 | (left & 0x7f));
    return sevens;
  });
  return der(0x06, Buffer.from(bytes));
}

/** Years have two digits until 2049 and four from 2050 on (RFC 5280 4.1.2.5). */
function time(at: Date): Buffer {
  const digits = at.toISOString().replace(/\.\d+|[-:T]/g, '');
  const short = at.getUTCFullYear() < 2050;
  return der(short ? 0x17 : 0x18, Buffer.from(short ? digits.slice(2) : digits, 'ascii'));
}

function extension(id: string, value: Buffer, { critical = false } = {}): Buffer {
  return sequence(oid(id), ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value));
}

/** RFC 5280 4.2.1.6: a host name has tag [2], an address has tag [7] and is written as bytes. */
function alternativeName(host: string): Buffer {
  return isIP(host) === 0 ? der(0x82, Buffer.from(host, 'ascii')) : der(0x87, addressBytes(host));
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const groups = (part: string): number[] =>
    (part === '' ? [] : part.split(':')).flatMap((group) => {
      if (group.includes('.')) return group.split('.').map(Number);
      const value = Number.parseInt(group, 16);
      return [value >> 8, value & 0xff];
    });
  const [before, after] = [groups(head), groups(tail ?? '')];
  return Buffer.from([...before, ...Array<number>(16 - before.length - after.length).fill(0), ...after]);
}
