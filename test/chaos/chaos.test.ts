import { expect } from 'chai';
import { builtProgram } from './program.js';
import { newSeed } from './random.js';
import { summary } from './report.js';
import { runChaos, type RunOptions, type RunResult } from './run.js';

/** To repeat a failed run: CHAOS_SEED=N npm test -- test/chaos/chaos.test.ts */
const SEED = Number(process.env['CHAOS_SEED'] ?? newSeed());
/** The two runs share the machine with other tests, so time margins are wider than in `npm run chaos`. */
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

describe(`a service killed at random instants (seed ${SEED})`, function () {
  this.timeout(600_000);
  const results: RunResult[] = [];

  // The runs are made side by side, because most of a run is waiting.
  before(async () => {
    const runs = await Promise.allSettled([0, 1].map((n) => runChaos({ ...SHORT, seed: SEED + n })));
    for (const run of runs) {
      if (run.status === 'rejected') throw run.reason;
      results.push(run.value);
    }
  });

  it('calls nobody twice, forgets nobody and leaves nothing behind, according to both ledgers', () => {
    const violations = results.flatMap(({ seed, violations: own }) =>
      own.map((violation) => `seed ${seed}: ${violation}`),
    );
    expect(violations, [`seed ${SEED}`, ...summary(SEED, results), ...violations].join('\n')).to.deep.equal([]);
  });

  it('was killed twenty times while many people were called and called the tip line', () => {
    expect(results.flatMap(({ faults }) => faults)).to.have.lengthOf(20);
    for (const { calls, attempts, liveAtFaults, callers, tips } of results) {
      expect(callers, 'callers to the tip line').to.be.greaterThan(5);
      expect(tips).to.be.greaterThan(0);
      expect(liveAtFaults).to.be.greaterThan(0);
      expect(calls).to.be.greaterThan(40);
      expect(attempts).to.be.at.least(calls);
    }
  });
});
