import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeMachine } from '../lib/machine.js';
import { OTHERS_ALLOWED } from '../lib/pairs.js';
import { startBareSide } from './bare-side.js';
import { judgeGoals } from './goals.js';
import { measure } from './measure.js';
import { parseOptions, USAGE, type Options } from './options.js';
import { ratePlot } from './plot.js';
import { productSide } from './product-side.js';
import { reportText } from './report.js';
import { stageProduct } from './staged-product.js';
import { HOLD_MS } from './story.js';

const RESULTS = fileURLToPath(new URL('../results', import.meta.url));
const PLOT = fileURLToPath(new URL('../../docs/bench-dialer.svg', import.meta.url));
const STOPPED_BY: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/**
 * The dialer beside a bare Asterisk dialplan that does the same to the same answering network (DESIGN, section 8). Prints
 * a table, keeps JSON in `bench/results/` and a plot in `docs/`. What it starts is ended, also when it is stopped.
 */
export async function benchDialer(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) {
    console.log(USAGE);
    return;
  }
  const options = parseOptions(args);
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
  try {
    await run(options, folder, stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    console.error('stopped; everything that was started has been ended');
  } finally {
    await rm(folder, { recursive: true, force: true });
    for (const off of listeners) off();
  }
}

async function run(options: Options, folder: string, signal: AbortSignal): Promise<void> {
  const machine = await describeMachine();
  const began = performance.now();
  const say = (text: string): void => {
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(`${String(seconds).padStart(4)} s  ${text}`);
  };
  console.log(
    `${machine.processors} × ${machine.processor}; Asterisk ${machine.asterisk}, SIPp ${machine.sipp}, ` +
      `Node ${machine.node}. A call of the benchmark takes about ${(HOLD_MS / 1000).toFixed(1)} s.`,
  );
  const sides = { bare: startBareSide, product: productSide(await stageProduct(join(folder, 'product'))) };
  const measured = await measure(options, sides, { folder, signal, waitForCalm: true }, say);
  const goals = judgeGoals(measured, options.rate);
  console.log(`\n${reportText(measured, goals)}\n`);

  const result = { date: new Date().toISOString(), machine, options, goals, ...measured };
  await mkdir(RESULTS, { recursive: true });
  // What was only looked at must not pass for a measurement.
  const look = options.quick || options.othersAllowed > OTHERS_ALLOWED;
  const name = look ? 'dialer-look.json' : 'dialer.json';
  await writeFile(join(RESULTS, name), `${JSON.stringify(result, null, 1)}\n`);
  console.log(`kept in bench/results/${name}`);
  const plot = look ? undefined : ratePlot(measured);
  if (plot === undefined) return;
  await writeFile(PLOT, plot);
  console.log('drawn in docs/bench-dialer.svg');
}
