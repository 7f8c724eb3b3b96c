// Starts other programs: quietly with their output kept, or in the foreground with our terminal.

import { spawn } from 'node:child_process';
import { accessSync, constants as fsConstants, statSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { delimiter, join } from 'node:path';

/** Thrown for a failure that a person must act upon. The message is shown without a stack. */
export class SetupError extends Error {
  name = 'SetupError';
}

/** Children that run quietly and must end when we end. */
const quiet = new Set();
let isStopping = false;

/** Kills every quiet child. From now on `run` starts only `uninterrupted` programs. */
export function stopEverything() {
  isStopping = true;
  for (const child of quiet) {
    try {
      // Each child was started as the leader of its own process group.
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The child has just ended by itself.
    }
  }
}

/**
 * Runs a program to its end without showing its output. The exit code is 127 for a program that cannot start,
 * and 128 + the signal's number for a program that a signal ended. `uninterrupted` is for a program that must
 * not be killed half way (Debian's package manager) or that cleans up.
 */
export function run(command, args, { cwd, env = process.env, uninterrupted = false } = {}) {
  if (isStopping && !uninterrupted) return Promise.reject(new SetupError('stopped'));
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const stdout = [];
    const output = [];
    child.stdout.on('data', (chunk) => void (stdout.push(chunk), output.push(chunk)));
    child.stderr.on('data', (chunk) => void output.push(chunk));
    if (child.pid && !uninterrupted) quiet.add(child);
    child.once('error', (error) => resolve({ code: 127, stdout: '', output: error.message }));
    child.once('close', (code, signal) => {
      quiet.delete(child);
      const texts = { stdout: Buffer.concat(stdout).toString(), output: Buffer.concat(output).toString() };
      resolve({ code: code ?? 128 + osConstants.signals[signal], ...texts });
    });
  });
}

/** Like run, but throws SetupError with the last 25 lines of the output when the program fails. */
export async function mustRun(what, command, args, options) {
  const result = await run(command, args, options);
  if (result.code === 0) return result;
  const tail = result.output.trimEnd().split('\n').slice(-25).join('\n  ');
  throw new SetupError(`${what} failed (${command}, exit code ${result.code}). Its last lines:\n  ${tail}`);
}

/**
 * Runs a program with our own terminal. Resolves with its exit code, or with 128 + the number of the signal
 * that ended it. A terminal sends Ctrl-C to the whole process group, including the child. A signal sent to us
 * alone is passed on.
 */
export function runInForeground(command, args, { cwd, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' });
    const forward = (signal) => {
      const sentToTheWholeGroup = process.stdin.isTTY && signal !== 'SIGTERM';
      if (!sentToTheWholeGroup) child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    const done = () => signals.forEach((signal) => process.off(signal, forward));
    child.once('error', (error) => (done(), reject(error)));
    child.once('close', (code, signal) => (done(), resolve(code ?? 128 + osConstants.signals[signal])));
  });
}

/**
 * The full path of a program: looked up on the PATH, and in the system folders that a user's PATH often
 * lacks.
 */
export function which(name, env = process.env) {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  for (const folder of [...folders, '/usr/local/sbin', '/usr/sbin', '/sbin']) {
    const file = join(folder, name);
    try {
      accessSync(file, fsConstants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
