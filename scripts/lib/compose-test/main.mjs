// The whole test, from top to bottom. Everything that was opened is closed in the reverse order, even after a
// failure.

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../processes.mjs';
import { haveBaseImages } from './base-images.mjs';
import { badInput } from './bad-input.mjs';
import { IMAGES, openCompose } from './compose.mjs';
import { findEngine } from './engine.mjs';
import { imageContents } from './image-contents.mjs';
import { backUpAndUpgrade, onTheMachine, restore, tellLogs, wholeAction } from './running.mjs';
import { demand, NotRun, soFar, step, tell } from './tell.mjs';

const home = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const NOT_RUN = 75;

/** Runs the whole test and resolves with the exit code: 0, 1, or 75 when this machine cannot run it. */
export async function composeTest() {
  const closers = [];
  let code;
  try {
    await test(closers);
    code = 0;
  } catch (error) {
    code = error instanceof NotRun ? NOT_RUN : 1;
    tell(error instanceof NotRun ? `NOT RUN: ${error.message}` : `FAILED: ${error.stack ?? error}`);
  }
  for (const close of closers.reverse()) {
    try {
      await close();
    } catch (error) {
      tell(`FAILED: ${error.message ?? error}`);
      code = 1;
    }
  }
  if (code === 0) tell(`passed: every check held, and nothing was left behind; ${soFar()}`);
  return code;
}

async function test(closers) {
  const engine = await step('looking for a Docker engine', findEngine);
  closers.push(() => step('stopping the engine', engine.stop));
  const folder = await mkdtemp(join(tmpdir(), 'burgernet-compose-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const compose = await openCompose({ home, folder, engine, ports: await freePorts() });
  closers.push(() => step('taking everything down', () => takeDown(compose)));

  await step('reading the compose files', () => cleanFiles(compose));
  await step('getting the base images', () => haveBaseImages(home, engine.env));
  await step('building the images', () => compose.must('--profile', 'demo', 'build'));
  await step('looking into the images', () => imageContents(engine.env));
  await step('giving bad input', () => badInput(compose));
  try {
    await step('a whole action on the demo profile', () => wholeAction(compose));
    const kept = await step('another action: a backup and an upgrade in the middle of it', () =>
      backUpAndUpgrade(compose, folder),
    );
    await step('restoring the backup to new volumes', () => restore(compose, kept));
    await step('a whole action on the network of the machine', () => onTheMachine(compose));
  } catch (error) {
    await tellLogs(compose);
    throw error;
  }
}

/** Checks that compose accepts the files without a warning, in each combination in which they are used. */
async function cleanFiles(compose) {
  const ways = [
    [],
    ['--profile', 'demo'],
    ['-f', 'docker-compose.yml'],
    ['-f', 'docker-compose.yml', '-f', 'docker-compose.host.yml'],
  ];
  for (const way of ways) {
    const { code, output } = await compose.run(...way, 'config', '-q');
    demand(code === 0 && output.trim() === '', `config ${way.join(' ')} says: ${output.trim()}`);
  }
}

async function takeDown(compose) {
  await compose.must('--profile', 'demo', 'down', '--volumes', '--remove-orphans', '--timeout', '5');
  const { env, project } = compose;
  const label = `label=com.docker.compose.project=${project}`;
  for (const [what, args] of [
    ['containers', ['ps', '--all', '--quiet', '--filter', label]],
    ['volumes', ['volume', 'ls', '--quiet', '--filter', label]],
    ['networks', ['network', 'ls', '--quiet', '--filter', label]],
  ]) {
    const left = (await run('docker', args, { env })).stdout.trim();
    demand(left === '', `${what} were left behind: ${left}`);
  }
  for (const image of IMAGES.filter((one) => !compose.imagesBefore.includes(one)))
    await run('docker', ['image', 'rm', '--force', image], { env });
}

/**
 * Free ports for HTTP, SIP and ARI, below the range of outgoing connections, and a fixed range of fifty pairs
 * for RTP.
 */
async function freePorts() {
  const free = [];
  for (let port = 18_900; free.length < 3 && port < 19_900; port += 7) if (await isFree(port)) free.push(port);
  const [http, sip, ari] = free;
  return { http, sip, ari, rtp: '26400-26499' };
}

const isFree = (port) =>
  new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
