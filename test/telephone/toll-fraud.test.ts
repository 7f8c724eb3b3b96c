import { expect } from 'chai';
import { freePort } from '../../src/adapters/asterisk/ports-free.js';
import { startAdapter, type Adapter } from './support/adapter.js';
import { startPeer, type SipPeer } from './support/sip-peer.js';

const HOST = '127.0.0.1';

/** Asterisk undoes the encoding, leaves out dashes and reads as far as a NUL: the tip line all the same. */
const TIP_LINE = [
  '08000011',
  '+318000011',
  '318000011',
  '00318000011',
  '%30%38000011',
  '0800-0011',
  '08000011%00',
  '08000011%000612345678',
];

const NUMBERS = [
  '0612345678',
  '+31612345678',
  '0031612345678',
  '31612345678',
  '112',
  '911',
  '0900123456',
  '1',
  '0',
  '9',
];
const NEARLY = ['0800001', '080000110', '+3180000110', '8000011', '+08000011', '008000011', '08000011#'];
const OURS = [
  '201',
  '202',
  'desk-201-ab12cd',
  '*20',
  '*10',
  '%2A20',
  '*',
  '*2',
  '#',
  '#20',
  '+',
  'trunk',
  'trunk-out',
  'trunk-out-0',
];
const CONTEXTS = ['s', 'desk', 'alert', 'closing', 'ended', 'nowhere', 'tip-line', 'from-desk', 'from-trunk', 'done'];
const SPECIAL = ['h', 'i', 't', 'T', 'o', 'e', 'a', 'fax', 'failed', 'start', 'hold', 'b', 'c'];
const TRICKS = [
  'PJSIP%2F0612345678%40trunk-out-0',
  'Local%2F202%40from-desk',
  '0612345678%40trunk-out-0',
  '08000011%26PJSIP%2Ftrunk-out-0',
  '08000011%2C2',
  '08000011%2Cdone',
  '%24%7BEXTEN%7D',
  '%24%7BSHELL(id)%7D',
  '_X.',
  '_.',
  '!',
  '.',
  '-',
  '~',
  '(08000011)',
  '%20',
  '%0008000011',
  '08000011%20',
  '%C3%A9',
  '0'.repeat(300),
  `08000011${'0'.repeat(200)}`,
  'a'.repeat(900),
  '00'.repeat(40),
];
const URIS = [`sip:${HOST}`, 'tel:+31612345678', 'sip:0612345678@192.0.2.1', `sips:0612345678@${HOST}`];

/** Whatever comes in from the trunk: only the tip line is answered, and nothing that comes in makes a call go out. */
describe('what comes in from the trunk', function () {
  this.timeout(60_000);
  let adapter: Adapter;
  /** The operator: what it is sent is all that leaves on the trunk. */
  let operator: SipPeer;

  before(async () => {
    const sip = { host: HOST, port: await freePort(HOST) };
    operator = await startPeer(sip);
    adapter = await startAdapter({ sip, trunk: { host: HOST, port: operator.port } });
    await adapter.desk('201');
  });
  after(async () => {
    operator.close();
    await adapter.stop();
  });
  afterEach('nothing leaves on the trunk, and nobody is rung', () => {
    const requests = operator.received.filter(({ method }) => method !== undefined && method !== 'BYE');
    expect(requests.map(({ start }) => start)).to.deep.equal([]);
    expect([adapter.arrivals.desk.kept.length, adapter.arrivals.incoming.kept.length]).to.deep.equal([0, 0]);
  });

  for (const user of TIP_LINE) {
    it(`is answered when it is for ${user}`, async () => {
      const inviting = operator.invite({ user });
      const { call } = await adapter.arrivals.incoming.take();
      await call.answer();
      const { dialog } = await inviting;
      await call.hangUp();
      await dialog?.over;
    });
  }

  for (const user of [...NUMBERS, ...NEARLY, ...OURS, ...CONTEXTS, ...SPECIAL, ...TRICKS]) {
    it(`is refused when it is for ${user.length > 40 ? `${user.slice(0, 12)}… (${user.length})` : user}`, async () => {
      const { response } = await operator.invite({ user });
      expect(response.status).to.be.within(400, 699);
    });
  }

  for (const uri of URIS) {
    it(`is refused when it is for ${uri}`, async () => {
      const { response } = await operator.invite({ uri });
      expect(response.status).to.be.within(400, 699);
    });
  }

  it('is refused when it claims to be a softphone and has no password, whatever it is for', async () => {
    for (const user of ['08000011', '*20', '202', '0612345678']) {
      const { response } = await operator.invite({ user, from: 'desk-201-ab12cd' });
      expect(response.status, user).to.be.oneOf([401, 403]);
    }
  });

  it('is refused when it claims so with a password that is wrong', async () => {
    const thief = await startPeer(adapter.pair.sip, { username: 'desk-201-ab12cd', password: 'guessed' });
    const { response } = await thief.invite({ user: '*20' });
    expect(response.status).to.be.oneOf([401, 403]);
    thief.close();
  });

  it('cannot register as anybody, least of all as the trunk', async () => {
    for (const user of ['trunk', 'trunk-out-0', 'desk-201-ab12cd', '08000011']) {
      const { status } = await operator.request('REGISTER', user, [['Expires', '60']]);
      expect(status, user).to.be.within(400, 699);
    }
  });

  it('cannot send a caller elsewhere: a transfer is refused, and the call goes on', async () => {
    const inviting = operator.invite({ user: '08000011' });
    const { call } = await adapter.arrivals.incoming.take();
    await call.answer();
    const { dialog } = await inviting;
    if (!dialog) throw new Error('not answered');
    for (const to of ['0612345678', '202', '*20', 's']) {
      const { status } = await dialog.request('REFER', [['Refer-To', `<sip:${to}@${HOST}>`]]);
      expect(status, to).to.be.within(400, 699);
    }
    expect(
      (
        await dialog.request('REFER', [
          ['Refer-To', '<sip:202@x>'],
          ['Refer-Sub', 'false'],
        ])
      ).status,
    ).to.be.least(400);
    expect(call.signal.aborted).to.equal(false);
    expect(adapter.arrivals.transfers.kept).to.deep.equal([]);
    await call.hangUp();
    await dialog.over;
  });

  it('is told nothing of the softphone that it is connected to', async () => {
    const account = await adapter.desk('203');
    const desk = await startPeer(adapter.pair.sip, account);
    await desk.register(60);
    const inviting = operator.invite({ user: '08000011' });
    const { call } = await adapter.arrivals.incoming.take();
    await call.answer();
    const { dialog } = await inviting;
    const answering = desk.answersNext();
    const centralist = await adapter.reach({ username: account.username });
    const conversation = await adapter.telephony.connect(call, centralist);
    // Whatever is told is told by then: both have spoken with it.
    expect((await (await answering).offer('sendrecv')).status).to.equal(200);
    expect((await dialog?.offer('sendrecv'))?.status).to.equal(200);
    await conversation.end();
    await Promise.all([call.hangUp(), centralist.hangUp()]);
    desk.close();
    for (const { text } of operator.received) expect(text).to.not.match(/desk-203|Centralist|Actie/);
  });

  it('gets no answer to what is no call', async () => {
    for (const method of ['MESSAGE', 'SUBSCRIBE', 'PUBLISH', 'REFER', 'NOTIFY', 'INFO', 'UPDATE', 'BYE']) {
      const { status } = await operator.request(method, '0612345678', [
        ['Event', 'presence'],
        ['Refer-To', '<sip:x@y>'],
      ]);
      expect(status, method).to.be.within(400, 699);
    }
  });
});
