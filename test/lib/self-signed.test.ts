import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { expect } from 'chai';
import { selfSigned } from '../../src/lib/self-signed.js';

const [FROM, TO] = [new Date('2026-01-02T03:04:05Z'), new Date('2056-01-02T03:04:05Z')];

describe('a self-signed certificate', () => {
  for (const [host, shown] of [
    ['sip.example.net', 'DNS:sip.example.net'],
    ['192.0.2.10', 'IP Address:192.0.2.10'],
    ['2001:db8::a:1', 'IP Address:2001:DB8:0:0:0:0:A:1'],
    ['::1', 'IP Address:0:0:0:0:0:0:0:1'],
    ['::ffff:192.0.2.1', 'IP Address:0:0:0:0:0:FFFF:C000:201'],
  ] as const) {
    it(`names ${host} and is signed with its own key`, () => {
      const { certificate, key } = selfSigned(host, FROM, TO);
      const read = new X509Certificate(certificate);
      expect(read.subject).to.equal(`CN=${host}`);
      expect(read.issuer).to.equal(read.subject);
      expect(read.subjectAltName).to.equal(shown);
      expect(read.ca).to.equal(false);
      expect([new Date(read.validFrom), new Date(read.validTo)]).to.deep.equal([FROM, TO]);
      expect(read.verify(read.publicKey)).to.equal(true);
      expect(read.checkPrivateKey(createPrivateKey(key))).to.equal(true);
    });
  }

  it('has a new serial number each time', () => {
    const serials = [1, 2, 3].map(() => new X509Certificate(selfSigned('a', FROM, TO).certificate).serialNumber);
    expect(new Set(serials).size).to.equal(3);
  });

  it('is accepted by a client that trusts it, for the host that it names', async () => {
    const { certificate, key } = selfSigned('127.0.0.1', new Date(Date.now() - 60_000), TO);
    const server = createServer({ cert: certificate, key }, (socket) => socket.end());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const socket = connect({ host: '127.0.0.1', port, ca: certificate });
    await once(socket, 'secureConnect');
    expect(socket.authorized).to.equal(true);
    socket.destroy();
    server.close();
  });
});
