import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createPinoLog } from './adapters/log/pino-log.js';
import { ConfigError, loadConfig, serviceManager, type Config } from './config.js';
import { systemManager } from './lib/system-manager.js';
import { Supervisor } from './supervisor.js';

/** Runs the service (src/main.ts) with these arguments under a watchdog. Resolves with its exit code. */
export function supervise(args: readonly string[]): Promise<number> {
  const config = settings();
  const log = createPinoLog({ level: config?.logLevel ?? 'error' });
  const { notifies, watchdogMs } = serviceManager();
  const main = fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url));
  return new Supervisor({
    args: [...process.execArgv, main, ...args],
    silenceMs: config?.watchdogMs ?? null,
    log,
    manager: systemManager({
      notifies,
      everyMs: watchdogMs === undefined ? undefined : watchdogMs / 3,
      onFault: (error) => log.warn('systemd cannot be told that the service runs', { error }),
    }),
  }).run();
}

/** Undefined when the settings are invalid, because the service itself reports that and exits. */
function settings(): Config | undefined {
  try {
    return loadConfig();
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.exitCode = await supervise(process.argv.slice(2));
