import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { isAlive } from '../../src/lib/is-alive.js';
import { eventually } from './support/adapter.js';
import { openDeafPipe } from './support/deaf-pipe.js';
import { FROM_SOURCES, rememberedAsterisk } from './support/program.js';
import { openSmallDisk, type SmallDisk } from './support/small-disk.js';

const HOST = '127.0.0.1';
const START_MS = 40_000;
/** Nobody may wait longer for an answer, on a machine that does much else too. */
const ANSWER_MS = 3_000;
/** At two hundred bytes each these are more than a pipe holds (64 KB), and than waits for it (1 MB). */
const MANY = 9_000;
const AT_ONCE = 50;

describe('A log that cannot be written', function () {
  this.timeout(120_000);
  let folder: string;
  let dataDir: string;
  let port: number;
  let child: ChildProcess;
  let disk: SmallDisk | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bn-log-'));
    dataDir = join(folder, 'data');
    port = await freePort(HOST);
  });

  afterEach(async () => {
    const asterisk = rememberedAsterisk(dataDir);
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    if (asterisk !== undefined && isAlive(asterisk)) process.kill(asterisk, 'SIGKILL');
    await disk?.close();
    disk = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  /** The service, with its log at this place; resolves when it answers. */
  const run = async (log: number | 'ignore', settings: Readonly<Record<string, string>> = {}): Promise<void> => {
    const sip = await freePort(HOST);
    child = spawn(process.execPath, FROM_SOURCES, {
      cwd: folder,
      stdio: ['ignore', log, log],
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        BURGERNET_DATA: dataDir,
        BURGERNET_HTTP: `${HOST}:${port}`,
        BURGERNET_SIP: `${HOST}:${sip}`,
        BURGERNET_TRUNK: `sip:${HOST}:${await freePort(HOST)}`,
        BURGERNET_LOG: 'debug',
        ...settings,
      },
    });
    await eventually(answered, START_MS, 'an answer of the service');
  };

  const answered = async (): Promise<true | undefined> => {
    const response = await fetch(`http://${HOST}:${port}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS) }).catch(
      () => undefined,
    );
    await response?.arrayBuffer();
    return response?.ok ? true : undefined;
  };

  /** Each request is a line of the log; each is answered in time. */
  const askOften = async (times: number): Promise<void> => {
    for (let asked = 0; asked < times; asked += AT_ONCE) {
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, answered));
      expect(answers.filter((ok) => ok).length, `after ${asked} requests`).to.equal(AT_ONCE);
    }
  };

  const endsWell = async (): Promise<void> => {
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exit).to.deep.equal([0, null]);
  };

  it('since its disk is full holds nobody up, loses lines, and says how many once there is room', async () => {
    disk = await openSmallDisk(join(folder, 'disk'), 8);
    const file = join(disk.seen, 'service.log');
    const log = openSync(file, 'a');
    await run(log);
    closeSync(log);
    disk.fill();
    const size = statSync(file).size;
    await askOften(1_000);
    expect(statSync(file).size - size, 'a page may have had room').to.be.below(5_000);
    disk.makeRoom();
    const [, dropped] = await eventually(
      async () =>
        (await answered()) && (/"msg":"(\d+) log lines were dropped"/.exec(readFileSync(file, 'utf8')) ?? undefined),
      START_MS,
      'the count of what was dropped',
    );
    expect(Number(dropped)).to.be.within(900, 1_200);
    await endsWell();
    for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) JSON.parse(line);
  });

  it('since nobody reads the pipe holds nobody up, also at the end, and goes on when somebody does', async () => {
    const pipe = openDeafPipe(folder, 'pipe');
    await run(pipe.writeEnd);
    await askOften(MANY);
    let text = '';
    const count = await eventually(
      () => {
        text += pipe.read();
        return /"msg":"(\d+) log lines were dropped"/.exec(text)?.[1];
      },
      START_MS,
      'the count of what was dropped',
    );
    expect(Number(count)).to.be.greaterThan(100);
    for (const line of text.slice(0, text.lastIndexOf('\n')).split('\n')) JSON.parse(line);
    await askOften(1_000);
    await endsWell();
    closeSync(pipe.writeEnd);
    pipe.leave();
  });

  it('since its reader has gone holds nobody up', async () => {
    const pipe = openDeafPipe(folder, 'pipe');
    await run(pipe.writeEnd);
    closeSync(pipe.writeEnd);
    pipe.leave();
    await askOften(500);
    await endsWell();
  });

  it('since it is /dev/full holds nobody up', async () => {
    const full = openSync('/dev/full', 'w');
    await run(full);
    closeSync(full);
    await askOften(500);
    await endsWell();
  });

  it('does not keep the last words of a start that fails from a reader who is late, nor the end from one who never comes', async () => {
    const settings = { BURGERNET_LINES: 'many', BURGERNET_TRUNK: 'no trunk' };
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings };
    const pipe = openDeafPipe(folder, 'late');
    child = spawn(process.execPath, FROM_SOURCES, { cwd: folder, stdio: ['ignore', 'ignore', pipe.writeEnd], env });
    expect(await once(child, 'exit')).to.deep.equal([1, null]);
    const words = pipe.read();
    for (const setting of ['BURGERNET_LINES', 'BURGERNET_TRUNK']) expect(words).to.include(`cannot start: ${setting} `);

    const full = openDeafPipe(folder, 'full');
    const filler = spawn('dd', ['if=/dev/zero', 'oflag=nonblock', 'bs=4096', 'count=64'], {
      stdio: ['ignore', full.writeEnd, 'ignore'],
    });
    await once(filler, 'exit');
    child = spawn(process.execPath, FROM_SOURCES, { cwd: folder, stdio: ['ignore', 'ignore', full.writeEnd], env });
    const exit = once(child, 'exit');
    expect(await Promise.race([exit, pause(START_MS, 'still there', { ref: false })])).to.deep.equal([1, null]);
    for (const one of [pipe, full]) {
      closeSync(one.writeEnd);
      one.leave();
    }
  });
});
