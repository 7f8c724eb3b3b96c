import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import type { OwnAsterisk } from '../../src/adapters/asterisk/process/asterisk-process.js';
import { createPinoLog } from '../../src/adapters/log/pino-log.js';
import { startPhoneNetwork, type Address, type PhoneNetwork } from '../../src/phonenet/index.js';
import { startAriProxy, type AriProxy } from '../telephone/support/ari-proxy.js';
import { startOurs } from '../telephone/support/pair.js';
import { Controller } from './controller.js';
import { processesNaming } from '../support/processes.js';
import type { Setting } from './plan.js';

const HOST = '127.0.0.1';

/** The processes and folders of a run. */
export interface World {
  readonly folder: string;
  readonly network: PhoneNetwork;
  readonly controller: Controller;
  /** The SIP address of the service's Asterisk. */
  readonly sip: Address;
  /** The proxy in front of an Asterisk that runs elsewhere; undefined when the service starts its own. */
  readonly proxy: AriProxy | undefined;
  /** The ARI address of the service's Asterisk, not through the proxy. */
  ari(): { readonly url: string; readonly authorization: string } | undefined;
  /** Ends the processes that are left, and removes the files unless they are to be kept. */
  end(keep: boolean): Promise<void>;
}

export interface WorldOptions {
  readonly setting: Setting;
  /** Settings of the service, besides those of the world. */
  readonly settings: Readonly<Record<string, string>>;
  readonly onProblem: (what: string) => void;
  /** The service's program, as arguments for Node; without them, its sources are run. */
  readonly program?: readonly string[] | undefined;
}

/** Starts a phone network that lasts for the whole run, and prepares a service, which is not started yet. */
export async function openWorld({ setting, settings, onProblem, program }: WorldOptions): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'bn-chaos-'));
  const log = createPinoLog({ level: 'error' });
  const sip = { host: HOST, port: await freePort(HOST) };
  const theirs = { host: HOST, port: await freePort(HOST) };
  const rtp = 20_000 + 2 * Math.floor(Math.random() * 4_000);
  const ourRtp = { from: rtp, to: rtp + 1_999 };
  const network = await startPhoneNetwork({
    folder: join(folder, 'net'),
    sip: theirs,
    service: sip,
    rtp: { from: rtp + 10_000, to: rtp + 11_999 },
    log,
  });
  let asterisk: OwnAsterisk | undefined;
  let proxy: AriProxy | undefined;
  try {
    if (setting === 'elsewhere') {
      asterisk = await startOurs(join(folder, 'elsewhere'), { sip, trunk: theirs, rtp: ourRtp }, log);
      const { hostname, port } = new URL(asterisk.address.httpUrl);
      proxy = await startAriProxy({ host: hostname, port: Number(port) });
    }
  } catch (error) {
    await network.stop();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const elsewhere = asterisk?.address;
  const controller = new Controller(
    folder,
    {
      BURGERNET_DATA: join(folder, 'data'),
      BURGERNET_HTTP: `${HOST}:0`,
      BURGERNET_SIP: `${sip.host}:${sip.port}`,
      BURGERNET_RTP: `${ourRtp.from}-${ourRtp.to}`,
      BURGERNET_TRUNK: elsewhere ? '' : network.trunk,
      BURGERNET_NIGHT: 'off',
      ...(elsewhere && proxy ? { BURGERNET_ARI: proxy.url(elsewhere.username, elsewhere.password) } : {}),
      ...settings,
    },
    onProblem,
    program,
  );
  return {
    folder,
    network,
    controller,
    sip,
    proxy,
    ari: () => (elsewhere ? { url: elsewhere.httpUrl, authorization: elsewhere.authorization } : controller.ari()),
    end: async (keep) => {
      await controller.close();
      await proxy?.close();
      await asterisk?.stop();
      await network.stop({ keepFiles: keep });
      // Every process whose command contains this folder was started by this run.
      for (const { pid } of processesNaming(folder)) process.kill(pid, 'SIGKILL');
      if (!keep) await rm(folder, { recursive: true, force: true });
    },
  };
}
