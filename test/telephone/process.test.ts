import { expect } from 'chai';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { findAsterisk } from '../../scripts/lib/asterisk-root.mjs';
import type { AriAddress } from '../../src/adapters/asterisk/ari/address.js';
import type { OwnAsterisk } from '../../src/adapters/asterisk/process/asterisk-process.js';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { createPinoLog } from '../../src/adapters/log/pino-log.js';
import type { Api } from '../../src/cli/api-client.js';
import { Closers } from '../../src/lib/closers.js';
import { isAlive } from '../../src/lib/is-alive.js';
import type { PhoneNetwork } from '../../src/phonenet/index.js';
import { eventually } from './support/eventually.js';
import { startOurs } from './support/pair.js';
import { ProgramNetwork } from './support/program-network.js';
import { rememberedAsterisk, startProgram, type Program } from './support/program.js';
import { addCentralist, draftTheft } from './support/theft.js';

const HOST = '127.0.0.1';
const CALL_MS = 20_000;
const log = createPinoLog({ level: 'error' });

describe('The service as a process', function () {
  this.timeout(120_000);
  let town: ProgramNetwork;
  let network: PhoneNetwork;

  before(async () => {
    town = await ProgramNetwork.start('process');
    ({ network } = town);
  });
  after(() => town.stop());

  beforeEach(() => town.nextDataDir());

  afterEach(async () => {
    const running = await town.killPrograms();
    expect(running, 'Asterisks left running').to.deep.equal([]);
  });

  /** Starts the service, which must refuse to start. Resolves with the only line of its standard error. */
  const refusal = async (settings: Readonly<Record<string, string>>): Promise<string> => {
    const program = town.run(settings);
    const { code, said } = await program.exit;
    expect({ code, lines: said.length }, said.join('\n')).to.deep.equal({ code: 1, lines: 1 });
    expect(program.asterisks().filter(isAlive), 'Asterisks left running').to.deep.equal([]);
    return said[0] ?? '';
  };

  /** Expects that the program and its Asterisk end without an error. */
  const ended = async (program: Program): Promise<void> => {
    expect(await program.exit).to.deep.equal({ code: 0, said: [] });
    expect(program.asterisks().filter(isAlive), 'Asterisks left running').to.deep.equal([]);
  };

  describe('that cannot start', () => {
    it('names every bad setting and the values that are allowed', async () => {
      const { code, said } = await town.run({ BURGERNET_LINES: 'many', BURGERNET_TRUNK: 'trunk.example.net' }).exit;
      expect(code).to.equal(1);
      expect(said).to.have.members([
        'burgernet cannot start: BURGERNET_LINES must be a whole number from 1 to 5000 lines',
        'burgernet cannot start: BURGERNET_TRUNK must be sip:host or sip:host:port, such as sip:trunk.example.net:5060',
      ]);
    });

    it('names BURGERNET_SIP when that port is in use, with a trunk or a simulated network, and leaves no Asterisk', async () => {
      const taken = createSocket('udp4').bind(0, HOST);
      await once(taken, 'listening');
      const { port } = taken.address();
      try {
        const BURGERNET_SIP = `${HOST}:${port}`;
        const simulated = { BURGERNET_TRUNK: '', BURGERNET_DATA: join(town.folder, 'data-simulated') };
        const both = [refusal({ BURGERNET_SIP }), refusal({ BURGERNET_SIP, ...simulated })];
        for (const said of await Promise.all(both))
          expect(said).to.include('BURGERNET_SIP').and.include(`${port}`).and.include('in use');
      } finally {
        await new Promise<void>((resolve) => taken.close(resolve));
      }
      expect(town.programs.map((program) => program.asterisks().length)).to.deep.equal([0, 1]);
    });

    it('names BURGERNET_SIP when this machine does not have that address', async () => {
      const said = await refusal({ BURGERNET_SIP: '192.0.2.1:5060' });
      expect(said).to.include('BURGERNET_SIP').and.include('192.0.2.1').and.not.include('in use');
    });

    it('names BURGERNET_HTTP when that port is in use, and ends its Asterisk again', async () => {
      const taken = createServer().listen(0, HOST);
      await once(taken, 'listening');
      const { port } = taken.address() as { port: number };
      try {
        const said = await refusal({ BURGERNET_HTTP: `${HOST}:${port}` });
        expect(said).to.include('BURGERNET_HTTP').and.include(String(port));
      } finally {
        taken.close();
      }
      const pid = rememberedAsterisk(town.dataDir);
      expect(pid).to.be.a('number');
      expect(isAlive(pid ?? 0)).to.equal(false);
    });

    it('names BURGERNET_DATA when that folder cannot be made, with a trunk or without', async () => {
      const file = join(town.folder, 'file');
      writeFileSync(file, '');
      const BURGERNET_DATA = join(file, 'data');
      const both = [refusal({ BURGERNET_DATA }), refusal({ BURGERNET_DATA, BURGERNET_TRUNK: '' })];
      for (const said of await Promise.all(both))
        expect(said).to.include('BURGERNET_DATA must').and.include(BURGERNET_DATA);
    });

    it('gives advice when Asterisk is not installed', async () => {
      const nowhere = join(town.folder, 'nowhere');
      mkdirSync(nowhere);
      // An Asterisk of the machine itself is found without a PATH too, and then the service can start.
      if (await findAsterisk({ HOME: nowhere, PATH: nowhere })) return;
      const said = await refusal({ HOME: nowhere, PATH: nowhere });
      expect(said).to.include('npm run setup').and.include('BURGERNET_ARI');
    });
  });

  describe('with an external Asterisk', () => {
    let external: OwnAsterisk;
    /** Gets no events, gives up after ten seconds, and runs alongside the other tests until then. */
    let withoutEvents: Program;
    const opened = new Closers((error) => {
      throw error;
    });
    const ari = (address: AriAddress, password = address.password): string =>
      `http://${address.username}:${password}@${new URL(address.httpUrl).host}`;

    before(async () => {
      const sip = { host: HOST, port: await freePort(HOST) };
      const ports = { sip, trunk: { host: HOST, port: await freePort(HOST) }, rtp: town.rtp };
      external = await startOurs(join(town.folder, 'external'), ports, log);
      opened.add(() => external.stop());
      // The Asterisk of the phone network has ARI, but sends no events.
      const settings = {
        BURGERNET_DATA: join(town.folder, 'data-no-events'),
        BURGERNET_ARI: ari(network.asterisk.address),
      };
      withoutEvents = startProgram(town.folder, { BURGERNET_HTTP: `${HOST}:0`, ...settings });
      opened.add(async () => {
        withoutEvents.kill('SIGKILL');
        await withoutEvents.exit;
      });
    });

    after(() => opened.close());

    it('says that the password is refused, without the password', async () => {
      const said = await refusal({ BURGERNET_ARI: ari(external.address, 'not-the-password') });
      expect(said).to.include('BURGERNET_ARI').and.include(external.address.httpUrl).and.include('password');
      expect(said).not.to.include('not-the-password');
    });

    it('names the address that does not answer', async () => {
      const port = await freePort(HOST);
      const said = await refusal({ BURGERNET_ARI: `http://burgernet:secret@${HOST}:${port}` });
      expect(said).to.include('BURGERNET_ARI').and.include(`${HOST}:${port}`);
      expect(said).not.to.include('secret');
    });

    it('starts no simulated network, because that Asterisk has its own trunk', async () => {
      const program = town.run({ BURGERNET_TRUNK: '', BURGERNET_ARI: ari(external.address) });
      await program.ready();
      expect(program.log.filter(({ level }) => level === 'warn')).to.deep.equal([]);
      expect(program.asterisks()).to.deep.equal([]);
      program.kill('SIGTERM');
      await ended(program);
      expect(isAlive(external.pid), 'the external Asterisk goes on').to.equal(true);
    });

    it('refuses an Asterisk that sends no events', async () => {
      const { code, said } = await withoutEvents.exit;
      expect([code, said.length]).to.deep.equal([1, 1]);
      expect(said[0]).to.include('event').and.include(network.asterisk.address.httpUrl);
    });
  });

  describe('without a trunk', () => {
    const ready = async (url: string): Promise<unknown> => (await fetch(`${url}/readyz`)).json();
    const drafted = async (url: string): Promise<Api> => {
      const api = town.api(url);
      await api.post('/participants', { phones: ['0612345601'], postcodes: ['8251AB'] });
      await draftTheft(api, '8251', await addCentralist(api));
      return api;
    };

    it('shows everywhere that it simulates, and starts an action only with BURGERNET_SIMULATION=1', async () => {
      const unintended = town.run({ BURGERNET_TRUNK: '' });
      const url = await unintended.ready();
      expect(await ready(url)).to.deep.include({ ready: true, simulated: true });
      const api = await drafted(url);
      const refused: unknown = await api.post('/actions/1/start').catch((error: unknown) => error);
      expect(String(refused)).to.include('BURGERNET_TRUNK').and.include('BURGERNET_SIMULATION=1');
      expect(await api.get('/actions/1')).to.deep.include({ state: 'draft', simulated: true });
      expect(await (await fetch(`${url}/console/login`)).text()).to.include('er wordt niemand echt gebeld');
      unintended.kill('SIGTERM');
      await ended(unintended);

      const intended = town.run({ BURGERNET_TRUNK: '', BURGERNET_SIMULATION: '1' });
      const simulated = town.api(await intended.ready());
      expect(await simulated.post('/actions/1/start')).to.deep.include({ state: 'running', simulated: true });
      // The simulated network plays a person who presses a key.
      await eventually(
        async () => {
          const { counts } = await simulated.get<{ counts: { reached: number } }>('/actions/1');
          return counts.reached === 1 ? true : undefined;
        },
        CALL_MS,
        'the participant is reached',
      );
      intended.kill('SIGINT');
      await ended(intended);

      const real = town.run();
      const calls = (await network.ledger()).length;
      const later = town.api(await real.ready());
      expect(await ready(later.url)).to.deep.include({ ready: true, simulated: false });
      // The action was a simulation, so its closing message goes to no real telephone.
      expect(await later.post('/actions/1/close', { result: 'found' })).to.deep.include({ simulated: true });
      real.kill('SIGTERM');
      await ended(real);
      expect(await network.ledger()).to.have.length(calls);
    });
  });

  it('starts a new Asterisk when the stored facts about the last one are damaged', async () => {
    const own = join(town.dataDir, 'asterisk');
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'asterisk.json'), '{"ariPort": 12');
    const [sip, trunk] = [await freePort(HOST), await freePort(HOST)].map((port) => ({ host: HOST, port }));
    const asterisk = await startOurs(own, { sip: sip!, trunk: trunk!, rtp: town.rtp }, log);
    try {
      expect(rememberedAsterisk(town.dataDir)).to.equal(asterisk.pid);
    } finally {
      await asterisk.stop();
    }
    expect(isAlive(asterisk.pid)).to.equal(false);
  });

  describe('that runs', () => {
    it('locks its data folder against a second service, also while SIGSTOP stops it, and itself keeps running', async () => {
      const first = town.run();
      const url = await first.ready();
      const second = async (settings: Readonly<Record<string, string>>): Promise<void> => {
        const said = await refusal(settings);
        expect(said)
          .to.match(/^burgernet cannot start: another service uses the data folder /)
          .and.include(town.dataDir);
      };
      const elsewhere = { BURGERNET_SIP: `${HOST}:${await freePort(HOST)}` };
      await Promise.all([second(elsewhere), second({ BURGERNET_TRUNK: '' })]);
      // A service that is stopped, by its machine or by a debugger, goes on calling afterwards.
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

    it('lets a live call end after SIGTERM, and leaves no process', async () => {
      const phone = '0612345601';
      await network.setCitizens([{ number: phone, persona: 'hangs_up', answerAfterMs: 200, pressAfterMs: 2_500 }]);
      const program = town.run();
      await town.alert(await program.ready(), [phone]);
      await town.callTo(phone, ({ answeredAt }) => answeredAt !== null);
      program.kill('SIGTERM');
      const call = await town.callTo(phone, ({ endedAt }) => endedAt !== null);
      expect(call.endedBy).to.equal('here');
      const pid = rememberedAsterisk(town.dataDir);
      expect(program.asterisks()).to.deep.equal([pid]);
      await ended(program);
    });

    it('hangs up its live calls at a second SIGTERM', async () => {
      const phone = '0612345602';
      await network.setCitizens([{ number: phone, persona: 'no_digit', answerAfterMs: 200 }]);
      const program = town.run();
      await town.alert(await program.ready(), [phone]);
      await town.callTo(phone, ({ answeredAt }) => answeredAt !== null);
      program.kill('SIGTERM');
      await program.logged('stopping: no new calls; live calls may end');
      program.kill('SIGTERM');
      await ended(program);
      expect((await town.callTo(phone, ({ endedAt }) => endedAt !== null)).endedBy).to.equal('far');
    });

    it('completes its start before it stops when SIGTERM comes during the start, and leaves no process', async () => {
      const program = town.run();
      await program.logged('asterisk started');
      program.kill('SIGTERM');
      await ended(program);
    });

    it('takes over its live call after SIGKILL, goes on calling, and ends its Asterisk at SIGTERM', async () => {
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
      const killed = town.run(oneLine);
      await town.alert(await killed.ready(), [first, second]);
      const live = await town.callTo(first, ({ answeredAt }) => answeredAt !== null);
      const pid = rememberedAsterisk(town.dataDir) ?? 0;
      killed.kill('SIGKILL');
      await killed.exit;
      expect(isAlive(pid)).to.equal(true);

      const next = town.run(oneLine);
      const url = await next.ready();
      expect((await next.logged('asterisk is already running')).pid).to.equal(pid);
      expect(next.asterisks()).to.deep.equal([pid]);
      const over = await town.callTo(first, ({ id, endedAt }) => id === live.id && endedAt !== null);
      expect(over.endedBy, 'the citizen hung up in the message').to.equal('here');
      const called = await town.callTo(second, ({ endedAt }) => endedAt !== null);
      expect(called.invitedAt, 'the only line was in use until the first citizen hung up').to.be.greaterThan(
        over.endedAt ?? 0,
      );
      const api = town.api(url);
      const attempts = await api.get<{ phone: string; outcome: string | null }[]>('/actions/1/attempts');
      const [attempt, ...more] = attempts.filter(({ phone }) => phone.endsWith(first.slice(-9)));
      expect([attempt?.outcome, more.length]).to.deep.equal(['confirmed', 0]);
      expect((await network.ledger()).filter(({ number }) => number.endsWith(first.slice(-9)))).to.have.length(1);
      next.kill('SIGTERM');
      await ended(next);
      expect(isAlive(pid)).to.equal(false);
    });

    it('leaves no call up when it is killed and not restarted: Asterisk ends every call as planned', async function () {
      this.timeout(120_000);
      const [listener, silent, ringing] = ['0612345607', '0612345608', '0612345609'];
      // The planned length of each call, in seconds: with a key at once, without a key, without an answer.
      const planned = [25, 45, 10];
      await network.setCitizens([
        { number: listener, persona: 'presses', answerAfterMs: 200, pressAfterMs: 300 },
        { number: silent, persona: 'no_digit', answerAfterMs: 200 },
        { number: ringing, persona: 'no_answer' },
      ]);
      const killed = town.run({ BURGERNET_RING_SECONDS: '10' });
      await town.alert(await killed.ready(), [listener, silent, ringing]);
      const live = [
        await town.callTo(listener, ({ answeredAt }) => answeredAt !== null),
        await town.callTo(silent, ({ answeredAt }) => answeredAt !== null),
        await town.callTo(ringing, ({ ringingAt }) => ringingAt !== null),
      ];
      killed.kill('SIGKILL');
      await killed.exit;

      for (const [index, { id, number, invitedAt }] of live.entries()) {
        const over = await network.until((call) => call.id === id && call.endedAt !== null, 90_000, `end of ${number}`);
        expect(over.endedBy, number).to.equal('far');
        const seconds = ((over.endedAt ?? 0) - invitedAt) / 1_000;
        expect(seconds, number).to.be.within((planned[index] ?? 0) - 5, (planned[index] ?? 0) + 5);
      }

      const next = town.run();
      await next.ready();
      next.kill('SIGTERM');
      await ended(next);
    });

    it('gives the reason in /readyz and in the log while its Asterisk cannot be restarted', async () => {
      const program = town.run();
      const url = await program.ready();
      const asterisk = async (): Promise<{ ok: boolean; reason: string } | undefined> => {
        const response = await fetch(`${url}/readyz`);
        return ((await response.json()) as { parts: Record<string, { ok: boolean; reason: string }> }).parts[
          'asterisk'
        ];
      };
      // The controller is stopped until another program has bound the port.
      program.kill('SIGSTOP');
      const pid = rememberedAsterisk(town.dataDir) ?? 0;
      process.kill(pid, 'SIGKILL');
      await eventually(() => !isAlive(pid) || undefined, CALL_MS, 'the end of Asterisk');
      const thief = createSocket('udp4').bind(town.sipPort, HOST);
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

    it('restarts its Asterisk when that dies, and calls interrupted participants again', async () => {
      const phone = '0612345605';
      await network.setCitizens([
        { number: phone, persona: 'hangs_up_in_message', answerAfterMs: 200, pressAfterMs: 2_000, hangUpAfterMs: 500 },
      ]);
      const program = town.run();
      const url = await program.ready();
      await town.alert(url, [phone]);
      const cut = await town.callTo(phone, ({ answeredAt }) => answeredAt !== null);
      const pid = rememberedAsterisk(town.dataDir) ?? 0;
      process.kill(pid, 'SIGKILL');
      await program.logged('asterisk is gone; starting it again');
      await program.logged('calls can be made again');
      await town.callTo(phone, ({ id, endedAt }) => id !== cut.id && endedAt !== null);
      const api = town.api(url);
      // The far end knows of the end of the call before the service does.
      const outcomes = await eventually(
        async () => {
          const attempts = await api.get<{ outcome: string | null }[]>('/actions/1/attempts');
          return attempts.every(({ outcome }) => outcome !== null) ? attempts.map(({ outcome }) => outcome) : undefined;
        },
        CALL_MS,
        'an outcome of each attempt',
      );
      expect(outcomes).to.deep.equal(['interrupted', 'confirmed']);
      expect(program.asterisks()).to.deep.equal([pid, rememberedAsterisk(town.dataDir)]);
      program.kill('SIGTERM');
      await ended(program);
    });
  });
});
