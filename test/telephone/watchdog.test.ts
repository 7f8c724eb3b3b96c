import { expect } from 'chai';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../src/lib/is-alive.js';
import { runsFor, stoppedFor } from './support/durations.js';
import { eventually } from './support/eventually.js';
import { ProgramNetwork } from './support/program-network.js';
import { rememberedAsterisk, SUPERVISED, type Program } from './support/program.js';

const CALL_MS = 40_000;
const SILENCE_S = 5;
const BLOCK_EVENT_LOOP = new URL('support/block-event-loop.mjs', import.meta.url).href;

describe('The service under its watchdog', function () {
  this.timeout(120_000);
  let town: ProgramNetwork;
  let program: Program;

  before(async () => {
    town = await ProgramNetwork.start('watchdog');
  });
  after(() => town.stop());

  beforeEach(() => town.nextDataDir());

  afterEach(async () => {
    const running = await town.killPrograms((each) => [...controllers(each), ...each.asterisks()]);
    expect(running, 'processes that were not ended').to.deep.equal([]);
  });

  const run = (settings: Readonly<Record<string, string>> = {}): Program =>
    (program = town.run(
      { BURGERNET_WATCHDOG: String(SILENCE_S), NODE_OPTIONS: `--import=${BLOCK_EVENT_LOOP}`, ...settings },
      SUPERVISED,
    ));

  /** The process ids of every controller that was started, the current one last. */
  const controllers = (of: Program = program): number[] =>
    of.log.flatMap(({ msg, pid }) => (msg === 'controller started' && pid ? [pid] : []));
  const controller = (): number => controllers().at(-1) ?? 0;
  const readyAgain = async (times: number): Promise<string> =>
    (await program.logged('burgernet is ready', times)).url ?? '';
  const endsWell = async (): Promise<void> => {
    program.kill('SIGTERM');
    expect(await program.exit).to.deep.equal({ code: 0, said: [] });
  };

  it('is restarted when its event loop is blocked, and the citizen on the line hears the message to its end', async () => {
    const phone = '0612345611';
    await town.network.setCitizens([
      { number: phone, persona: 'hangs_up_in_message', answerAfterMs: 200, pressAfterMs: 14_000, hangUpAfterMs: 1_500 },
    ]);
    run();
    const url = await program.ready();
    const asterisk = rememberedAsterisk(town.dataDir);
    await town.alert(url, [phone]);
    const live = await town.callTo(phone, ({ answeredAt }) => answeredAt !== null);

    process.kill(controller(), 'SIGUSR2');
    const line = await program.logged('the controller does not answer; it is killed');
    expect(line).to.include({ level: 'error', pid: controllers()[0] });
    const again = town.api(await readyAgain(1));
    expect(controllers()).to.have.length(2);
    expect(rememberedAsterisk(town.dataDir), 'the same Asterisk').to.equal(asterisk);
    const over = await town.callTo(phone, ({ id, endedAt }) => id === live.id && endedAt !== null);
    expect([over.endedBy, over.pressed.length], 'the citizen hung up in the message').to.deep.equal(['here', 1]);
    const outcome = await eventually(
      async () => (await again.get<{ outcome: string | null }[]>('/actions/1/attempts'))[0]?.outcome ?? undefined,
      CALL_MS,
      'the outcome',
    );
    expect(outcome).to.equal('confirmed');
    expect((await town.network.ledger()).filter(({ number }) => number.endsWith(phone.slice(-9)))).to.have.length(1);
    await endsWell();
  });

  for (const signal of ['SIGKILL', 'SIGSEGV', 'SIGABRT'] as const) {
    it(`is restarted each time that it ends by ${signal}`, async () => {
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

  it('is not restarted while SIGSTOP stops the controller, or the watchdog too, and goes on afterwards', async () => {
    run();
    const url = await program.ready();
    const stopped = [controller()];
    for (const watchdogToo of [false, true]) {
      for (const pid of stopped) process.kill(pid, 'SIGSTOP');
      if (watchdogToo) program.kill('SIGSTOP');
      await stoppedFor((SILENCE_S + 3) * 1_000);
      if (watchdogToo) program.kill('SIGCONT');
      for (const pid of stopped) process.kill(pid, 'SIGCONT');
      await runsFor(2_000);
      expect((await fetch(`${url}/healthz`)).status).to.equal(200);
    }
    expect(controllers()).to.have.length(1);
    await endsWell();
  });

  it('ends with code 1 and one line when the controller cannot start, and is not restarted', async () => {
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

  it('ends when the controller or the watchdog gets a signal to stop', async () => {
    run();
    await program.ready();
    process.kill(controller(), 'SIGTERM');
    expect(await program.exit).to.deep.equal({ code: 0, said: [] });
    run();
    await program.ready();
    program.kill('SIGINT');
    expect(await program.exit).to.deep.equal({ code: 0, said: [] });
  });

  it('notifies systemd of readiness, signs of life and its stop, and lets no child process notify systemd', async () => {
    const notifications = join(town.folder, 'notifications');
    const programs = join(town.folder, 'programs');
    mkdirSync(programs);
    writeFileSync(join(programs, 'systemd-notify'), `#!/bin/sh\necho "$1" >> '${notifications}'\n`, { mode: 0o755 });
    const states = (): string[] =>
      existsSync(notifications) ? readFileSync(notifications, 'utf8').trim().split('\n') : [];
    run({
      NOTIFY_SOCKET: join(town.folder, 'notify'),
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
    const environment = readFileSync(`/proc/${controller()}/environ`, 'utf8');
    expect(environment)
      .to.include('BURGERNET_DATA')
      .and.not.match(/NOTIFY_SOCKET|WATCHDOG_USEC/);
    await endsWell();
    expect(states()).to.include('STOPPING=1');
    expect(states().filter((state) => state === 'READY=1')).to.have.length(1);
  });

  it('is killed and not restarted when its event loop is blocked while it must stop', async () => {
    run();
    await program.ready();
    process.kill(controller(), 'SIGUSR2');
    program.kill('SIGTERM');
    const { code, said } = await program.exit;
    expect({ code, said }).to.deep.equal({ code: 137, said: [] });
    expect(controllers()).to.have.length(1);
    const asterisk = rememberedAsterisk(town.dataDir) ?? 0;
    expect(isAlive(asterisk), 'Asterisk goes on with its calls').to.equal(true);
    process.kill(asterisk, 'SIGKILL');
    await eventually(() => !isAlive(asterisk) || undefined, CALL_MS, 'the end of Asterisk');
  });
});
