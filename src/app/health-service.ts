import type { Alarm } from '../domain/alarm.js';
import type { Simulation } from '../domain/simulation.js';
import type { Speech } from '../ports/speech.js';
import type { Stores } from '../ports/stores.js';
import type { Telephony } from '../ports/telephony.js';
import type { GuessLimiter } from './access/guess-limiter.js';
import type { TrunkLines } from './dialing/trunk-lines.js';
import type { Gauges, Readiness } from './services.js';

export interface HealthParts {
  readonly stores: Stores;
  readonly telephony: Telephony;
  /** Null: calls go to a real operator. */
  readonly simulation: Simulation | null;
  readonly speech: Speech;
  readonly lines: TrunkLines;
  readonly guard: Pick<GuessLimiter, 'totals'>;
  /** Softphones without an account, in words; empty when all have one. */
  readonly softphoneTrouble: () => string;
  /** That nobody is being rung while people wait, as long as that lasts. */
  readonly dialer?: { readonly alarm: Alarm | undefined };
  /** Free bytes where the data lies. */
  readonly freeDisk: () => Promise<number>;
}

/** Less free disk than this is not ready: tips could not be recorded. */
const LEAST_FREE_BYTES = 200 * 1024 * 1024;

const OK = { ok: true, reason: '' } as const;
const bad = (reason: string): { ok: boolean; reason: string } => ({ ok: false, reason });

/** Whether every part works, in words for the operator. A trunk that has not been tried yet is no reason to wait. */
export async function readiness(parts: HealthParts): Promise<Readiness> {
  const { stores, telephony, speech, freeDisk } = parts;
  const health = telephony.health();
  const free = await freeDisk();
  const result = {
    database: stores.healthy() ? OK : bad(stores.blockedBy() || 'the database cannot be written'),
    asterisk: health.asterisk === 'up' ? OK : bad(health.reason),
    trunk: trunkOf(parts),
    speech: (await speech.healthy()) ? OK : bad(`the speech engine ${speech.engine} does not speak`),
    disk: free >= LEAST_FREE_BYTES ? OK : bad(`only ${Math.floor(free / 1024 / 1024)} MB of disk is free`),
  };
  const ready = Object.values(result).every(({ ok }) => ok);
  // A softphone without an account is told of, and takes nothing else out of service.
  const softphones = parts.softphoneTrouble();
  const simulated = parts.simulation !== null;
  return { ready, simulated, parts: softphones === '' ? result : { ...result, softphones: bad(softphones) } };
}

function trunkOf({ dialer, simulation, telephony }: HealthParts): { ok: boolean; reason: string } {
  const { trunk, reason } = telephony.health();
  if (trunk === 'down') return bad(reason);
  const alarm = dialer?.alarm;
  if (alarm) return bad(alarm.text);
  // It works, and is no trunk: a probe that reads the reasons sees it as well.
  return simulation ? { ok: true, reason: `simulated: ${simulation.reason}` } : OK;
}

export function gauges({ lines, stores, guard }: Pick<HealthParts, 'lines' | 'stores' | 'guard'>): Gauges {
  const actions = { draft: 0, running: 0, paused: 0, closed: 0, ...stores.actions.states() };
  return {
    lines: { limit: lines.limits.lines, outbound: lines.outbound, inbound: lines.inbound },
    actions,
    wrongSecrets: guard.totals,
  };
}
