// Finds a Docker engine that runs, or starts one of our own with its own data root, socket and pid file.

import { performance } from 'node:perf_hooks';
import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { needPrograms } from '../apt.mjs';
import { unmountBelow } from '../debian-root.mjs';
import { run, SetupError, which } from '../processes.mjs';
import { demand, NotRun, tell } from './tell.mjs';

const START_MS = 30_000;

/**
 * Resolves with `{ env, stop }`. In the environment `env`, docker and docker-compose use this engine. Throws
 * NotRun when there is no engine and none can be started.
 */
export async function findEngine() {
  if (process.platform !== 'linux') throw new NotRun('the compose test needs Linux');
  if (await answers(process.env)) {
    tell('using the Docker engine that is already running');
    return { env: process.env, stop: () => Promise.resolve() };
  }
  if (process.getuid?.() !== 0) throw new NotRun('no Docker engine answers, and starting one needs root');
  await needTools();
  return startEngine();
}

async function needTools() {
  const compose = (await hasCompose()) ? {} : { 'docker-compose': 'docker-compose' };
  const engine = { dockerd: 'docker.io', docker: 'docker.io', iptables: 'iptables' };
  try {
    await needPrograms('The compose test', { ...engine, ...compose, debootstrap: 'debootstrap' });
  } catch (error) {
    if (error instanceof SetupError) throw new NotRun(error.message.split('\n')[0]);
    throw error;
  }
}

const hasCompose = async () =>
  which('docker-compose') !== undefined || (await run('docker', ['compose', 'version'])).code === 0;

const answers = async (env) =>
  which('docker') !== undefined &&
  (await run('docker', ['version', '--format', '{{.Server.Version}}'], { env })).code === 0;

async function startEngine() {
  const folder = await mkdtemp(join(tmpdir(), 'burgernet-engine-'));
  const socket = `unix://${join(folder, 'docker.sock')}`;
  const before = await networkBefore();
  const log = join(folder, 'dockerd.log');
  const out = openSync(log, 'w');
  const child = spawn(
    which('dockerd'),
    [
      ['--data-root', join(folder, 'data')],
      ['--exec-root', join(folder, 'exec')],
      ['--pidfile', join(folder, 'dockerd.pid')],
      ['--host', socket],
    ].flat(),
    // The engine gets a process group of its own, so that Ctrl-C ends only us. We stop the engine after its
    // containers are gone.
    { stdio: ['ignore', out, out], detached: true },
  );
  const gone = new Promise((resolve) => {
    child.once('error', resolve);
    child.once('exit', resolve);
  });
  let isGone = false;
  void gone.then(() => (isGone = true));
  const env = { ...process.env, DOCKER_HOST: socket };
  const stop = async () => {
    if (!isGone) child.kill('SIGTERM');
    await gone;
    await unmountBelow(folder);
    await rm(folder, { recursive: true, force: true });
    await restoreNetwork(before);
  };
  for (const deadline = performance.now() + START_MS; performance.now() < deadline && !isGone; await pause(200)) {
    if (await answers(env)) {
      tell('started a Docker engine of our own');
      return { env, stop };
    }
  }
  const said = readFileSync(log, 'utf8').trim().split('\n').slice(-2).join(' / ');
  await stop();
  throw new NotRun(`a Docker engine cannot be started here: ${said}`);
}

// ---------------------------------------------------------------- what an engine leaves in the network

const FORWARDING = '/proc/sys/net/ipv4/ip_forward';

async function networkBefore() {
  const { stdout } = await run('iptables', ['-S', 'FORWARD']);
  return {
    policy: /^-P FORWARD (\w+)/m.exec(stdout)?.[1] ?? 'ACCEPT',
    forwarding: existsSync(FORWARDING) ? readFileSync(FORWARDING, 'utf8') : undefined,
    bridges: await bridges(),
  };
}

const bridges = async () => {
  const { stdout } = await run('ip', ['-o', 'link', 'show', 'type', 'bridge']);
  return stdout.split('\n').flatMap((line) => /^\d+: ([^:@]+)/.exec(line)?.[1] ?? []);
};

/**
 * WORKAROUND: a Docker engine that stops leaves its bridges, chains and rules behind. This function removes
 * them, and restores the policy and the forwarding from before. It can go when dockerd cleans up after
 * itself.
 */
async function restoreNetwork({ policy, forwarding, bridges: before }) {
  const added = (await bridges()).filter((name) => !before.includes(name) && /^(docker0|br-)/.test(name));
  for (const name of added) await run('ip', ['link', 'delete', name]);
  for (const table of ['nat', 'filter']) {
    const rules = (await run('iptables', ['-t', table, '-S'])).stdout.split('\n');
    for (const rule of rules.filter(
      (line) =>
        /^-A .*(DOCKER|docker0|-[io] br-)/.test(line) ||
        /^-A POSTROUTING .*172\.\d+\.\d+\.\d+\/\d+ .*(MASQUERADE)/.test(line),
    ))
      await run('iptables', ['-t', table, '-D', ...rule.split(' ').slice(1)]);
    const chains = rules.flatMap((line) => /^-N (DOCKER\S*)/.exec(line)?.[1] ?? []);
    for (const chain of chains) await run('iptables', ['-t', table, '-F', chain]);
    for (const chain of chains) await run('iptables', ['-t', table, '-X', chain]);
  }
  await run('iptables', ['-P', 'FORWARD', policy]);
  if (forwarding !== undefined) writeFileSync(FORWARDING, forwarding);
  const left = (await run('iptables-save', [])).stdout.split('\n').filter((line) => /DOCKER|docker0/.test(line));
  demand(left.length === 0, `the Docker engine left firewall rules behind: ${left.join(' / ')}`);
}
