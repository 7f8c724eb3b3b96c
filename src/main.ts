import { pathToFileURL } from 'node:url';
import { createPinoLog } from './adapters/log/pino-log.js';
import { lastWords } from './adapters/log/standard-output.js';
import { ConfigError, loadConfig, type Config } from './config.js';
import type { Log } from './ports/log.js';
import { startService, type OpenTrunk, type Service } from './service.js';
import { beatForSupervisor, tellSupervisor } from './supervised.js';

/** After SIGTERM, live calls have this long to end by themselves. */
const GRACE_MS = 60_000;
const ALIVE_MS = 60_000;
const NO_TRUNK =
  'NO TRUNK IS CONFIGURED (BURGERNET_TRUNK): nobody real is called; a simulated phone network plays the operator; ' +
  'an action starts only with BURGERNET_SIMULATION=1';

/** The service as a program: reads the settings, handles signals, ends with an exit code. */
async function main(): Promise<void> {
  beatForSupervisor();
  const config = loadConfig();
  const log = createPinoLog({ level: config.logLevel });
  // Without this, Node would exit with the same code, but print the error with its telephone numbers
  // unmasked.
  process.on('uncaughtException', (error) => {
    log.error('uncaught exception: the controller exits', { error });
    lastWords([`burgernet ends: ${error.stack ?? String(error)}`]);
    process.exit(1);
  });
  for (const warning of config.warnings) log.warn(warning);
  if (config.trunk && config.simulation)
    log.warn('SIMULATION: nobody real is called', { reason: config.simulation.reason });
  if (config.beside && !config.trunk) log.warn(NO_TRUNK);
  const starting = startService(config, config.trunk ?? (() => simulatedNetwork(config, log)), log);
  hearSignals(starting, log);
  // This timer keeps the process alive until the HTTP server listens, because a start that waits must not
  // exit with code 0.
  const alive = setInterval(() => undefined, ALIVE_MS);
  await starting.finally(() => {
    clearInterval(alive);
  });
  void tellSupervisor('ready');
  // A fault in one call must not end other calls, so it is only logged.
  process.on('unhandledRejection', (error) => {
    log.error('unhandled rejection', {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  });
}

/** A signal during the start takes effect when the start is done, so that nothing is left half open. */
function hearSignals(starting: Promise<Service>, log: Log): void {
  const stop = async (graceMs: number): Promise<void> => {
    // A start that fails reports the failure and exits by itself.
    const service = await starting.catch(() => undefined);
    if (!service) return;
    try {
      await service.stop(graceMs);
      process.exit(0);
    } catch (error) {
      log.error('the service did not stop cleanly', { error: String(error) });
      process.exit(1);
    }
  };
  let asked = 0;
  const hear = (graceMs: number): void => {
    asked += 1;
    void tellSupervisor('stopping');
    // The second signal hangs up live calls at once. The third exits without closing anything.
    if (asked > 2) process.exit(1);
    void stop(asked === 1 ? graceMs : 0);
  };
  process.on('SIGTERM', () => {
    log.info('stopping: no new calls; live calls may end', { graceMs: GRACE_MS });
    hear(GRACE_MS);
  });
  process.on('SIGINT', () => {
    hear(0);
  });
}

/**
 * Without a trunk the simulated phone network plays the operator. The log warns that nobody real is called.
 */
async function simulatedNetwork(config: Config, log: Log): ReturnType<OpenTrunk> {
  log.warn(NO_TRUNK);
  const { startSimulatedTrunk } = await import('./phonenet/simulated-trunk.js');
  return startSimulatedTrunk(config, log);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch(async (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    const lines = error instanceof ConfigError ? error.message.split('\n') : [message];
    lastWords(lines.map((line) => `burgernet cannot start: ${line}`));
    if (error instanceof ConfigError) await tellSupervisor('bad settings');
    process.exit(1);
  });
}
