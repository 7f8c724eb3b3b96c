import { judgeAttempts } from './judge-attempts.js';
import { judgeClosing } from './judge-closing.js';
import { judgeFaults } from './judge-faults.js';
import { judgeHearing } from './judge-hearing.js';
import { judgePeople } from './judge-people.js';
import type { Evidence, Leftovers, Rules } from './evidence.js';
import { matchLedgers } from './match.js';

/**
 * Compares what the phone network wrote down with what the database says, knowing what was done to the service
 * meanwhile. Returns what must not be, in words; nothing when the two ledgers agree.
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
    ...calls.map((id) => `Asterisk still had the call ${id} when everything was over`),
    ...bridges.map((id) => `Asterisk still had the bridge ${id} when everything was over`),
    ...(linesInUse === 0 ? [] : [`${linesInUse} lines were still in use when everything was over`]),
    ...(exitCode === 0 ? [] : [`the service ended with ${exitCode ?? 'a signal'} instead of 0`]),
    ...processes.map((command) => `a process was left: ${command}`),
  ];
}
