import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  startOwnAsterisk,
  type OwnAsterisk,
  type OwnAsteriskOptions,
} from '../../../src/adapters/asterisk/process/asterisk-process.js';
import { configValues, type AsteriskSetup } from '../../../src/adapters/asterisk/process/config-values.js';
import { freePort } from '../../../src/adapters/asterisk/process/ports-free.js';
import { createPinoLog } from '../../../src/adapters/log/pino-log.js';
import { startPhoneNetwork, type Address, type PhoneNetwork } from '../../../src/phonenet/index.js';
import type { Log } from '../../../src/ports/log.js';

const HOST = '127.0.0.1';
export const SOUNDS = fileURLToPath(new URL('../../../sounds/nl', import.meta.url));
const TEMPLATES = fileURLToPath(new URL('../../../asterisk-config', import.meta.url));

/** Our Asterisk and the phone network, as the service has them, without the service. */
export interface Pair {
  readonly asterisk: OwnAsterisk;
  readonly network: PhoneNetwork;
  /** The address at which our Asterisk listens. */
  readonly sip: Address;
  readonly log: Log;
  /** Starts our Asterisk again with the same settings, after it has ended. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

/** Settings of our Asterisk that add to or replace the usual ones. */
export interface PairOptions extends Partial<Pick<AsteriskSetup, 'lines' | 'tipLines' | 'tls' | 'offers'>> {
  /** The address at which our Asterisk listens. */
  readonly sip?: Address;
  /** An operator other than the phone network. */
  readonly trunk?: AsteriskSetup['trunk'];
  /** The calls that our side can have at once, each with two media ports; default 500. */
  readonly callsAtOnce?: number;
}

export async function startPair({ sip, trunk, callsAtOnce = 500, ...settings }: PairOptions = {}): Promise<Pair> {
  const folder = await mkdtemp(join(tmpdir(), 'bn-pair-'));
  const log = createPinoLog({ level: process.env.TEST_LOG === 'debug' ? 'debug' : 'error' });
  const [ours, theirs] = [
    sip ?? { host: HOST, port: await freePort(HOST) },
    { host: HOST, port: await freePort(HOST) },
  ];
  const rtp = 20_000 + 2 * Math.floor(Math.random() * 4_000);
  const network = await startPhoneNetwork({
    folder: join(folder, 'net'),
    sip: theirs,
    service: ours,
    rtp: { from: rtp + 10_000, to: rtp + 10_999 },
    log,
  });
  const stopNetwork = async (): Promise<void> => {
    await network.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const ports = { sip: ours, trunk: trunk ?? theirs, rtp: { from: rtp, to: rtp + 2 * callsAtOnce - 1 } };
    const start = (): Promise<OwnAsterisk> => startOurs(join(folder, 'own'), ports, log, settings);
    let asterisk = await start();
    return {
      get asterisk() {
        return asterisk;
      },
      network,
      sip: ours,
      log,
      startAgain: async () => {
        asterisk = await start();
      },
      stop: () => asterisk.stop().then(stopNetwork),
    };
  } catch (error) {
    await stopNetwork();
    throw error;
  }
}

interface OwnPorts {
  readonly sip: Address;
  readonly trunk: Address;
  readonly rtp: { readonly from: number; readonly to: number };
}

/** Starts our Asterisk as the service does. */
export function startOurs(
  folder: string,
  ports: OwnPorts,
  log: Log,
  settings: Partial<AsteriskSetup> = {},
): Promise<OwnAsterisk> {
  return startOwnAsterisk(ownOptions(folder, ports, log, settings));
}

export function ownOptions(
  folder: string,
  ports: OwnPorts,
  log: Log,
  settings: Partial<AsteriskSetup> = {},
): OwnAsteriskOptions {
  const setup = {
    ...ports,
    lines: 30,
    tipLines: 3,
    tipLine: '08000011',
    soundsFolder: SOUNDS,
    ...settings,
  };
  return {
    folder,
    templates: TEMPLATES,
    values: (...parts) => configValues(setup, ...parts),
    sip: { setting: 'the test', ...ports.sip },
    allowOld: false,
    log,
  };
}
