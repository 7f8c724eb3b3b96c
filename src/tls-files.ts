import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config-values.js';
import { selfSigned } from './lib/self-signed.js';

/** The certificate that Asterisk shows to softphones, and its key: absolute paths of PEM files. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
}

interface Problem {
  readonly variable: string;
  readonly message: string;
}

/** Problems of a certificate and key that the administrator provided; empty when both can be used. */
export function problemsOfTls(files: TlsFiles): readonly Problem[] {
  const certificate = read(files.certificate, (pem) => new X509Certificate(pem));
  const key = read(files.key, (pem) => createPrivateKey(pem));
  const problems: Problem[] = [];
  if (typeof certificate === 'string')
    problems.push({ variable: 'BURGERNET_TLS_CERT', message: `must name a certificate in PEM: ${certificate}` });
  if (typeof key === 'string')
    problems.push({ variable: 'BURGERNET_TLS_KEY', message: `must name a key in PEM, without a password: ${key}` });
  if (typeof certificate === 'string' || typeof key === 'string') return problems;
  if (certificate.checkPrivateKey(key)) return [];
  const message = `is not the key of the certificate in BURGERNET_TLS_CERT (${certificate.subject})`;
  return [{ variable: 'BURGERNET_TLS_KEY', message }];
}

/** The parsed file, or the reason why it cannot be parsed. */
function read<T>(path: string, parse: (pem: Buffer) => T): T | string {
  try {
    return parse(readFileSync(path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? `${path} is not there` : `${path} cannot be read: ${message}`;
  }
}

const DAY_MS = 86_400_000;
const VALID_DAYS = 3_650;

const placesOf = (dataDir: string): { readonly folder: string; readonly files: TlsFiles } => {
  const folder = join(dataDir, 'tls');
  return { folder, files: { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') } };
};

/** The self-signed certificate; undefined when none was created yet. */
export function keptTlsFiles(dataDir: string): TlsFiles | undefined {
  const { files } = placesOf(dataDir);
  return existsSync(files.certificate) && existsSync(files.key) ? files : undefined;
}

/**
 * The self-signed certificate for this host, created once in the data folder. `made` is true when this call
 * created it. Throws {@link ConfigError} when the stored files cannot be used.
 */
export function ownTlsFiles(dataDir: string, host: string, now: number): TlsFiles & { readonly made: boolean } {
  const kept = keptTlsFiles(dataDir);
  const { folder, files } = placesOf(dataDir);
  if (kept) {
    if (problemsOfTls(kept).length === 0) return { ...kept, made: false };
    const message = `names none, and what is kept in ${folder} is of no use: remove it to have another made`;
    throw new ConfigError([{ variable: 'BURGERNET_TLS_CERT', message }]);
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  // Softphones whose clock is up to a day behind accept the certificate too.
  const pair = selfSigned(host, new Date(now - DAY_MS), new Date(now + VALID_DAYS * DAY_MS));
  write(files.key, pair.key);
  write(files.certificate, pair.certificate);
  return { ...files, made: true };
}

/** Writes the file atomically. The key comes before the certificate, so a certificate never lacks its key. */
function write(path: string, pem: string): void {
  writeFileSync(`${path}.new`, pem, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** The SHA-256 fingerprint, to compare with the one that a softphone shows, and the end of the validity. */
export function describeCertificate(path: string): { readonly fingerprint: string; readonly validTo: Date } {
  const { fingerprint256, validTo } = new X509Certificate(readFileSync(path));
  return { fingerprint: fingerprint256, validTo: new Date(validTo) };
}
