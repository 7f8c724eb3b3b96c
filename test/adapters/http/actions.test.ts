import { expect } from 'chai';
import { ACTION, startHarness, withAction, type Harness } from './harness.js';

describe('HTTP: actions', () => {
  let http: Harness;
  beforeEach(async () => void (http = await startHarness()));
  afterEach(() => http.close());

  it('prepares an action and returns its plan', async () => {
    await http.post('/centralists', { name: 'Meldkamer', extension: '201' });
    const { status, body } = await http.post('/actions', ACTION);
    expect(status).to.equal(201);
    expect(body).to.deep.include({
      id: 1,
      number: 1,
      state: 'draft',
      area: { postcodes: ['8251', '8252AB', '8253-8255'] },
      message: { text: ACTION.message.text, seconds: 7.5, version: 1, voice: 'embedded' },
      result: null,
      warning: null,
    });
    expect(body).to.have.nested.property('plan.excluded').that.deep.equals({ paused: 1 });
    expect(body).to.have.nested.property('plan.basis', 'estimate');
    expect(body).to.have.nested.property('counts.in_call', 0);
    expect(body).to.have.nested.property('timeline.startedAt', null);
  });

  it('stores the priority, and returns it', async () => {
    const id = await withAction(http);
    expect(await http.get(`/actions/${id}`)).to.have.nested.property('body.priority', false);
    const { status, body } = await http.post('/actions', { ...ACTION, priority: true });
    expect(status).to.equal(201);
    expect(body).to.have.property('priority', true);
    const bad = await http.post('/actions', { ...ACTION, priority: 'yes' });
    expect(bad).to.have.nested.property('body.details[0].field', 'priority');
  });

  it('stores the coordinates of the place, and returns them', async () => {
    const id = await withAction(http);
    expect(await http.get(`/actions/${id}`)).not.to.have.nested.property('body.area.near');
    const near = { lat: 52.5253, lon: 5.7184 };
    const { status, body } = await http.post('/actions', { ...ACTION, area: { ...ACTION.area, near } });
    expect(status).to.equal(201);
    expect(body).to.have.nested.property('area.near').that.deep.equals(near);
    const swapped = { ...ACTION.area, near: { lat: 5.7184, lon: 52.5253 } };
    const bad = await http.post('/actions', { ...ACTION, area: swapped });
    expect(bad).to.have.property('status', 400);
    expect(bad).to.have.nested.property('body.details[0].field', 'area.near.lat');
  });

  it('starts, pauses, resumes and closes an action, and refuses commands that its state does not allow', async () => {
    const id = await withAction(http);
    expect(await http.post(`/actions/${id}/pause`)).to.have.nested.property('status', 409);
    expect(await http.get(`/actions/${id}`)).to.have.nested.property('body.plan', null);
    const started = await http.post(`/actions/${id}/start`);
    expect(started).to.have.nested.property('body.state', 'running');
    expect(started).to.have.nested.property('body.plan.estimateSeconds.all', 30);
    expect(started).to.have.nested.property('body.reality.calledOnceSeconds.half', 12.5);
    expect(await http.post(`/actions/${id}/start`, {})).to.have.property('status', 200);
    const bad = await http.post(`/actions/${id}/start`, { anyway: 'yes' });
    expect(bad).to.have.property('status', 400);
    expect(await http.post(`/actions/${id}/pause`)).to.have.nested.property('body.state', 'paused');
    expect(await http.post(`/actions/${id}/resume`)).to.have.nested.property('body.state', 'running');
    const closed = await http.post(`/actions/${id}/close`, { result: 'found', message: { text: 'Zij is terecht.' } });
    expect(closed).to.have.nested.property('body.result', 'found');
    expect(closed).to.have.nested.property('body.closingMessage.text', 'Zij is terecht.');
    expect(await http.post(`/actions/${id}/start`)).to.have.nested.property('body.code', 'conflict');
  });

  it('names the missing criteria when an action cannot start', async () => {
    await http.post('/centralists', { name: 'Meldkamer', extension: '201' });
    await http.post('/actions', { ...ACTION, criteria: { timeCritical: false, clearDescription: true } });
    const { status, body } = await http.post('/actions/1/start');
    expect(status).to.equal(409);
    expect(body).to.deep.include({ code: 'not_ready' });
    expect(body).to.have.nested.property('details[0].field', 'criteria.timeCritical');
  });

  it('refuses a start without a trunk unless a simulation is configured, and marks each simulated action', async () => {
    const id = await withAction(http);
    http.services.simulation = { mayStart: false, reason: 'no trunk' };
    const refused = await http.post(`/actions/${id}/start`);
    expect(refused).to.have.property('status', 409);
    expect(refused.body).to.have.property('code', 'no_trunk');
    expect(refused.body)
      .to.have.property('message')
      .that.includes('BURGERNET_TRUNK')
      .and.includes('BURGERNET_SIMULATION=1');
    http.services.simulation = { mayStart: true, reason: 'no trunk' };
    const { body } = await http.post('/actions', { ...ACTION, kind: 'robbery' });
    expect(body).to.have.property('simulated', true);
    const started = await http.post('/actions/2/start');
    expect(started).to.have.nested.property('body.simulated', true);
    http.services.simulation = null;
    const list = (await http.get('/actions')).body as { simulated: boolean }[];
    expect(list.map(({ simulated }) => simulated)).to.deep.equal([false, true]);
    expect(await http.get('/actions/2')).to.have.nested.property('body.simulated', true);
  });

  it('refuses to start an action that looks like another, or that has changed since it was seen', async () => {
    await withAction(http);
    await http.post('/actions/1/start');
    await http.post('/actions', ACTION);
    const alike = await http.post('/actions/2/start');
    expect(alike).to.have.property('status', 409);
    expect(alike.body).to.have.property('code', 'look_alike');
    expect(alike.body).to.have.nested.property('details[0].action.number', 1);
    const expects = { expect: { selected: 5, messageVersion: 1 }, anyway: true };
    const changed = await http.post('/actions/2/start', expects);
    expect(changed).to.have.property('status', 409);
    expect(changed.body).to.have.property('code', 'changed');
    expect(changed.body).to.have.nested.property('details[0].field', 'expect.selected');
    const wrong = await http.post('/actions/2/start', { expects: {} });
    expect(wrong).to.have.property('status', 400);
    const started = await http.post('/actions/2/start', { ...expects, expect: { selected: 3, messageVersion: 1 } });
    expect(started).to.have.nested.property('body.state', 'running');
  });

  it('replaces the message, and names the field of a message that cannot be spoken', async () => {
    const id = await withAction(http);
    const updated = await http.post(`/actions/${id}/update`, { message: { text: 'Nu met een blauwe jas.' } });
    expect(updated).to.have.nested.property('body.message.version', 2);
    const bad = await http.post(`/actions/${id}/update`, { message: { text: '@@' } });
    expect(bad).to.deep.include({ status: 400 });
    expect(bad).to.have.nested.property('body.details[0].field', 'message.text');
    const noSound = await http.post(`/actions/${id}/update`, { message: { recordingId: 7 } });
    expect(noSound).to.have.nested.property('body.details[0].field', 'message.recordingId');
  });

  it('lists actions, and answers 404 for an unknown action', async () => {
    await withAction(http);
    expect(await http.get('/actions')).to.have.nested.property('body[0].title', ACTION.title);
    expect(await http.get('/actions/2')).to.have.nested.property('body.code', 'not_found');
    expect(await http.get('/actions/two')).to.have.property('status', 404);
  });
});
