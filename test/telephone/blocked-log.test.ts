import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { isAlive } from '../../src/lib/is-alive.js';
import { eventually } from './support/eventually.js';
import { FROM_SOURCES, rememberedAsterisk } from './support/program.js';
import { openSmallDisk, type SmallDisk } from './support/small-disk.js';
import { openUnreadPipe } from './support/unread-pipe.js';

const HOST = '127.0.0.1';
const START_MS = 40_000;
/** The longest time for one response, on a busy machine. */
const ANSWER_MS = 3_000;
/** At 200 bytes each, these lines exceed the pipe (64 KB) and the buffer of lines that wait for it (1 MB). */
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

  /** Starts the service with its log on this file descriptor. Resolves when the service responds. */
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
    await eventually(responds, START_MS, 'a response of the service');
  };

  const responds = async (): Promise<true | undefined> => {
    const response = await fetch(`http://${HOST}:${port}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS) }).catch(
      () => undefined,
    );
    await response?.arrayBuffer();
    return response?.ok ? true : undefined;
  };

  /** Sends requests that log one line each, and expects a response in time to each. */
  const requestOften = async (times: number): Promise<void> => {
    for (let sent = 0; sent < times; sent += AT_ONCE) {
      const responses = await Promise.all(Array.from({ length: AT_ONCE }, responds));
      expect(responses.filter((ok) => ok).length, `after ${sent} requests`).to.equal(AT_ONCE);
    }
  };

  const endsWell = async (): Promise<void> => {
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exit).to.deep.equal([0, null]);
  };

  it('because its disk is full delays no response; the number of lost lines is logged once there is room', async () => {
    disk = await openSmallDisk(join(folder, 'disk'), 8);
    const file = join(disk.seen, 'service.log');
    const log = openSync(file, 'a');
    await run(log);
    closeSync(log);
    disk.fill();
    const size = statSync(file).size;
    await requestOften(1_000);
    expect(statSync(file).size - size, 'only the rest of a page was written').to.be.below(5_000);
    disk.makeRoom();
    const [, dropped] = await eventually(
      async () =>
        (await responds()) && (/"msg":"(\d+) log lines were dropped"/.exec(readFileSync(file, 'utf8')) ?? undefined),
      START_MS,
      'the number of dropped lines',
    );
    expect(Number(dropped)).to.be.within(900, 1_200);
    await endsWell();
    for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) JSON.parse(line);
  });

  it('because its pipe is not read delays no response and no exit, and goes on once the pipe is read', async () => {
    const pipe = openUnreadPipe(folder, 'pipe');
    await run(pipe.writeEnd);
    await requestOften(MANY);
    let text = '';
    const count = await eventually(
      () => {
        text += pipe.read();
        return /"msg":"(\d+) log lines were dropped"/.exec(text)?.[1];
      },
      START_MS,
      'the number of dropped lines',
    );
    expect(Number(count)).to.be.greaterThan(100);
    for (const line of text.slice(0, text.lastIndexOf('\n')).split('\n')) JSON.parse(line);
    await requestOften(1_000);
    await endsWell();
    closeSync(pipe.writeEnd);
    pipe.closeReader();
  });

  it('because the reader of its pipe is gone delays no response', async () => {
    const pipe = openUnreadPipe(folder, 'pipe');
    await run(pipe.writeEnd);
    closeSync(pipe.writeEnd);
    pipe.closeReader();
    await requestOften(500);
    await endsWell();
  });

  it('because it is /dev/full delays no response', async () => {
    const full = openSync('/dev/full', 'w');
    await run(full);
    closeSync(full);
    await requestOften(500);
    await endsWell();
  });

  it('keeps the errors of a failed start for a late reader, and does not delay the exit without a reader', async () => {
    const settings = { BURGERNET_LINES: 'many', BURGERNET_TRUNK: 'no trunk' };
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings };
    const pipe = openUnreadPipe(folder, 'late');
    child = spawn(process.execPath, FROM_SOURCES, { cwd: folder, stdio: ['ignore', 'ignore', pipe.writeEnd], env });
    expect(await once(child, 'exit')).to.deep.equal([1, null]);
    const errors = pipe.read();
    for (const setting of ['BURGERNET_LINES', 'BURGERNET_TRUNK'])
      expect(errors).to.include(`cannot start: ${setting} `);

    const full = openUnreadPipe(folder, 'full');
    const filler = spawn('dd', ['if=/dev/zero', 'oflag=nonblock', 'bs=4096', 'count=64'], {
      stdio: ['ignore', full.writeEnd, 'ignore'],
    });
    await once(filler, 'exit');
    child = spawn(process.execPath, FROM_SOURCES, { cwd: folder, stdio: ['ignore', 'ignore', full.writeEnd], env });
    expect(await once(child, 'exit', { signal: AbortSignal.timeout(START_MS) })).to.deep.equal([1, null]);
    for (const one of [pipe, full]) {
      closeSync(one.writeEnd);
      one.closeReader();
    }
  });
});
