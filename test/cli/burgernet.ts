import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CliError } from '../../src/cli/cli-error.js';
import { createProgram } from '../../src/cli/program.js';

/** Runs a command in the process of the test, against this server. Much faster than a new process. */
export async function burgernetHere(args: readonly string[], server: { url: string; token: string }): Promise<Ran> {
  const out: string[] = [];
  const print = (line = ''): void => void out.push(`${line}\n`);
  const program = createProgram({ print, status: print, statusDone: () => undefined });
  const ran = (code: number, err = ''): Ran => ({ code, out: out.join(''), err });
  try {
    await program.parseAsync(['--url', server.url, '--token', server.token, ...args], { from: 'user' });
    return ran(0);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return ran(1, error.lines.map((line) => `${line}\n`).join(''));
  }
}

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the `burgernet` command in a process of its own, in an empty folder, with only these settings. */
export async function burgernet(args: readonly string[], settings: Record<string, string> = {}): Promise<Ran> {
  const cwd = mkdtempSync(join(tmpdir(), 'burgernet-cli-'));
  try {
    const child = spawn(process.execPath, ['--import', TSX, MAIN, ...args], {
      cwd,
      env: { PATH: process.env['PATH'], HOME: cwd, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { code, out, err };
  } finally {
    rmSync(cwd, { recursive: true });
  }
}
