import { expect } from 'chai';
import type { E164 } from '../../../../src/domain/phone-number.js';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderConfig, type TemplateValues } from '../../../../src/adapters/asterisk/process/config-files.js';
import { configValues, type AsteriskSetup } from '../../../../src/adapters/asterisk/process/config-values.js';
import { TrunkEndpoints } from '../../../../src/adapters/asterisk/sip/trunk.js';

const TEMPLATES = fileURLToPath(new URL('../../../../asterisk-config', import.meta.url));
const FOLDERS = { etc: '/d/etc', varLib: '/d/lib', spool: '/d/spool', run: '/d/run', log: '/d/log' };
const SETUP: AsteriskSetup = {
  sip: { host: '192.0.2.1', port: 5060 },
  rtp: { from: 20_000, to: 29_999 },
  trunk: { host: '127.0.0.1', port: 5070 },
  lines: 30,
  tipLines: 3,
  tipLine: '08000011',
  soundsFolder: '/sounds/nl',
};

const valuesOf = (change: Partial<AsteriskSetup> = {}): Promise<TemplateValues> =>
  configValues(
    { ...SETUP, ...change },
    FOLDERS,
    { ariPort: 8_088, ariPassword: 'secret', sipTapPort: 9_060 },
    { modulesDir: '/m', dataDir: '/s' },
  );

const numberOf = (n: number): E164 => `+3161234${String(n).padStart(4, '0')}` as E164;

describe('values of the Asterisk configuration', () => {
  it('match our account at the operator when it looks like a telephone number', async () => {
    const account = async (user: string): Promise<string | undefined> =>
      (await valuesOf({ trunk: { ...SETUP.trunk, user, password: 'secret' } })).trunkAccount;
    expect(new RegExp(`^${await account('+31880012345')}$`).test('+31880012345')).to.equal(true);
    expect(new RegExp(`^${await account('+31880012345')}$`).test('31880012345')).to.equal(false);
    // The dialplan recognises an account with a letter by that letter, so the pattern leaves it out.
    expect([await account('burger(net|.*)'), (await valuesOf()).trunkAccount]).to.deep.equal(['s', 's']);
  });

  it('let Asterisk by itself record as many callers at once as there are tip lines, at least two', async () => {
    expect((await valuesOf()).recordedAtOnce).to.equal('3');
    expect((await valuesOf({ tipLines: 0 })).recordedAtOnce).to.equal('2');
  });

  it('accept calls from the trunk only from its own addresses', async () => {
    const values = await valuesOf();
    expect(values.trunkMatches).to.equal('match = 127.0.0.1');
    expect(values.trunkPermits).to.equal('permit = 127.0.0.1');
    expect(values.trunkHostPort).to.equal('127.0.0.1:5070');
    expect([values.trunkAuthLine, values.trunkRegistration]).to.deep.equal(['', '']);
  });

  it('spread outgoing calls over several endpoints, so that few calls share one', async () => {
    const { trunkOuts = '' } = await valuesOf();
    const endpoints = new TrunkEndpoints();
    const taken = Array.from({ length: 40 }, (_, n) => endpoints.next(numberOf(n)));
    expect(new Set(taken.map((name) => `[${name}](trunk-out)`))).to.deep.equal(new Set(trunkOuts.split('\n')));
    expect(new Set(taken.slice(0, 16)).size).to.equal(16);
  });

  it('offer no session timer to a number that refused one, and to no number once three have', () => {
    const endpoints = new TrunkEndpoints();
    endpoints.refusedTimer(numberOf(1));
    endpoints.refusedTimer(numberOf(1));
    endpoints.refusedTimer(numberOf(2));
    const plain = (n: number): boolean => endpoints.next(numberOf(n)) === 'trunk-out-plain';
    expect([plain(1), plain(2), plain(3)]).to.deep.equal([true, true, false]);
    endpoints.refusedTimer(numberOf(3));
    expect([plain(3), plain(4)]).to.deep.equal([true, true]);
  });

  it('put an IPv6 address in brackets when a port follows it', async () => {
    const values = await valuesOf({ trunk: { host: '::1', port: 5070 }, sip: { host: '::', port: 5060 } });
    expect([values.trunkHostPort, values.sipBind, values.trunkMatches]).to.deep.equal([
      '[::1]:5070',
      '[::]:5060',
      'match = ::1',
    ]);
  });

  it('register with the operator when it requires that, with the tip line as contact and not the account', async () => {
    const values = await valuesOf({ trunk: { host: '127.0.0.1', port: 5070, user: 'acct7', password: 'pw' } });
    expect(values.trunkAuthLine).to.equal('outbound_auth = trunk-auth\nfrom_user = acct7');
    const lines = values.trunkRegistration!.split('\n');
    expect(lines).to.include.members([
      '[trunk-auth]',
      'username = acct7',
      'password = pw',
      '[trunk-registration]',
      'server_uri = sip:127.0.0.1:5070',
      'client_uri = sip:acct7@127.0.0.1:5070',
      'contact_user = 08000011',
    ]);
  });

  it('leave room for calls on all lines and for the softphones that tips ring', async () => {
    expect(Number((await valuesOf()).maxCalls)).to.be.greaterThan(60);
  });

  it('fail with the setting and the host when the host of the trunk cannot be resolved', async () => {
    const error = await valuesOf({ trunk: { host: 'no-such-host.invalid', port: 5060 } }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(Error);
    expect((error as Error).message)
      .to.contain('BURGERNET_TRUNK')
      .and.to.contain('no-such-host.invalid');
  });

  it('give peers outside the external address, and local networks the address where Asterisk binds', async () => {
    expect((await valuesOf()).transportExtra).to.equal('');
    const outside = { address: '192.0.2.10', sipPort: 5080, localNetworks: ['172.18.0.0/16', '10.0.0.0/8'] };
    expect((await valuesOf({ outside })).transportExtra!.split('\n')).to.deep.equal([
      'external_media_address = 192.0.2.10',
      'external_signaling_address = 192.0.2.10',
      'external_signaling_port = 5080',
      'local_net = 172.18.0.0/16',
      'local_net = 10.0.0.0/8',
    ]);
  });

  it('make no copies of SIP messages when no controller on the same machine receives them', async () => {
    expect((await valuesOf()).sipTapModules).to.contain('res_hep_pjsip.so');
    const secrets = { ariHost: 'asterisk', ariPort: 8_088, ariPassword: 'secret' };
    const values = await configValues(SETUP, FOLDERS, secrets, { modulesDir: '/m', dataDir: '/s' });
    expect(values).to.include({ sipTapModules: '', ariHost: 'asterisk' });
  });

  it('include every value that the templates name', async () => {
    const target = await mkdtemp(join(tmpdir(), 'burgernet-config-'));
    try {
      await renderConfig(TEMPLATES, target, await valuesOf());
      const names = await readdir(target);
      expect(names).to.include.members(['pjsip.conf', 'extensions.conf', 'ari.conf', 'http.conf']);
      for (const name of names) expect(await readFile(join(target, name), 'utf8'), name).not.to.contain('{{');
    } finally {
      await rm(target, { recursive: true });
    }
  });
});
