// Gives the containers wrong input, and checks that each stops with one clear line that names the fault.

import { createServer } from 'node:net';
import { demand } from './tell.mjs';

export async function badInput(compose) {
  const { project, ports } = compose;
  const prepare = (...options) => compose.run('run', '--rm', '--no-deps', ...options, 'prepare');
  await refused('a wrong setting', /^BURGERNET_LINES must be a whole number/m, () =>
    prepare('-e', 'BURGERNET_LINES=many'),
  );
  await refused('a trunk that nobody knows', /^BURGERNET_TRUNK: the host 'trunk\.invalid' cannot be found/m, () =>
    prepare('-e', 'BURGERNET_TRUNK=sip:trunk.invalid'),
  );
  await refused('no trunk', /^BURGERNET_TRUNK is not set/m, () => prepare());
  await refused('a data volume of somebody else', /^BURGERNET_DATA must name a folder .* belongs to user 0/m, () =>
    compose.tryDocker(
      ...['run', '--rm', '--read-only', '--tmpfs', '/data:uid=0,mode=0700'],
      ...[
        '-e',
        'BURGERNET_ASTERISK_FOLDER=/asterisk',
        '-e',
        'BURGERNET_ARI=http://asterisk:8088',
        '-e',
        'BURGERNET_DATA=/data',
      ],
      ...['burgernet', 'burgernet', 'prepare'],
    ),
  );
  await refused('recordings of somebody else', /^asterisk cannot start: .*spool\/recording belongs to user 0/m, () =>
    compose.tryDocker(
      ...[
        'run',
        '--rm',
        '--tmpfs',
        '/asterisk/spool/recording:uid=0,mode=0755',
        '--entrypoint',
        'sh',
        'burgernet-asterisk',
      ],
      ...['-c', 'touch /asterisk/etc/asterisk.conf; exec asterisk-start'],
    ),
  );
  await refused('no configuration', /^asterisk cannot start: .*holds no configuration/m, () =>
    compose.tryDocker('run', '--rm', 'burgernet-asterisk'),
  );
  const old = "#!/bin/sh\necho 'Asterisk 22.9.0~dfsg'\n";
  await refused('an Asterisk that is too old', /^asterisk cannot start: Asterisk 22\.9\.0 is too old/m, () =>
    compose.tryDocker(
      ...['run', '--rm', '--tmpfs', '/tmp:exec,mode=1777', '--entrypoint', 'sh', 'burgernet-asterisk'],
      ...[
        '-c',
        `printf %s "$1" > /tmp/asterisk; chmod +x /tmp/asterisk; PATH=/tmp:$PATH exec asterisk-start`,
        'sh',
        old,
      ],
    ),
  );
  await refused('a port that is taken', /^asterisk cannot start: BURGERNET_SIP: port 5060 is in use/m, () =>
    compose.tryDocker(
      ...['run', '--rm', '--entrypoint', 'bash', 'burgernet-asterisk'],
      ...[
        '-c',
        'cd /asterisk/etc; touch asterisk.conf; echo "bind = 0.0.0.0:5060" > pjsip.conf; echo "bindport = 8088" > http.conf;' +
          LISTEN +
          ' exec asterisk-start',
      ],
    ),
  );
  const server = await taken(ports.http);
  try {
    await refused('a published port that is taken', new RegExp(`${ports.http}.*(in use|already allocated)`), () =>
      compose.tryDocker(
        'run',
        '--rm',
        '--name',
        `${project}-port`,
        '-p',
        `127.0.0.1:${ports.http}:8080`,
        'burgernet',
        'true',
      ),
    );
  } finally {
    await compose.tryDocker('rm', '--force', `${project}-port`);
    await new Promise((closed) => server.close(closed));
  }
  return '9 faults refused, each with its name';
}

/**
 * A program in Perl that listens on the port, because the image of Asterisk has Perl, as every Debian has.
 */
const LISTEN = ` perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalAddr => "0.0.0.0:5060", Proto => "tcp", Listen => 1); sleep 20' & sleep 1;`;

async function refused(what, line, work) {
  const { code, output } = await work();
  const said = output.trim();
  demand(code !== 0, `${what} was accepted`);
  demand(line.test(said), `${what} is not named: ${said.slice(-600)}`);
  const lines = said.split('\n').filter((one) => line.test(one));
  demand(lines.length === 1, `${what} is named in ${lines.length} lines: ${said}`);
}

const taken = (port) =>
  new Promise((listening, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => listening(server));
  });
