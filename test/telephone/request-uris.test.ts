import { expect } from 'chai';
import { callTipLine, startBareTrunk, type BareTrunk } from './support/bare-trunk.js';
import type { InviteOptions, SipPeer } from './support/sip-peer.js';

describe('the Request-URI of a call to the tip line', function () {
  this.timeout(60_000);
  let trunk: BareTrunk;
  /** The address of our Asterisk, in place of `HOST` in a URI. */
  let here: string;

  before(async () => {
    trunk = await startBareTrunk();
    const { host, port } = trunk.adapter.pair.sip;
    here = `${host}:${port}`;
  });
  after(() => trunk.stop());

  const optionsOf = (uri: string, more: InviteOptions = {}): InviteOptions => ({
    to: '<sip:tipline@op.example>',
    ...more,
    uri: uri.replace('HOST', here),
  });
  const invite = (uri: string, more?: InviteOptions): ReturnType<SipPeer['invite']> =>
    trunk.operator.invite(optionsOf(uri, more));

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
    it(`is accepted: ${uri}`, async () => {
      const { call, dialog } = await callTipLine(trunk.adapter, trunk.operator, optionsOf(uri));
      await call.hangUp();
      await dialog.over;
    });

  for (const scheme of ['sips', 'SIPS'])
    for (const contact of ['sips:operator@127.0.0.1', 'sips:operator@127.0.0.1;transport=tcp'])
      it(`is refused with 416 without TLS, so that the operator tries a sip URI: ${scheme} with Contact ${contact}`, async () => {
        const { response } = await invite(`${scheme}:08000011@HOST`, { contact: `<${contact}>` });
        expect(response.status).to.equal(416);
      });

  it('is refused without TLS: sips, with a Contact that RFC 3261 8.1.1.8 forbids', async () => {
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
    it(`is refused with 416 when ${header} has a scheme that cannot be called: ${JSON.stringify(more)}`, async () => {
      const { response } = await invite('sip:08000011@HOST', more);
      expect(response.status).to.equal(416);
    });

  for (const uri of ['sip:HOST', 'sip:08000012@HOST', 'sip:%zz@HOST', 'tel:+318000012', 'sip:08000011x@HOST'])
    it(`is refused with 404 when it is not ours: ${uri}`, async () => {
      const { response } = await invite(uri);
      expect(response.status).to.equal(404);
    });
});
