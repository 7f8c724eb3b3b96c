import { expect } from 'chai';
import type { ActionAnswer } from '../../src/adapters/http/routes/action-schemas.js';
import { openBrowser } from '../adapters/http/browser.js';
import { burgernet } from '../cli/burgernet.js';
import { startBehindOperator, type ProgramBehindOperator } from './support/program-behind-operator.js';
import { addCentralist, draftTheft } from './support/theft.js';

const PASSWORD = 'not-to-be-shown';
const REFUSED = 'SIP 403 Forbidden';

describe('a service whose registration the operator refuses', function () {
  this.timeout(60_000);
  let service: ProgramBehindOperator;

  before(async () => {
    service = await startBehindOperator(
      (operator) => {
        operator.register = '403 Forbidden';
        operator.invite = ['100 Trying', '180 Ringing'];
      },
      { BURGERNET_TRUNK_PASSWORD: PASSWORD },
    );
    await service.program.logged('THE TRUNK DOES NOT WORK');
  });

  after(() => service.stop());

  it('logs the status and the advice, without the password', () => {
    const { level, reason } = service.program.log.find(({ msg }) => msg === 'THE TRUNK DOES NOT WORK') ?? {};
    expect(level).to.equal('error');
    expect(reason).to.include(REFUSED).and.include('BURGERNET_TRUNK_PASSWORD').and.not.include(PASSWORD);
  });

  it('is not ready', async () => {
    const response = await fetch(`${service.url}/readyz`);
    expect(response.status).to.equal(503);
    const { parts } = (await response.json()) as { parts: Record<string, { ok: boolean; reason: string }> };
    expect(parts['trunk']?.ok).to.equal(false);
    expect(parts['trunk']?.reason).to.include(REFUSED);
  });

  it('reports the refusal with `burgernet doctor`', async () => {
    const { settings, token } = service;
    const { code, out } = await burgernet(['doctor'], { ...settings, BURGERNET_TOKEN: token, BURGERNET_LOG: 'silent' });
    expect(code).to.equal(1);
    expect(out).to.match(/WRONG {2}trunk: the operator refuses our registration \(SIP 403 Forbidden\)/);
  });

  it('shows the refusal in Dutch on each page of the console', async () => {
    const { url, token } = service;
    const browser = openBrowser({ url });
    await browser.send('/console/login', { token });
    for (const page of ['/console', '/console/centralists', '/console/who'])
      expect((await browser.visit(page)).text).to.include('De telecomprovider laat ons niet toe (SIP 403)');
  });

  it('shows the refusal as a warning of a running action, which calls all the same', async () => {
    const { api, operator } = service;
    await api.post('/participants', { phones: ['0612345678'], postcodes: ['8251AB'] });
    const id = await draftTheft(api, '8251', await addCentralist(api));
    const { warning } = await api.post<ActionAnswer>(`/actions/${id}/start`);
    expect(warning).to.include(REFUSED);
    await operator.received('INVITE');
    expect((await api.get<ActionAnswer>(`/actions/${id}`)).warning, 'the warning stays').to.include(REFUSED);
  });
});
