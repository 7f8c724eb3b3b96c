import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ownNetworks } from '../../asterisk-setup.js';
import { createPinoLog } from '../../adapters/log/pino-log.js';
import { createApi } from '../../cli/api-client.js';
import { DEMO_SETTINGS, loadConfig, readToken } from '../../config.js';
import type { Closers } from '../../lib/closers.js';
import { startPhoneNetwork } from '../phone-network.js';
import { sampleTown } from '../town/town.js';
import type { Setting } from './setting.js';

/** A service that is already running, in containers beside this one. */
export interface Joined {
  /** `http://burgernet:8080`. */
  readonly url: string;
  /** The address at which we reach the SIP of its Asterisk: `asterisk:5060`. */
  readonly registrar: string;
  /** Number of people in the town; default {@link PEOPLE}. */
  readonly people?: number;
}

/** The address that the service uses as its simulated trunk (src/cli/prepare.ts). */
const LISTENS = { host: '0.0.0.0', port: 5070 };
const LOOPBACK = '127.0.0.0/8';
/**
 * Fewer people than without containers, because there are fewer lines. Each published port for audio costs a
 * process.
 */
const PEOPLE = 60;
/** The service is prepared and started at the same time as the demo. */
const READY_MS = 180_000;

/**
 * Starts the phone network, then waits for the service. Reads the service's token and sounds from its data
 * folder, BURGERNET_DATA.
 */
export async function joinSetting(joined: Joined, closers: Closers, signal: AbortSignal): Promise<Setting> {
  const folder = await mkdtemp(join(tmpdir(), 'burgernet-demo-'));
  closers.add(() => rm(folder, { recursive: true, force: true }));
  const [host = '', port = '5060'] = joined.registrar.split(':');
  const network = await startPhoneNetwork({
    folder: join(folder, 'phonenet'),
    sip: LISTENS,
    // The service has no address yet, so every address in our networks and on this machine is accepted.
    service: { host, port: Number(port), addresses: [...ownNetworks(), LOOPBACK] },
    log: createPinoLog({ level: 'silent' }),
  });
  closers.add(() => network.stop());
  const config = loadConfig();
  const token = await untilReady(joined.url, () => readToken(config), signal);
  return {
    folder,
    dataDir: config.dataDir,
    network,
    service: {
      api: createApi({ url: joined.url, token }),
      token,
      logFile: 'the log of its container',
      died: new Promise<never>(() => undefined),
    },
    registrar: joined.registrar,
    town: sampleTown({ people: joined.people ?? PEOPLE }),
    limits: {
      lines: Number(DEMO_SETTINGS.BURGERNET_LINES),
      tipLines: Number(DEMO_SETTINGS.BURGERNET_TIP_LINES),
      cps: Number(DEMO_SETTINGS.BURGERNET_CPS),
    },
  };
}

async function untilReady(url: string, token: () => string | undefined, signal: AbortSignal): Promise<string> {
  const probe = createApi({ url, token: '' });
  for (const deadline = performance.now() + READY_MS; performance.now() < deadline; await pause(500)) {
    signal.throwIfAborted();
    const known = token();
    if (known !== undefined && (await probe.probe('/readyz'))?.status === 200) return known;
  }
  throw new Error(`the service at ${url} was not ready within ${READY_MS / 1000} s`);
}
