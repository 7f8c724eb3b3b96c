import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../adapters/asterisk/process/ports-free.js';
import { createPinoLog } from '../../adapters/log/pino-log.js';
import type { Closers } from '../../lib/closers.js';
import { startPhoneNetwork, type PhoneNetwork } from '../phone-network.js';
import { sampleTown, type Town } from '../town/town.js';
import { RETRIES } from './expected.js';
import { startService, type ServiceProcess } from './service-process.js';

const HOST = '127.0.0.1';
const LINES = 80;
const TIP_LINES = 10;
const CPS = 12;
const RING_SECONDS = 8;
const RETRY_AFTER_SECONDS = 5;

/** The service and the phone network of a demo. */
export interface Setting {
  readonly folder: string;
  /** The service's data folder, from which its sounds are read. */
  readonly dataDir: string;
  readonly network: PhoneNetwork;
  readonly service: Pick<ServiceProcess, 'api' | 'token' | 'logFile' | 'died'>;
  /** The address at which the demo's softphones register, when it differs from the one in the accounts. */
  readonly registrar?: string;
  readonly town: Town;
  /** The limits of the trunk in the settings of the service. */
  readonly limits: { readonly lines: number; readonly tipLines: number; readonly cps: number };
}

/** Starts the phone network and then the service. Each is added to the closers as soon as it runs. */
export async function makeSetting(closers: Closers, keepFiles: boolean, signal: AbortSignal): Promise<Setting> {
  const folder = await mkdtemp(join(tmpdir(), 'burgernet-demo-'));
  closers.add(async () => {
    if (!keepFiles) await rm(folder, { recursive: true, force: true });
  });
  const dataDir = join(folder, 'data');
  const [sipPort, trunkPort, httpPort] = await freePorts();
  const log = createPinoLog({ level: 'silent' });
  const network = await startPhoneNetwork({
    folder: join(folder, 'phonenet'),
    sip: { host: HOST, port: trunkPort },
    service: { host: HOST, port: sipPort },
    log,
  });
  closers.add(() => network.stop({ keepFiles }));
  signal.throwIfAborted();
  const service = await startService({
    signal,
    dataDir,
    httpPort,
    token: randomBytes(24).toString('base64url'),
    settings: {
      BURGERNET_SIP: `${HOST}:${sipPort}`,
      BURGERNET_TRUNK: network.trunk,
      BURGERNET_SIMULATION: '1',
      BURGERNET_LINES: String(LINES),
      BURGERNET_TIP_LINES: String(TIP_LINES),
      BURGERNET_CPS: String(CPS),
      BURGERNET_RING_SECONDS: String(RING_SECONDS),
      BURGERNET_RETRY: Object.entries(RETRIES)
        .map(([outcome, times]) => `${outcome}:${times}@${RETRY_AFTER_SECONDS}s`)
        .join(),
      BURGERNET_NIGHT: 'off',
    },
  });
  closers.add(() => service.stop());
  return {
    folder,
    dataDir,
    network,
    service,
    town: sampleTown(),
    limits: { lines: LINES, tipLines: TIP_LINES, cps: CPS },
  };
}

/** Three different ports. */
async function freePorts(): Promise<[number, number, number]> {
  const found = new Set<number>();
  while (found.size < 3) found.add(await freePort(HOST));
  const [sip = 0, trunk = 0, http = 0] = found;
  return [sip, trunk, http];
}
