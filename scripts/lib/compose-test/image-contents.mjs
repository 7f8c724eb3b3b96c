// Checks the contents of the images: user, size, health check, and files that must not be in them.

import { mustRun } from '../processes.mjs';
import { demand } from './tell.mjs';

const MOST_MB = { burgernet: 450, 'burgernet-asterisk': 450, 'burgernet-phonenet': 700 };

/** Prints one line for each file or program that must not be in an image. */
const LEFTOVERS = `
for path in /etc/asterisk /var/lib/apt/lists/* /var/cache/apt/*.bin ~root/.npm ~root/.npmrc /npm-cache /usr/local/etc/npmrc /.npmrc \
  /app/.npmrc /app/src /app/test /app/node_modules/typescript /app/node_modules/mocha /app/node_modules/.cache \
  /app/node_modules/better-sqlite3/deps /usr/share/asterisk/conf /usr/share/asterisk/sounds; do
  [ -e "$path" ] && echo "$path"
done
for program in npm npx gcc g++ make python3 git curl; do command -v $program; done
find / -xdev -name '*.test.*' -not -path '/proc/*' 2>/dev/null | grep '^/app/dist'
grep -rlE 'registry|_auth' /etc/npmrc /app/package.json 2>/dev/null
exit 0
`;

export async function imageContents(env) {
  const sizes = [];
  for (const [image, most] of Object.entries(MOST_MB)) {
    const { stdout } = await mustRun('docker image inspect', 'docker', ['image', 'inspect', image], { env });
    const [{ Config: config, Size: size }] = JSON.parse(stdout);
    const megabytes = Math.round(size / 1e6);
    demand(config.User === 'burgernet', `${image} runs as ${config.User || 'root'}`);
    demand(megabytes <= most, `${image} has ${megabytes} MB, more than ${most}`);
    demand(image === 'burgernet-phonenet' || config.Healthcheck, `${image} has no health check`);
    const left = (await inside(env, image, LEFTOVERS)).trim();
    demand(left === '', `${image} contains files that it must not: ${left.split('\n').join(', ')}`);
    demand((await inside(env, image, 'id -u')).trim() === '10001', `${image} does not run as user 10001`);
    sizes.push(`${image} ${megabytes} MB`);
  }
  const sounds = await inside(env, 'burgernet-asterisk', 'ls /app/sounds/nl/tip-down.alaw');
  demand(sounds.trim() !== '', 'burgernet-asterisk has no sounds');
  return sizes.join(', ');
}

const inside = async (env, image, script) =>
  (
    await mustRun(
      `Looking into ${image}`,
      'docker',
      ['run', '--rm', '--network', 'none', '--entrypoint', 'sh', image, '-c', script],
      { env },
    )
  ).stdout;
