import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import type { Api } from '../../src/cli/api-client.js';
import { cpuBetween, sampleCpu } from '../lib/cpu-watch.js';
import { startFarEnd, type FarEnd } from '../lib/far-end/far-end.js';
import { startProduct, type Product } from '../lib/product.js';
import { startSipp, type Sipp } from '../lib/sipp.js';
import { untilCalm } from '../lib/until-calm.js';
import { HOST, rtpRange } from '../dialer/side.js';
import { HABIT, RING, messageWav } from '../dialer/story.js';
import {
  areaOf,
  CALLED_AREA,
  DESKS,
  fillDatabase,
  measureLookUp,
  REACHED_EACH,
  reachedNumber,
  strangerNumber,
  type LookUp,
} from './people.js';
import { notedIn, passageOf, welcomeOf, type Passage, type Welcome } from './record.js';
import type { Options } from './options.js';
import { caller, REGISTER, SOFTPHONE, STRANGER } from './scenarios.js';

/** The tips of one measurement, and the load of the machine meanwhile. */
export interface TipsMeasured {
  readonly passage: Passage;
  /** Calls a second that the dialer made meanwhile. */
  readonly dialed: number;
  readonly busyShare: number;
  readonly othersShare: number;
}

/** Strangers at one rate, while tips come in. */
export interface FloodMeasured extends TipsMeasured {
  readonly rate: number;
  readonly welcome: Welcome;
  /** Every stranger got an answer or a refusal in time, and every tip rang in time. */
  readonly held: boolean;
}

export interface TipLineMeasured {
  readonly stored: number;
  readonly lookUp: LookUp;
  readonly idle: TipsMeasured;
  readonly loaded: TipsMeasured;
  readonly floods: readonly FloodMeasured[];
}

const LINES = 300;
/** Tips a second, and how long each caller stays. Each centralist is free again before the next tip. */
const TIP_RATE = 3;
const STAY_MS = 4_000;
/**
 * A rate of strangers holds while each tip rings, and each stranger is answered, within these times (p99).
 */
export const MOST_TIP_MS = 150;
export const MOST_STRANGER_MS = 2_000;
const SETTLE_MS = 2_000;
const REACH_MS = 60_000;

