import { expect } from 'chai';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { createApi, type Api } from '../../src/cli/api-client.js';
import { readToken } from '../../src/config.js';
import { isAlive } from '../../src/lib/is-alive.js';
import { namesNumber } from '../support/log-scan.js';
import { OperatorPeer } from './support/operator-peer.js';
import { startProgram, type Program } from './support/program.js';

const HOST = '127.0.0.1';
const PEOPLE = Array.from({ length: 8 }, (_, n) => `061234560${n}`);
/** The ways in which operators write the number that was called. */
const WRITTEN: readonly ((number: string) => string)[] = [
  (number) => `+31${number.slice(1)}`,
  (number) => number,
  (number) => `0031${number.slice(1)}`,
  (number) => `31${number.slice(1)}`,
  (number) => `06-${number.slice(2)}`,
  (number) => `+31 6 ${number.slice(2, 6)} ${number.slice(6)}`,
  (number) => `<sip:+31${number.slice(1)}@operator.example;user=phone>`,
  (number) => `tel:+31-6-${number.slice(2)}`,
];
const LIMITED = 'the operator limits us; calling slower';
const NOT_WORKING = 'THE TRUNK DOES NOT WORK';

interface Line {
  readonly msg: string;
  readonly reason?: string;
}

describe('an operator that writes telephone numbers in its reasons', function () {
  this.timeout(90_000);
  let folder: string;
  let operator: OperatorPeer;
  let program: Program;
  let api: Api;

  const called = (to: string): number => PEOPLE.findIndex((phone) => to.includes(phone.slice(1)));
  const said = (msg: string): Line[] => program.log.filter((line) => line.msg === msg);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bn-reasons-'));
    operator = await OperatorPeer.start();
    operator.register = '403 Line of tel:0031612345678 is barred';
    operator.invite = (invite) => {
      const n = called(invite.header('to'));
      return ['100 Trying', `403 Limit for ${WRITTEN[n]?.(PEOPLE[n] ?? '') ?? 'nobody'}`];
    };
    const rtp = 20_000 + 2 * Math.floor(Math.random() * 4_000);
    program = startProgram(folder, {
      BURGERNET_DATA: join(folder, 'data'),
      BURGERNET_HTTP: `${HOST}:${await freePort(HOST)}`,
      BURGERNET_SIP: `${HOST}:${await freePort(HOST)}`,
      BURGERNET_RTP: `${rtp}-${rtp + 999}`,
      BURGERNET_TRUNK: `sip:${HOST}:${operator.address.port}`,
      BURGERNET_TRUNK_USER: 'meldkamer',
      BURGERNET_TRUNK_PASSWORD: 'not-to-be-shown',
      BURGERNET_CPS: '20',
      BURGERNET_NIGHT: 'off',
      BURGERNET_LOG: 'debug',
    });
    const url = await program.ready();
    api = createApi({ url, token: readToken({ dataDir: join(folder, 'data'), token: undefined }) ?? '' });
    await program.logged(NOT_WORKING);
    for (const phone of PEOPLE) await api.post('/participants', { phones: [phone], postcodes: ['8251AB'] });
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
    await api.post(`/actions/${id}/start`, { anyway: true });
    await program.logged(LIMITED);
  });

  after(async () => {
    program.kill('SIGINT');
    await program.exit;
    operator.close();
    expect(program.asterisks().filter(isAlive)).to.deep.equal([]);
    await rm(folder, { recursive: true, force: true });
  });

  it('is quoted in the log with the reason, without the number', () => {
    const reasons = said(LIMITED).map(({ reason = '' }) => reason);
    expect(reasons).to.have.length.greaterThan(0);
    for (const reason of reasons)
      expect(reason)
        .to.match(/^Limit for /)
        .and.to.include('••••');
  });

  it('is quoted so where it refuses our registration, which has its status alone', () => {
    for (const { reason } of said(NOT_WORKING)) expect(reason).to.include('SIP 403').and.not.include('1234');
  });

  it('has no number in any line of the log, nor in what Asterisk writes', async () => {
    expect(program.log.map((line) => JSON.stringify(line)).filter(namesNumber)).to.deep.equal([]);
    const logs = join(folder, 'data', 'asterisk', 'log');
    for (const name of await readdir(logs)) {
      const lines = (await readFile(join(logs, name), 'utf8')).split('\n');
      expect(lines.filter(namesNumber), name).to.deep.equal([]);
    }
  });
});
