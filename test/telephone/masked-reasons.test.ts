import { expect } from 'chai';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { namesNumber } from '../support/log-scan.js';
import type { LogLine, Program } from './support/program.js';
import { startBehindOperator, type ProgramBehindOperator } from './support/program-behind-operator.js';
import { addCentralist, draftTheft } from './support/theft.js';

const PEOPLE = Array.from({ length: 8 }, (_, n) => `061234560${n}`);
/** Notations in which operators write the called number. */
const NOTATIONS: readonly ((number: string) => string)[] = [
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

describe('an operator that writes telephone numbers in its SIP reasons', function () {
  this.timeout(90_000);
  let service: ProgramBehindOperator;
  let program: Program;

  const called = (to: string): number => PEOPLE.findIndex((phone) => to.includes(phone.slice(1)));
  const logged = (msg: string): LogLine[] => program.log.filter((line) => line.msg === msg);

  before(async () => {
    service = await startBehindOperator(
      (operator) => {
        operator.register = '403 Line of tel:0031612345678 is barred';
        operator.invite = (invite) => {
          const n = called(invite.header('to'));
          return ['100 Trying', `403 Limit for ${NOTATIONS[n]?.(PEOPLE[n] ?? '') ?? 'nobody'}`];
        };
      },
      { BURGERNET_TRUNK_PASSWORD: 'not-to-be-shown', BURGERNET_CPS: '20', BURGERNET_LOG: 'debug' },
    );
    ({ program } = service);
    const { api } = service;
    await program.logged(NOT_WORKING);
    for (const phone of PEOPLE) await api.post('/participants', { phones: [phone], postcodes: ['8251AB'] });
    const id = await draftTheft(api, '8251', await addCentralist(api));
    await api.post(`/actions/${id}/start`, { anyway: true });
    await program.logged(LIMITED);
  });

  after(() => service.stop());

  it('is quoted in the log with its reason, but with the numbers masked', () => {
    const reasons = logged(LIMITED).map(({ reason = '' }) => reason);
    expect(reasons).to.have.length.greaterThan(0);
    for (const reason of reasons)
      expect(reason)
        .to.match(/^Limit for /)
        .and.to.include('••••');
  });

  it('is quoted with its status alone when it refuses our registration', () => {
    for (const { reason } of logged(NOT_WORKING)) expect(reason).to.include('SIP 403').and.not.include('1234');
  });

  it('leaves no telephone number in our log or in the log of Asterisk', async () => {
    expect(program.log.map((line) => JSON.stringify(line)).filter(namesNumber)).to.deep.equal([]);
    const logs = join(service.dataDir, 'asterisk', 'log');
    for (const name of await readdir(logs)) {
      const lines = (await readFile(join(logs, name), 'utf8')).split('\n');
      expect(lines.filter(namesNumber), name).to.deep.equal([]);
    }
  });
});
