import { setTimeout as pause } from 'node:timers/promises';
import { orAborted } from '../../src/lib/abort.js';
import { inflict } from './breaker.js';
import { clock, type Evidence, type FaultRecord, type Leftovers, type Rules } from './evidence.js';
import { judge } from './judge.js';
import { isLiveAt } from './judge-faults.js';
import { judgeTipLine } from './judge-tip-line.js';
import { processesNaming } from '../support/processes.js';
import { readDatabase, readNetwork } from './ledgers.js';
import { MESSAGE_MS } from './message.js';
import { planRounds, type FaultKind, type Round, type Setting } from './plan.js';
import { randomOf } from './random.js';
import { Steward } from './steward.js';
import { tipEvidence } from './tip-ledgers.js';
import { Tippers } from './tippers.js';
import { chaosTown } from './town.js';
import { openWorld, type World } from './world.js';

export interface RunOptions {
  readonly seed: number;
  readonly rounds: number;
  readonly setting: Setting;
  /** Kinds of faults that are left out. */
  readonly without?: readonly FaultKind[];
  /** Adds more people who keep a line for 24 to 40 s. */
  readonly slow: boolean;
  /** Longest pause before a fault, ms. */
  readonly waitMs: number;
  /** Bounds for the number of people of an action. */
  readonly smallest: number;
  readonly largest: number;
  readonly rules: Omit<Rules, 'retries'>;
  /** Keeps the folder of a run with violations. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
  /** The service's program, as arguments for Node; without them, its sources are run. */
  readonly program?: readonly string[] | undefined;
  /** Aborts the run, and ends every process of it. */
  readonly signal?: AbortSignal;
}

export interface RunResult {
  readonly seed: number;
  readonly faults: readonly FaultRecord[];
  readonly calls: number;
  readonly attempts: number;
  /** Calls to the tip line, and the tips that they left. */
  readonly callers: number;
  readonly tips: number;
  /** Answered calls that were live at a fault, summed over all faults. */
  readonly liveAtFaults: number;
  readonly violations: readonly string[];
  /** The run's folder, if it was kept. */
  readonly folder: string | undefined;
}

const RETRIES = { no_answer: 1, busy: 1 } as const;
const SETTINGS = {
  BURGERNET_LINES: '60',
  BURGERNET_TIP_LINES: '2',
  BURGERNET_CPS: '8',
  BURGERNET_RING_SECONDS: '3',
  BURGERNET_RETRY: `no_answer:${RETRIES.no_answer}@1s,busy:${RETRIES.busy}@1s`,
};
/** The longest waits, ms. The run reports trouble when something takes longer. */
const DIALING_MS = 15_000;
const OVER_MS = 180_000;
const TALKED_MS = 60_000;
const STOP_MS = 75_000;

/** One run: a service, a town, one fault after another, and the judgment at the end. */
export async function runChaos(options: RunOptions): Promise<RunResult> {
  const { seed, setting, say } = options;
  const random = randomOf(seed);
  const rounds = planRounds(random.fork(), options.rounds, setting, {
    waitMs: options.waitMs,
    without: options.without ?? [],
  });
  const { smallest, largest, slow } = options;
  const waves = options.rounds + 2;
  const town = chaosTown(random.fork(), { waves, smallest, largest, slow, messageMs: MESSAGE_MS });
  const troubles: string[] = [];
  const onProblem = (what: string): void => {
    troubles.push(`${clock(Date.now())} ${what}`);
    say(`  trouble: ${what}`);
  };
  const world = await openWorld({ setting, settings: SETTINGS, onProblem, program: options.program });
  let result: RunResult | undefined;
  try {
    await world.network.setCitizens(town.citizens);
    const faults: FaultRecord[] = [];
    const steward = new Steward(world.controller, town.waves);
    const { controller, network, folder: own } = world;
    const tippers = new Tippers({ controller, network, random: random.fork(), folder: own });
    const played = play(world, rounds, { steward, tippers }, { faults, onProblem, say });
    // After an abort, the rounds fail by themselves once their world has ended.
    played.catch(() => undefined);
    const leftovers = await (options.signal ? orAborted(played, options.signal) : played);
    const calls = await readNetwork(world.network);
    const database = readDatabase(world.controller.dataDir, town.citizens);
    const evidence: Evidence = { ...database, calls, faults, leftovers };
    const tipLine = await tipEvidence(world, faults, setting === 'own');
    const violations = [
      ...troubles,
      ...judge(evidence, { ...options.rules, retries: RETRIES }),
      ...judgeTipLine(tipLine, options.rules),
    ];
    const folder = options.keep && violations.length > 0 ? world.folder : undefined;
    const liveAtFaults = faults.reduce((sum, { at }) => sum + calls.filter((call) => isLiveAt(call, at)).length, 0);
    const attempts = database.attempts.length;
    const tips = tipLine.tips.length;
    result = {
      seed,
      faults,
      calls: calls.length,
      attempts,
      callers: tipLine.callers.length,
      tips,
      liveAtFaults,
      violations,
      folder,
    };
    return result;
  } finally {
    await world.end(result?.folder !== undefined);
  }
}

