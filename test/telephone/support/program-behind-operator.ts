import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../src/adapters/asterisk/process/ports-free.js';
import { createApi, type Api } from '../../../src/cli/api-client.js';
import { readToken } from '../../../src/config.js';
import { isAlive } from '../../../src/lib/is-alive.js';
import { OperatorPeer } from './operator-peer.js';
import { startProgram, type Program } from './program.js';

const HOST = '127.0.0.1';

/**
 * The service as a process, on the trunk of an operator that requires registration and answers as a test
 * says.
 */
export interface ProgramBehindOperator {
  readonly operator: OperatorPeer;
  readonly program: Program;
  readonly settings: Readonly<Record<string, string>>;
  readonly dataDir: string;
  readonly url: string;
  readonly token: string;
  readonly api: Api;
  /** Stops the service. Rejects when an Asterisk of the service keeps running. */
  stop(): Promise<void>;
}

/**
 * Resolves when the service is ready.
 * @param prepare sets the answers of the operator before the service starts
 */
export async function startBehindOperator(
  prepare: (operator: OperatorPeer) => void,
  more: Readonly<Record<string, string>> & { readonly BURGERNET_TRUNK_PASSWORD: string },
): Promise<ProgramBehindOperator> {
  const folder = await mkdtemp(join(tmpdir(), 'bn-operator-'));
  const dataDir = join(folder, 'data');
  const operator = await OperatorPeer.start();
  prepare(operator);
  const rtp = 20_000 + 2 * Math.floor(Math.random() * 4_000);
  const settings = {
    BURGERNET_DATA: dataDir,
    BURGERNET_HTTP: `${HOST}:${await freePort(HOST)}`,
    BURGERNET_SIP: `${HOST}:${await freePort(HOST)}`,
    BURGERNET_RTP: `${rtp}-${rtp + 999}`,
    BURGERNET_TRUNK: `sip:${HOST}:${operator.address.port}`,
    BURGERNET_TRUNK_USER: 'meldkamer',
    BURGERNET_NIGHT: 'off',
    ...more,
  };
  const program = startProgram(folder, settings);
  const url = await program.ready();
  const token = readToken({ dataDir, token: undefined }) ?? '';
  return {
    operator,
    program,
    settings,
    dataDir,
    url,
    token,
    api: createApi({ url, token }),
    stop: async () => {
      program.kill('SIGINT');
      await program.exit;
      operator.close();
      const running = program.asterisks().filter(isAlive);
      if (running.length > 0) throw new Error(`Asterisk goes on after the service: ${running.join(', ')}`);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
