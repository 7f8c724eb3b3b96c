import { expect } from 'chai';
import type { Adapter } from './support/adapter.js';
import { callTipLine, startBareTrunk, type BareTrunk } from './support/bare-trunk.js';
import type { InviteOptions, SipPeer } from './support/sip-peer.js';

const HOST = '127.0.0.1';

/** User parts that name the tip line: Asterisk decodes them, drops dashes, and reads up to a NUL. */
const TIP_LINE = [
  '08000011',
  '+318000011',
  '318000011',
  '00318000011',
  '%30%38000011',
  '0800-0011',
  // RFC 3966 5.1.1: visual separators have no meaning.
  '0800.0011',
  '(0800)0011',
  '(08000011)',
  '+31-800-0011',
  '+31(0)8000011',
  '%2B318000011',
  // RFC 3966, RFC 4694, RFC 4904: parameters are not part of the number.
  '08000011;phone-context=+31',
  '08000011;phone-context=operator.example',
  '08000011;PHONE-CONTEXT=+31',
  '8000011;phone-context=+31',
  '8000011;isub=12;phone-context=+31;cpc=ordinary',
  '+318000011;npdi',
  '+318000011;npdi;rn=+31970000001',
  '08000011;rn=+31970000001;rn-context=+31;npdi;phone-context=+31',
  '318000011;cpc=ordinary;oli=62',
  '00318000011;ext=12',
  '+318000011;tgrp=tg-1;trunk-context=operator.example',
  '+31-800-00-11;isub=12;isub-encoding=nsap-ia5',
  '08000011;user=phone',
  '08000011%3Bphone-context=%2B31',
  `+318000011;npdi;rn=+31970000001;tgrp=${'tg-'.repeat(30)};trunk-context=operator.example`,
  '08000011%00',
  '08000011%000612345678',
];

/** Whole Request-URIs, with parameters, headers and passwords. */
const TIP_LINE_URIS = [
  `sip:08000011@${HOST};user=phone`,
  `sip:08000011;phone-context=+31@${HOST};user=phone`,
  `sip:+318000011;npdi@${HOST};user=phone;transport=udp;tgrp=x?Subject=tip`,
  `SIP:08000011@${HOST}`,
  'sip:08000011@operator.example',
  `sip:08000011:secret@${HOST}`,
  'tel:+318000011',
  'tel:+31-800-0011',
  'tel:+318000011;npdi;rn=+31970000001',
  'tel:08000011;phone-context=+31',
  'tel:0800-0011;phone-context=operator.example',
  'tel:8000011;phone-context=+31',
];

