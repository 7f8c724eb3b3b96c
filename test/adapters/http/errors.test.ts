import { expect } from 'chai';
import { GuessLimiter } from '../../../src/app/access/guess-limiter.js';
import { createHttpServer } from '../../../src/adapters/http/index.js';
import { SpeechError } from '../../../src/ports/speech.js';
import { Problem } from '../../../src/domain/problem.js';
import { fakeServices } from './fake-services.js';
import { ACTION, startHarness, TOKEN, withAction, type Harness } from './harness.js';

interface ErrorBody {
  code: string;
  message: string;
  details: { field: string; message: string }[];
}

describe('HTTP: errors', () => {
  let http: Harness;
  beforeEach(async () => void (http = await startHarness()));
  afterEach(() => http.close());

  const json = { 'content-type': 'application/json' };
  const refused = async (path: string, body: unknown): Promise<ErrorBody['details']> => {
    const answer = await http.post(path, body);
    expect(answer.status).to.equal(400);
    expect((answer.body as ErrorBody).code).to.equal('invalid');
    return (answer.body as ErrorBody).details;
  };

  it('answers 401 without the right token', async () => {
    for (const authorization of ['', 'Bearer', 'Bearer wrong', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`]) {
      const response = await http.ask('/actions', { headers: { authorization } });
      expect(response.status, authorization).to.equal(401);
      expect(response.headers.get('www-authenticate')).to.equal('Bearer');
      expect(await response.json()).to.deep.include({ code: 'unauthorized', details: [] });
    }
    expect((await http.ask('/nothing', { headers: { authorization: 'Bearer wrong' } })).status).to.equal(401);
    expect((await http.ask('/actions')).status).to.equal(200);
  });

  it('says which fields are missing and which values are allowed', async () => {
    const details = await refused('/actions', {
      ...ACTION,
      kind: 'noise',
      area: { postcodes: [] },
      title: '',
      message: undefined,
    });
    expect(details).to.deep.include({
      field: 'area.postcodes',
      message: 'needs at least one postcode, range such as 8253-8255 allowed',
    });
    expect(details).to.deep.include({ field: 'title', message: 'may not be empty' });
    expect(details).to.deep.include({ field: 'message', message: 'is required: an object' });
    expect(details.find(({ field }) => field === 'kind')?.message).to.match(/^must be one of theft, robbery/);
  });

  it('names the wrong list entry, the unknown field and the field of the wrong type', async () => {
    expect(await refused('/actions', { ...ACTION, area: { postcodes: ['8251', '99'] } })).to.deep.equal([
      { field: 'area.postcodes.1', message: "'99' is not a postcode or range; give 8251, 8251AB or 8253-8255" },
    ]);
    expect(await refused('/actions', { ...ACTION, colour: 1, area: { postcodes: ['8251'], town: 'x' } })).to.deep.equal(
      [
        { field: 'area.town', message: 'is not known here; leave it out' },
        { field: 'colour', message: 'is not known here; leave it out' },
      ],
    );
    expect(
      await refused('/actions', {
        ...ACTION,
        centralistId: 1.5,
        criteria: { timeCritical: 'yes', clearDescription: true },
      }),
    ).to.deep.equal([
      { field: 'centralistId', message: 'must be a whole number' },
      { field: 'criteria.timeCritical', message: 'must be true or false' },
    ]);
    expect(await refused('/centralists', { name: 'x', extension: '7' })).to.deep.equal([
      { field: 'extension', message: 'must be 2 to 6 digits' },
    ]);
    expect(await refused('/centralists', [])).to.deep.equal([{ field: 'body', message: 'must be an object' }]);
    expect(await refused('/centralists', undefined)).to.have.length(2);
    expect(await refused('/participants', { phones: ['112', '0612345678'], postcodes: ['8251AB', 'x'] })).to.satisfy(
      (details: ErrorBody['details']) => details.map(({ field }) => field).join() === 'phones.0,postcodes.1',
    );
  });

  it('requires either a text or a recording as the message', async () => {
    for (const message of [{}, { text: 'a', recordingId: 1 }]) {
      expect(await refused('/actions', { ...ACTION, message })).to.deep.equal([
        { field: 'message', message: 'needs either text or recordingId' },
      ]);
    }
  });

  it('refuses a body that is not JSON, has another content type, or is too large', async () => {
    const broken = await http.ask('/actions', { method: 'POST', headers: json, body: '{"kind":' });
    expect(broken.status).to.equal(400);
    expect(await broken.json()).to.deep.include({ code: 'invalid_json' });
    const xml = await http.ask('/actions', { method: 'POST', headers: { 'content-type': 'text/xml' }, body: '<a/>' });
    expect(xml.status).to.equal(415);
    expect(await xml.json()).to.deep.include({ code: 'unsupported_media_type' });
    const large = await http.ask('/actions', {
      method: 'POST',
      headers: json,
      body: JSON.stringify('x'.repeat(1_100_000)),
    });
    expect(large.status).to.equal(413);
    expect(await large.json()).to.deep.include({ code: 'too_large' });
  });

  it('answers 404 for an unknown address or method', async () => {
    expect(await http.get('/nothing')).to.deep.include({ status: 404 });
    expect(await http.get('//nothing')).to.have.nested.property('body.code', 'not_found');
    expect(await http.get('/actions/%E0%A4%A')).to.have.property('status', 400);
    expect((await http.ask('/actions/1', { method: 'DELETE' })).status).to.equal(404);
  });

  it('names the field of a conflict and of an unknown query parameter', async () => {
    await http.post('/centralists', { name: 'Een', extension: '201' });
    const again = await http.post('/centralists', { name: 'Twee', extension: '201' });
    expect(again).to.deep.include({ status: 409 });
    expect(again).to.have.nested.property('body.details[0].field', 'extension');
    expect(await http.get('/tips?action=1')).to.have.nested.property('body.details[0].field', 'action');
    expect(await http.get('/tips?actionId=x')).to.have.nested.property('body.details[0].field', 'actionId');
  });

  it('hides the details of an internal error, and returns the request id to search for', async () => {
    const id = await withAction(http);
    http.services.actions.view = () => {
      throw new Error('secret of the house');
    };
    const response = await http.ask(`/actions/${id}`, { headers: { 'x-request-id': 'look-here' } });
    expect(response.status).to.equal(500);
    expect(response.headers.get('x-request-id')).to.equal('look-here');
    const body = (await response.json()) as ErrorBody;
    expect(body.code).to.equal('internal');
    expect(body.message).to.include('look-here').and.not.include('secret');
    expect(http.lines.some(({ level, fields }) => level === 'error' && fields['requestId'] === 'look-here')).to.equal(
      true,
    );
  });

  it('answers 503 when the speech engine or the database fails', async () => {
    const id = await withAction(http);
    http.services.actions.update = () => Promise.reject(new SpeechError('engine_failed', 'the voice is gone'));
    expect(await http.post(`/actions/${id}/update`, { message: { text: 'Hallo' } })).to.deep.include({ status: 503 });
    http.services.actions.slice = () => {
      throw new Problem('unavailable', 'the disk is full');
    };
    expect(await http.get('/actions')).to.have.nested.property('body.code', 'unavailable');
  });

  it('logs the route of each request, not its address', async () => {
    await http.get('/participants/count?area=8251');
    const line = http.lines.find(({ fields }) => fields['route'] === '/participants/count');
    expect(line?.fields).to.include({ method: 'GET', status: 200 });
    expect(JSON.stringify(http.lines)).not.to.include('8251');
  });

  it('names the setting when the port is in use', async () => {
    const guessLimiter = new GuessLimiter({ clock: http.clock, log: quiet });
    const options = {
      services: fakeServices(),
      token: TOKEN,
      guessLimiter,
      log: quiet,
      clock: http.clock,
      version: '1',
    };
    const second = createHttpServer(options);
    const error = await second.listen('127.0.0.1', http.port).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Problem);
    expect((error as Problem).message)
      .to.include('BURGERNET_HTTP')
      .and.include(`${http.port}`);
    await second.close();
  });
});

const nothing = (): void => undefined;
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => quiet };
