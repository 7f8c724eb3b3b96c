import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findAsterisk } from '../../scripts/lib/asterisk-root.mjs';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { endChild } from '../lib/children.js';
import type { FarEnd } from '../lib/far-end/far-end.js';
import { APART } from '../lib/instrument.js';
import { connectAmi, type Ami } from './ami.js';
import { AMI_USER, bareConfig } from './bare-config.js';
import { PacedCalls } from './paced-calls.js';
import { HOST, rtpRange, type Load, type Side, type StartSide } from './side.js';
import { markedSound, messageSound } from './story.js';

const STOP_MS = 8_000;
const ANSWER_WITHIN_MS = 10_000;

/** A bare Asterisk dialplan whose calls are started over AMI by the simplest possible driver. */
export const startBareSide: StartSide = async (folder, farEnd, load) => {
  const program = await findAsterisk();
  if (!program) throw new Error("no Asterisk found: run 'npm run setup'");
  const in_ = (name: string): string => join(folder, name);
  const folders = {
    ...{ etc: in_('etc'), lib: in_('lib'), spool: in_('spool') },
    ...{ run: in_('run'), log: in_('log'), sounds: in_('sounds') },
  };
  for (const path of Object.values(folders)) await mkdir(path, { recursive: true, mode: 0o700 });
  for (const mark of ['prompt', 'silence', 'ending', 'thanks'] as const) {
    await writeFile(join(folders.sounds, `${mark}.alaw`), markedSound(mark));
  }
  await writeFile(join(folders.sounds, 'message.alaw'), messageSound());
  const ami = { host: HOST, port: await freePort(HOST), username: AMI_USER, secret: randomBytes(18).toString('hex') };
  const files = bareConfig({
    folders,
    program,
    host: HOST,
    sipPort: await freePort(HOST),
    amiPort: ami.port,
    amiSecret: ami.secret,
    trunkPort: farEnd.port,
    rtp: rtpRange(load.lines),
  });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folders.etc, name), text, { mode: 0o600 });
  const output = openSync(join(folders.log, 'output.log'), 'w', 0o600);
  const asterisk = spawn(program.command, [...program.args, '-C', join(folders.etc, 'asterisk.conf'), '-f'], {
    stdio: ['ignore', output, output],
    cwd: folder,
    env: { ...process.env, ...program.env },
    // The same as for the product's Asterisk, so that the scheduler treats both alike.
    ...APART,
  });
  closeSync(output);
  try {
    const manager = await connectAmi(ami, () => asterisk.exitCode !== null || asterisk.signalCode !== null);
    const driver = makeDriver(manager, farEnd, load);
    return {
      pids: { asterisk: asterisk.pid ?? 0, controller: 0 },
      begin: (which) => {
        driver.begin(load[which]);
        return Promise.resolve();
      },
      account: () => Promise.resolve(undefined),
      stop: async () => {
        driver.stop();
        manager.close();
        await endChild(asterisk, STOP_MS);
      },
    } satisfies Side;
  } catch (error) {
    await endChild(asterisk, STOP_MS);
    throw error;
  }
};

/**
 * Starts calls when they are due. The far end reports which calls have ended, because asking Asterisk would
 * cost its CPU. The driver wakes only at a start time or when the far end reports progress, because it shares
 * the CPU with the measured side.
 */
function makeDriver(
  manager: Ami,
  farEnd: FarEnd,
  load: Load,
): { begin(numbers: readonly string[]): void; stop(): void } {
  let calls = new PacedCalls({ ...load, numbers: [] });
  /** Number of calls that had ended before the calls to the present numbers began. */
  let endedBefore = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const pump = (): void => {
    clearTimeout(timer);
    if (stopped || calls.done) return;
    const ended = farEnd.progress.ended - endedBefore;
    for (const number of calls.due(performance.now(), ended)) originate(manager, number);
    const wait = calls.slotAt - performance.now();
    if (!calls.done && calls.started - ended < load.lines) timer = setTimeout(pump, Math.max(0, wait));
  };
  farEnd.onProgress(pump);
  return {
    begin: (numbers) => {
      calls = new PacedCalls({ ...load, numbers });
      endedBefore = farEnd.progress.ended;
      pump();
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function originate(manager: Ami, number: string): void {
  manager.send({
    Action: 'Originate',
    Channel: `PJSIP/+31${number.slice(1)}@trunk`,
    Context: 'alert',
    Exten: 's',
    Priority: '1',
    CallerID: '"Burgernet" <08000011>',
    Timeout: String(ANSWER_WITHIN_MS),
    Async: 'true',
  });
}
