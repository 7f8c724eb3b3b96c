// The services, running: a whole action, an upgrade in the middle of another, a restore, and the network of the machine.

import { performance } from 'node:perf_hooks';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DEMO_SETTINGS } from '../demo-settings.mjs';
import { demand, tell } from './tell.mjs';

const ACTION_MS = 240_000;
/** Live calls that last longer than this are left to the next controller, in seconds. */
const GRACE_S = 15;
/** Where the simulated phone network listens (src/phonenet/demo/join-setting.ts). */
const TRUNK_PORT = 5070;

/** The demo profile, as its README says: everything up, and the verdict of the phone network. */
export async function wholeAction(compose) {
  await compose.must('--profile', 'demo', 'up', '-d');
  await healthy(compose, 'asterisk');
  await healthy(compose, 'burgernet');
  const id = await compose.idOf('phonenet');
  await compose.docker('wait', id);
  return verdict(compose, id);
}

/**
 * What the phone network found at the far end. Who was called, what came of it, who was put through: exactly. Sound and
 * milliseconds need a machine without load, which is no affair of the containers: there most of it will do, and it is told.
 */
async function verdict(compose, id) {
  const { output } = await compose.docker('logs', id);
  const lines = output.split('\n').filter((line) => /^ {2}[✓✗] /.test(line));
  const missed = lines.filter((line) => line.startsWith('  ✗'));
  const unforgiven = missed.filter((line) => !isForgiven(line));
  if (lines.length === 0 || unforgiven.length > 0) tell(`the phone network said:\n${output}`);
  demand(lines.length > 0, 'the action did not get to its end');
  demand(unforgiven.length === 0, `the action went wrong: ${unforgiven.map((line) => line.slice(4)).join('; ')}`);
  for (const line of missed) tell(`not exactly, for the machine is busy: ${line.slice(4)}`);
  return `${lines.length - missed.length} of ${lines.length} checks at the far end exactly, ${missed.length} nearly`;
}

/** Whether the greater part of it was as it must be. */
export function isForgiven(line) {
  const [, right, of] = /(?:heard .*|hung up early .*|the caller): (\d+) of (\d+) calls$/.exec(line) ?? [];
  if (of !== undefined) return Number(right) > Number(of) / 2;
  const [, half] = /within 100 ms: p50 (-?\d+) ms/.exec(line) ?? [];
  if (half !== undefined) return Number(half) < 100;
  // Calls that end and begin in the same moment are written down in either order.
  const [, most, allowed] = /(\d+) of (\d+) at once$/.exec(line) ?? [];
  if (allowed !== undefined) return Number(most) <= Number(allowed) + 2;
  const [, came, rate] = /at most (\d+) new calls in a second, (\d+) allowed$/.exec(line) ?? [];
  return rate !== undefined && Number(came) <= Number(rate) * 1.5;
}

/** What the services logged at last, but for what they were asked over HTTP: for whoever looks into a failure. */
export async function tellLogs(compose) {
  for (const service of ['burgernet', 'asterisk']) {
    const { output } = await compose.run('logs', '--no-color', '--tail', '2000', service);
    const lines = output.split('\n').filter((line) => !line.includes('"route":'));
    tell(`${service} said:\n${lines.slice(-200).join('\n')}`);
  }
}

async function healthy(compose, service) {
  for (const deadline = performance.now() + 120_000; performance.now() < deadline; await pause(500)) {
    const { stdout } = await compose.docker(
      'inspect',
      '--format',
      '{{.State.Health.Status}}',
      await compose.idOf(service),
    );
    if (stdout.trim() === 'healthy') return;
  }
  const { output } = await compose.run('logs', '--tail', '20', service);
  throw new Error(`${service} did not become healthy: ${output}`);
}

/** An action runs and somebody speaks with the centralist: a backup is made, and the controller is replaced. */
export async function backUpAndUpgrade(compose, folder) {
  const old = await compose.idOf('phonenet');
  await compose.docker('rm', old);
  const name = `${compose.project}-upgrade`;
  await compose.must(
    ...['--profile', 'demo', 'run', '-d', '--no-deps', '--use-aliases', '--name', name, 'phonenet'],
    ...[
      'burgernet',
      'demo',
      '--service',
      'http://burgernet:8080',
      '--registrar',
      'asterisk:5060',
      '--people',
      '60',
      '--upgrade',
    ],
  );
  await said(compose, name, 'now: replace the service');
  const before = { asterisk: await startOf(compose, 'asterisk'), burgernet: await compose.idOf('burgernet') };

  await compose.must('exec', '-T', 'burgernet', 'burgernet', 'backup', '/backup/running');
  await compose.docker('cp', `${before.burgernet}:/backup/running`, join(folder, 'backup'));
  tell('a backup was made while calls were live');

  await newVersion(compose);
  await compose.must('up', '-d', '--no-deps', '--timeout', String(GRACE_S), 'burgernet');
  await healthy(compose, 'burgernet');
  tell('the controller was replaced');
  demand((await compose.idOf('burgernet')) !== before.burgernet, 'the controller is still the old one');

  await compose.docker('wait', name);
  const found = await verdict(compose, name);
  demand((await startOf(compose, 'asterisk')) === before.asterisk, 'Asterisk was started anew');
  await compose.docker('rm', name);
  tell(found);
  return { folder: join(folder, 'backup'), facts: await factsOf(compose) };
}

const startOf = async (compose, service) =>
  (
    await compose.docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', await compose.idOf(service))
  ).stdout.trim();

