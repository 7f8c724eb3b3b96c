import type { Config } from '../config.js';
import type { Log } from '../ports/log.js';
import type { Trunk } from '../service.js';

export async function startSimulatedTrunk(_config: Config, _log: Log): Promise<{ trunk: Trunk; stop(): Promise<void> }> {
  return Promise.reject(new Error('not yet'));
}