/** Our account at the operator, which the Request-URI may name instead of the number. */
const ACCOUNT = '31880012345';
/** Headers that name the tip line as the dialled number, when the Request-URI names the account. */
const DIALLED: readonly (readonly [string, string])[] = [
  ['To', '<sip:08000011@operator.example>'],
  ['To', '"Tips, and ""more"" (0800)" <sip:+318000011@operator.example;user=phone>;x=y'.replaceAll('""', '\\"')],
  ['To', '<sip:08000011;phone-context=+31@operator.example;user=phone>'],
  ['To', '<sip:8000011;phone-context=+31@operator.example>'],
  ['To', '<sip:+31-800-0011;npdi;rn=+31970000001@operator.example>'],
  ['To', 'sip:00318000011@operator.example'],
  ['To', '<tel:+318000011>'],
  ['To', 'tel:08000011;phone-context=+31'],
  ['P-Called-Party-ID', '<sip:+318000011@operator.example;user=phone>'],
  ['P-Called-Party-ID', '"Tips" <tel:+31-800-0011>'],
  ['P-Called-Party-ID', '<sip:%2B318000011@operator.example>'],
  ['Diversion', '<sip:08000011@operator.example>;reason=unconditional;counter=1'],
];
/** Headers that name another number, when the Request-URI names the account. */
const NOT_DIALLED: readonly (readonly [string, string])[] = [
  ['To', '<sip:31880012345@operator.example>'],
  ['To', '<sip:0612345678@operator.example>'],
  ['To', '"08000011" <sip:0612345678@operator.example>'],
  ['To', '"<sip:08000011@operator.example>" <sip:0612345678@operator.example>'],
  ['To', '<sip:0612345678;rn=08000011@operator.example>'],
  ['To', '<sip:x@08000011>'],
  ['P-Called-Party-ID', '<sip:0612345678@operator.example>;x=<sip:08000011@operator.example>'],
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
  '(0612345678)',
  '0612345678;rn=+318000011',
  '0612345678;phone-context=+31',
  '8000011;phone-context=+32',
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

/** Only calls to the tip line are answered, and no request from the trunk makes an outbound call. */
describe('a request from the trunk', function () {
  this.timeout(60_000);
  let trunk: BareTrunk;
  let adapter: Adapter;
  /** Every request that leaves on the trunk arrives at the operator. */
  let operator: SipPeer;

  before(async () => {
    trunk = await startBareTrunk({ account: { user: ACCOUNT, password: 'secret' } });
    ({ adapter, operator } = trunk);
    await adapter.desk('201');
  });
  after(() => trunk.stop());
  afterEach('no call leaves on the trunk, and no call arrives at our side', () => {
    // The registration of our account is not a call.
    const requests = operator.received.filter(
      ({ method }) => method !== undefined && !['BYE', 'REGISTER'].includes(method),
    );
    expect(requests.map(({ start }) => start)).to.deep.equal([]);
    expect([adapter.arrivals.desk.kept.length, adapter.arrivals.incoming.kept.length]).to.deep.equal([0, 0]);
  });

  const isAnswered = async (options: InviteOptions): Promise<void> => {
    const { call, dialog } = await callTipLine(adapter, operator, options);
    await call.hangUp();
    await dialog.over;
  };
  const isRefused = async (options: InviteOptions): Promise<void> => {
    const { response } = await operator.invite(options);
    expect(response.status).to.be.within(400, 699);
  };
  const named = ([name, value]: readonly [string, string]): Pick<InviteOptions, 'to' | 'headers'> =>
    name === 'To' ? { to: value } : { headers: [[name, value]] };

  for (const user of TIP_LINE) {
    it(`is answered when it is for ${user.length > 80 ? `${user.slice(0, 60)}… (${user.length})` : user}`, () =>
      isAnswered({ user }));
  }

  for (const uri of TIP_LINE_URIS) {
    it(`is answered when it is for ${uri}`, () => isAnswered({ uri }));
  }

  for (const header of DIALLED) {
    it(`is answered when it is for our account with ${header.join(': ')}`, async () => {
      for (const user of [ACCOUNT, `${ACCOUNT};tgrp=x`, 'burgernet']) await isAnswered({ user, ...named(header) });
      await isAnswered({ uri: `sip:${HOST}`, ...named(header) });
    });
  }

  for (const header of NOT_DIALLED) {
    it(`is refused when it is for our account with ${header.join(': ')}`, () =>
      isRefused({ user: ACCOUNT, ...named(header) }));
  }

  it('is refused when it is for another number, though To names the tip line', async () => {
    for (const user of ['0612345678', '+31612345678', '112', '201', '*20', '31880012346']) {
      await isRefused({ user, to: '<sip:08000011@operator.example>' });
    }
  });

  for (const user of [...NUMBERS, ...NEARLY, ...OURS, ...CONTEXTS, ...SPECIAL, ...TRICKS]) {
    it(`is refused when it is for ${user.length > 40 ? `${user.slice(0, 12)}… (${user.length})` : user}`, () =>
      isRefused({ user }));
  }

  for (const uri of URIS) {
    it(`is refused when it is for ${uri}`, () => isRefused({ uri }));
  }

  it('is refused when it claims to be a softphone without a password, for every number', async () => {
    for (const user of ['08000011', '*20', '202', '0612345678']) {
      const { response } = await operator.invite({ user, from: 'desk-201-ab12cd' });
      expect(response.status, user).to.be.oneOf([401, 403]);
    }
  });

  it('is refused when it claims to be a softphone with a wrong password', async () => {
    const thief = await adapter.peer({ username: 'desk-201-ab12cd', password: 'guessed' });
    const { response } = await thief.invite({ user: '*20' });
    expect(response.status).to.be.oneOf([401, 403]);
  });

  it('cannot register as a softphone, as the tip line or as the trunk', async () => {
    for (const user of ['trunk', 'trunk-out-0', 'desk-201-ab12cd', '08000011']) {
      const { status } = await operator.request('REGISTER', user, [['Expires', '60']]);
      expect(status, user).to.be.within(400, 699);
    }
  });

  it('cannot transfer a caller: a REFER is refused, and the call goes on', async () => {
    const { call, dialog } = await callTipLine(adapter, operator);
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

  it('gets no response that names the softphone that it is connected to', async () => {
    const { peer: desk, username } = await adapter.softphone('203');
    const { call, dialog } = await callTipLine(adapter, operator);
    const answering = desk.answersNext();
    const centralist = await adapter.reach({ username });
    const conversation = await adapter.telephony.connect(call, centralist);
    // Both sides have had a re-INVITE answered by then, so every message about the connection has arrived.
    expect((await (await answering).offer('sendrecv')).status).to.equal(200);
    expect((await dialog.offer('sendrecv')).status).to.equal(200);
    await conversation.end();
    await Promise.all([call.hangUp(), centralist.hangUp()]);
    for (const { text } of operator.received) expect(text).to.not.match(/desk-203|Centralist|Actie/);
  });

  it('is refused when it is not an INVITE', async () => {
    for (const method of ['MESSAGE', 'SUBSCRIBE', 'PUBLISH', 'REFER', 'NOTIFY', 'INFO', 'UPDATE', 'BYE']) {
      const { status } = await operator.request(method, '0612345678', [
        ['Event', 'presence'],
        ['Refer-To', '<sip:x@y>'],
      ]);
      expect(status, method).to.be.within(400, 699);
    }
  });
});
