import { pathToFileURL } from 'node:url';
import { createPinoLog } from './adapters/log/pino-log.js';
import { ConfigError, loadConfig, type Config } from './config.js';
import type { Log } from './ports/log.js';
import { startService, type Service, type Trunk } from './service.js';

/** Live calls may end by themselves for this long after SIGTERM. */
const GRACE_MS = 60_000;

/** The service as a program: settings in, signals heard, an exit code out. */
async function main(): Promise<void> {
  const config = loadConfig();
  const log = createPinoLog({ level: config.logLevel });
  for (const warning of config.warnings) log.warn(warning);
  const network = config.trunk ? undefined : await simulatedNetwork(config, log);
  const trunk = config.trunk ?? network?.trunk;
  if (!trunk) throw new Error('there is no trunk');
  let service: Service;
  try {
    service = await startService(config, trunk, log);
  } catch (error) {
    await network?.stop();
    throw error;
  }
  // A fault in one call must not end the others: it is logged, and the calls go on.
  process.on('unhandledRejection', (error) => {
    log.error('a fault that nobody handled', {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  });
  const stop = (graceMs: number): void => {
    service
      .stop(graceMs)
      .then(() => network?.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          log.error('the service did not stop cleanly', { error: String(error) });
          process.exit(1);
        },
      );
  };
  process.once('SIGTERM', () => {
    log.info('stopping: no new calls; live calls may end', { graceMs: GRACE_MS });
    stop(GRACE_MS);
    // Asked twice: at once.
    process.once('SIGTERM', () => process.exit(1));
  });
  process.once('SIGINT', () => {
    stop(0);
    process.once('SIGINT', () => process.exit(1));
  });
}

/** Without a trunk the simulated phone network plays the operator: said loudly, for nobody real is called. */
async function simulatedNetwork(config: Config, log: Log): Promise<{ trunk: Trunk; stop(): Promise<void> }> {
  log.warn(
    'NO TRUNK IS CONFIGURED (BURGERNET_TRUNK): nobody real is called; a simulated phone network plays the operator',
  );
  const { startSimulatedTrunk } = await import('./phonenet/simulated-trunk.js');
  return startSimulatedTrunk(config, log);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    const lines = error instanceof ConfigError ? error.message.split('\n') : [message];
    for (const line of lines) process.stderr.write(`burgernet cannot start: ${line}\n`);
    process.exit(1);
  });
}
