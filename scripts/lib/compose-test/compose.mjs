// Runs `docker compose`, or the older `docker-compose`, in a project of its own, with its own settings and
// none of this machine's.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, run, which } from '../processes.mjs';
import { tell } from './tell.mjs';

export const IMAGES = ['burgernet', 'burgernet-asterisk', 'burgernet-phonenet'];

export async function openCompose({ home, folder, engine, ports }) {
  const project = `burgernet-test-${process.pid}`;
  const settings = join(folder, 'settings.env');
  const write = (more = {}) => {
    const lines = {
      BURGERNET_HTTP: `127.0.0.1:${ports.http}`,
      BURGERNET_SIP: `127.0.0.1:${ports.sip}`,
      BURGERNET_RTP: ports.rtp,
      ...more,
    };
    writeFileSync(
      settings,
      Object.entries(lines)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
  };
  write();
  // The images are built without BuildKit, as on Debian 12 (docs/decisions/0028).
  const ours = Object.entries(engine.env).filter(([name]) => !/^(BURGERNET|COMPOSE)_/.test(name));
  const env = { ...Object.fromEntries(ours), COMPOSE_DOCKER_CLI_BUILD: '0', COMPOSE_INTERACTIVE_NO_CLI: '1' };
  const [program, ...first] = await programOf(env);
  const args = (rest) => [...first, '-p', project, '--env-file', settings, ...rest];
  const must = (...rest) => mustRun(`${program} ${rest.join(' ')}`, program, args(rest), { cwd: home, env });
  const images = await run('docker', ['images', '--format', '{{.Repository}}'], { env });
  return {
    project,
    env,
    url: `http://127.0.0.1:${ports.http}`,
    ports,
    imagesBefore: images.stdout.split('\n'),
    /** Replaces the settings of this project, for commands from now on. */
    set: write,
    run: (...rest) => run(program, args(rest), { cwd: home, env }),
    must,
    /** Commands with these compose files instead of those that compose reads by default. */
    on: (...files) => ({ must: (...rest) => must(...files.flatMap((file) => ['-f', file]), ...rest) }),
    /** The id of a service's container, running or ended. */
    async idOf(service) {
      const label = `label=com.docker.compose.project=${project}`;
      const args = ['ps', '--all', '--quiet', '--no-trunc', '--filter', label];
      const { stdout } = await run('docker', [...args, '--filter', `label=com.docker.compose.service=${service}`], {
        env,
      });
      return stdout.trim().split('\n')[0];
    },
    docker: (...rest) => mustRun(`docker ${rest[0]}`, 'docker', rest, { env }),
    tryDocker: (...rest) => run('docker', rest, { env }),
  };
}

async function programOf(env) {
  const plugin = await run('docker', ['compose', 'version', '--short'], { env });
  if (plugin.code === 0) {
    tell(`docker compose ${plugin.stdout.trim()}`);
    return ['docker', 'compose'];
  }
  const { stdout } = await run('docker-compose', ['version', '--short'], { env });
  tell(`docker-compose ${stdout.trim()}`);
  return [which('docker-compose') ?? 'docker-compose'];
}
