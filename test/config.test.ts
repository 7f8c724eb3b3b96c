import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  ConfigError,
  describeSettings,
  ensureDataFolder,
  ensureToken,
  loadConfig,
  type Config,
} from '../src/config.js';

describe('settings', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'burgernet-config-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const load = (env: Record<string, string> = {}): Config =>
    loadConfig(Object.fromEntries(Object.entries(env).map(([name, value]) => [`BURGERNET_${name}`, value])), folder);
  const refusal = (env: Record<string, string>): ConfigError['problems'] => {
    try {
      load(env);
    } catch (error) {
      expect(error).to.be.instanceOf(ConfigError);
      return (error as ConfigError).problems;
    }
    throw new Error('was accepted');
  };

  it('have a default for every variable', () => {
    const config = load();
    expect(config).to.deep.include({
      dataDir: join(folder, 'data'),
      http: { host: '127.0.0.1', port: 8080 },
      publicUrl: undefined,
      token: undefined,
      sip: { host: '127.0.0.1', port: 5060 },
      sipTls: undefined,
      rtp: { from: 20000, to: 29999 },
      ari: undefined,
      trunk: undefined,
      numberFormat: 'e164',
      lines: 30,
      tipLines: 3,
      cps: 10,
      tipLine: { digits: '08000011', international: '+318000011', shown: '0800-0011' },
      ringSeconds: 30,
      retry: { no_answer: { times: 2, delayMs: 120_000 }, busy: { times: 2, delayMs: 60_000 } },
      night: { from: 23 * 60, to: 7 * 60 },
      recordTips: false,
      allowOldAsterisk: false,
      speech: { engine: 'auto', command: undefined },
      logLevel: 'info',
      warnings: [],
    });
    expect(Object.isFrozen(config)).to.equal(true);
    expect(Object.isFrozen(config.http)).to.equal(true);
  });

  it('read the address of an Asterisk in a container of its own, inside and outside', () => {
    const config = load({
      ASTERISK_FOLDER: '/asterisk',
      ARI: 'http://asterisk:8088',
      TRUNK: 'sip:trunk.example.net',
      SIP_BIND: '0.0.0.0:5060',
      EXTERNAL_ADDRESS: '192.0.2.10',
      LOCAL_NET: '10.0.0.0/8, fd00::/8',
    });
    expect(config).to.deep.include({
      ari: undefined,
      beside: { folder: '/asterisk', ari: { host: 'asterisk', port: 8088 } },
      sipBind: { host: '0.0.0.0', port: 5060 },
      externalAddress: '192.0.2.10',
      localNetworks: ['10.0.0.0/8', 'fd00::/8'],
      lines: 30,
    });
    expect(refusal({ ASTERISK_FOLDER: '/asterisk' })).to.have.nested.property('[0].variable', 'BURGERNET_ARI');
    expect(refusal({ ARI: 'http://asterisk:8088' })).to.deep.equal([
      { variable: 'BURGERNET_ARI', message: 'must be http://user:password@host:port' },
    ]);
    expect(refusal({ ARI: 'http://me:it@asterisk:8088', ASTERISK_FOLDER: '/asterisk' })).to.have.length(1);
    for (const bad of ['10.0.0.0', '10.0.0.0/33', 'here/8', '10.0.0.0/8/8', ''.padEnd(3, ',')])
      expect(refusal({ LOCAL_NET: bad }), bad).to.have.nested.property('[0].variable', 'BURGERNET_LOCAL_NET');
    expect(refusal({ EXTERNAL_ADDRESS: 'not a host' })).to.have.nested.property(
      '[0].variable',
      'BURGERNET_EXTERNAL_ADDRESS',
    );
  });

  it('default to the settings of the demo in containers without a trunk', () => {
    const config = load({ ASTERISK_FOLDER: '/asterisk', ARI: 'http://asterisk:8088', CPS: '3' });
    expect(config).to.include({ lines: 40, tipLines: 4, cps: 3, ringSeconds: 8, night: null });
    const shown = describeSettings(config);
    expect(shown).to.deep.include({ variable: 'BURGERNET_LINES', value: '40', source: 'demo' });
    expect(shown).to.deep.include({ variable: 'BURGERNET_CPS', value: '3', source: 'environment' });
  });

  it('read every variable', () => {
    const config = load({
      DATA: 'elsewhere',
      HTTP: '[::1]:0',
      PUBLIC_URL: 'https://Burgernet.example.nl:8443/',
      TOKEN: 'a-token-for-tests-only',
      SIP: '0.0.0.0:5070',
      RTP: '30000-30099',
      ARI: 'http://me:p%40ss@asterisk.example:8088',
      TRUNK: 'sip:trunk.example.net',
      TRUNK_USER: 'we',
      TRUNK_PASSWORD: 'hush',
      TRUNK_NUMBER_FORMAT: 'national',
      LINES: '8',
      TIP_LINES: '0',
      CPS: '2.5',
      TIPLINE: '+31 321 123456',
      RING_SECONDS: '20',
      RETRY: 'off',
      NIGHT: 'off',
      RECORD_TIPS: '1',
      ALLOW_OLD_ASTERISK: 'yes',
      SPEECH: 'command',
      SPEECH_COMMAND: 'piper --voice nl',
      LOG: 'debug',
    });
    expect(config).to.deep.include({
      dataDir: join(folder, 'elsewhere'),
      http: { host: '::1', port: 0 },
      publicUrl: 'https://burgernet.example.nl:8443',
      sip: { host: '0.0.0.0', port: 5070 },
      rtp: { from: 30000, to: 30099 },
      ari: { url: 'http://asterisk.example:8088', username: 'me', password: 'p@ss' },
      trunk: { host: 'trunk.example.net', port: 5060, credentials: { username: 'we', password: 'hush' } },
      numberFormat: 'national',
      lines: 8,
      tipLines: 0,
      cps: 2.5,
      tipLine: { digits: '0321123456', international: '+31321123456', shown: '0321-123456' },
      ringSeconds: 20,
      retry: {},
      night: null,
      recordTips: true,
      allowOldAsterisk: true,
      speech: { engine: 'command', command: 'piper --voice nl' },
      logLevel: 'debug',
    });
  });

  for (const [lines, tipLines] of [
    [1, 0],
    [2, 1],
    [3, 2],
    [10, 2],
    [30, 3],
    [31, 4],
    [70, 7],
    [500, 50],
  ]) {
    it(`keep ${tipLines} of ${lines} lines free for tips`, () => {
      expect(load({ LINES: `${lines}` }).tipLines).to.equal(tipLines);
    });
  }

  for (const [name, bad, allowed] of [
    ['HTTP', '8080', /host:port/],
    ['HTTP', 'localhost:99999', /port from 0 to 65535/],
    ['PUBLIC_URL', 'burgernet.example.nl', /an address without a path/],
    ['PUBLIC_URL', 'https://example.nl/burgernet', /without a path/],
    ['SIP', '127.0.0.1:0', /port from 1/],
    ['RTP', '20001-20100', /even/],
    ['RTP', '20000-20002', /at least 4/],
    ['RTP', '20000', /two ports/],
    ['ARI', 'asterisk:8088', /http:\/\/user:password@host:port/],
    ['ARI', 'http://asterisk:8088', /user:password/],
    ['TRUNK', 'trunk.example.net', /sip:host/],
    ['TRUNK_NUMBER_FORMAT', 'local', /one of e164, national/],
    ['LINES', '0', /whole number from 1 to 5000/],
    ['LINES', '1.5', /whole number/],
    ['LINES', '1e3', /whole number/],
    ['TIP_LINES', '30', /fewer than BURGERNET_LINES \(30\)/],
    ['CPS', '0', /from 0\.1/],
    ['TIPLINE', 'burgernet', /telephone number/],
    ['RING_SECONDS', '121', /1 to 120 seconds/],
    ['RETRY', 'declined:2@60s', /cannot be retried/],
    ['NIGHT', '23-7', /23:00-07:00, or off/],
    ['RECORD_TIPS', 'maybe', /1 \(yes\) or 0 \(no\)/],
    ['SPEECH', 'robot', /auto, embedded, natural, say, command/],
    ['LOG', 'loud', /debug, info/],
    ['WATCHDOG', '4', /5 to 600 seconds, or off/],
    ['TOKEN', 'two words', /without spaces/],
    ['TRUNK_USER', 'two\nlines', /one line/],
  ] as const) {
    it(`refuse ${name}=${JSON.stringify(bad)} and say what is allowed`, () => {
      const problems = refusal({ [name]: bad });
      expect(problems.map(({ variable }) => variable)).to.include(`BURGERNET_${name}`);
      expect(problems[0]!.message).to.match(allowed);
    });
  }

  it('name all invalid variables at once, also in the message', () => {
    expect(() => load({ LINES: 'x', CPS: '-1', HTTP: '' })).to.throw(
      ConfigError,
      /^BURGERNET_LINES .*\nBURGERNET_CPS /,
    );
  });

  it('refuse a token that can be guessed, and do not print it', () => {
    for (const bad of ['a', 'geheim', 'kort-token1', 'aaaaaaaaaaaaaaaaaaaaaaaa', 'abababababababab']) {
      const [problem] = refusal({ TOKEN: bad });
      expect(problem, bad).to.have.property('variable', 'BURGERNET_TOKEN');
      expect(problem?.message, bad).to.include('can be guessed').and.not.include(`"${bad}"`);
    }
    expect(load({ TOKEN: 'a-long-token-of-20ch' }).token).to.equal('a-long-token-of-20ch');
  });

  it('refuse variables that contradict one another', () => {
    const variables = (env: Record<string, string>): string =>
      refusal(env)
        .map(({ variable }) => variable)
        .join();
    expect(variables({ TRUNK: 'sip:a', TRUNK_USER: 'x' })).to.equal('BURGERNET_TRUNK_PASSWORD');
    expect(variables({ TRUNK: 'sip:a', TRUNK_PASSWORD: 'x' })).to.equal('BURGERNET_TRUNK_USER');
    expect(variables({ TRUNK_USER: 'x', TRUNK_PASSWORD: 'x' })).to.equal('BURGERNET_TRUNK');
    expect(variables({ SPEECH: 'command' })).to.equal('BURGERNET_SPEECH_COMMAND');
  });

  it('come from .env too; the environment wins, and an empty value counts as not set', () => {
    writeFileSync(join(folder, '.env'), 'BURGERNET_LINES=12\nBURGERNET_CPS="5" # calls\nBURGERNET_LOG=warn\nOTHER=x\n');
    const config = load({ LINES: '20', LOG: '' });
    expect(config).to.include({ lines: 20, cps: 5, logLevel: 'warn' });
    const sources = Object.fromEntries(describeSettings(config).map(({ variable, source }) => [variable, source]));
    expect(sources).to.include({ BURGERNET_LINES: 'environment', BURGERNET_CPS: '.env', BURGERNET_SIP: 'default' });
  });

  describe('without a trunk', () => {
    it('calls are simulated, and actions start only with BURGERNET_SIMULATION=1', () => {
      expect(load().simulation).to.deep.include({ mayStart: false });
      expect(load().simulation?.reason).to.include('BURGERNET_TRUNK').and.include('BURGERNET_SIMULATION=1');
      expect(load({ SIMULATION: '1' }).simulation).to.deep.include({ mayStart: true });
      // Slips in .env: a name that is nearly right, and an empty value.
      expect(load({ TRUNKS: 'sip:trunk.example.net' }).simulation).to.deep.include({ mayStart: false });
      expect(load({ TRUNK: ' ' }).simulation).to.deep.include({ mayStart: false });
      expect(refusal({ SIMULATION: 'yes, please' })).to.have.length(1);
    });

    it('calls are not simulated when an Asterisk elsewhere has the trunk', () => {
      const ARI = 'http://me:it@asterisk:8088';
      expect(load({ ARI })).to.deep.include({ simulation: null });
      expect(load({ ARI, SIMULATION: '1' }).warnings.join()).to.match(/BURGERNET_SIMULATION does nothing/);
    });

    it('calls are simulated and actions may start in the demo with an Asterisk in a container', () => {
      const beside = { ARI: 'http://asterisk:8088', ASTERISK_FOLDER: '/asterisk' };
      expect(load(beside).simulation).to.deep.include({ mayStart: true });
      expect(load({ ...beside, SIMULATION: '0' }).simulation).to.deep.include({ mayStart: false });
      expect(load({ ...beside, TRUNK: 'sip:trunk.example.net' }).simulation).to.equal(null);
    });
  });

  describe('with a trunk', () => {
    for (const host of ['127.0.0.1:5070', '127.8.0.3', 'localhost', 'LOCALHOST:5070', '[::1]:5070'])
      it(`on this machine (${host}) calls are simulated only with BURGERNET_SIMULATION=1`, () => {
        expect(load({ TRUNK: `sip:${host}` }).simulation).to.equal(null);
        const asked = load({ TRUNK: `sip:${host}`, SIMULATION: '1' });
        expect(asked.simulation).to.deep.include({ mayStart: true });
        expect(asked.warnings).to.deep.equal([]);
      });

    for (const host of ['trunk.example.net', '192.0.2.7:5060', 'localhost.example.net', '127.example.net'])
      it(`of an operator (${host}) calls are never simulated, and BURGERNET_SIMULATION=1 gives a warning`, () => {
        const config = load({ TRUNK: `sip:${host}`, SIMULATION: '1' });
        expect(config.simulation).to.equal(null);
        expect(config.warnings.join()).to.match(/^BURGERNET_SIMULATION does nothing .*real people are called$/);
      });
  });

  it('warn about an unknown variable', () => {
    expect(load({ LINE: '3' }).warnings.join()).to.match(/^BURGERNET_LINE \(environment\) is not a setting/);
  });

  it('are described without secrets', () => {
    const config = load({
      TRUNK: 'sip:a',
      TRUNK_USER: 'we',
      TRUNK_PASSWORD: 'hush',
      ARI: 'http://me:hush@asterisk:8088',
    });
    const shown = describeSettings(config);
    expect(shown).to.have.length(34);
    expect(JSON.stringify(shown)).not.to.include('hush');
    expect(shown.find(({ variable }) => variable === 'BURGERNET_TOKEN')).to.include({ source: 'generated' });
    expect(shown.find(({ variable }) => variable === 'BURGERNET_TIP_LINES')).to.include({
      value: '3',
      source: 'default',
    });
    expect(shown.find(({ variable }) => variable === 'BURGERNET_ARI')?.value).to.equal('http://me:••••@asterisk:8088');
  });

  it('include a token that is generated once and readable by this user only', () => {
    const token = ensureToken(load());
    expect(token).to.match(/^[\w-]{43}$/);
    expect(ensureToken(load())).to.equal(token);
    const file = join(folder, 'data', 'token');
    expect(readFileSync(file, 'utf8').trim()).to.equal(token);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(ensureToken(load({ TOKEN: 'given-by-the-operator' }))).to.equal('given-by-the-operator');
  });

  it('refuse a data folder whose path contains characters that end a path in the dialplan', () => {
    for (const path of ['a,b', 'a&b', 'a|b'])
      expect(() => load({ DATA: path })).to.throw(ConfigError, /^BURGERNET_DATA must be a folder whose path holds no/);
  });

  it('create the data folder, or say why it cannot be created', () => {
    const folders = ensureDataFolder(load());
    for (const made of Object.values<string>({ ...folders })) expect(statSync(made).isDirectory()).to.equal(true);
    mkdirSync(join(folder, 'x'));
    writeFileSync(join(folder, 'x', 'file'), '');
    expect(() => ensureDataFolder(load({ DATA: 'x/file' }))).to.throw(
      ConfigError,
      /^BURGERNET_DATA must name a folder/,
    );
  });
});
