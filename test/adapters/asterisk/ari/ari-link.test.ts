import { expect } from 'chai';
import { AriLink } from '../../../../src/adapters/asterisk/ari/ari-link.js';
import { AriError } from '../../../../src/adapters/asterisk/ari/errors.js';
import type { AriEvent } from '../../../../src/adapters/asterisk/ari/events.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { FakeLog } from '../../../support/fake-log.js';
import { eventually, FakeAri } from './fake-ari.js';

describe('ARI link', () => {
  let ari: FakeAri;
  let link: AriLink;
  let clock: FakeClock;
  let log: FakeLog;
  let events: AriEvent[];
  let ups: number;
  let downs: string[];

  const connect = async (options: { deaf?: boolean; refuses?: boolean } = {}): Promise<void> => {
    ari = await FakeAri.start(options);
    ari.refuses = options.refuses ?? false;
    [clock, log, events, ups, downs] = [new FakeClock(), new FakeLog(), [], 0, []];
    link = new AriLink({
      address: ari.address,
      app: 'burgernet-alert',
      subscribeAll: false,
      clock,
      log,
      onEvent: (event) => events.push(event),
      onUp: () => ups++,
      onDown: (reason) => downs.push(reason),
    });
    link.open();
    if (!ari.refuses) await eventually(() => link.up && ari.connected === 1);
  };
  const rejection = (promise: Promise<unknown>): Promise<AriError> =>
    promise.then(
      () => {
        throw new Error('the request was answered');
      },
      (error: unknown) => error as AriError,
    );

  afterEach(async () => {
    link.close();
    await clock.advance(500);
    await ari.close();
    expect(clock.pending, 'timers left behind').to.equal(0);
  });

  it('connects as the owner of its application, with the password in a header and not in the URL', async () => {
    await connect();
    expect(ari.seen).to.deep.equal([
      {
        url: '/ari/events?app=burgernet-alert&subscribeAll=false',
        authorization: `Basic ${Buffer.from('ari:secret').toString('base64')}`,
      },
    ]);
    expect([ups, downs]).to.deep.equal([1, []]);
  });

  it('matches each answer to its request, in any order of the answers', async () => {
    await connect();
    const first = link.request('POST', 'channels/a/answer');
    const second = link.request('GET', 'channels/b');
    const third = link.request('DELETE', 'channels/c');
    await eventually(() => ari.requests.length === 3);
    expect(new Set(ari.requests.map(({ request_id }) => request_id)).size).to.equal(3);
    ari.answer(ari.requests[2]!, 204);
    ari.answer(ari.requests[1]!, 200, { id: 'b' });
    expect(await third).to.equal(undefined);
    expect(await second).to.deep.equal({ id: 'b' });
    ari.answer(ari.requests[0]!, 204);
    expect(await first).to.equal(undefined);
  });

  it('sends the query escaped in the URI, and the body as JSON', async () => {
    await connect();
    const order = link.request('POST', 'channels/a', { media: 'sound:a b&c', beep: false }, { endpoint: 'PJSIP/x' });
    await eventually(() => ari.requests.length === 1);
    expect(ari.requests[0]).to.deep.equal({
      type: 'RESTRequest',
      request_id: ari.requests[0]!.request_id,
      method: 'POST',
      uri: 'channels/a?media=sound%3Aa%20b%26c&beep=false',
      content_type: 'application/json',
      message_body: '{"endpoint":"PJSIP/x"}',
    });
    ari.answer(ari.requests[0]!, 200, {});
    await order;
  });

  it('rejects a refused request with the status and the message of Asterisk', async () => {
    await connect();
    const refused = rejection(link.request('DELETE', 'channels/a'));
    const wordless = rejection(link.request('DELETE', 'channels/b'));
    await eventually(() => ari.requests.length === 2);
    ari.answer(ari.requests[0]!, 404, { message: 'Channel not found' });
    ari.answer(ari.requests[1]!, 500);
    const error = await refused;
    expect(error).to.be.instanceOf(AriError);
    expect([error.status, error.message, error.gone, error.unanswered]).to.deep.equal([
      404,
      'Channel not found',
      true,
      false,
    ]);
    expect([(await wordless).message, (await wordless).gone]).to.deep.equal(['status 500', false]);
  });

  it('rejects a request that is not answered within five seconds, and ignores a late answer', async () => {
    await connect();
    const late = rejection(link.request('GET', 'channels/a'));
    await eventually(() => ari.requests.length === 1);
    await clock.advance(4_999);
    await clock.advance(1);
    const error = await late;
    expect([error.status, error.unanswered]).to.deep.equal([0, true]);
    expect(error.message).to.contain('GET channels/a').and.to.contain('5000 ms');
    ari.answer(ari.requests[0]!, 200, {});
    const next = link.request('GET', 'channels/b');
    await eventually(() => ari.requests.length === 2);
    ari.answer(ari.requests[1]!, 200, { id: 'b' });
    expect(await next).to.deep.equal({ id: 'b' });
  });

  it('passes on known events, and tolerates any other message', async () => {
    await connect();
    const known = { type: 'ChannelDtmfReceived', channel: { id: 'a' }, digit: '1' };
    for (const odd of [
      'no json at all',
      '{"half":',
      'null',
      '[]',
      '"text"',
      { type: 'ChannelVarset' },
      { type: 7 },
      {},
    ]) {
      ari.send(odd);
    }
    ari.send({ type: 'RESTResponse', request_id: 'nobody', status_code: 200 });
    ari.send(known);
    await eventually(() => events.length > 0);
    expect(events).to.deep.equal([known]);
    expect(log.said('warn')).to.deep.equal(Array(2).fill('asterisk sent a message that is not JSON'));
    expect(link.up).to.equal(true);
  });

  it('rejects pending requests when the connection is lost, reports that once, and reconnects', async () => {
    await connect();
    const pending = rejection(link.request('POST', 'channels/a/answer'));
    await eventually(() => ari.requests.length === 1);
    ari.cut();
    expect((await pending).unanswered).to.equal(true);
    expect(link.up).to.equal(false);
    expect(downs).to.have.lengthOf(1);
    expect((await rejection(link.request('GET', 'channels/a'))).message).to.equal('Asterisk is not connected');
    await clock.advance(100);
    await eventually(() => link.up);
    expect([ups, downs.length]).to.deep.equal([2, 1]);
    const asked = link.request('GET', 'channels/a');
    await eventually(() => ari.requests.length === 2);
    ari.answer(ari.requests[1]!, 200, {});
    expect(await asked).to.deep.equal({});
  });

  it('keeps trying to connect, at growing intervals of at most two seconds', async () => {
    await connect({ refuses: true });
    const waits: number[] = [];
    for (let tries = 1; tries <= 15; tries++) {
      await eventually(() => ari.attempts === tries && clock.pending === 1);
      const before = clock.monotonic();
      await clock.until(() => clock.pending === 0);
      waits.push(clock.monotonic() - before);
    }
    expect(waits).to.deep.equal([100, 200, 500, 1_000, ...Array<number>(11).fill(2_000)]);
    expect([ups, downs]).to.deep.equal([0, []]);
    ari.refuses = false;
    await eventually(() => clock.pending === 1);
    await clock.advance(2_000);
    await eventually(() => link.up);
    expect(ups).to.equal(1);
  });

  it('keeps a silent connection while the pings are answered', async () => {
    await connect();
    for (let pings = 0; pings < 5; pings++) {
      const pinged = ari.pinged();
      await clock.advance(5_000);
      await pinged;
    }
    expect([link.up, downs]).to.deep.equal([true, []]);
  });

  it('finds a dead connection by an unanswered ping, and reconnects', async () => {
    await connect({ deaf: true });
    const pending = rejection(link.request('GET', 'channels/a'));
    await clock.advance(5_000);
    expect(link.up).to.equal(true);
    await clock.advance(5_000);
    await eventually(() => downs.length > 0);
    expect((await pending).unanswered).to.equal(true);
    await clock.advance(100);
    await eventually(() => link.up);
    expect(ups).to.equal(2);
  });

  it('accepts any message as a sign of life instead of a pong', async () => {
    await connect({ deaf: true });
    for (let seconds = 0; seconds < 30; seconds += 5) {
      await clock.advance(5_000);
      const before = events.length;
      ari.send({ type: 'ChannelDtmfReceived', channel: { id: 'a' }, digit: '1' });
      await eventually(() => events.length > before);
    }
    expect([link.up, downs]).to.deep.equal([true, []]);
  });

  it('rejects pending requests when it is closed, and does not reconnect', async () => {
    await connect();
    const pending = rejection(link.request('GET', 'channels/a'));
    link.close();
    expect((await pending).message).to.contain('closed');
    await eventually(() => ari.connected === 0);
    await clock.advance(60_000);
    expect([link.up, ari.attempts, downs]).to.deep.equal([false, 1, []]);
    expect((await rejection(link.request('GET', 'channels/a'))).unanswered).to.equal(true);
  });
});