interface Notes {
  readonly faults: FaultRecord[];
  readonly onProblem: (what: string) => void;
  readonly say: (line: string) => void;
}

/** The steward, who keeps actions running, and the tippers, who call the tip line. */
interface People {
  readonly steward: Steward;
  readonly tippers: Tippers;
}

async function play(world: World, rounds: readonly Round[], people: People, notes: Notes): Promise<Leftovers> {
  const { steward, tippers } = people;
  const { controller, network } = world;
  const first = await controller.start();
  if (first === undefined) throw new Error('the service did not start at all');
  await tippers.sitDown(await steward.prepare());
  const leave = new AbortController();
  const attended = steward.attend(leave.signal);
  attended.catch(() => undefined);
  const enough = new AbortController();
  const rang = tippers.attend(() => steward.actions, enough.signal);
  rang.catch(() => undefined);
  try {
    for (const [index, round] of rounds.entries()) {
      await pause(round.waitMs);
      const record = await inflict(round.fault, {
        controller,
        network,
        proxy: world.proxy,
        onProblem: notes.onProblem,
      });
      notes.faults.push(record);
      await dialingAgain(world, record, steward, notes);
      notes.say(`  ${index + 1}/${rounds.length} ${textOf(record)}`);
    }
    enough.abort();
    steward.finish();
    await inTime(rang, TALKED_MS, 'callers on the tip line were not finished', notes);
    await inTime(attended, OVER_MS, 'the actions were not finished and closed', notes);
  } finally {
    enough.abort();
    leave.abort();
  }
  return leftoversOf(world, notes);
}

/** A round is over when a call is placed again. The steward makes sure that there are people to call. */
async function dialingAgain(
  { network }: World,
  { kind, until }: FaultRecord,
  steward: Steward,
  { onProblem }: Notes,
): Promise<void> {
  const called = network.until(
    ({ kind: role, invitedAt }) => role === 'citizen' && invitedAt >= until - 500,
    DIALING_MS,
  );
  await called.catch(async () => {
    onProblem(`nobody was called within ${DIALING_MS / 1000} s after '${kind}': ${await steward.report()}`);
  });
}

async function leftoversOf(world: World, notes: Notes): Promise<Leftovers> {
  const { controller, folder } = world;
  const ari = world.ari();
  const list = async (what: string): Promise<string[]> => {
    if (ari === undefined) return [];
    const headers = { authorization: ari.authorization };
    const answer = await fetch(`${ari.url}/ari/${what}`, { headers });
    return ((await answer.json()) as { id: string }[]).map(({ id }) => id);
  };
  const [calls, bridges] = [await list('channels'), await list('bridges')];
  const page = await controller.insist(async ({ url }) => (await fetch(`${url}/metrics`)).text());
  for (const line of page.match(/^burgernet_lines_in_use.* [^0].*$/gm) ?? []) notes.say(`  ${line}`);
  const inUse = [...page.matchAll(/^burgernet_lines_in_use\{[^}]*\} (\d+)/gm)].map(([, lines]) => Number(lines));
  const stopped = controller.stop();
  await inTime(stopped, STOP_MS, 'the service did not stop', notes);
  await controller.kill();
  const { code } = await stopped;
  const processes = processesNaming(`${folder}/data`).map(({ command }) => command.slice(0, 200));
  return { calls, bridges, linesInUse: inUse.reduce((sum, lines) => sum + lines, 0), exitCode: code, processes };
}

async function inTime(
  work: Promise<unknown>,
  withinMs: number,
  complaint: string,
  { onProblem }: Notes,
): Promise<void> {
  const late = new AbortController();
  const over = pause(withinMs, true, { signal: late.signal }).catch(() => false);
  try {
    if ((await Promise.race([work.then(() => false), over])) === true)
      onProblem(`${complaint} within ${withinMs / 1000} s`);
  } finally {
    late.abort();
  }
}

function textOf({ kind, at, until, backMs }: FaultRecord): string {
  const back = backMs === null ? '' : `, calls went on ${Math.round(backMs)} ms after its start`;
  return `${clock(at)} ${kind}: back after ${until - at} ms${back}`;
}
