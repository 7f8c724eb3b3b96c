import type { Alarm } from '../domain/alarm.js';
import type { Simulation } from '../domain/simulation.js';
import type { Speech } from '../ports/speech.js';
import type { Stores } from '../ports/stores.js';
import type { HealthSource } from '../ports/telephony.js';
import type { GuessLimiter } from './access/guess-limiter.js';
import type { TrunkLines } from './dialing/trunk-lines.js';
import type { Gauges, Readiness } from './services.js';

export interface HealthParts {
  readonly stores: Stores;
  readonly telephony: Pick<HealthSource, 'health'>;
  /** Null: calls go to a real operator. */
  readonly simulation: Simulation | null;
  readonly speech: Speech;
  readonly trunkLines: TrunkLines;
  readonly guessLimiter: Pick<GuessLimiter, 'totals'>;
  /** Which softphones have no account in Asterisk, in words; empty when all have one. */
  readonly softphonesBlockedBy: () => string;
  /** The dialer's alarm that no telephone rings while people wait; undefined when there is none. */
  readonly dialer?: { readonly alarm: Alarm | undefined };
  /** Resolves with the free bytes on the disk of the data folder. */
  readonly freeDisk: () => Promise<number>;
}

/** With less free disk than this the service is not ready, because tips could not be recorded. */
const LEAST_FREE_BYTES = 200 * 1024 * 1024;

const OK = { ok: true, reason: '' } as const;
const bad = (reason: string): { ok: boolean; reason: string } => ({ ok: false, reason });

/** Whether every part works, with reasons in words. A trunk that has not been tried yet counts as working. */
export async function readiness(parts: HealthParts): Promise<Readiness> {
  const { stores, telephony, speech, freeDisk } = parts;
  const health = telephony.health();
  const free = await freeDisk();
  const result = {
    database: stores.healthy() ? OK : bad(stores.blockedBy() || 'the database cannot be written'),
    asterisk: health.asterisk === 'up' ? OK : bad(health.reason),
    trunk: trunkOf(parts),
    speech: await speechOf(speech),
    disk: free >= LEAST_FREE_BYTES ? OK : bad(`only ${Math.floor(free / 1024 / 1024)} MB of disk is free`),
  };
  const ready = Object.values(result).every(({ ok }) => ok);
  // A softphone without an account is reported, and so is a prompt in an earlier voice. The service stays
  // ready all the same.
  const softphones = parts.softphonesBlockedBy();
  const prompts = promptsOf(speech);
  const simulated = parts.simulation !== null;
  return {
    ready,
    simulated,
    parts: {
      ...result,
      ...(prompts === undefined ? {} : { prompts }),
      ...(softphones === '' ? {} : { softphones: bad(softphones) }),
    },
  };
}

/** Undefined when all prompts speak with the engine in use. */
function promptsOf({ prompts }: Speech): { ok: boolean; reason: string } | undefined {
  const { all, blockedBy, rendered } = prompts;
  if (rendered === all) return undefined;
  const progress = `${rendered} of ${all} rendered`;
  return blockedBy === '' ? { ok: true, reason: progress } : bad(`${progress}: ${blockedBy}`);
}

/** Speech works as long as a voice speaks. The reason says when it is not the chosen one. */
async function speechOf(speech: Speech): Promise<{ ok: boolean; reason: string }> {
  if (!(await speech.healthy())) return bad(`the speech engine ${speech.engine} does not speak`);
  const degraded = speech.degradedBy();
  return degraded === '' ? OK : { ok: true, reason: `degraded, the embedded voice speaks: ${degraded}` };
}

function trunkOf({ dialer, simulation, telephony }: HealthParts): { ok: boolean; reason: string } {
  const { trunk, reason } = telephony.health();
  if (trunk === 'down') return bad(reason);
  const alarm = dialer?.alarm;
  if (alarm) return bad(alarm.text);
  // A simulated network works but is not a trunk, so the reason says so to probes that read it.
  return simulation ? { ok: true, reason: `simulated: ${simulation.reason}` } : OK;
}

export function gauges({
  guessLimiter,
  stores,
  trunkLines,
}: Pick<HealthParts, 'guessLimiter' | 'stores' | 'trunkLines'>): Gauges {
  const actions = { draft: 0, running: 0, paused: 0, closed: 0, ...stores.actions.states() };
  const { limits, outbound, callbacks, inbound } = trunkLines;
  return {
    lines: { limit: limits.lines, outbound: outbound + callbacks, inbound },
    actions,
    wrongSecrets: guessLimiter.totals,
  };
}
