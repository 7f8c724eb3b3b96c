import { expect } from 'chai';
import { builtProgram } from './program.js';
import { newSeed } from './random.js';
import { summary } from './report.js';
import { runChaos, type RunOptions, type RunResult } from './run.js';

/** A round that failed is repeated with CHAOS_SEED=N npm test -- test/chaos/chaos.test.ts */
const SEED = Number(process.env['CHAOS_SEED'] ?? newSeed());
/** The two runs share the machine with other tests: margins are wider than in `npm run chaos`, promises are not. */
const SHORT = {
  rounds: 10,
  setting: 'own',
  slow: false,
  waitMs: 700,
  smallest: 40,
  largest: 50,
  rules: { marginMs: 1_000, callsGoOn: true, backWithinMs: 25_000 },
  keep: false,
  say: () => undefined,
  program: builtProgram(),
} as const satisfies Omit<RunOptions, 'seed'>;

describe(`Killed at random instants (seed ${SEED})`, function () {
  this.timeout(600_000);
  const results: RunResult[] = [];

  // Side by side: most of a run is waiting.
  before(async () => {
    const runs = await Promise.allSettled([0, 1].map((n) => runChaos({ ...SHORT, seed: SEED + n })));
    for (const run of runs) {
      if (run.status === 'rejected') throw run.reason;
      results.push(run.value);
    }
  });

  it('twenty times, and the two ledgers agree: nobody called twice, nobody forgotten, nothing left', () => {
    const said = results.flatMap(({ seed, violations }) => violations.map((violation) => `seed ${seed}: ${violation}`));
    expect(said, [`seed ${SEED}`, ...summary(SEED, results), ...said].join('\n')).to.deep.equal([]);
  });

  it('which says something: many were called and rang back, and every round was made', () => {
    expect(results.flatMap(({ faults }) => faults)).to.have.lengthOf(20);
    for (const { calls, attempts, liveAtFaults, callers, tips } of results) {
      expect(callers, 'rang the tip line').to.be.greaterThan(5);
      expect(tips).to.be.greaterThan(0);
      expect(liveAtFaults).to.be.greaterThan(0);
      expect(calls).to.be.greaterThan(40);
      expect(attempts).to.be.at.least(calls);
    }
  });
});
