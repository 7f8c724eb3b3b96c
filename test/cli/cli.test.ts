import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Attempt } from '../../src/domain/attempt.js';
import type { E164 } from '../../src/domain/phone-number.js';
import type { AttemptFilter, ListPart } from '../../src/ports/stores.js';
import { tip } from '../adapters/http/console-fixtures.js';
import { startHarness, TOKEN, withAction, type Harness } from '../adapters/http/harness.js';
import { NOW } from '../adapters/http/fake-services.js';
import { burgernet, burgernetHere, type Ran } from './burgernet.js';

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

describe('burgernet command', function () {
  this.timeout(30_000);
  let http: Harness;
  let folder: string;
  beforeEach(async () => {
    http = await startHarness();
    folder = mkdtempSync(join(tmpdir(), 'burgernet-files-'));
  });
  afterEach(async () => {
    await http.close();
    rmSync(folder, { recursive: true });
  });

  const run = (...args: string[]): Promise<Ran> => burgernetHere(args, { url: http.url, token: TOKEN });
  const settings = (): Record<string, string> => ({
    BURGERNET_HTTP: `127.0.0.1:${http.port}`,
    BURGERNET_TOKEN: TOKEN,
  });
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const newAction = ['--kind', 'missing_child', '--title', 'Vermist meisje', '--description', 'Zes jaar, rode jas'];
  const rest = ['--area', '8251, 8253-8255', '--centralist', '1', '--time-critical', '--clear-description'];

  it('imports participants from a file, and counts them', async () => {
    const csv = file('people.csv', 'phone,postcode,name\n0612345678,8251AB,Jan\n12,8251AB,Piet\n');
    const dry = await run('participants', 'import', csv, '--dry-run');
    expect(dry.out).to.include('1 imported, 0 updated, 1 rejected (nothing kept)');
    const real = await burgernet(['participants', 'import', csv], settings());
    expect(real).to.include({ code: 0, err: '' });
    expect(real.out).to.match(/^line 3: phone: is too short/);
    expect((await run('participants', 'count', '--area', '8251 8252')).out).to.equal('1\n');
    const missing = await run('participants', 'import', join(folder, 'nothing.csv'));
    expect(missing).to.deep.include({ code: 1, out: '' });
    expect(missing.err).to.include('cannot be read');
  });

  it('adds a centralist, and names the field of an error', async () => {
    const added = await run('centralists', 'add', '--name', 'Meldkamer', '--extension', '201');
    expect(added.out).to.include('desk-201').and.include('only-once');
    const again = await run('centralists', 'add', '--name', 'Twee', '--extension', '2');
    expect(again).to.deep.include({ code: 1, err: 'extension: must be 2 to 6 digits\n' });
    expect((await run('centralists', 'list')).out).to.include('Meldkamer  registered, off duty\n');
  });

  it('sets the PIN of a new centralist, changes their duty, locks them out and removes them', async () => {
    const added = await run('centralists', 'add', '--name', 'Meldkamer', '--extension', '201', '--pin', '90210');
    expect(added.out).to.match(/PIN\s+90210/);
    expect((await run('centralists', 'duty', '1', 'on')).out).to.equal('1  201  Meldkamer  registered, on duty\n');
    http.services.centralists.becomes(1, { engaged: true });
    expect((await run('centralists', 'list')).out).to.include('on duty, engaged');
    expect((await run('centralists', 'duty', '1', 'off')).out).to.include('off duty');
    expect((await run('centralists', 'duty', '1', 'maybe')).err).to.equal('give on or off, not maybe\n');
    expect((await run('centralists', 'duty', '9', 'on')).err).to.equal('there is no centralist 9\n');
    const locked = await run('centralists', 'password', '1');
    expect(locked.out)
      .to.include('SIP user     desk-201-new')
      .and.include('password     another-one   (shown this once)');
    expect((await run('centralists', 'remove', '1')).out).to.equal(
      'centralist 1 has been removed; their softphone is locked out\n',
    );
    expect((await run('centralists', 'remove', '9')).err).to.equal('there is no centralist 9\n');
  });

  it('prints a QR code that sets a softphone up', async () => {
    await run('centralists', 'add', '--name', 'Meldkamer', '--extension', '201');
    const { out } = await run('centralists', 'qr', '1');
    const [link] = /^http\S+$/m.exec(out) ?? [];
    expect(out).to.match(/^[█▀▄ ]+$/m);
    expect(out).to.include('BURGERNET_PUBLIC_URL');
    expect(await (await fetch(link!)).text()).to.include('desk-201');
    expect((await run('centralists', 'qr', '9')).err).to.include('there is no centralist 9');
  });

  it('lists tips, and calls back the caller of a tip or of a missed call', async () => {
    await withAction(http);
    expect((await run('tips', 'list')).out).to.equal('no tips\n');
    http.services.tipsKept.push(
      tip({ id: 1, inboundId: 5, note: 'bij de haven', useful: true }),
      tip({ id: 2, inboundId: 6, actionId: 2, type: 'conversation', recordingId: null }),
    );
    const { out } = await run('tips', 'list');
    expect(out).to.match(/^1 {2}action 1 .* participant 1: recording, recording 1, useful {2}bij de haven$/m);
    expect(out).to.match(/^2 {2}action 2 .* participant 1: conversation$/m);
    expect((await run('tips', 'list', '--action', '2')).out).to.match(/^2 /);
    const called = await run('tips', 'callback', '1');
    expect(called.out).to.equal('ringing centralist 1, then 06-12345678\n');
    await run('tips', 'callback', '--call', '7', '--centralist', '2');
    const asked = http.services.callbacksKept.map(({ inboundId, centralistId }) => [inboundId, centralistId]);
    expect(asked).to.deep.equal([
      [5, 1],
      [7, 2],
    ]);
    expect((await run('tips', 'callback', '1')).err).to.include('already being called back');
    expect((await run('tips', 'callback', '9')).err).to.equal('there is no tip 9\n');
    expect((await run('tips', 'callback')).err).to.include('either the id of a tip, or --call');
  });

  it('requests lists page by page, and misses no row', async () => {
    await withAction(http);
    const asked: string[] = [];
    const actions = { ...http.services.actions };
    const tips = { ...http.services.tips };
    const noted =
      <A extends unknown[], T>(name: string, rows: (...args: A) => readonly T[]) =>
      (...args: A): readonly T[] => {
        const found = rows(...args);
        // The server reads one row more than the page, to know whether another page follows.
        asked.push(`${name} ${found.length}`);
        return found;
      };
    Object.assign(http.services.actions, {
      slice: noted('actions', (part: ListPart) => actions.slice(part)),
      attemptsIn: noted('attempts', (id: number, filter: AttemptFilter) => actions.attemptsIn(id, filter)),
    });
    Object.assign(http.services.tips, { list: noted('tips', (filter: ListPart) => tips.list(filter)) });
    for (let id = 1; id <= 2_000; id++)
      http.services.tipsKept.push(tip({ id, inboundId: id + 50, note: `note ${id}` }));
    const attempts = Array.from({ length: 2_300 }, (_, n) => ({ ...ATTEMPT, id: n + 1, participantId: n + 1 }));
    http.services.attemptsOf.push(...attempts);
    http.services.counts = { selected: 2_300 };

    const listed = (await run('tips', 'list', '--action', '1')).out.trimEnd().split('\n');
    expect(listed.map((line) => line.match(/note (\d+)$/)?.[1])).to.deep.equal(
      Array.from({ length: 2_000 }, (_, n) => `${n + 1}`),
    );
    expect(asked.splice(0)).to.deep.equal(['tips 1001', 'tips 1000', 'tips 0']);
    await run('tips', 'callback', '3');
    expect(http.services.callbacksKept).to.have.nested.property('[0].inboundId', 53);
    expect(asked.splice(0), 'stops at the page with the tip').to.deep.equal(['tips 1001']);
    expect((await run('actions', 'list')).out).to.include('action 1 (id 1)');
    expect(asked.splice(0)).to.deep.equal(['actions 1']);
    expect((await run('actions', 'report', '1')).out).to.match(/dialed\s+2,300 +100 %/);
    expect(asked.filter((one) => one.startsWith('attempts'))).to.deep.equal([
      'attempts 1001',
      'attempts 1001',
      'attempts 300',
    ]);
  });

  it('creates an action with its plan, starts, watches and closes it', async () => {
    await run('centralists', 'add', '--name', 'Meldkamer', '--extension', '201');
    const created = await run('actions', 'create', ...newAction, '--message', 'Let op een rode jas.', ...rest);
    expect(created).to.include({ code: 0, err: '' });
    expect(created.out).to.include('3 selected').and.include('8251, 8253-8255').and.include('1 paused');
    const nobody = await run('actions', 'start', '1');
    expect(nobody.code).to.equal(1);
    expect(nobody.err).to.include('--yes');
    expect((await run('actions', 'start', '1', '--yes')).out).to.include('running');
    http.services.counts = { selected: 3, reached: 2 };
    const watched = await run('actions', 'watch', '1');
    expect(watched.out).to.include('action 1 running: 2 of 3 reached').and.include('everyone has been called');
    expect((await run('actions', 'close', '1', '--result', 'found')).out).to.include('closed found');
    expect((await run('actions', 'list')).out).to.include('action 1 (id 1) closed found: Vermist meisje');
  });

  it('prints the warnings of an action before it asks for confirmation', async () => {
    await run('centralists', 'add', '--name', 'Meldkamer', '--extension', '201');
    const create = [...newAction, '--message', 'Let op een rode jas.', ...rest];
    http.services.warnings = [{ code: 'trunk_down', reason: 'the trunk does not answer' }];
    const warning = /! trunk_down +nobody may be reached: the trunk does not answer/;
    expect((await run('actions', 'create', ...create)).out).to.match(warning);
    const asked = await run('actions', 'start', '1');
    expect([asked.code, asked.out]).to.satisfy(([code, out]: [number, string]) => code === 1 && warning.test(out));
  });

  it('refuses to start an action that looks like a running action without --anyway', async () => {
    await run('centralists', 'add', '--name', 'Meldkamer', '--extension', '201');
    const create = [...newAction, '--message', 'Let op een rode jas.', ...rest];
    expect(await run('actions', 'start', ...create, '--yes')).to.include({ code: 0 });
    const refused = await run('actions', 'start', ...create, '--yes');
    expect(refused.code).to.equal(1);
    expect(refused.err).to.include('action 1 (id 1): Vermist meisje').and.include('--anyway');
    expect(http.services.actions.list().map(({ state }) => state)).to.deep.equal(['running', 'draft']);
    expect(await run('actions', 'start', '2', '--yes')).to.include({ code: 1 });
    expect((await run('actions', 'start', '2', '--yes', '--anyway')).out).to.include('action 2 (id 2) running');
  });

  it('marks a simulation, and refuses to start an action without a trunk', async () => {
    await run('centralists', 'add', '--name', 'Meldkamer', '--extension', '201');
    const create = [...newAction, '--message', 'Wij zoeken Sanne.', ...rest];
    http.services.simulation = { mayStart: false, reason: 'no trunk is set' };
    const refused = await run('actions', 'start', ...create, '--yes');
    expect(refused.code).to.equal(1);
    expect(refused.err).to.include('BURGERNET_TRUNK').and.include('BURGERNET_SIMULATION=1');
    http.services.simulation = { mayStart: true, reason: 'no trunk is set' };
    const started = await run('actions', 'start', '1', '--yes');
    expect(started).to.include({ code: 0 });
    expect(started.out).to.match(/^SIMULATION: action 1 \(id 1\) running/m);
    expect((await run('actions', 'list')).out).to.match(/^SIMULATION: action 1/);
    expect((await run('actions', 'report', '1')).out).to.match(/^SIMULATION: nobody real was called$/m);
  });

  it('refuses to start when the selection has changed since the plan was printed', async () => {
    await run('centralists', 'add', '--name', 'Meldkamer', '--extension', '201');
    http.services.selected = 4;
    const create = [...newAction, '--message', 'Let op een rode jas.', ...rest];
    const refused = await run('actions', 'start', ...create, '--yes');
    expect(refused.code).to.equal(1);
    expect(refused.err).to.include('expect.selected: 4 people would be called now');
  });

  it('imports the coordinates of postcodes, and prepares an action near a point', async () => {
    const csv = file('places.csv', 'postcode,lat,lon\n8251AB,52.5253,5.7184\n8251,north,5.7\n');
    const imported = await run('postcodes', 'import', csv);
    expect(imported.out).to.include('1 imported, 0 updated, 1 rejected').and.include('line 3: lat:');
    await run('centralists', 'add', '--name', 'Meldkamer', '--extension', '201');
    const create = ['actions', 'create', ...newAction, '--message', 'Let op een rode jas.', ...rest];
    expect(await run(...create, '--near', '52.5253,5.7184')).to.include({ code: 0 });
    expect(http.services.actions.list()[0]!.area.near).to.deep.equal({ lat: 52.5253, lon: 5.7184 });
    const bad = await run(...create, '--near', '5.7184,52.5253');
    expect(bad).to.include({ code: 1 });
    expect(bad.err).to.include('--near: lat: 5.7184 does not lie in the Netherlands');
  });

  it('creates and starts an action with a recording in one command', async () => {
    await run('centralists', 'add', '--name', 'Meldkamer', '--extension', '201');
    const wav = file('message.wav', 'RIFF....WAVE');
    const started = await run('actions', 'start', ...newAction, '--recording', wav, ...rest, '--yes', '--priority');
    expect(started).to.include({ code: 0, err: '' });
    expect(started.out).to.include('running').and.include('three for each one of another action');
    const bad = await run('actions', 'create', '--kind', 'noise');
    expect(bad.code).to.equal(1);
    expect(bad.err.split('\n')).to.include(
      'area.postcodes: needs at least one postcode, range such as 8253-8255 allowed',
    );
  });

  it('follows an action live until everyone has been called', async () => {
    const id = await withAction(http);
    await http.post(`/actions/${id}/start`);
    http.services.counts = { selected: 4, waiting: 4 };
    const watching = run('actions', 'watch', `${id}`);
    await http.services.untilListeners(1);
    http.services.counts = { selected: 4, reached: 4 };
    http.services.emit(id, 'reached', { participantId: 1 });
    const { code, out } = await watching;
    expect(code).to.equal(0);
    expect(out).to.include('4 of 4 reached');
    const draft = await withAction(http);
    expect((await run('actions', 'watch', `${draft}`)).err).to.include('has not started');
  });

  it('reports an action', async () => {
    await withAction(http);
    http.services.counts = {
      selected: 10,
      rang: 8,
      answered: 6,
      reached: 5,
      heard: 4,
      replayed: 1,
      confirmed: 5,
      no_answer: 5,
    };
    const { out, code } = await run('actions', 'report', '1');
    expect(code).to.equal(0);
    expect(out)
      .to.match(/selected\s+10\s+100 %/)
      .and.match(/no_answer\s+5\s+50 %/);
    expect((await run('actions', 'report', '9')).err).to.equal('there is no action 9\n');
  });

  it('says how to start a service that is not running, and what to do about a wrong or missing token', async () => {
    await http.close();
    const gone = await burgernet(['actions', 'list'], settings());
    expect(gone.code).to.equal(1);
    expect(gone.err).to.include('npm start').and.include('ECONNREFUSED');
    http = await startHarness();
    const stranger = await burgernet(['--url', http.url, '--token', 'wrong', 'actions', 'list']);
    expect(stranger.err).to.include('BURGERNET_TOKEN');
    const none = await burgernet(['--url', http.url, 'actions', 'list']);
    expect(none.err).to.include('there is no token');
  });

  it('doctor: shows the settings and the parts of the running service', async () => {
    http.services.unready = 'the operator does not answer';
    const { out, code, err } = await burgernet(['doctor'], settings());
    expect(out)
      .to.match(/BURGERNET_LINES\s+30\s+default/)
      .and.match(/BURGERNET_TOKEN\s+••••\s+environment/);
    expect(out)
      .to.match(/ok {5}the service runs at/)
      .and.match(/WRONG {2}trunk: the operator does not answer\n\s+→/);
    expect(code, out).to.equal(1);
    expect(err).to.include('wrong');
  });

  it('doctor: names bad lines of the words that the administrator added for the voice', async () => {
    const data = mkdtempSync(join(tmpdir(), 'burgernet-doctor-'));
    try {
      mkdirSync(join(data, 'content'));
      writeFileSync(join(data, 'content', 'lexicon.csv'), 'word,say\nUrk,urrek\nA6,aa zes\n');
      const { out } = await burgernet(['doctor'], { ...settings(), BURGERNET_DATA: data });
      expect(out)
        .to.match(/ok {5}own words for the voice in .*content\/lexicon\.csv/)
        .and.match(/WRONG {2}.*content\/lexicon\.csv, line 3, word: "A6" has a digit.*\n.*correct that line/);
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  });

  it('doctor: names wrong settings and ports in use, each with a remedy', async () => {
    const bad = await burgernet(['doctor'], { BURGERNET_LINES: 'many', BURGERNET_CPS: '0' });
    expect(bad.code).to.equal(1);
    expect(bad.out).to.include('WRONG  BURGERNET_LINES must be a whole number').and.include('WRONG  BURGERNET_CPS');
    const other = createServer((socket) => socket.on('data', () => socket.end('who is there?\r\n')));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const taken = await burgernet(['doctor'], { BURGERNET_HTTP: `127.0.0.1:${port}`, BURGERNET_TOKEN: TOKEN });
    await new Promise((resolve) => other.close(resolve));
    expect(taken.code).to.equal(1);
    expect(taken.out).to.match(
      new RegExp(`WRONG  BURGERNET_HTTP 127.0.0.1:${port} is taken.*\\n.*change BURGERNET_HTTP`),
    );
  });
});