/** An image that differs from the one before, as that of a new version does. */
async function newVersion(compose) {
  const id = (await compose.docker('create', 'burgernet')).stdout.trim();
  await compose.docker('commit', '--change', 'LABEL org.opencontainers.image.version=next', id, 'burgernet');
  await compose.docker('rm', id);
}

async function said(compose, container, words) {
  for (const deadline = performance.now() + ACTION_MS; performance.now() < deadline; await pause(300)) {
    const { output } = await compose.docker('logs', container);
    if (output.includes(words)) return;
    const { stdout } = await compose.docker('inspect', '--format', '{{.State.Running}}', container);
    demand(stdout.trim() === 'true', `the phone network ended before it said "${words}":\n${output}`);
  }
  throw new Error(`the phone network did not say "${words}"`);
}

/** Everything goes, volumes and all; what is there afterwards came from the backup. */
export async function restore(compose, { folder, facts }) {
  await compose.must('--profile', 'demo', 'down', '--volumes', '--timeout', '5');
  // A trunk of an operator's, which does not answer: nobody is to be called. It is not asked, or nothing would be ready.
  compose.set({ BURGERNET_TRUNK: 'sip:127.0.0.1:5099', BURGERNET_TRUNK_OPTIONS: '0', BURGERNET_NIGHT: 'off' });
  await compose.docker(
    ...['run', '--rm', '--user', '0', '-v', `${folder}:/restore`, 'burgernet'],
    ...['chown', '-R', '10001:10001', '/restore'],
  );
  const { stdout } = await compose.must(
    ...[
      'run',
      '--rm',
      '--no-deps',
      '-T',
      '-v',
      `${folder}:/restore:ro`,
      'burgernet',
      'burgernet',
      'restore',
      '/restore',
    ],
  );
  demand(/paused, for they were running then: action 2/.test(stdout), `the running action was not paused: ${stdout}`);
  await compose.must('up', '-d');
  await healthy(compose, 'burgernet');
  const restored = await factsOf(compose);
  for (const [what, value] of Object.entries(facts))
    demand(isDeepStrictEqual(restored[what], value), `${what} differs after the restore`);
  const second = (await ask(compose, '/actions')).find(({ id }) => id === 2);
  demand(second?.state === 'paused', `the action that was running is ${second?.state}`);
  return `the same ${Object.keys(facts).join(', ')}`;
}

/**
 * A whole action on the network of the machine itself (docker-compose.host.yml), all of it on loopback: a trunk of an
 * operator's is set, which the phone network plays from a container beside them.
 */
export async function onTheMachine(compose) {
  const { ports, project, url } = compose;
  await compose.must('down', '--volumes', '--timeout', '5');
  compose.set({
    BURGERNET_TRUNK: `sip:127.0.0.1:${TRUNK_PORT}`,
    BURGERNET_ARI_PORT: String(ports.ari),
    // What stands in for the defaults without a trunk: the demo goes by it.
    ...DEMO_SETTINGS,
  });
  const host = compose.on('docker-compose.yml', 'docker-compose.host.yml');
  await host.must('up', '-d');
  await healthy(compose, 'burgernet');
  const { stdout } = await compose.docker(
    'inspect',
    '--format',
    '{{.HostConfig.NetworkMode}}',
    await compose.idOf('asterisk'),
  );
  demand(stdout.trim() === 'host', `Asterisk is in the network ${stdout.trim()}`);
  const name = `${project}-operator`;
  await compose.docker(
    ...[
      'run',
      '-d',
      '--name',
      name,
      '--network',
      'host',
      '--init',
      '--read-only',
      '--tmpfs',
      '/tmp:uid=10001,mode=0700',
    ],
    ...['-v', `${project}_data:/data:ro`, '-v', `${project}_prompts:/data/sounds:ro`, '-e', 'BURGERNET_DATA=/data'],
    ...['burgernet-phonenet', 'burgernet', 'demo', '--service', url, '--registrar', `127.0.0.1:${ports.sip}`],
    ...['--people', '20'],
  );
  try {
    await compose.docker('wait', name);
    return await verdict(compose, name);
  } finally {
    await compose.tryDocker('rm', '--force', name);
    await host.must('down', '--volumes', '--timeout', '5');
  }
}

/** What must be the same afterwards: of the first action, which was over when the backup was made, everything. */
async function factsOf(compose) {
  const action = await ask(compose, '/actions/1');
  return {
    token: await tokenOf(compose),
    participants: await ask(compose, '/participants/count'),
    centralists: (await ask(compose, '/centralists')).map(({ id, name, extension }) => ({ id, name, extension })),
    action: { counts: action.counts, timeline: action.timeline, state: action.state, message: action.message },
    attempts: await ask(compose, '/actions/1/attempts'),
    tips: await ask(compose, '/tips?actionId=1'),
    inbound: await ask(compose, '/inbound?actionId=1'),
    sounds: await soundsOf(compose),
  };
}

/** Checksums of what was rendered, as it was by the end of the first action. */
async function soundsOf(compose) {
  const script =
    'cd /data/sounds && find . -name "*.alaw" -path "./*/*" -not -path "./nl/*" | sort | head -n 3 | xargs sha256sum';
  return (await compose.must('exec', '-T', 'burgernet', 'sh', '-c', script)).stdout;
}

const tokenOf = async (compose) => (await compose.must('exec', '-T', 'burgernet', 'cat', '/data/token')).stdout.trim();

async function ask(compose, path) {
  const response = await fetch(`${compose.url}/api/v1${path}`, {
    headers: { authorization: `Bearer ${await tokenOf(compose)}` },
  });
  demand(response.ok, `${path} answers ${response.status}`);
  return response.json();
}
