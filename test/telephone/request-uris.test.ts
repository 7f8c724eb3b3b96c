import { expect } from 'chai';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { startAdapter, type Adapter } from './support/adapter.js';
import { startPeer, type InviteOptions, type SipPeer } from './support/sip-peer.js';

const HOST = '127.0.0.1';

describe('the tip line is dialled by a Request-URI', function () {
  this.timeout(60_000);
  let adapter: Adapter;
  let operator: SipPeer;
  /** Where our Asterisk listens, for `HOST` in a URI. */
  let here: string;

  before(async () => {
    const sip = { host: HOST, port: await freePort(HOST) };
    here = `${sip.host}:${sip.port}`;
    operator = await startPeer(sip);
    adapter = await startAdapter({ sip, trunk: { host: HOST, port: operator.port } });
  });
  after(async () => {
    operator.close();
    await adapter.stop();
  });

  const invite = (uri: string, more: InviteOptions = {}): ReturnType<SipPeer['invite']> =>
    operator.invite({ to: '<sip:tipline@op.example>', ...more, uri: uri.replace('HOST', here) });

  for (const uri of [
    'sip:08000011@HOST',
    'SIP:08000011@HOST',
    'Sip:+318000011@HOST;user=phone',
    'sip:%2B318000011@HOST',
    'sip:%2b318000011@HOST',
    'sip:%30800001%31@HOST',
    'sip:0800%2D0011@HOST',
    'sip:8000011;phone-context=%2B31@HOST',
    'sip:08000011;npdi@HOST;user=phone;x=y',
    'sip:08000011:secret@HOST',
    'sip:08000011@HOST?Subject=x',
    'sip:08000011@[::1]:5060',
    'sip:08000011@[2001:db8::1]',
    'sip:08000011@tip.example',
    'sip:08000011@127.0.0.1:5999',
    'sip:08000011@HOST;transport=udp',
    'sip:08000011@HOST;transport=TCP',
    'sip:08000011@HOST;transport=tls;lr',
    'sip:08000011@HOST;maddr=127.0.0.1;ttl=1;method=INVITE',
    'tel:+318000011',
    'TEL:+318000011',
    'tel:+31-800-0011',
    'tel:08000011;phone-context=+31',
  ])
    it(`that is taken: ${uri}`, async () => {
      const inviting = invite(uri);
      const { call } = await adapter.arrivals.incoming.take();
      await call.answer();
      const { response, dialog } = await inviting;
      expect(response.status).to.equal(200);
      await call.hangUp();
      await dialog?.over;
    });

  for (const scheme of ['sips', 'SIPS'])
    for (const contact of ['sips:operator@127.0.0.1', 'sips:operator@127.0.0.1;transport=tcp'])
      it(`that is refused without TLS, so that a sip URI is tried: ${scheme}, with Contact ${contact}`, async () => {
        const { response } = await invite(`${scheme}:08000011@HOST`, { contact: `<${contact}>` });
        expect(response.status).to.equal(416);
      });

  it('that is refused without TLS: sips, with a Contact that RFC 3261 8.1.1.8 does not allow', async () => {
    const { response } = await invite('sips:08000011@HOST');
    expect(response.status).to.equal(480);
    expect(response.header('warning')).to.match(/^381 /);
  });

  for (const [header, more] of [
    ['From', { fromValue: '<http://op.example/>' }],
    ['From', { fromValue: '<urn:service:sos>' }],
    ['To', { to: '<http://op.example/>' }],
    ['Contact', { contact: '<tel:+31612345678>' }],
  ] as const)
    it(`while ${header} has a scheme that nobody can call: ${JSON.stringify(more)}`, async () => {
      const { response } = await invite('sip:08000011@HOST', more);
      expect(response.status).to.equal(416);
    });

  for (const uri of ['sip:HOST', 'sip:08000012@HOST', 'sip:%zz@HOST', 'tel:+318000012', 'sip:08000011x@HOST'])
    it(`that is none of ours: ${uri}`, async () => {
      const { response } = await invite(uri);
      expect(response.status).to.equal(404);
    });
});
