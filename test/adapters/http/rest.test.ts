import { expect } from 'chai';
import type { Attempt } from '../../../src/domain/attempt.js';
import type { E164 } from '../../../src/domain/phone-number.js';
import { NOW } from './fake-services.js';
import { startHarness, withAction, type Harness } from './harness.js';

const ATTEMPT: Attempt = {
  id: 1,
  actionId: 1,
  participantId: 5,
  phone: '+31612345678' as E164,
  purpose: 'alert',
  number: 1,
  messageVersion: 1,
  outcome: 'confirmed',
  dialedAt: NOW,
  rangAt: NOW + 1,
  answeredAt: NOW + 2,
  confirmedAt: NOW + 3,
  endedAt: NOW + 4,
  heardSeconds: 7.5,
  plays: 1,
  sipStatus: 200,
  cause: 16,
  retryAfterSeconds: null,
  reason: null,
};

describe('HTTP: centralists, attempts, recordings, tips, health', () => {
  let http: Harness;
  beforeEach(async () => void (http = await startHarness()));
  afterEach(() => http.close());

  it('shows the password of a new centralist once', async () => {
    const { status, body } = await http.post('/centralists', { name: ' Meldkamer ', extension: '201' });
    expect(status).to.equal(201);
    expect(body).to.deep.include({
      id: 1,
      name: 'Meldkamer',
      extension: '201',
      sip: { username: 'desk-201', password: 'only-once', server: '127.0.0.1:5060', transport: 'udp' },
      pin: '4711',
    });
    const list = await http.get('/centralists');
    expect(list.body).to.deep.equal([
      {
        id: 1,
        name: 'Meldkamer',
        extension: '201',
        createdAt: NOW,
        registered: true,
        onDuty: false,
        engaged: false,
      },
    ]);
  });

  it('signs a participant up', async () => {
    const { status, body } = await http.post('/participants', { phones: ['06-1234 5678'], postcodes: ['8251 ab'] });
    expect(status).to.equal(201);
    expect(body).to.deep.equal({
      id: 1,
      name: null,
      language: 'nl',
      phones: ['+31612345678'],
      postcodes: ['8251AB'],
      pausedUntil: null,
      nightCalls: false,
      createdAt: NOW,
      code: '000001',
    });
    expect((await http.get('/participants/1')).body).to.deep.equal(body);
    expect(await http.get('/participants/2')).to.have.property('status', 404);
  });

  it('sends a list by page with links to the other pages, or as a whole', async () => {
    await withAction(http);
    const rows = Array.from({ length: 1_203 }, (_, n) => ({
      ...ATTEMPT,
      id: n + 1,
      outcome: n % 3 === 0 ? ('busy' as const) : ('confirmed' as const),
    }));
    http.services.attemptsOf.push(...rows);
    const ids = async (query: string): Promise<number[]> =>
      ((await http.get(`/actions/1/attempts${query}`)).body as { id: number }[]).map(({ id }) => id);
    expect(await ids('')).to.deep.equal(rows.map(({ id }) => id));
    expect(await ids('?page=2&limit=500')).to.deep.equal(rows.slice(500, 1_000).map(({ id }) => id));
    expect(await ids('?limit=2')).to.deep.equal([1, 2]);
    expect(await ids('?page=13')).to.deep.equal([1_201, 1_202, 1_203]);
    expect(await ids('?page=14')).to.deep.equal([]);
    expect(await ids('?outcome=busy&page=2&limit=3')).to.deep.equal([10, 13, 16]);
    expect(await ids('?outcome=busy')).to.have.length(401);
    const link = async (query: string): Promise<string | null> =>
      (await http.ask(`/actions/1/attempts${query}`)).headers.get('link');
    const at = '/api/v1/actions/1/attempts?outcome=busy';
    expect(await link('?outcome=busy&page=2&limit=3')).to.equal(
      `<${at}&page=1&limit=3>; rel="first", <${at}&page=1&limit=3>; rel="prev", <${at}&page=3&limit=3>; rel="next"`,
    );
    expect(await link('?limit=1000&page=2')).to.not.include('next');
    expect(await link('')).to.equal(null);
    for (const query of ['?limit=1001', '?limit=0', '?page=0', '?page=x', '?outcome=dead'])
      expect(await http.get(`/actions/1/attempts${query}`), query).to.have.property('status', 400);
    const csv = await http.ask('/actions/1/attempts', { headers: { accept: 'text/csv' } });
    expect((await csv.text()).trimEnd().split('\r\n')).to.have.length(1_204);
    expect(await http.get('/actions/9/attempts')).to.have.property('status', 404);
    for (const list of ['/actions', '/inbound', '/tips', '/callbacks'])
      expect((await http.ask(`${list}?page=1&limit=1`)).headers.get('link'), list).to.include('rel="first"');
  });

  it('lists attempts as JSON or CSV, all or of one purpose', async () => {
    await withAction(http);
    http.services.attemptsOf.push(ATTEMPT, { ...ATTEMPT, id: 2, purpose: 'closing', reason: '=HYPERLINK("x")' });
    const all = (await http.get('/actions/1/attempts')).body as Record<string, unknown>[];
    expect(all).to.have.length(2);
    expect(all[0]).to.deep.include({
      participantId: 5,
      phone: '+31612345678',
      outcome: 'confirmed',
      heardSeconds: 7.5,
      cause: 16,
    });
    expect(all[0]).not.to.have.property('actionId');
    expect((await http.get('/actions/1/attempts?purpose=closing')).body).to.have.length(1);
    const response = await http.ask('/actions/1/attempts', { headers: { accept: 'text/csv' } });
    expect(response.headers.get('content-type')).to.match(/^text\/csv/);
    const [header, first, second, end] = (await response.text()).split('\r\n');
    expect(header).to.match(/^id,participantId,phone,purpose,number,messageVersion,outcome,dialedAt/);
    expect(first).to.equal(
      `1,5,+31612345678,alert,1,1,confirmed,${NOW},${NOW + 1},${NOW + 2},${NOW + 3},7.5,1,${NOW + 4},200,16,,`,
    );
    expect(second).to.include(`"'=HYPERLINK(""x"")"`);
    expect(end).to.equal('');
  });

  it('shows the steps of one call, under its own action only', async () => {
    await withAction(http);
    http.services.attemptsOf.push(ATTEMPT);
    expect((await http.get('/actions/1/attempts/1/trace')).body).to.deep.equal([{ step: 'attempt 1 prompt', at: NOW }]);
    expect(await http.get('/actions/1/attempts/7/trace')).to.have.property('status', 404);
  });

  it('sends the steps of one call by page, or as a whole', async () => {
    await withAction(http);
    http.services.attemptsOf.push(ATTEMPT);
    http.services.stepsKept = Array.from({ length: 2_001 }, (_, n) => String(n));
    const trace = '/actions/1/attempts/1/trace';
    const steps = async (query: string): Promise<string[]> =>
      ((await http.get(`${trace}${query}`)).body as { step: string }[]).map(({ step }) => step);
    const all = http.services.stepsKept.map((step) => `attempt 1 ${step}`);
    expect(await steps('')).to.deep.equal(all);
    expect(await steps('?page=2&limit=1000')).to.deep.equal(all.slice(1_000, 2_000));
    expect(await steps('?limit=2')).to.deep.equal(all.slice(0, 2));
    expect(await steps('?page=22')).to.deep.equal([]);
    const link = async (query: string): Promise<string | null> =>
      (await http.ask(`${trace}${query}`)).headers.get('link');
    expect(await link('?page=2&limit=1000')).to.equal(
      Object.entries({ first: 1, prev: 1, next: 3 })
        .map(([rel, page]) => `</api/v1${trace}?page=${page}&limit=1000>; rel="${rel}"`)
        .join(', '),
    );
    expect(await link('?page=3&limit=1000')).to.not.include('next');
    expect(await link('')).to.equal(null);
    for (const query of ['?limit=1001', '?page=0', '?after=3'])
      expect(await http.get(`${trace}${query}`), query).to.have.property('status', 400);
    expect(await http.get('/actions/2/attempts/1/trace?page=1')).to.have.property('status', 404);
  });

  it('stores an uploaded WAV file, and serves it', async () => {
    const wav = Buffer.from('RIFF....WAVE');
    const send = (body: Buffer, type = 'audio/wav'): Promise<Response> =>
      http.ask('/recordings', { method: 'POST', headers: { 'content-type': type }, body });
    const taken = await send(wav);
    expect(taken.status).to.equal(201);
    expect(await taken.json()).to.deep.equal({ id: 1, seconds: 2.5 });
    const audio = await http.ask('/recordings/1/audio');
    expect(audio.headers.get('content-type')).to.equal('audio/wav');
    expect(Buffer.from(await audio.arrayBuffer()).equals(wav)).to.equal(true);
    expect(audio.headers.get('accept-ranges')).to.equal('bytes');
    const bad = await send(Buffer.from('MP3'));
    expect(bad.status).to.equal(400);
    expect(await bad.json()).to.have.nested.property('details[0].field', 'body');
    expect((await send(Buffer.alloc(0))).status).to.equal(400);
    expect((await send(wav, 'audio/mpeg')).status).to.equal(415);
    expect((await http.ask('/recordings/2/audio')).status).to.equal(404);
  });

  it('previews a message: how it will be said, how long it takes, and its sound', async () => {
    const ask = (text: unknown): Promise<Response> =>
      http.ask('/messages/preview', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text }),
      });
    const preview = await ask('Een Opel van 7 jaar.');
    expect(preview.status).to.equal(200);
    const audioUrl = `/api/v1/messages/sounds/${'a'.repeat(32)}`;
    expect(await preview.json()).to.deep.equal({
      text: 'Een Opel van 7 jaar.',
      spoken: 'Een Opel van zeven jaar.',
      words: [{ word: 'Opel', say: 'opul' }],
      seconds: 2.5,
      voice: 'embedded',
      audioUrl,
    });
    const audio = await http.ask(audioUrl.replace('/api/v1', ''));
    expect(audio.headers.get('content-type')).to.equal('audio/wav');
    expect(await audio.text()).to.equal('RIFF....WAVE');
    expect((await http.ask(`/messages/sounds/${'b'.repeat(32)}`)).status).to.equal(404);
    expect((await http.ask('/messages/sounds/..%2Ftoken')).status).to.equal(404);
    const empty = await ask('');
    expect(empty.status).to.equal(400);
    expect(await empty.json()).to.have.nested.property('details[0].field', 'text');
    expect((await ask(7)).status).to.equal(400);
  });

  it('serves the requested range of a sound', async () => {
    const wav = Buffer.from('RIFF0123456789');
    await http.ask('/recordings', { method: 'POST', headers: { 'content-type': 'audio/wav' }, body: wav });
    const ask = async (headers: Record<string, string>): Promise<[number, string | null, string]> => {
      const response = await http.ask('/recordings/1/audio', { headers });
      return [response.status, response.headers.get('content-range'), await response.text()];
    };
    expect(await ask({ range: 'bytes=0-3' })).to.deep.equal([206, 'bytes 0-3/14', 'RIFF']);
    expect(await ask({ range: 'bytes=4-' })).to.deep.equal([206, 'bytes 4-13/14', '0123456789']);
    expect(await ask({ range: 'bytes=-2' })).to.deep.equal([206, 'bytes 12-13/14', '89']);
    expect(await ask({ range: 'bytes=10-99' })).to.deep.equal([206, 'bytes 10-13/14', '6789']);
    // Several ranges, another unit and an unknown condition all get the whole sound.
    for (const range of ['bytes=0-1,4-5', 'lines=1-2', 'bytes=x']) {
      expect(await ask({ range }), range).to.deep.equal([200, null, 'RIFF0123456789']);
    }
    expect(await ask({ range: 'bytes=0-3', 'if-range': '"x"' })).to.deep.equal([200, null, 'RIFF0123456789']);
    const [status, size, body] = await ask({ range: 'bytes=14-' });
    expect([status, size]).to.deep.equal([416, 'bytes */14']);
    expect(JSON.parse(body)).to.have.nested.property('details[0].field', 'headers.range');
  });

  it('lists inbound calls and tips by action, and stores a note', async () => {
    http.services.inboundKept.push({
      id: 1,
      from: null,
      participantId: null,
      actionId: 3,
      callId: 'call-1',
      result: 'refused',
      reason: 'withheld',
      receivedAt: NOW,
      ringingAt: null,
      connectedAt: null,
      endedAt: NOW,
      centralistId: null,
      recordingId: null,
    });
    http.services.tipsKept.push({
      id: 1,
      actionId: 3,
      participantId: 5,
      inboundId: 1,
      type: 'recording',
      recordingId: 9,
      note: null,
      useful: null,
      createdAt: NOW,
    });
    const calls = (await http.get('/inbound?actionId=3')).body as object[];
    expect(calls).to.have.length(1);
    expect(calls[0], 'the id in telephony is internal').not.to.have.property('callId');
    expect((await http.get('/inbound?actionId=4')).body).to.have.length(0);
    expect((await http.get('/tips')).body).to.have.length(1);
    const patch = (id: number, change: unknown): Promise<Response> =>
      http.ask(`/tips/${id}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(change),
      });
    const changed = await patch(1, { note: 'blauwe fiets', useful: true });
    expect(await changed.json()).to.deep.include({ note: 'blauwe fiets', useful: true });
    expect((await patch(1, {})).status).to.equal(400);
    expect((await patch(2, { useful: null })).status).to.equal(404);
  });

  it('reports that it is alive, and which part is not ready', async () => {
    const open = { headers: { authorization: 'none' } };
    expect(await (await http.ask('//healthz', open)).json()).to.deep.equal({ status: 'ok', version: '9.9.9' });
    expect((await http.ask('//readyz', open)).status).to.equal(200);
    expect(await (await http.ask('//readyz', open)).json()).to.include({ ready: true, simulated: false });
    http.services.simulation = { mayStart: false, reason: '' };
    const simulated = await http.ask('//readyz', open);
    expect(simulated.status).to.equal(200);
    expect(await simulated.json()).to.include({ ready: true, simulated: true });
    http.services.unready = 'the operator does not answer';
    const response = await http.ask('//readyz', open);
    expect(response.status).to.equal(503);
    expect(await response.json()).to.have.nested.property('parts.trunk.reason', 'the operator does not answer');
  });

  it('serves metrics to this machine and for the token, without ids in the labels', async () => {
    await http.get('/actions/12345');
    const metrics = await http.ask('//metrics', { headers: { authorization: 'none' } });
    const text = await metrics.text();
    expect(metrics.status).to.equal(200);
    expect(text).to.match(/^burgernet_lines 30$/m);
    expect(text).to.match(/^burgernet_lines_in_use\{direction="outbound"\} 4$/m);
    expect(text).to.include('route="/actions/:id"').and.not.include('12345');
    const proxied = await http.ask('//metrics', { headers: { authorization: 'none', 'x-forwarded-for': '192.0.2.1' } });
    expect(proxied.status).to.equal(401);
    expect((await http.ask('//metrics', { headers: { 'x-forwarded-for': '192.0.2.1' } })).status).to.equal(200);
  });

  it('sends security headers', async () => {
    const response = await http.ask('/actions');
    expect(response.headers.get('x-powered-by')).to.equal(null);
    expect(response.headers.get('x-content-type-options')).to.equal('nosniff');
    expect(response.headers.get('cache-control')).to.equal('no-store');
  });
});
