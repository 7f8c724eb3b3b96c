import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cpuBetween, sampleCpu } from '../lib/cpu-watch.js';
import { startFarEnd, type FarEnd } from '../lib/far-end/far-end.js';
import { OTHERS_ALLOWED, type Run } from '../lib/pairs.js';
import { untilCalm } from '../lib/until-calm.js';
import { figuresOf, type Figures } from './figures.js';
import type { Load, StartSide } from './side.js';
import { HABIT, HOLD_MS, MESSAGE_PACKETS, RING } from './story.js';

/** One run of one side under one load. */
export interface DialerRun extends Run {
  readonly figures: Figures;
  /** CPU time per complete call, ms. */
  readonly cpuPerCall: { readonly asterisk: number; readonly controller: number; readonly both: number };
  /** CPU time of the benchmark itself per call, ms: the driver of the bare side, and the phone network. */
  readonly benchPerCall: { readonly driver: number; readonly network: number };
  /** Share of the machine's CPU time, 0 to 1, that all processes took. */
  readonly busyShare: number;
  /** How late the timer of the far end ticked, 99th percentile, ms. */
  readonly latenessMs: number;
  /** Calls that the side itself counts as confirmed; undefined when the side does not count. */
  readonly confirmed: number | undefined;
}

/** The settings that all runs have in common. */
export interface RunPlace {
  /** Each run makes a folder of its own in this one. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Whether each run first waits a few seconds for other programs to become quiet. */
  readonly waitForCalm: boolean;
  /** Prints a line for the person who runs the benchmark. */
  readonly say?: (text: string) => void;
}

/** Options that only the search for the highest rate uses. */
export interface RunOptions {
  /** Number of first calls whose delays and rate do not count, because the side has just started. */
  readonly unheeded: number;
}

/** How long the CPU share of other programs is measured before each run. */
const CALM_MS = 500;
const CALM_TRIES = 10;
/**
 * CPU time is counted until this long after the last call, because storing the outcome belongs to the call.
 */
const SETTLE_MS = 300;
/** When no call began or ended for this long, the run is over, even if calls are missing. */
const SILENT_MS = HOLD_MS + 6_000;
const LIMIT_FACTOR = 3;
const START_MS = 90_000;

let runs = 0;

/** Starts the phone network and one side, lets the side make its calls, and ends both. */
export async function runSide(
  start: StartSide,
  load: Load,
  place: RunPlace,
  { unheeded }: RunOptions = { unheeded: 0 },
): Promise<DialerRun> {
  place.signal.throwIfAborted();
  const before = await calm(place);
  const folder = join(place.folder, `run-${++runs}`);
  const expectedMs = leastMs(load);
  const opened: (() => Promise<void>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of opened.splice(0).toReversed()) await close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const farEnd = await startFarEnd({
      folder: join(folder, 'far'),
      habit: HABIT,
      ring: RING,
      mostCalls: (load.warmUp.length + load.numbers.length) * 2 + 100,
      limitMs: START_MS + expectedMs * LIMIT_FACTOR + SILENT_MS,
    });
    opened.push(() => farEnd.stop());
    const side = await start(join(folder, 'side'), farEnd, load);
    opened.push(() => side.stop());
    const pids = { ...side.pids, ...farEnd.pids, driver: process.pid };
    if (load.warmUp.length > 0) {
      await side.begin('warmUp');
      await untilOver(farEnd, load.warmUp.length, expectedMs * LIMIT_FACTOR, place.signal);
      await pause(SETTLE_MS);
    }
    const from = sampleCpu(pids);
    await side.begin('numbers');
    await untilOver(farEnd, load.numbers.length, expectedMs * LIMIT_FACTOR, place.signal);
    await pause(SETTLE_MS);
    const use = cpuBetween(from, sampleCpu(pids));
    const account = await side.account();
    const { records, latenessMs } = await farEnd.finish();
    const atFarEnd = (number: string): string => `31${number.slice(1)}`;
    const warmUp = new Set(load.warmUp.map(atFarEnd));
    const measured = records.filter(({ number }) => !warmUp.has(number));
    const figures = figuresOf(measured, {
      numbers: load.numbers.map(atFarEnd),
      lines: load.lines,
      cps: load.cps,
      messagePackets: MESSAGE_PACKETS,
      unheeded,
    });
    const each = (ms: number): number => ms / Math.max(1, figures.complete);
    const { asterisk, controller, sipp, media, driver } = use.ownMs;
    return {
      figures,
      cpuPerCall: { asterisk: each(asterisk), controller: each(controller), both: each(asterisk + controller) },
      benchPerCall: { driver: each(driver), network: each(sipp + media) },
      othersShare: Math.max(before, use.othersShare),
      busyShare: use.busyShare,
      latenessMs,
      confirmed: account?.confirmed,
    };
  } finally {
    await closeAll();
  }
}

/** The shortest time that a load can take, approximately, ms. */
export function leastMs({ numbers, warmUp, lines, cps }: Load): number {
  return ((numbers.length + warmUp.length) / Math.min(cps, (lines * 1000) / HOLD_MS)) * 1000 + HOLD_MS;
}

/**
 * Waits a little for other programs to become quiet. Returns their share of the CPU at the end of the wait.
 */
function calm({ say, signal, waitForCalm }: RunPlace): Promise<number> {
  const measure = async (): Promise<number> => {
    const from = sampleCpu({ driver: process.pid });
    await pause(CALM_MS, undefined, { signal });
    return cpuBetween(from, sampleCpu({ driver: process.pid })).othersShare;
  };
  return untilCalm(measure, {
    isCalm: (share) => share <= OTHERS_ALLOWED,
    mostTries: waitForCalm ? CALM_TRIES : 1,
    onGiveUp: (share) => {
      const percent = Math.round(share * 100);
      say?.(`  NOT CALM: other programs take ${percent} % of the CPU; the run begins all the same`);
    },
  });
}

/**
 * Resolves when every number has had its call, when nothing has happened for {@link SILENT_MS}, or after a
 * time limit.
 */
async function untilOver(farEnd: FarEnd, numbers: number, limitMs: number, signal: AbortSignal): Promise<void> {
  const began = performance.now();
  const before = farEnd.progress.ended;
  let changedAt = began;
  farEnd.onProgress(() => (changedAt = performance.now()));
  for (;;) {
    await pause(50, undefined, { signal });
    const now = performance.now();
    const { invited, ended } = farEnd.progress;
    if (ended - before >= numbers && ended >= invited) return;
    if (now - changedAt > SILENT_MS || now - began > limitMs + SILENT_MS) return;
  }
}
