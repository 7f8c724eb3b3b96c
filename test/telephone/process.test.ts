import { expect } from 'chai';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findAsterisk } from '../../scripts/lib/asterisk-root.mjs';
import type { AriAddress } from '../../src/adapters/asterisk/ari/address.js';
import type { OwnAsterisk } from '../../src/adapters/asterisk/process/asterisk-process.js';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { createPinoLog } from '../../src/adapters/log/pino-log.js';
import { createApi, type Api } from '../../src/cli/api-client.js';
import { readToken } from '../../src/config.js';
import { isAlive } from '../../src/lib/is-alive.js';
import { startPhoneNetwork, type PhoneCall, type PhoneNetwork } from '../../src/phonenet/index.js';
import { eventually } from './support/adapter.js';
import { startOurs } from './support/pair.js';
import { rememberedAsterisk, startProgram, type Program } from './support/program.js';

const HOST = '127.0.0.1';
const CALL_MS = 20_000;
const silent = createPinoLog({ level: 'error' });

describe('The service as a process', function () {
  this.timeout(60_000);
  let folder: string;
  let dataDir: string;
  let sipPort: number;
  const rtp = 20_000 + 2 * Math.floor(Math.random() * 4_000);
  let network: PhoneNetwork;
  const programs: Program[] = [];

  /** The town of every test: one network, which knows the service by its address. */
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bn-process-'));
    sipPort = await freePort(HOST);
    network = await startPhoneNetwork({
      folder: join(folder, 'net'),
      sip: { host: HOST, port: await freePort(HOST) },
      service: { host: HOST, port: sipPort },
      rtp: { from: rtp + 10_000, to: rtp + 10_999 },
      log: silent,
    });
  });

  after(async () => {
    await network.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  let count = 0;
  beforeEach(() => {
    count += 1;
    dataDir = join(folder, `data-${count}`);
  });

  afterEach(async () => {
    const left: number[] = [];
    for (const program of programs.splice(0)) {
      program.kill('SIGKILL');
      await program.exit;
      left.push(...program.asterisks().filter(isAlive));
    }
    for (const pid of left) process.kill(pid, 'SIGKILL');
    expect(left, 'Asterisks left running').to.deep.equal([]);
  });

  const run = (settings: Readonly<Record<string, string>> = {}): Program => {
    const program = startProgram(folder, {
      BURGERNET_DATA: dataDir,
      BURGERNET_HTTP: `${HOST}:0`,
      BURGERNET_SIP: `${HOST}:${sipPort}`,
      BURGERNET_RTP: `${rtp}-${rtp + 999}`,
      BURGERNET_TRUNK: network.trunk,
      BURGERNET_NIGHT: 'off',
      BURGERNET_RETRY: 'off',
      ...settings,
    });
    programs.push(program);
    return program;
  };

  /** Starts the service, which must not come up; the one line that it says. */
  const refusal = async (settings: Readonly<Record<string, string>>): Promise<string> => {
    const program = run(settings);
    const { code, said } = await program.exit;
    expect({ code, lines: said.length }, said.join('\n')).to.deep.equal({ code: 1, lines: 1 });
    expect(program.asterisks().filter(isAlive), 'Asterisks left running').to.deep.equal([]);
    return said[0] ?? '';
  };

  const ended = async (program: Program): Promise<void> => {
    expect(await program.exit).to.deep.equal({ code: 0, said: [] });
    expect(program.asterisks().filter(isAlive), 'Asterisks left running').to.deep.equal([]);
  };

  describe('that cannot start', () => {
    it('names every setting that is bad, with what is allowed', async () => {
      const { code, said } = await run({ BURGERNET_LINES: 'many', BURGERNET_TRUNK: 'trunk.example.net' }).exit;
      expect(code).to.equal(1);
      expect(said).to.have.members([
        'burgernet cannot start: BURGERNET_LINES must be a whole number from 1 to 5000 lines',
        'burgernet cannot start: BURGERNET_TRUNK must be sip:host or sip:host:port, such as sip:trunk.example.net:5060',
      ]);
    });

    it('names BURGERNET_SIP when that port is taken, with a trunk or with a simulated network, and leaves nothing', async () => {
      const taken = createSocket('udp4').bind(0, HOST);
      await once(taken, 'listening');
      const { port } = taken.address();
      try {
        const BURGERNET_SIP = `${HOST}:${port}`;
        const simulated = { BURGERNET_TRUNK: '', BURGERNET_DATA: join(folder, 'data-simulated') };
        const both = [refusal({ BURGERNET_SIP }), refusal({ BURGERNET_SIP, ...simulated })];
        for (const said of await Promise.all(both))
          expect(said).to.include('BURGERNET_SIP').and.include(`${port}`).and.include('in use');
      } finally {
        await new Promise<void>((resolve) => taken.close(resolve));
      }
      expect(programs.map((program) => program.asterisks().length)).to.deep.equal([0, 1]);
    });

    it('names BURGERNET_SIP when this machine does not have that address', async () => {
      const said = await refusal({ BURGERNET_SIP: '192.0.2.1:5060' });
      expect(said).to.include('BURGERNET_SIP').and.include('192.0.2.1').and.not.include('in use');
    });

    it('names BURGERNET_HTTP when another program has that port, and ends its Asterisk again', async () => {
      const taken = createServer().listen(0, HOST);
      await once(taken, 'listening');
      const { port } = taken.address() as { port: number };
      try {
        const said = await refusal({ BURGERNET_HTTP: `${HOST}:${port}` });
        expect(said).to.include('BURGERNET_HTTP').and.include(String(port));
      } finally {
        taken.close();
      }
      const pid = rememberedAsterisk(dataDir);
      expect(pid).to.be.a('number');
      expect(isAlive(pid ?? 0)).to.equal(false);
    });

    it('names BURGERNET_DATA when that folder cannot be made, with a trunk or without', async () => {
      const file = join(folder, 'file');
      writeFileSync(file, '');
      const BURGERNET_DATA = join(file, 'data');
      const both = [refusal({ BURGERNET_DATA }), refusal({ BURGERNET_DATA, BURGERNET_TRUNK: '' })];
      for (const said of await Promise.all(both))
        expect(said).to.include('BURGERNET_DATA must').and.include(BURGERNET_DATA);
    });

    it('says what to do when there is no Asterisk at all', async () => {
      const nowhere = join(folder, 'nowhere');
      mkdirSync(nowhere);
      // One that the machine itself has is found without a PATH too; then there is no such trouble here.
      if (await findAsterisk({ HOME: nowhere, PATH: nowhere })) return;
      const said = await refusal({ HOME: nowhere, PATH: nowhere });
      expect(said).to.include('npm run setup').and.include('BURGERNET_ARI');
    });
  });

  describe('with an Asterisk that runs elsewhere', () => {
    let elsewhere: OwnAsterisk;
    /** Waits ten seconds for events, beside the other tests. */
    let deaf: Program;
    const ari = (address: AriAddress, password = address.password): string =>
      `http://${address.username}:${password}@${new URL(address.httpUrl).host}`;

    before(async () => {
      const sip = { host: HOST, port: await freePort(HOST) };
      const ports = { sip, trunk: { host: HOST, port: await freePort(HOST) }, rtp: { from: rtp, to: rtp + 999 } };
      elsewhere = await startOurs(join(folder, 'elsewhere'), ports, silent);
      // The phone network's own has ARI, but not its events.
      const settings = { BURGERNET_DATA: join(folder, 'data-deaf'), BURGERNET_ARI: ari(network.asterisk.address) };
      deaf = startProgram(folder, { BURGERNET_HTTP: `${HOST}:0`, ...settings });
    });

    after(async () => {
      deaf.kill('SIGKILL');
      await deaf.exit;
      await elsewhere.stop();
    });

    it('says that the password is refused, and does not show it', async () => {
      const said = await refusal({ BURGERNET_ARI: ari(elsewhere.address, 'not-the-password') });
      expect(said).to.include('BURGERNET_ARI').and.include(elsewhere.address.httpUrl).and.include('password');
      expect(said).not.to.include('not-the-password');
    });

    it('says where nobody answers', async () => {
      const port = await freePort(HOST);
      const said = await refusal({ BURGERNET_ARI: `http://burgernet:secret@${HOST}:${port}` });
      expect(said).to.include('BURGERNET_ARI').and.include(`${HOST}:${port}`);
      expect(said).not.to.include('secret');
    });

    it('starts no simulated network: the trunk is the business of that Asterisk', async () => {
      const program = run({ BURGERNET_TRUNK: '', BURGERNET_ARI: ari(elsewhere.address) });
      await program.ready();
      expect(program.log.filter(({ level }) => level === 'warn')).to.deep.equal([]);
      expect(program.asterisks()).to.deep.equal([]);
      program.kill('SIGTERM');
      await ended(program);
      expect(isAlive(elsewhere.pid), 'the Asterisk elsewhere goes on').to.equal(true);
    });

    it('says that an Asterisk which tells it nothing cannot be used', async () => {
      const { code, said } = await deaf.exit;
      expect([code, said.length]).to.deep.equal([1, 1]);
      expect(said[0]).to.include('event').and.include(network.asterisk.address.httpUrl);
    });
  });

  describe('without a trunk', () => {
    const ready = async (url: string): Promise<unknown> => (await fetch(`${url}/readyz`)).json();
    const drafted = async (url: string): Promise<Api> => {
      const api = createApi({ url, token: readToken({ dataDir, token: undefined }) ?? '' });
      await api.post('/participants', { phones: ['0612345601'], postcodes: ['8251AB'] });
      const { id: centralistId } = await api.post<{ id: number }>('/centralists', { name: 'Wacht', extension: '201' });
      await api.post('/actions', {
        kind: 'missing_child',
        title: 'Vermist meisje',
        description: 'zes jaar, rode jas',
        message: { text: 'Wij zoeken Sanne.' },
        area: { postcodes: ['8251'] },
        centralistId,
        criteria: { timeCritical: true, clearDescription: true },
      });
      return api;
    };

    it('says so everywhere and starts no action, until it is told that a simulation is wanted', async () => {
      const mistaken = run({ BURGERNET_TRUNK: '' });
      const url = await mistaken.ready();
      expect(await ready(url)).to.deep.include({ ready: true, simulated: true });
      const api = await drafted(url);
      const refused: unknown = await api.post('/actions/1/start').catch((error: unknown) => error);
      expect(String(refused)).to.include('BURGERNET_TRUNK').and.include('BURGERNET_SIMULATION=1');
      expect(await api.get('/actions/1')).to.deep.include({ state: 'draft', simulated: true });
      expect(await (await fetch(`${url}/console/login`)).text()).to.include('er wordt niemand echt gebeld');
      mistaken.kill('SIGTERM');
      await ended(mistaken);

      const wanted = run({ BURGERNET_TRUNK: '', BURGERNET_SIMULATION: '1' });
      const simulated = createApi({
        url: await wanted.ready(),
        token: readToken({ dataDir, token: undefined }) ?? '',
      });
      expect(await simulated.post('/actions/1/start')).to.deep.include({ state: 'running', simulated: true });
      // A person who presses a key: the town is played.
      await eventually(
        async () => {
          const { counts } = await simulated.get<{ counts: { reached: number } }>('/actions/1');
          return counts.reached === 1 ? true : undefined;
        },
        CALL_MS,
        'the person reached',
      );
      wanted.kill('SIGINT');
      await ended(wanted);

      const real = run();
      const calls = (await network.ledger()).length;
      const later = createApi({ url: await real.ready(), token: readToken({ dataDir, token: undefined }) ?? '' });
      expect(await ready(later.url)).to.deep.include({ ready: true, simulated: false });
      // It ran, and was a simulation: nobody real hears how it ended.
      expect(await later.post('/actions/1/close', { result: 'found' })).to.deep.include({ simulated: true });
      real.kill('SIGTERM');
      await ended(real);
      expect(await network.ledger()).to.have.length(calls);
    });
  });

  it('starts its Asterisk anew when what was kept of the last one is damaged', async () => {
    const own = join(dataDir, 'asterisk');
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'asterisk.json'), '{"ariPort": 12');
    const [sip, trunk] = [await freePort(HOST), await freePort(HOST)].map((port) => ({ host: HOST, port }));
    const asterisk = await startOurs(own, { sip: sip!, trunk: trunk!, rtp: { from: rtp, to: rtp + 999 } }, silent);
    expect(rememberedAsterisk(dataDir)).to.equal(asterisk.pid);
    await asterisk.stop();
    expect(isAlive(asterisk.pid)).to.equal(false);
  });

  describe('that runs', () => {
    const callTo = (phone: string, fits: (call: PhoneCall) => boolean): Promise<PhoneCall> =>
      network.until((call) => call.number.endsWith(phone.slice(-9)) && fits(call), CALL_MS, `call to ${phone}`);

    /** An action that calls these telephones, started. */
    const alert = async (url: string, phones: readonly string[]): Promise<Api> => {
      const api = createApi({ url, token: readToken({ dataDir, token: undefined }) ?? '' });
      for (const phone of phones) await api.post('/participants', { phones: [phone], postcodes: ['8251AB'] });
      const { id: centralistId } = await api.post<{ id: number }>('/centralists', { name: 'Wacht', extension: '201' });
      await api.post('/actions', {
        kind: 'theft',
        title: 'Gestolen fiets',
        description: 'een rode bakfiets',
        message: { text: 'Gezocht: een rode bakfiets.' },
        area: { postcodes: ['8251'] },
        centralistId,
        criteria: { timeCritical: true, clearDescription: true },
      });
      await api.post('/actions/1/start');
      return api;
    };

    it('refuses a second service on its data folder, also while it stands still, and goes on itself', async () => {
      const first = run();
      const url = await first.ready();
      const second = async (settings: Readonly<Record<string, string>>): Promise<void> => {
        const said = await refusal(settings);
        expect(said)
          .to.match(/^burgernet cannot start: another service uses the data folder /)
          .and.include(dataDir);
      };
      const elsewhere = { BURGERNET_SIP: `${HOST}:${await freePort(HOST)}` };
      await Promise.all([second(elsewhere), second({ BURGERNET_TRUNK: '' })]);
      // It may stand still because its machine does, or its debugger: it would go on calling.
      first.kill('SIGSTOP');
      try {
        await second({});
      } finally {
        first.kill('SIGCONT');
      }
      expect((await fetch(`${url}/readyz`)).status).to.equal(200);
      expect(first.asterisks().map(isAlive)).to.deep.equal([true]);
      first.kill('SIGTERM');
      await ended(first);
    });

    it('lets a live call end when it is told to stop, and nothing is left of it', async () => {
      const phone = '0612345601';
      await network.setCitizens([{ number: phone, persona: 'hangs_up', answerAfterMs: 200, pressAfterMs: 2_500 }]);
      const program = run();
      await alert(await program.ready(), [phone]);
      await callTo(phone, ({ answeredAt }) => answeredAt !== null);
      program.kill('SIGTERM');
      const call = await callTo(phone, ({ endedAt }) => endedAt !== null);
      expect(call.endedBy).to.equal('here');
      const pid = rememberedAsterisk(dataDir);
      expect(program.asterisks()).to.deep.equal([pid]);
      await ended(program);
    });

    it('hangs up when it is told to stop a second time', async () => {
      const phone = '0612345602';
      await network.setCitizens([{ number: phone, persona: 'no_digit', answerAfterMs: 200 }]);
      const program = run();
      await alert(await program.ready(), [phone]);
      await callTo(phone, ({ answeredAt }) => answeredAt !== null);
      program.kill('SIGTERM');
      await program.logged('stopping: no new calls; live calls may end');
      program.kill('SIGTERM');
      await ended(program);
      expect((await callTo(phone, ({ endedAt }) => endedAt !== null)).endedBy).to.equal('far');
    });

    it('waits for its own start when it is told to stop during it, and leaves nothing', async () => {
      const program = run();
      await program.logged('asterisk started');
      program.kill('SIGTERM');
      await ended(program);
    });

    it('takes its live call over after it was killed, calls on, and ends its Asterisk when told to stop', async () => {
      const [first, second] = ['0612345603', '0612345604'];
      await network.setCitizens([
        {
          number: first,
          persona: 'hangs_up_in_message',
          answerAfterMs: 200,
          pressAfterMs: 9_000,
          hangUpAfterMs: 1_500,
        },
        { number: second, persona: 'hangs_up', answerAfterMs: 200, pressAfterMs: 300 },
      ]);
      const oneLine = { BURGERNET_LINES: '1', BURGERNET_TIP_LINES: '0' };
      const killed = run(oneLine);
      await alert(await killed.ready(), [first, second]);
      const live = await callTo(first, ({ answeredAt }) => answeredAt !== null);
      const pid = rememberedAsterisk(dataDir) ?? 0;
      killed.kill('SIGKILL');
      await killed.exit;
      expect(isAlive(pid)).to.equal(true);

      const next = run(oneLine);
      const url = await next.ready();
      expect((await next.logged('asterisk is running already')).pid).to.equal(pid);
      expect(next.asterisks()).to.deep.equal([pid]);
      const over = await callTo(first, ({ id, endedAt }) => id === live.id && endedAt !== null);
      expect(over.endedBy, 'the citizen, in the message').to.equal('here');
      const called = await callTo(second, ({ endedAt }) => endedAt !== null);
      expect(called.invitedAt, 'the line was theirs until they hung up').to.be.greaterThan(over.endedAt ?? 0);
      const api = createApi({ url, token: readToken({ dataDir, token: undefined }) ?? '' });
      const attempts = await api.get<{ phone: string; outcome: string | null }[]>('/actions/1/attempts');
      const [attempt, ...more] = attempts.filter(({ phone }) => phone.endsWith(first.slice(-9)));
      expect([attempt?.outcome, more.length]).to.deep.equal(['confirmed', 0]);
      expect((await network.ledger()).filter(({ number }) => number.endsWith(first.slice(-9)))).to.have.length(1);
      next.kill('SIGTERM');
      await ended(next);
      expect(isAlive(pid)).to.equal(false);
    });

    it('leaves nobody on the line when it is killed and does not come back', async function () {
      this.timeout(120_000);
      const [listener, silent, ringing] = ['0612345607', '0612345608', '0612345609'];
      // How long each call takes as planned, told to its end: a key at once, none at all, never answered.
      const planned = [25, 45, 10];
      await network.setCitizens([
        { number: listener, persona: 'presses', answerAfterMs: 200, pressAfterMs: 300 },
        { number: silent, persona: 'no_digit', answerAfterMs: 200 },
        { number: ringing, persona: 'no_answer' },
      ]);
      const killed = run({ BURGERNET_RING_SECONDS: '10' });
      await alert(await killed.ready(), [listener, silent, ringing]);
      const live = [
        await callTo(listener, ({ answeredAt }) => answeredAt !== null),
        await callTo(silent, ({ answeredAt }) => answeredAt !== null),
        await callTo(ringing, ({ ringingAt }) => ringingAt !== null),
      ];
      killed.kill('SIGKILL');
      await killed.exit;

      for (const [index, { id, number, invitedAt }] of live.entries()) {
        const over = await network.until((call) => call.id === id && call.endedAt !== null, 90_000, `end of ${number}`);
        expect(over.endedBy, number).to.equal('far');
        const seconds = ((over.endedAt ?? 0) - invitedAt) / 1_000;
        expect(seconds, number).to.be.within((planned[index] ?? 0) - 5, (planned[index] ?? 0) + 5);
      }

      const next = run();
      await next.ready();
      next.kill('SIGTERM');
      await ended(next);
    });

    it('says in /readyz why its Asterisk cannot be started anew, as the log does, until it can', async () => {
      const program = run();
      const url = await program.ready();
      const asterisk = async (): Promise<{ ok: boolean; reason: string } | undefined> => {
        const response = await fetch(`${url}/readyz`);
        return ((await response.json()) as { parts: Record<string, { ok: boolean; reason: string }> }).parts[
          'asterisk'
        ];
      };
      // The controller stands still until another program has the port.
      program.kill('SIGSTOP');
      const pid = rememberedAsterisk(dataDir) ?? 0;
      process.kill(pid, 'SIGKILL');
      await eventually(() => !isAlive(pid) || undefined, CALL_MS, 'the end of Asterisk');
      const thief = createSocket('udp4').bind(sipPort, HOST);
      await once(thief, 'listening');
      program.kill('SIGCONT');
      const { error } = await program.logged('asterisk could not be started');
      expect(error).to.include('BURGERNET_SIP').and.include('in use');
      const { ok, reason } = await eventually(
        async () => {
          const part = await asterisk();
          return part?.reason.includes('started') ? part : undefined;
        },
        CALL_MS,
        'the reason',
      );
      expect(ok).to.equal(false);
      expect(error).to.include(reason.replace('Asterisk cannot be started: ', ''));
      await new Promise<void>((resolve) => thief.close(resolve));
      await program.logged('calls can be made again');
      expect(await asterisk()).to.deep.equal({ ok: true, reason: '' });
      program.kill('SIGTERM');
      await ended(program);
    });

    it('starts its Asterisk anew when that dies, and calls again who was interrupted', async () => {
      const phone = '0612345605';
      await network.setCitizens([
        { number: phone, persona: 'hangs_up_in_message', answerAfterMs: 200, pressAfterMs: 2_000, hangUpAfterMs: 500 },
      ]);
      const program = run();
      const url = await program.ready();
      await alert(url, [phone]);
      const cut = await callTo(phone, ({ answeredAt }) => answeredAt !== null);
      const pid = rememberedAsterisk(dataDir) ?? 0;
      process.kill(pid, 'SIGKILL');
      await program.logged('asterisk is gone; starting it anew');
      await program.logged('calls can be made again');
      await callTo(phone, ({ id, endedAt }) => id !== cut.id && endedAt !== null);
      const api = createApi({ url, token: readToken({ dataDir, token: undefined }) ?? '' });
      // The far end knows first that the call is over.
      const outcomes = await eventually(
        async () => {
          const attempts = await api.get<{ outcome: string | null }[]>('/actions/1/attempts');
          return attempts.every(({ outcome }) => outcome !== null) ? attempts.map(({ outcome }) => outcome) : undefined;
        },
        CALL_MS,
        'an outcome of each attempt',
      );
      expect(outcomes).to.deep.equal(['interrupted', 'confirmed']);
      expect(program.asterisks()).to.deep.equal([pid, rememberedAsterisk(dataDir)]);
      program.kill('SIGTERM');
      await ended(program);
    });
  });
});
