import { join } from 'node:path';
import type { Config } from '../config.js';
import { freePort } from '../adapters/asterisk/process/ports-free.js';
import type { Log } from '../ports/log.js';
import { startPhoneNetwork, type Others } from './phone-network.js';

/**
 * The behaviour of every number by its last digit: a town without named people in which every outcome occurs.
 */
const EVERYBODY: readonly Others[] = [
  { lastDigit: '[0-5]', persona: 'presses', answerAfterMs: 3_000 },
  { lastDigit: '6', persona: 'voicemail', answerAfterMs: 8_000 },
  { lastDigit: '7', persona: 'no_answer' },
  { lastDigit: '8', persona: 'busy_then_presses' },
  { lastDigit: '9', persona: 'declines' },
];

/**
 * Starts a phone network below the data folder, on a port of its own, as the trunk of a service without a
 * trunk.
 */
export async function startSimulatedTrunk(
  config: Pick<Config, 'dataDir' | 'sip'>,
  log: Log,
): Promise<{ trunk: { host: string; port: number; credentials: undefined }; stop(): Promise<void> }> {
  const host = '127.0.0.1';
  const port = await freePort(host);
  const network = await startPhoneNetwork({
    folder: join(config.dataDir, 'phonenet'),
    sip: { host, port },
    service: { host: config.sip.host === '0.0.0.0' ? host : config.sip.host, port: config.sip.port },
    log,
  });
  try {
    await network.setCitizens([], EVERYBODY);
  } catch (error) {
    await network.stop();
    throw error;
  }
  return { trunk: { host, port, credentials: undefined }, stop: () => network.stop() };
}
