import { createInterface } from 'node:readline/promises';
import { loadConfig, readToken, tokenFile, type Config } from '../config.js';
import { bracketed } from '../lib/bracketed.js';
import { createApi, type Api } from './api-client.js';
import { CliError } from './cli-error.js';

/** What every command has: where to print, whom to ask, the service. */
export interface CliContext {
  print(line?: string): void;
  /** Writes over the last such line on a terminal; prints it elsewhere. */
  status(line: string): void;
  /** Ends the line of `status`. */
  statusDone(): void;
  /** Asks a person. Throws {@link CliError} when there is nobody to ask. */
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

/** Where the service of these settings is reached from this machine. */
export function serviceUrl({ http }: Pick<Config, 'http'>): string {
  const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  const host = everywhere[http.host] ?? http.host;
  return `http://${bracketed(host)}:${http.port}`;
}

function knownToken(config: Config): string {
  const token = readToken(config);
  if (token !== undefined) return token;
  throw new CliError([
    `there is no token: BURGERNET_TOKEN is not set and ${tokenFile(config)} is not there`,
    'the service makes one when it first starts: npm start',
    'if its data lies elsewhere, set BURGERNET_DATA',
  ]);
}

async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new CliError(['nobody is there to confirm this; add --yes to do it without asking']);
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^(y|yes|j|ja)$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
