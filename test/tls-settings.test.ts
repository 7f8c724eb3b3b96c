import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadConfig, type Config } from '../src/config.js';
import { checkCertificate } from '../src/cli/doctor-checks.js';
import { ConfigError } from '../src/config-values.js';
import { selfSigned } from '../src/lib/self-signed.js';
import { describeCertificate, ownTlsFiles } from '../src/tls-files.js';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const YEAR_MS = 365 * 86_400_000;

describe('settings of TLS', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'burgernet-tls-'));
    const [one, other] = [1, 2].map(() => selfSigned('sip.example.net', new Date(NOW), new Date(NOW + YEAR_MS)));
    writeFileSync(join(folder, 'cert.pem'), one!.certificate);
    writeFileSync(join(folder, 'key.pem'), one!.key);
    writeFileSync(join(folder, 'other.pem'), other!.key);
    writeFileSync(join(folder, 'text.pem'), 'not PEM');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const load = (env: Record<string, string>): Config =>
    loadConfig(Object.fromEntries(Object.entries(env).map(([name, value]) => [`BURGERNET_${name}`, value])), folder);
  const TLS = { SIP_TLS: '192.0.2.1:5061' };

  it('turn TLS off unless BURGERNET_SIP_TLS is set', () => {
    expect(load({}).sipTls).to.equal(undefined);
    expect(load(TLS).sipTls).to.deep.equal({ host: '192.0.2.1', port: 5061, files: undefined, srtp: false });
  });

  it('read the paths of the certificate and its key', () => {
    const config = load({ ...TLS, TLS_CERT: 'cert.pem', TLS_KEY: join(folder, 'key.pem'), SRTP: '1' });
    expect(config.sipTls).to.deep.equal({
      host: '192.0.2.1',
      port: 5061,
      files: { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') },
      srtp: true,
    });
    expect(config.warnings).to.deep.equal([]);
  });

  for (const [name, env, says] of [
    ['SIP_TLS', { SIP_TLS: '5061' }, /host:port/],
    ['SIP_TLS', { SIP_TLS: '127.0.0.1:5060' }, /a different port from BURGERNET_SIP/],
    ['SIP_TLS', { SRTP: '1' }, /needed when BURGERNET_SRTP is set/],
    ['SRTP', { ...TLS, SRTP: 'maybe' }, /1 \(yes\) or 0 \(no\)/],
    ['TLS_KEY', { ...TLS, TLS_CERT: 'cert.pem' }, /needed when BURGERNET_TLS_CERT is set/],
    ['TLS_CERT', { ...TLS, TLS_KEY: 'key.pem' }, /needed when BURGERNET_TLS_KEY is set/],
    ['TLS_CERT', { ...TLS, TLS_CERT: 'none.pem', TLS_KEY: 'key.pem' }, /none\.pem is not there/],
    ['TLS_KEY', { ...TLS, TLS_CERT: 'cert.pem', TLS_KEY: 'none.pem' }, /none\.pem is not there/],
    ['TLS_CERT', { ...TLS, TLS_CERT: 'text.pem', TLS_KEY: 'key.pem' }, /certificate in PEM/],
    ['TLS_KEY', { ...TLS, TLS_CERT: 'cert.pem', TLS_KEY: 'text.pem' }, /key in PEM/],
    ['TLS_KEY', { ...TLS, TLS_CERT: 'cert.pem', TLS_KEY: 'other.pem' }, /not the key of the certificate/],
    ['TLS_CERT', { ...TLS, TLS_CERT: '.', TLS_KEY: 'key.pem' }, /cannot be read/],
  ] as const) {
    it(`blame ${name} for ${JSON.stringify(env)}`, () => {
      expect(() => load(env)).to.throw(ConfigError, new RegExp(`^BURGERNET_${name} .*${says.source}`));
    });
  }

  it('warn that a certificate does nothing without BURGERNET_SIP_TLS', () => {
    expect(load({ TLS_CERT: 'cert.pem', TLS_KEY: 'key.pem' }).warnings.join()).to.match(/TLS_CERT does nothing/);
  });

  it('create a self-signed certificate once, readable by this user only, and report an unusable one', () => {
    const made = ownTlsFiles(folder, '192.0.2.1', NOW);
    expect(made.made).to.equal(true);
    expect(statSync(made.key).mode & 0o777).to.equal(0o600);
    expect(ownTlsFiles(folder, '192.0.2.1', NOW)).to.deep.equal({ ...made, made: false });
    const { fingerprint, validTo } = describeCertificate(made.certificate);
    expect(fingerprint).to.match(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(validTo.getTime()).to.be.greaterThan(NOW + 9 * YEAR_MS);
    writeFileSync(made.key, readFileSync(join(folder, 'other.pem')));
    expect(() => ownTlsFiles(folder, '192.0.2.1', NOW)).to.throw(ConfigError, /^BURGERNET_TLS_CERT .*remove it/);
  });

  it('let the doctor check the validity of the certificate', () => {
    const config = load({ ...TLS, TLS_CERT: 'cert.pem', TLS_KEY: 'key.pem' });
    expect(checkCertificate(config, NOW)).to.have.length(1);
    expect(checkCertificate(config, NOW)[0]).to.include({ ok: true });
    expect(checkCertificate(config, NOW + 2 * YEAR_MS)[0]).to.include({ ok: false });
    expect(checkCertificate(load(TLS), NOW), 'none created yet').to.deep.equal([]);
    expect(checkCertificate(load({}), NOW)).to.deep.equal([]);
  });
});
