import { parseArgs } from 'node:util';
import { builtProgram } from './program.js';
import { newSeed } from './random.js';
import { summary } from './report.js';
import { runChaos, type RunResult } from './run.js';

/**
 * npm run chaos -- [--rounds 100] [--seed N] [--keep] [--calls-end] [--elsewhere]: see
 * docs/decisions/0017-chaos.md.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    seed: { type: 'string' },
    keep: { type: 'boolean', default: false },
    /** Calls need not outlive the controller. */
    'calls-end': { type: 'boolean', default: false },
    /** Every run, instead of every fourth, has an Asterisk behind the proxy. */
    elsewhere: { type: 'boolean', default: false },
  },
});

/** Rounds in one run. Each run has a new service and phone network, so that violations are found soon. */
const ROUNDS_A_RUN = 20;
/** In every fourth run the Asterisk runs elsewhere, behind a proxy that breaks its connections. */
const ELSEWHERE_EVERY = 4;
const BACK_MS = 3_000;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const seed = values.seed === undefined ? newSeed() : Number(values.seed);
const rounds = Number(values.rounds);
if (!Number.isSafeInteger(seed) || seed < 0 || !Number.isSafeInteger(rounds) || rounds < 1) {
  say('usage: npm run chaos -- [--rounds 100] [--seed N] [--keep] [--calls-end] [--elsewhere]');
  process.exit(2);
}
say(`chaos: ${rounds} rounds, seed ${seed}`);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stop.abort(new Error(`stopped by ${signal}; seed ${seed}`));
  });
}
const results: RunResult[] = [];
for (let done = 0, run = 0; done < rounds; run += 1) {
  const count = Math.min(ROUNDS_A_RUN, rounds - done);
  const setting = values.elsewhere || run % ELSEWHERE_EVERY === ELSEWHERE_EVERY - 1 ? 'elsewhere' : 'own';
  say(
    `run ${run + 1}: ${count} rounds, ${setting === 'own' ? 'its own Asterisk' : 'an Asterisk elsewhere'}, seed ${seed + run}`,
  );
  const result = await runChaos({
    seed: seed + run,
    rounds: count,
    setting,
    slow: true,
    waitMs: 5_000,
    smallest: 40,
    largest: 120,
    rules: { marginMs: 300, callsGoOn: !values['calls-end'], backWithinMs: BACK_MS },
    keep: values.keep,
    say,
    program: builtProgram(),
    signal: stop.signal,
  });
  results.push(result);
  for (const violation of result.violations) say(`  VIOLATION ${violation}`);
  if (result.folder !== undefined) say(`  kept in ${result.folder}`);
  done += count;
}
for (const line of summary(seed, results)) say(line);
process.exitCode = results.some(({ violations }) => violations.length > 0) ? 1 : 0;
