import { constants } from 'node:fs';
import { access, copyFile, mkdir, stat } from 'node:fs/promises';
import { lookup } from 'node:dns/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { foldersBeside, renderBeside } from '../adapters/asterisk/process/asterisk-beside.js';
import { configValues, type AsteriskSetup } from '../adapters/asterisk/process/config-values.js';
import { createPinoLog } from '../adapters/log/pino-log.js';
import { fillNamedPrompts } from '../adapters/speech/named-prompts.js';
import { asteriskSetup, besideOptions, ownNetworks, recordingsFolderOf } from '../asterisk-setup.js';
import { ensureDataFolder, ensureToken, type AsteriskBeside, type Config, type TrunkSettings } from '../config.js';
import { CliError } from './cli-error.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The committed prompts in the image. */
const SOUNDS = join(ROOT, 'sounds', 'nl');
/**
 * The phone network in the container of the demo profile, which may start at the same time as this container.
 */
const SIMULATED: TrunkSettings = { host: 'phonenet', port: 5070, credentials: undefined };
const SIMULATED_MS = 20_000;

/**
 * Runs in containers, before the first start and after each change of a setting: checks the settings and the
 * volumes, makes the secrets, and writes the configuration of the Asterisk beside us. Throws `ConfigError` or
 * {@link CliError}.
 */
export async function prepare(config: Config, print: (line: string) => void): Promise<void> {
  const { beside } = config;
  if (!beside)
    throw new CliError(['BURGERNET_ASTERISK_FOLDER is needed: this command is for an Asterisk in its own container']);
  for (const warning of config.warnings) print(`note: ${warning}`);
  const { namedPrompts, sounds } = ensureDataFolder(config);
  const { etc } = foldersBeside(beside.folder);
  for (const folder of [sounds, etc, recordingsFolderOf(config)]) await demandOurs(folder);
  // Asterisk plays these while the controller is away, even before the controller's first start.
  await fillNamedPrompts(namedPrompts, SOUNDS);
  ensureToken(config);
  const trunk = config.trunk ?? (await simulatedTrunk());
  await render(config, beside, trunk, namedPrompts);
  print(`prepared: Asterisk's configuration is in ${etc}, the trunk is ${trunk.host}:${trunk.port}`);
}

async function render(
  config: Config,
  beside: AsteriskBeside,
  trunk: TrunkSettings,
  namedPrompts: string,
): Promise<void> {
  const setup = asteriskSetup(config, trunk, namedPrompts, createPinoLog({ level: 'warn' }));
  const { etc } = foldersBeside(beside.folder);
  const reachable = {
    ...setup,
    // The simulated trunk may come back with another address, so every address of our own networks is
    // accepted. That is safe, because the simulated trunk calls nobody real.
    trunk: { ...setup.trunk, ...(config.trunk ? {} : { addresses: ownNetworks() }) },
    ...(setup.tls ? { tls: await withinReach(setup.tls, etc) } : {}),
  };
  try {
    await renderBeside({
      ...besideOptions(config, beside),
      templates: join(ROOT, 'asterisk-config'),
      values: (...parts) => configValues(reachable, ...parts),
    });
  } catch (error) {
    throw new CliError([error instanceof Error ? error.message : String(error)]);
  }
}

/** Copies certificate and key to the folder that the Asterisk beside us can read. */
async function withinReach(
  tls: NonNullable<AsteriskSetup['tls']>,
  etc: string,
): Promise<NonNullable<AsteriskSetup['tls']>> {
  const [certificate, key] = [join(etc, 'certificate.pem'), join(etc, 'key.pem')];
  await copyFile(tls.certificate, certificate);
  await copyFile(tls.key, key);
  return { ...tls, certificate, key };
}

async function demandOurs(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch {
    const owner = await stat(folder).then(
      ({ uid }) => `belongs to user ${uid}`,
      () => 'cannot be made',
    );
    throw new CliError([`the volume of ${folder} ${owner}; give it to user ${process.getuid?.() ?? ''} (chown)`]);
  }
}

async function simulatedTrunk(): Promise<TrunkSettings> {
  for (const deadline = performance.now() + SIMULATED_MS; performance.now() < deadline; await pause(500)) {
    const found = await lookup(SIMULATED.host).catch(() => undefined);
    if (found) return SIMULATED;
  }
  throw new CliError([
    'BURGERNET_TRUNK is not set, and no simulated phone network runs: name your operator, or add --profile demo',
  ]);
}
