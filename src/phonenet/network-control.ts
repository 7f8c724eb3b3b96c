import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findAsterisk } from '../../scripts/lib/asterisk-root.mjs';
import type { AriAddress } from '../adapters/asterisk/ari/address.js';

const run = promisify(execFile);

/** Requests to the Asterisk of the phone network. */
export interface NetworkControl {
  request(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<void>;
  /** Runs a command on the console of Asterisk and resolves with the output. */
  console(line: string): Promise<string>;
}

const REQUEST_MS = 10_000;

/** @param configuration path of its asterisk.conf */
export function networkControl(address: AriAddress, configuration: string): NetworkControl {
  return {
    async request(method, path, body) {
      const response = await fetch(`${address.httpUrl}/ari/${path}`, {
        method,
        headers: { authorization: address.authorization, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(REQUEST_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const said = await response.text();
      if (!response.ok) throw new Error(`the phone network refused ${method} ${path}: ${response.status} ${said}`);
    },
    async console(line) {
      const program = await findAsterisk();
      if (!program) throw new Error('no Asterisk found');
      const { stdout } = await run(program.command, [...program.args, '-C', configuration, '-rx', line], {
        env: { ...process.env, ...program.env },
        timeout: REQUEST_MS,
      });
      return stdout;
    },
  };
}
