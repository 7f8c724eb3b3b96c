// Runs the services: a whole action, an upgrade in the middle of another action, a restore, and a whole
// action on the machine's own network.

import { performance } from 'node:perf_hooks';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DEMO_SETTINGS } from '../demo-settings.mjs';
import { demand, tell } from './tell.mjs';

const ACTION_MS = 240_000;
/** Calls that are still live after this many seconds are taken over by the next controller. */
const GRACE_S = 15;
/** The port on which the simulated phone network listens (src/phonenet/demo/join-setting.ts). */
const TRUNK_PORT = 5070;

/** Starts the demo profile as docs/operate.md says, and checks the verdict of the simulated phone network. */
export async function wholeAction(compose) {
  await compose.must('--profile', 'demo', 'up', '-d');
  await healthy(compose, 'asterisk');
  await healthy(compose, 'burgernet');
  const id = await compose.idOf('phonenet');
  await compose.docker('wait', id);
  return verdict(compose, id);
}

/**
 * Checks the results that the phone network measured at the far end. The numbers called, the outcomes and the
 * calls put through must be exact. Sound and times depend on the load of the machine, which says nothing
 * about the containers. For these it is enough that most of the calls are right, and each missed check
 * is printed.
 */
async function verdict(compose, id) {
  const { output } = await compose.docker('logs', id);
  const lines = output.split('\n').filter((line) => /^ {2}[✓✗] /.test(line));
  const missed = lines.filter((line) => line.startsWith('  ✗'));
  const unforgiven = missed.filter((line) => !isForgiven(line));
  if (lines.length === 0 || unforgiven.length > 0) tell(`the output of the phone network:\n${output}`);
  demand(lines.length > 0, 'the action did not get to its end');
  demand(unforgiven.length === 0, `the action went wrong: ${unforgiven.map((line) => line.slice(4)).join('; ')}`);
  for (const line of missed) tell(`nearly passed on a busy machine: ${line.slice(4)}`);
  return `${lines.length - missed.length} of ${lines.length} checks at the far end passed, ${missed.length} nearly passed`;
}

/**
 * Whether a missed check of sound, time or calls at once was missed by so little that a busy machine explains
 * it.
 */
export function isForgiven(line) {
  const [, right, of] = /(?:heard .*|hung up early .*|the caller): (\d+) of (\d+) calls$/.exec(line) ?? [];
  if (of !== undefined) return Number(right) > Number(of) / 2;
  const [, half] = /within 100 ms: p50 (-?\d+) ms/.exec(line) ?? [];
  if (half !== undefined) return Number(half) < 100;
  // Calls that end and begin at the same moment are recorded in either order.
  const [, most, allowed] = /(\d+) of (\d+) at once$/.exec(line) ?? [];
  if (allowed !== undefined) return Number(most) <= Number(allowed) + 2;
  const [, came, rate] = /at most (\d+) new calls in a second, (\d+) allowed$/.exec(line) ?? [];
  return rate !== undefined && Number(came) <= Number(rate) * 1.5;
}

/**
 * Prints the last log lines of the services, without those about HTTP requests, for a person who looks into a
 * failure.
 */
export async function tellLogs(compose) {
  for (const service of ['burgernet', 'asterisk']) {
    const { output } = await compose.run('logs', '--no-color', '--tail', '2000', service);
    const lines = output.split('\n').filter((line) => !line.includes('"route":'));
    tell(`the last log lines of ${service}:\n${lines.slice(-200).join('\n')}`);
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

/** Makes a backup and replaces the controller while an action runs and a caller talks with the centralist. */
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
  demand((await startOf(compose, 'asterisk')) === before.asterisk, 'Asterisk was restarted');
  await compose.docker('rm', name);
  tell(found);
  return { folder: join(folder, 'backup'), facts: await factsOf(compose) };
}

const startOf = async (compose, service) =>
  (
    await compose.docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', await compose.idOf(service))
  ).stdout.trim();

/** Makes an image that differs from the one before, as the image of a new version does. */
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

/**
 * Removes everything, including the volumes, and restores the backup, so that all data afterwards comes from
 * the backup.
 */
export async function restore(compose, { folder, facts }) {
  await compose.must('--profile', 'demo', 'down', '--volumes', '--timeout', '5');
  // The trunk points to an operator that does not answer, because nobody may be called. OPTIONS are off,
  // because without an answer to them the service would not become ready.
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
  demand(
    /paused, because they were running then: action 2/.test(stdout),
    `the running action was not paused: ${stdout}`,
  );
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
 * A whole action on the machine's own network (docker-compose.host.yml), all of it on loopback. The settings
 * name the trunk of an operator, and the phone network in another container plays that operator.
 */
export async function onTheMachine(compose) {
  const { ports, project, url } = compose;
  await compose.must('down', '--volumes', '--timeout', '5');
  compose.set({
    BURGERNET_TRUNK: `sip:127.0.0.1:${TRUNK_PORT}`,
    BURGERNET_ARI_PORT: String(ports.ari),
    // Without a trunk these settings would be the defaults. The demo needs them here too, although a trunk is
    // set.
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

/**
 * The facts that must be the same after a restore: everything about the first action, which had ended before
 * the backup.
 */
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

/** Checksums of three rendered sounds, from before the end of the first action. */
async function soundsOf(compose) {
  const script =
    'cd /data/sounds && find . -name "*.alaw" -path "./*/*" -not -path "./nl/*" -not -path "./en/*" -not -path "./named/*" | sort | head -n 3 | xargs sha256sum';
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
