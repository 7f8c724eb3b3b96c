import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import WebSocket, { WebSocketServer } from 'ws';
import { deferred } from '../../src/lib/deferred.js';
import { startAriProxy, type AriProxy } from './support/ari-proxy.js';

/** A plain WebSocket server stands in for Asterisk. */
describe('The proxy that disturbs the messages between the controller and Asterisk', () => {
  let server: Server;
  let far: WebSocket;
  let proxy: AriProxy;
  let near: WebSocket;
  let authorization: string | undefined;
  const heard: string[] = [];
  let arrival = deferred<void>();

  const connect = async (): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/ari/events?app=a`, {
      headers: { authorization: 'Basic x' },
    });
    socket.on('error', () => undefined);
    await once(socket, 'open');
    return socket;
  };

  beforeEach(async () => {
    server = createServer((req, res) => {
      req.pipe(res.setHeader('x-path', req.url ?? ''));
    });
    const websockets = new WebSocketServer({ server });
    websockets.on('connection', (socket, req) => {
      far = socket;
      authorization = req.headers.authorization;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    proxy = await startAriProxy({ host: '127.0.0.1', port });
    near = await connect();
    heard.length = 0;
    near.on('message', (data: Buffer) => {
      heard.push((JSON.parse(data.toString()) as { id: string }).id);
      arrival.resolve();
    });
  });

  afterEach(async () => {
    near.terminate();
    await proxy.close();
    server.closeAllConnections();
    server.close();
  });

  const sendFromAsterisk = (id: string, type = 'Dial'): void => {
    far.send(JSON.stringify({ type, id }));
  };
  const until = async (...ids: string[]): Promise<void> => {
    while (heard.length < ids.length) {
      arrival = deferred();
      await arrival.promise;
    }
    expect(heard).to.deep.equal(ids);
  };

  it('passes events, requests, pings and HTTP requests untouched by default', async () => {
    sendFromAsterisk('1');
    await until('1');
    expect(authorization).to.equal('Basic x');
    near.send('{"type":"RESTRequest"}');
    const [request] = (await once(far, 'message')) as [Buffer];
    expect(request.toString()).to.equal('{"type":"RESTRequest"}');
    near.ping();
    await once(near, 'pong');
    const answer = await fetch(`http://127.0.0.1:${proxy.port}/ari/x?y=1`, { method: 'POST', body: 'hello' });
    expect([await answer.text(), answer.headers.get('x-path')]).to.deep.equal(['hello', '/ari/x?y=1']);
    expect([...proxy.seen]).to.deep.equal([['Dial', 1]]);
    expect(proxy.url('me', 'p@ss')).to.equal(`http://me:p%40ss@127.0.0.1:${proxy.port}`);
  });

  it('drops, duplicates, delays and swaps events, and leaves responses alone', async () => {
    proxy.trouble({
      events: ({ id }) => {
        if (id === 'drop') return { copies: 0 };
        if (id === 'twice') return { copies: 2 };
        if (id === 'late') return { delayMs: 60 };
        return id === 'swap' ? { swap: true } : {};
      },
    });
    for (const id of ['late', 'drop', 'twice', 'swap', 'next', 'last']) sendFromAsterisk(id);
    sendFromAsterisk('drop', 'RESTResponse');
    await until('twice', 'twice', 'next', 'swap', 'last', 'drop', 'late');
    proxy.trouble({});
    heard.length = 0;
    sendFromAsterisk('drop');
    await until('drop');
  });

  it('delivers an event that was to be swapped when no other event follows', async () => {
    proxy.trouble({ events: () => ({ swap: true }) });
    sendFromAsterisk('alone');
    await until('alone');
  });

  it('drops requests and responses when told to', async () => {
    proxy.trouble({
      requests: ({ id }) => ({ copies: id === 'lost' ? 0 : 1 }),
      answers: ({ id }) => ({ copies: id === 'lost' ? 0 : 1 }),
    });
    near.send('{"type":"RESTRequest","id":"lost"}');
    near.send('{"type":"RESTRequest","id":"kept"}');
    const [request] = (await once(far, 'message')) as [Buffer];
    expect(request.toString()).to.contain('kept');
    sendFromAsterisk('lost', 'RESTResponse');
    sendFromAsterisk('kept', 'RESTResponse');
    await until('kept');
  });

  it('freezes open connections in both directions without closing them; later connections work', async () => {
    proxy.freeze();
    expect(proxy.connections).to.equal(0);
    const old = far;
    let reached = false;
    old.on('message', () => (reached = true));
    near.on('pong', () => (reached = true));
    near.ping();
    near.send('{"type":"RESTRequest"}');
    sendFromAsterisk('lost');
    const other = await connect();
    expect(await proxy.untilConnected(1, 1_000)).to.equal(true);
    const got = once(other, 'message') as Promise<[Buffer]>;
    sendFromAsterisk('new');
    expect((await got)[0].toString()).to.contain('new');
    other.ping();
    await once(other, 'pong');
    expect([reached, heard, near.readyState]).to.deep.equal([false, [], WebSocket.OPEN]);
    other.terminate();
    old.terminate();
  });

  it('cuts open connections, and refuses new ones until the end of the refusal', async () => {
    const ended = once(near, 'close');
    const farEnded = once(far, 'close');
    proxy.refuse(60_000);
    proxy.cut();
    await Promise.all([ended, farEnded]);
    const refused = new WebSocket(`ws://127.0.0.1:${proxy.port}/`);
    await once(refused, 'error');
    expect(await proxy.untilConnected(1, 50)).to.equal(false);
    proxy.refuse(0);
    const again = await connect();
    expect(await proxy.untilConnected(1, 1_000)).to.equal(true);
    again.terminate();
  });
});
