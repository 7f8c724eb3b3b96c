import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeMachine, type Machine } from './machine.js';

const RESULTS = fileURLToPath(new URL('../results', import.meta.url));
const STOPPED_BY: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** The surroundings of a benchmark. */
export interface Bench<Options> {
  readonly options: Options;
  readonly machine: Machine;
  /** Temporary folder of this benchmark, deleted at its end. */
  readonly folder: string;
  /** Aborts when the benchmark is stopped. */
  readonly signal: AbortSignal;
  /** Prints a line with the seconds since the start. */
  readonly say: (text: string) => void;
  /** Writes `bench/results/<name>.json`. */
  readonly keep: (name: string, result: object) => Promise<void>;
}

/**
 * Runs a benchmark as a command: prints its help, parses its options, and makes its folder. Everything that
 * the benchmark started is ended, even when a signal stops it. Throws an error for the user when an option is
 * not allowed.
 */
export async function benched<Options>(
  args: readonly string[],
  usage: string,
  parse: (args: readonly string[]) => Options,
  work: (bench: Bench<Options>) => Promise<void>,
): Promise<void> {
  if (args.includes('--help')) {
    console.log(usage);
    return;
  }
  const options = parse(args);
  const stop = new AbortController();
  const listeners = Object.entries(STOPPED_BY).map(([signal, code]) => {
    const listener = (): void => {
      process.exitCode = code;
      stop.abort(new Error(`stopped by ${signal}`));
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  const folder = await mkdtemp(join(tmpdir(), 'bn-bench-'));
  const machine = await describeMachine();
  const began = performance.now();
  console.log(
    `${machine.processors} × ${machine.processor}; Asterisk ${machine.asterisk}, SIPp ${machine.sipp}, Node ${machine.node}.`,
  );
  try {
    await work({
      ...{ options, machine, folder, signal: stop.signal },
      say: (text) => {
        console.log(`${String(Math.round((performance.now() - began) / 1000)).padStart(4)} s  ${text}`);
      },
      keep: async (name, result) => {
        await mkdir(RESULTS, { recursive: true });
        const dated = { date: new Date().toISOString(), ...result };
        await writeFile(join(RESULTS, `${name}.json`), `${JSON.stringify(dated, null, 1)}\n`);
        console.log(`kept in bench/results/${name}.json`);
      },
    });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    console.error('stopped; every process that the benchmark started has ended');
  } finally {
    await rm(folder, { recursive: true, force: true });
    for (const off of listeners) off();
  }
}
