import { expect } from 'chai';
import { NOON } from '../../support/fake-clock.js';
import { startHarness, withAction, type Harness } from './harness.js';

describe('HTTP: centralists, their softphones, and callbacks', () => {
  let http: Harness;
  let id: number;
  beforeEach(async () => {
    http = await startHarness();
    id = await withAction(http);
    await http.post('/centralists', { name: 'Collega', extension: '202', pin: '90210' });
  });
  afterEach(() => http.close());

  const field = (answer: { body: unknown }): unknown =>
    (answer.body as { details: { field: string }[] }).details[0]?.field;

  it('gives a softphone a new account, and removes a centralist', async () => {
    const given = await http.post('/centralists/2/password');
    expect(given.status).to.equal(200);
    expect(given.body).to.deep.include({
      id: 2,
      extension: '202',
      sip: { username: 'desk-202-new', password: 'another-one', server: '127.0.0.1:5060', transport: 'udp' },
    });
    expect(given.body).not.to.have.property('pin');
    expect(await http.post('/centralists/9/password')).to.have.property('status', 404);
    const removed = await http.ask('/centralists/2', { method: 'DELETE' });
    expect([removed.status, await removed.json()]).to.deep.equal([200, { id: 2, removed: true }]);
    expect((await http.ask('/centralists/2', { method: 'DELETE' })).status).to.equal(404);
  });

  it('accepts a PIN for a new centralist, and sets another PIN later', async () => {
    expect(http.services.centralists.pins.get(2)).to.equal('90210');
    expect(await http.post('/centralists/2/pin')).to.deep.equal({ status: 200, body: { pin: '4711' } });
    expect(await http.post('/centralists/2/pin', { pin: '0000' })).to.deep.equal({
      status: 200,
      body: { pin: '0000' },
    });
    expect(http.services.centralists.pins.get(2)).to.equal('0000');
    expect(await http.post('/centralists/9/pin')).to.have.property('status', 404);
    for (const pin of ['123', '123456789', '12a4', 1234]) {
      expect(field(await http.post('/centralists/2/pin', { pin })), `${pin}`).to.equal('pin');
    }
    expect(field(await http.post('/centralists', { name: 'x', extension: '203', pin: '1' }))).to.equal('pin');
  });

  it('puts a centralist on duty and off duty', async () => {
    const on = await http.put('/centralists/2/duty', { onDuty: true });
    expect(on.status).to.equal(200);
    expect(on.body).to.deep.include({ id: 2, name: 'Collega', onDuty: true, registered: false, engaged: false });
    expect(await http.put('/centralists/2/duty', { onDuty: false })).to.have.nested.property('body.onDuty', false);
    expect(field(await http.put('/centralists/2/duty', {}))).to.equal('onDuty');
    expect(await http.put('/centralists/9/duty', { onDuty: true })).to.have.property('status', 404);
  });

  it('lists centralists as a whole or by page, with links to the other pages', async () => {
    await http.post('/centralists', { name: 'Derde', extension: '203' });
    const ids = async (query: string): Promise<number[]> =>
      ((await http.get(`/centralists${query}`)).body as { id: number }[]).map(({ id: one }) => one);
    expect(await ids('')).to.deep.equal([1, 2, 3]);
    expect(await ids('?limit=2')).to.deep.equal([1, 2]);
    expect(await ids('?limit=2&page=2')).to.deep.equal([3]);
    const link = (await http.ask('/centralists?limit=2')).headers.get('Link') ?? '';
    expect(link).to.include('limit=2&page=2>; rel="next"').and.not.include('prev');
    expect(field(await http.get('/centralists?limit=0'))).to.equal('limit');
  });

  it('shows which centralists are engaged', async () => {
    http.services.centralists.becomes(2, { registered: true, engaged: true });
    const list = (await http.get('/centralists')).body as { engaged: boolean }[];
    expect(list.map(({ engaged }) => engaged)).to.deep.equal([false, true]);
  });

  it('gives an action to a colleague, and sets the team of an action', async () => {
    const taken = await http.put(`/actions/${id}/centralist`, { centralistId: 2 });
    expect(taken).to.have.nested.property('body.centralistId', 2);
    const team = await http.put(`/actions/${id}/team`, { centralistIds: [1, 2] });
    expect(team).to.have.nested.property('body.team').that.deep.equals([1, 2]);
    expect(await http.put(`/actions/${id}/team`, { centralistIds: [] })).to.have.nested.property('body.team').that.is
      .empty;
    expect(field(await http.put(`/actions/${id}/centralist`, { centralistId: 9 }))).to.equal('centralistId');
    expect(field(await http.put(`/actions/${id}/team`, { centralistIds: [1, 9] }))).to.equal('centralistIds.1');
    expect(await http.put('/actions/9/centralist', { centralistId: 1 })).to.have.property('status', 404);
  });

  it('makes a test call to a softphone', async () => {
    expect(await http.post(`/actions/${id}/test-call`)).to.deep.equal({ status: 202, body: {} });
    expect(await http.post(`/actions/${id}/test-call`, { centralistId: 2 })).to.have.property('status', 202);
    expect(http.services.testCalls).to.deep.equal([
      { actionId: id, centralistId: 1 },
      { actionId: id, centralistId: 2 },
    ]);
    expect(await http.post('/actions/9/test-call')).to.have.property('status', 404);
  });

  describe('setting up a softphone', () => {
    interface Link {
      url: string;
      expiresAt: number;
      qr: string;
    }
    const link = async (): Promise<Link> => (await http.post('/centralists/2/provisioning')).body as Link;

    it('makes a link, also as a QR code, that Linphone reads without a token', async () => {
      const { url, expiresAt, qr } = await link();
      expect(url).to.match(new RegExp(`^${http.url}/api/v1/provisioning/`));
      expect(expiresAt).to.equal(NOON + 15 * 60_000);
      expect(qr).to.match(/^<svg [^]*<\/svg>\s*$/);
      const answer = await fetch(url);
      expect(answer.status).to.equal(200);
      expect(answer.headers.get('content-type')).to.match(/^application\/xml/);
      expect(answer.headers.get('cache-control')).to.equal('no-store');
      const xml = await answer.text();
      expect(xml).to.include('<entry name="passwd" overwrite="true">only-once</entry>');
      expect(xml).to.include('&quot;Collega&quot; &lt;sip:desk-202@127.0.0.1&gt;');
    });

    it('serves the account once, and a HEAD request does not use the link up', async () => {
      const { url } = await link();
      expect((await fetch(url, { method: 'HEAD' })).status).to.equal(405);
      expect((await fetch(url)).status).to.equal(200);
      const again = await fetch(url);
      expect(again.status).to.equal(404);
      expect(await again.json()).to.deep.include({ code: 'not_found' });
      expect((await fetch(`${http.url}/api/v1/provisioning/nothing`)).status).to.equal(404);
    });

    it('refuses the link after 15 minutes', async () => {
      const { url } = await link();
      await http.clock.advance(15 * 60_000);
      expect((await fetch(url)).status).to.equal(404);
    });

    it('makes the link with the address that a proxy reports', async () => {
      const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'meldkamer.example' };
      const response = await http.ask('/centralists/2/provisioning', { method: 'POST', headers });
      expect(await response.json())
        .to.have.property('url')
        .that.matches(/^https:\/\/meldkamer\.example\/api\/v1\/provisioning\//);
      expect(await http.post('/centralists/9/provisioning')).to.have.property('status', 404);
    });

    it('keeps the token of the link out of the log', async () => {
      const { url } = await link();
      await fetch(url);
      expect(JSON.stringify(http.lines)).not.to.include(url.split('/').at(-1));
    });
  });

  it('transfers a caller to an extension', async () => {
    expect(await http.post('/inbound/5/transfer', { extension: '202' })).to.deep.equal({ status: 202, body: {} });
    expect(http.services.transfers).to.deep.equal([{ inboundId: 5, extension: '202' }]);
    expect(field(await http.post('/inbound/5/transfer', { extension: '999' }))).to.equal('extension');
    expect(field(await http.post('/inbound/5/transfer', { extension: 'bob' }))).to.equal('extension');
  });

  it('lists the callers who wait in the queue', async () => {
    http.services.waitingKept.push({ inboundId: 5, actionId: id, place: 1, since: NOON });
    const queue = await http.get('/queue');
    expect(queue).to.deep.equal({ status: 200, body: [{ inboundId: 5, actionId: id, place: 1, since: NOON }] });
  });

  it('calls a caller back, one callback at a time, and lists the callbacks', async () => {
    const { status, body } = await http.post('/inbound/5/callback');
    expect(status).to.equal(202);
    expect(body).to.deep.include({ id: 1, inboundId: 5, centralistId: 1, result: null, phone: '+31612345678' });
    expect(await http.post('/inbound/5/callback')).to.have.nested.property('body.code', 'conflict');
    expect(await http.post('/inbound/6/callback', { centralistId: 2 })).to.have.nested.property('body.centralistId', 2);
    expect(await http.post('/inbound/101/callback')).to.have.property('status', 404);
    expect(field(await http.post('/inbound/7/callback', { centralistId: 'me' }))).to.equal('centralistId');
    expect((await http.get('/callbacks')).body).to.have.length(2);
    expect((await http.get('/callbacks?inboundId=6')).body).to.have.length(1);
    expect((await http.get('/callbacks?actionId=2')).body).to.have.length(0);
    expect(field(await http.get('/callbacks?inbound=6'))).to.equal('inbound');
  });
});
