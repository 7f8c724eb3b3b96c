import { expect } from 'chai';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { freePort, portFree } from '../../../../src/adapters/asterisk/process/ports-free.js';

const HOST = '127.0.0.1';

describe('port check', () => {
  it('finds a port in use while a program listens on it by TCP, and free afterwards', async () => {
    const server = createServer();
    server.listen(0, HOST);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await portFree(HOST, port)).to.equal(false);
    server.close();
    await once(server, 'close');
    expect(await portFree(HOST, port)).to.equal(true);
  });

  it('finds a port in use while a program listens on it by UDP', async () => {
    const socket = createSocket('udp4');
    socket.bind(0, HOST);
    await once(socket, 'listening');
    expect(await portFree(HOST, socket.address().port)).to.equal(false);
    socket.close();
    await once(socket, 'close');
  });

  it('finds a free port, and leaves it free', async () => {
    const port = await freePort(HOST);
    expect(port).to.be.within(1_024, 65_535);
    expect(await portFree(HOST, port)).to.equal(true);
  });
});
