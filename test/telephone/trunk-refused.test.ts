import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActionAnswer } from '../../src/adapters/http/routes/action-schemas.js';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { createApi, type Api } from '../../src/cli/api-client.js';
import { readToken } from '../../src/config.js';
import { isAlive } from '../../src/lib/is-alive.js';
import { openBrowser } from '../adapters/http/browser.js';
import { burgernet } from '../cli/burgernet.js';
import { OperatorPeer } from './support/operator-peer.js';
import { startProgram, type Program } from './support/program.js';

const HOST = '127.0.0.1';
const PASSWORD = 'not-to-be-shown';
const REFUSED = 'SIP 403 Forbidden';

describe('a service that the operator does not register', function () {
  this.timeout(60_000);
  let folder: string;
  let operator: OperatorPeer;
  let program: Program;
  let settings: Readonly<Record<string, string>>;
  let url: string;
  let token: string;
  let api: Api;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bn-refused-'));
    operator = await OperatorPeer.start();
    operator.register = '403 Forbidden';
    operator.invite = ['100 Trying', '180 Ringing'];
    const rtp = 20_000 + 2 * Math.floor(Math.random() * 4_000);
    settings = {
      BURGERNET_DATA: join(folder, 'data'),
      BURGERNET_HTTP: `${HOST}:${await freePort(HOST)}`,
      BURGERNET_SIP: `${HOST}:${await freePort(HOST)}`,
      BURGERNET_RTP: `${rtp}-${rtp + 999}`,
      BURGERNET_TRUNK: `sip:${HOST}:${operator.address.port}`,
      BURGERNET_TRUNK_USER: 'meldkamer',
      BURGERNET_TRUNK_PASSWORD: PASSWORD,
      BURGERNET_NIGHT: 'off',
    };
    program = startProgram(folder, settings);
    url = await program.ready();
    token = readToken({ dataDir: join(folder, 'data'), token: undefined }) ?? '';
    api = createApi({ url, token });
    await program.logged('THE TRUNK DOES NOT WORK');
  });

  after(async () => {
    program.kill('SIGINT');
    await program.exit;
    operator.close();
    expect(program.asterisks().filter(isAlive)).to.deep.equal([]);
    await rm(folder, { recursive: true, force: true });
  });

  it('says so in its log, with the status and what to do, and not the password', () => {
    const { level, reason } = program.log.find(({ msg }) => msg === 'THE TRUNK DOES NOT WORK') ?? {};
    expect(level).to.equal('error');
    expect(reason).to.include(REFUSED).and.include('BURGERNET_TRUNK_PASSWORD').and.not.include(PASSWORD);
  });

  it('is not ready', async () => {
    const response = await fetch(`${url}/readyz`);
    expect(response.status).to.equal(503);
    const { parts } = (await response.json()) as { parts: Record<string, { ok: boolean; reason: string }> };
    expect(parts['trunk']?.ok).to.equal(false);
    expect(parts['trunk']?.reason).to.include(REFUSED);
  });

  it('says so to who asks the doctor', async () => {
    const { code, out } = await burgernet(['doctor'], { ...settings, BURGERNET_TOKEN: token, BURGERNET_LOG: 'silent' });
    expect(code).to.equal(1);
    expect(out).to.match(/WRONG {2}trunk: the operator refuses our registration \(SIP 403 Forbidden\)/);
  });

  it('says so in Dutch on each page of the console', async () => {
    const browser = openBrowser({ url });
    await browser.send('/console/login', { token });
    for (const page of ['/console', '/console/centralists', '/console/who'])
      expect((await browser.visit(page)).text).to.include('De telecomprovider laat ons niet toe (SIP 403)');
  });

  it('says so in an action that runs', async () => {
    await api.post('/participants', { phones: ['0612345678'], postcodes: ['8251AB'] });
    const { id: centralistId } = await api.post<{ id: number }>('/centralists', { name: 'Wacht', extension: '201' });
    const { id } = await api.post<{ id: number }>('/actions', {
      kind: 'theft',
      title: 'Gestolen fiets',
      description: 'een rode bakfiets',
      message: { text: 'Gezocht: een rode bakfiets.' },
      area: { postcodes: ['8251'] },
      centralistId,
      criteria: { timeCritical: true, clearDescription: true },
    });
    const { warning } = await api.post<ActionAnswer>(`/actions/${id}/start`);
    expect(warning).to.include(REFUSED);
    await operator.came('INVITE');
    expect((await api.get<ActionAnswer>(`/actions/${id}`)).warning, 'it is tried all the same').to.include(REFUSED);
  });
});
