import { expect } from 'chai';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { createPinoLog } from '../../src/adapters/log/pino-log.js';
import { createApi, type Api } from '../../src/cli/api-client.js';
import { readToken } from '../../src/config.js';
import { isAlive } from '../../src/lib/is-alive.js';
import { startPhoneNetwork, type PhoneCall, type PhoneNetwork } from '../../src/phonenet/index.js';
import { eventually } from './support/adapter.js';
import { rememberedAsterisk, startProgram, SUPERVISED, type Program } from './support/program.js';

const HOST = '127.0.0.1';
const CALL_MS = 40_000;
const SILENCE_S = 5;
const STAND_STILL = new URL('support/stand-still.mjs', import.meta.url).href;

describe('The service under its watchdog', function () {
  this.timeout(120_000);
  let folder: string;
  let dataDir: string;
  let sipPort: number;
  const rtp = 20_000 + 2 * Math.floor(Math.random() * 4_000);
  let network: PhoneNetwork;
  let program: Program;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bn-watchdog-'));
    sipPort = await freePort(HOST);
    network = await startPhoneNetwork({
      folder: join(folder, 'net'),
      sip: { host: HOST, port: await freePort(HOST) },
      service: { host: HOST, port: sipPort },
      rtp: { from: rtp + 10_000, to: rtp + 10_999 },
      log: createPinoLog({ level: 'error' }),
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
    program.kill('SIGKILL');
    await program.exit;
    const left = [...controllers(), ...program.asterisks()].filter(isAlive);
    for (const pid of left) process.kill(pid, 'SIGKILL');
    expect(left, 'processes left running').to.deep.equal([]);
  });

  const run = (settings: Readonly<Record<string, string>> = {}): Program =>
    (program = startProgram(
      folder,
      {
        BURGERNET_DATA: dataDir,
        BURGERNET_HTTP: `${HOST}:0`,
        BURGERNET_SIP: `${HOST}:${sipPort}`,
        BURGERNET_RTP: `${rtp}-${rtp + 999}`,
        BURGERNET_TRUNK: network.trunk,
        BURGERNET_NIGHT: 'off',
        BURGERNET_RETRY: 'off',
        BURGERNET_WATCHDOG: String(SILENCE_S),
        NODE_OPTIONS: `--import=${STAND_STILL}`,
        ...settings,
      },
      SUPERVISED,
    ));

  /** Process ids of every controller that was started, the present one last. */
  const controllers = (): number[] =>
    program.log.flatMap(({ msg, pid }) => (msg === 'the controller is started' && pid ? [pid] : []));
  const controller = (): number => controllers().at(-1) ?? 0;
  const readyAgain = async (times: number): Promise<string> =>
    (await program.logged('burgernet is ready', times)).url ?? '';
  const apiAt = (url: string): Api => createApi({ url, token: readToken({ dataDir, token: undefined }) ?? '' });
  const endsWell = async (): Promise<void> => {
    program.kill('SIGTERM');
    expect(await program.exit).to.deep.equal({ code: 0, said: [] });
  };
  const callTo = (phone: string, fits: (call: PhoneCall) => boolean): Promise<PhoneCall> =>
    network.until((call) => call.number.endsWith(phone.slice(-9)) && fits(call), CALL_MS, `call to ${phone}`);

  it('is started anew when it stands still, and the citizen on the line hears the message to its end', async () => {
    const phone = '0612345611';
    await network.setCitizens([
      { number: phone, persona: 'hangs_up_in_message', answerAfterMs: 200, pressAfterMs: 14_000, hangUpAfterMs: 1_500 },
    ]);
    run();
    const api = apiAt(await program.ready());
    const asterisk = rememberedAsterisk(dataDir);
    await api.post('/participants', { phones: [phone], postcodes: ['8251AB'] });
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
    const live = await callTo(phone, ({ answeredAt }) => answeredAt !== null);

    process.kill(controller(), 'SIGUSR2');
    const said = await program.logged('the controller does not answer; it is killed');
    expect(said).to.include({ level: 'error', pid: controllers()[0] });
    const again = apiAt(await readyAgain(1));
    expect(controllers()).to.have.length(2);
    expect(rememberedAsterisk(dataDir), 'the same Asterisk').to.equal(asterisk);
    const over = await callTo(phone, ({ id, endedAt }) => id === live.id && endedAt !== null);
    expect([over.endedBy, over.pressed.length], 'the citizen, in the message').to.deep.equal(['here', 1]);
    const outcome = await eventually(
      async () => (await again.get<{ outcome: string | null }[]>('/actions/1/attempts'))[0]?.outcome ?? undefined,
      CALL_MS,
      'the outcome',
    );
    expect(outcome).to.equal('confirmed');
    expect((await network.ledger()).filter(({ number }) => number.endsWith(phone.slice(-9)))).to.have.length(1);
    await endsWell();
  });

  for (const signal of ['SIGKILL', 'SIGSEGV', 'SIGABRT'] as const) {
    it(`is started anew when it ends by ${signal}, again and again`, async () => {
      run();
      await program.ready();
      for (const time of [1, 2]) {
        process.kill(controller(), signal);
        const url = await readyAgain(time);
        expect((await fetch(`${url}/healthz`)).status).to.equal(200);
      }
      expect(controllers()).to.have.length(3);
      await endsWell();
    });
  }

  it('is left alone while somebody has stopped it, or the watchdog with it, and goes on afterwards', async () => {
    run();
    const url = await program.ready();
    const stopped = [controller()];
    for (const also of [false, true]) {
      for (const pid of stopped) process.kill(pid, 'SIGSTOP');
      if (also) program.kill('SIGSTOP');
      await pause((SILENCE_S + 3) * 1_000);
      if (also) program.kill('SIGCONT');
      for (const pid of stopped) process.kill(pid, 'SIGCONT');
      await pause(2_000);
      expect((await fetch(`${url}/healthz`)).status).to.equal(200);
    }
    expect(controllers()).to.have.length(1);
    await endsWell();
  });

  it('ends with it: code 1 after one line when it cannot start, and is not started again', async () => {
    const { code, said } = await run({ BURGERNET_LINES: 'many' }).exit;
    expect([code, said]).to.deep.equal([
      1,
      ['burgernet cannot start: BURGERNET_LINES must be a whole number from 1 to 5000 lines'],
    ]);
    const wrong = await run({ BURGERNET_SIP: '192.0.2.1:5060' }).exit;
    expect(wrong.code).to.equal(1);
    expect(wrong.said).to.have.length(1);
    expect(wrong.said[0]).to.include('BURGERNET_SIP');
    expect(controllers()).to.have.length(1);
  });

  it('ends when the controller itself is told to stop, by one signal or by three', async () => {
    run();
    await program.ready();
    process.kill(controller(), 'SIGTERM');
    expect(await program.exit).to.deep.equal({ code: 0, said: [] });
    run();
    await program.ready();
    program.kill('SIGINT');
    expect(await program.exit).to.deep.equal({ code: 0, said: [] });
  });

  it('tells systemd that it is ready, that it lives and that it stops, and lets nobody below it tell anything', async () => {
    const told = join(folder, 'told');
    const programs = join(folder, 'programs');
    mkdirSync(programs);
    writeFileSync(join(programs, 'systemd-notify'), `#!/bin/sh\necho "$1" >> '${told}'\n`, { mode: 0o755 });
    const states = (): string[] => (existsSync(told) ? readFileSync(told, 'utf8').trim().split('\n') : []);
    run({
      NOTIFY_SOCKET: join(folder, 'notify'),
      WATCHDOG_USEC: '6000000',
      PATH: `${programs}:${process.env['PATH'] ?? ''}`,
    });
    await program.ready();
    await eventually(
      () =>
        (states().filter((state) => state === 'WATCHDOG=1').length >= 3 && states().includes('READY=1')) || undefined,
      CALL_MS,
      'three signs of life',
    );
    const given = readFileSync(`/proc/${controller()}/environ`, 'utf8');
    expect(given)
      .to.include('BURGERNET_DATA')
      .and.not.match(/NOTIFY_SOCKET|WATCHDOG_USEC/);
    await endsWell();
    expect(states()).to.include('STOPPING=1');
    expect(states().filter((state) => state === 'READY=1')).to.have.length(1);
  });

  it('is killed when it stands still while it is told to stop, and not started again', async () => {
    run();
    await program.ready();
    process.kill(controller(), 'SIGUSR2');
    program.kill('SIGTERM');
    const { code, said } = await program.exit;
    expect({ code, said }).to.deep.equal({ code: 137, said: [] });
    expect(controllers()).to.have.length(1);
    const asterisk = rememberedAsterisk(dataDir) ?? 0;
    expect(isAlive(asterisk), 'its calls go on').to.equal(true);
    process.kill(asterisk, 'SIGKILL');
    await eventually(() => !isAlive(asterisk) || undefined, CALL_MS, 'its end');
  });
});
