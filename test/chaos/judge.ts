import { judgeAttempts } from './judge-attempts.js';
import { judgeClosing } from './judge-closing.js';
import { judgeFaults } from './judge-faults.js';
import { judgeHearing } from './judge-hearing.js';
import { judgePeople } from './judge-people.js';
import type { Evidence, Leftovers, Rules } from './evidence.js';
import { matchLedgers } from './match.js';

/**
 * Compares the phone network's ledger with the database, given the faults that were injected. Returns the
 * violations in words; none when the two ledgers agree.
 */
export function judge(evidence: Evidence, rules: Rules): string[] {
  const matching = matchLedgers(evidence.attempts, evidence.calls);
  return [
    ...judgeAttempts(evidence, matching, rules),
    ...judgePeople(evidence, matching, rules),
    ...judgeHearing(evidence, matching, rules),
    ...judgeClosing(evidence, matching),
    ...judgeFaults(evidence, matching, rules),
    ...judgeLeftovers(evidence.leftovers),
  ];
}

function judgeLeftovers({ calls, bridges, linesInUse, exitCode, processes }: Leftovers): string[] {
  return [
    ...calls.map((id) => `Asterisk still had the call ${id} at the end`),
    ...bridges.map((id) => `Asterisk still had the bridge ${id} at the end`),
    ...(linesInUse === 0 ? [] : [`${linesInUse} lines were still in use at the end`]),
    ...(exitCode === 0 ? [] : [`the service exited with ${exitCode ?? 'a signal'} instead of 0`]),
    ...processes.map((command) => `a process was left running: ${command}`),
  ];
}
