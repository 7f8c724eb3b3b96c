// What run.mjs and burgernet.mjs share: prerequisites first, then the command in the foreground.

import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import util from 'node:util';
import { commandsOf } from './commands.mjs';
import { checkNode, makeReady } from './prerequisites.mjs';
import { runInForeground, SetupError, stopEverything } from './processes.mjs';
import { say } from './say.mjs';

const home = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Runs one command with its arguments and answers the exit code. */
export async function main(name, args, { quiet = false } = {}) {
  const commands = commandsOf(home);
  if (!Object.hasOwn(commands, name ?? '')) {
    say(`usage: node scripts/run.mjs ${Object.keys(commands).join('|')} [arguments]`);
    return 2;
  }
  const command = commands[name];
  try {
    await prepare(command, args);
    const steps = command.steps(args);
    if (steps.length === 0) say('everything is in place');
    return await runSteps(steps, { ...(command.inHome ? { cwd: home } : {}), quiet });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    return 1;
  }
}

/** Ctrl-C while things are being set up ends what we started, lets it clean up, and then us. */
async function prepare(command, args) {
  checkNode();
  const env = { ...settingsFile(), ...process.env };
  const isRemote = Boolean(env.BURGERNET_ARI) && command.needs.unlessRemote;
  const needs = { ...command.needs, asterisk: command.needs.asterisk && !isRemote };
  const wanted = args.includes('--only-asterisk') ? { asterisk: true, tools: true } : needs;
  let stoppedBy;
  const stop = (signal) => {
    stoppedBy = signal;
    stopEverything();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, stop);
  try {
    await makeReady(home, wanted, env);
  } catch (error) {
    if (!stoppedBy) throw error;
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
  if (stoppedBy) {
    say('stopped');
    process.exit(128 + constants.signals[stoppedBy]);
  }
}

/** `.env` of the current folder. The service reads it by itself; here only for what we must know before it starts. */
function settingsFile() {
  return existsSync('.env') ? util.parseEnv(readFileSync('.env', 'utf8')) : {};
}

async function runSteps(steps, { cwd, quiet }) {
  for (const { name, args, run } of steps) {
    if (!quiet && steps.length > 1) say(`${name} …`);
    const code = run ? await run() : await runInForeground(process.execPath, args, { cwd });
    if (code !== 0) {
      // After the tests nothing is said: their last line is the last line.
      if (steps.length > 1 && name !== 'tests') say(`${name} failed: mend that first, the steps after it were not run`);
      return code;
    }
  }
  return 0;
}