export async function measureTipLine(
  options: Options,
  program: string,
  folder: string,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<TipLineMeasured> {
  const called = Math.ceil(options.rate * (options.tips / TIP_RATE + 15));
  const opened: (() => Promise<void>)[] = [];
  const stopAll = async (): Promise<void> => {
    for (const stop of opened.splice(0).toReversed()) await stop();
  };
  try {
    let lookUp: LookUp | undefined;
    const farEnd = await startFarEnd({
      folder: join(folder, 'far'),
      habit: HABIT,
      ring: RING,
      mostCalls: called * 2 + 2_000,
      limitMs: 30 * 60_000,
    });
    opened.push(() => farEnd.stop());
    const sip = await freePort(HOST);
    const product = await startProduct({
      program,
      folder: join(folder, 'product'),
      settings: settings(farEnd.port, sip, options.rate),
      fill: (dataDir) => {
        say(`storing ${options.stored} participants`);
        fillDatabase(dataDir, { stored: options.stored, called });
        say('looking callers up');
        lookUp = measureLookUp(dataDir, options.stored, 20_000);
        return Promise.resolve();
      },
    });
    opened.push(() => product.stop());
    const phones = await softphones(product.api, join(folder, 'desks'), sip);
    opened.push(() => phones.stop());
    await reachEverybody(product.api);
    const world: World = { farEnd, product, phones, sip, folder, signal, count: 0 };
    await pause(SETTLE_MS, undefined, { signal });

    say(`${options.tips} tips while the dialer is idle`);
    const idle = await tips(world, options.tips);
    say(`  ${passageText(idle)}`);
    say(`${options.tips} tips while the dialer calls ${options.rate} a second`);
    const load = await draft(product.api, CALLED_AREA, 1);
    await product.api.post(`/actions/${load}/start`, { anyway: true });
    await pause(SETTLE_MS, undefined, { signal });
    const loaded = await tips(world, options.tips);
    say(`  ${passageText(loaded)}, ${loaded.dialed.toFixed(1)} calls a second`);
    await product.api.post(`/actions/${load}/close`, { result: 'false_alarm' }).catch(() => undefined);
    await calm(product.api, load, signal, say);
    const floods: FloodMeasured[] = [];
    for (const rate of options.strangers) {
      say(`${rate} strangers a second`);
      const flooded = await flood(world, rate, options.seconds);
      floods.push(flooded);
      const { welcome } = flooded;
      say(
        `  ${passageText(flooded)}; strangers: ${welcome.refused} busy, ${welcome.answered} answered, ` +
          `${welcome.failed} failed, ${welcome.silent} silent, p99 ${(welcome.p99 ?? 0).toFixed(0)} ms: ` +
          (flooded.held ? 'holds' : 'does not hold'),
      );
      if (!flooded.held) break;
    }
    if (!lookUp) throw new Error('no caller was looked up');
    return { stored: options.stored, lookUp, idle, loaded, floods };
  } finally {
    await stopAll();
  }
}

interface World {
  readonly farEnd: FarEnd;
  readonly product: Product;
  readonly phones: Sipp;
  readonly sip: number;
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Number of folders made so far. */
  count: number;
}

function settings(trunkPort: number, sip: number, rate: number): Record<string, string> {
  const rtp = rtpRange(LINES);
  return {
    BURGERNET_SIP: `${HOST}:${sip}`,
    BURGERNET_RTP: `${rtp.from}-${rtp.to}`,
    BURGERNET_TRUNK: `sip:${HOST}:${trunkPort}`,
    BURGERNET_LINES: String(LINES),
    BURGERNET_CPS: String(rate),
    BURGERNET_RETRY: 'off',
    BURGERNET_NIGHT: 'off',
    BURGERNET_SPEECH: 'embedded',
  };
}

/** Registrations are renewed this often, because Asterisk keeps them for at most a minute. */
const RENEWED_MS = 30_000;

/** Makes the centralists. One SIPp plays the softphones of all of them, and renews their registrations. */
async function softphones(api: Api, folder: string, sip: number): Promise<Sipp> {
  const rows: string[][] = [];
  for (let desk = 0; desk < DESKS; desk++) {
    const made = await api.post<{ sip: { username: string; password: string } }>('/centralists', {
      name: `Desk ${desk + 1}`,
      extension: String(201 + desk),
    });
    rows.push([made.sip.username, made.sip.password]);
  }
  const registering = { scenario: REGISTER, port: await freePort(HOST), target: `${HOST}:${sip}`, rows };
  const first = { folder: join(folder, 'register'), calls: rows.length, rate: 50, limitMs: 10_000 };
  await (
    await startSipp({ ...registering, ...first })
  ).finished;
  return startSipp({
    ...registering,
    folder: join(folder, 'answer'),
    answers: SOFTPHONE,
    rate: rows.length,
    periodMs: RENEWED_MS,
    limitMs: 30 * 60_000,
  });
}

async function draft(api: Api, postcode: string, centralistId: number): Promise<number> {
  const recording = await api.upload<{ id: number }>('/recordings', 'audio/wav', new Blob([messageWav()]));
  const { id } = await api.post<{ id: number }>('/actions', {
    kind: 'theft',
    title: 'Benchmark',
    description: 'a call like any other',
    message: { recordingId: recording.id },
    area: { postcodes: [postcode] },
    centralistId,
    criteria: { timeCritical: true, clearDescription: true },
  });
  return id;
}

/** Starts an action for each centralist, and waits until all of its participants have pressed a digit. */
async function reachEverybody(api: Api): Promise<void> {
  const ids: number[] = [];
  const centralists = await api.get<{ id: number }[]>('/centralists');
  for (const [desk, { id }] of centralists.entries()) ids.push(await draft(api, areaOf(desk), id));
  for (const id of ids) await api.post(`/actions/${id}/start`, { anyway: true });
  for (const deadline = performance.now() + REACH_MS; ; await pause(200)) {
    const views = await Promise.all(ids.map((id) => api.get<{ counts: { reached: number } }>(`/actions/${id}`)));
    if (views.every(({ counts }) => counts.reached === REACHED_EACH)) return;
    if (performance.now() > deadline) throw new Error('not every participant was reached before the tips');
  }
}

const CALM_MS = 500;

/** Waits until a closed action makes no more calls. */
async function calm(api: Api, id: number, signal: AbortSignal, say: (text: string) => void): Promise<void> {
  const callsLeft = async (): Promise<number> => {
    await pause(CALM_MS, undefined, { signal });
    const { counts } = await api.get<{ counts: Record<'waiting' | 'dialing' | 'ringing' | 'in_call', number> }>(
      `/actions/${id}`,
    );
    return counts.waiting + counts.dialing + counts.ringing + counts.in_call;
  };
  await untilCalm(callsLeft, {
    isCalm: (calls) => calls === 0,
    mostTries: (REACH_MS * 3) / CALM_MS,
    onGiveUp: (calls) => {
      say(`  NOT CALM: ${calls} closing calls are left; the strangers begin all the same`);
    },
  });
}

/** Makes tips at a steady rate, for each centralist in turn. */
async function tips(world: World, count: number, beside?: Promise<unknown>): Promise<TipsMeasured> {
  const { farEnd, product, phones, sip, signal } = world;
  const rows = Array.from({ length: count }, (_, i) => [
    reachedNumber(i % DESKS, Math.floor(i / DESKS) % REACHED_EACH),
  ]);
  const pids = { ...product.pids, ...farEnd.pids, phones: phones.pid, driver: process.pid };
  const from = sampleCpu(pids);
  const [began, invited] = [performance.now(), farEnd.progress.invited];
  const callers = await startSipp({
    ...{ folder: join(world.folder, `tips-${++world.count}`), scenario: caller(STAY_MS), port: await freePort(HOST) },
    ...{ target: `${HOST}:${sip}`, rows, calls: count, rate: TIP_RATE },
    limitMs: (count / TIP_RATE) * 1000 + 30_000,
  });
  const lines = await callers.finished;
  const seconds = (performance.now() - began) / 1000;
  await beside;
  signal.throwIfAborted();
  const use = cpuBetween(from, sampleCpu(pids));
  return {
    passage: passageOf(notedIn(lines), notedIn(await phones.lines())),
    dialed: (farEnd.progress.invited - invited) / seconds,
    busyShare: use.busyShare,
    othersShare: use.othersShare,
  };
}

async function flood(world: World, rate: number, seconds: number): Promise<FloodMeasured> {
  const calls = rate * seconds;
  const strangers = await startSipp({
    ...{ folder: join(world.folder, `strangers-${++world.count}`), scenario: STRANGER, port: await freePort(HOST) },
    ...{ target: `${HOST}:${world.sip}`, rows: Array.from({ length: calls }, (_, i) => [strangerNumber(i)]) },
    ...{ calls, rate, limitMs: seconds * 1000 + 45_000 },
  });
  // The CPU time of this SIPp counts as that of other programs, because it is the load itself.
  const measured = await tips(world, TIP_RATE * seconds, strangers.finished);
  const welcome = welcomeOf(notedIn(await strangers.lines()));
  const { passage } = measured;
  const held =
    welcome.failed + welcome.silent === 0 &&
    (welcome.p99 ?? 0) <= MOST_STRANGER_MS &&
    passage.lost === 0 &&
    (passage.p99 ?? Infinity) <= MOST_TIP_MS;
  return { ...measured, rate, welcome, held };
}

const passageText = ({ passage }: TipsMeasured): string =>
  `${passage.rung} rang, ${passage.lost} lost, p50 ${(passage.p50 ?? 0).toFixed(0)} ms, p99 ${(passage.p99 ?? 0).toFixed(0)} ms`;
