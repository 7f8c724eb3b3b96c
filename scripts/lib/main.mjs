// The part that run.mjs and burgernet.mjs share. It prepares this machine, then runs the command in the
// foreground.

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

/**
 * Runs one command with its arguments and returns the exit code: 2 for an unknown command, 1 when the set-up
 * fails.
 */
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

/**
 * Installs and builds what the command needs. Ctrl-C ends the programs that we started, waits for the
 * clean-up, then exits.
 */
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

/**
 * The settings in `.env` of the current folder. The service reads that file itself, but the set-up needs some
 * of the settings first.
 */
function settingsFile() {
  return existsSync('.env') ? util.parseEnv(readFileSync('.env', 'utf8')) : {};
}

async function runSteps(steps, { cwd, quiet }) {
  for (const { name, args, run } of steps) {
    if (!quiet && steps.length > 1) say(`${name} …`);
    const code = run ? await run() : await runInForeground(process.execPath, args, { cwd });
    if (code !== 0) {
      // Nothing is printed after the tests, because their last line must be the last line of the output.
      if (steps.length > 1 && name !== 'tests')
        say(`${name} failed: the steps after it were not run. Fix it and run the command again.`);
      return code;
    }
  }
  return 0;
}
