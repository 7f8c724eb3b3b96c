import { createInterface } from 'node:readline/promises';
import { loadConfig, readToken, tokenFile, type Config } from '../config.js';
import { bracketedHost } from '../lib/reachable-host.js';
import { createApi, type Api } from './api-client.js';
import { CliError } from './cli-error.js';

/** The surroundings of every command: the terminal, the settings and the service. */
export interface CliContext {
  print(line?: string): void;
  /** On a terminal: replaces the line of the last `status`. Elsewhere: prints a line. */
  status(line: string): void;
  /** Ends the line of `status`. */
  statusDone(): void;
  /** Asks a person yes or no. Throws {@link CliError} without a terminal. */
  confirm(question: string): Promise<boolean>;
  config(): Config;
  api(): Api;
}

export interface GlobalOptions {
  readonly url?: string;
  readonly token?: string;
}

export function createContext(options: () => GlobalOptions): CliContext {
  let config: Config | undefined;
  const load = (): Config => (config ??= loadConfig());
  let last = '';
  const terminal = process.stdout.isTTY;
  return {
    print: (line = '') => console.log(line),
    status: (line) => {
      if (line === last) return;
      last = line;
      if (terminal) process.stdout.write(`\r\x1b[K${line.slice(0, process.stdout.columns - 1)}`);
      else console.log(line);
    },
    statusDone: () => {
      if (terminal && last !== '') process.stdout.write('\n');
      last = '';
    },
    confirm,
    config: load,
    api: () => {
      const { url, token } = options();
      return createApi({ url: url?.replace(/\/+$/, '') ?? serviceUrl(load()), token: token ?? knownToken(load()) });
    },
  };
}

/** The URL at which this machine reaches the service with these settings. */
export function serviceUrl({ http }: Pick<Config, 'http'>): string {
  const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  const host = everywhere[http.host] ?? http.host;
  return `http://${bracketedHost(host)}:${http.port}`;
}

function knownToken(config: Config): string {
  const token = readToken(config);
  if (token !== undefined) return token;
  throw new CliError([
    `there is no token: BURGERNET_TOKEN is not set and ${tokenFile(config)} does not exist`,
    'the service makes one at its first start: npm start',
    'if its data folder is elsewhere, set BURGERNET_DATA',
  ]);
}

async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new CliError([
      'this needs a confirmation, and there is no terminal to ask on; add --yes to skip the question',
    ]);
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^(y|yes|j|ja)$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
