import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benched } from '../lib/benched.js';
import { OTHERS_ALLOWED } from '../lib/pairs.js';
import { startBareSide } from './bare-side.js';
import { judgeGoals } from './goals.js';
import { measure } from './measure.js';
import { parseOptions, USAGE } from './options.js';
import { ratePlot } from './plot.js';
import { productSide } from './product-side.js';
import { reportText } from './report.js';
import { stageProduct } from './staged-product.js';
import { HOLD_MS } from './story.js';

const PLOT = fileURLToPath(new URL('../../docs/bench-dialer.svg', import.meta.url));

/**
 * Compares the dialer with a bare Asterisk dialplan that makes the same calls to the same answering network
 * (docs/decisions/0016-how-the-dialer-is-measured.md). Prints a table, writes JSON to `bench/results/` and a
 * plot to `docs/`. Every process that it starts is ended, even when the benchmark is stopped.
 */
export function benchDialer(args: readonly string[]): Promise<void> {
  return benched(args, USAGE, parseOptions, async ({ options, machine, folder, signal, say, keep }) => {
    console.log(`A call of the benchmark takes about ${(HOLD_MS / 1000).toFixed(1)} s.`);
    const sides = { bare: startBareSide, product: productSide(await stageProduct(join(folder, 'product'))) };
    const measured = await measure(options, sides, { folder, signal, waitForCalm: true, say }, say);
    const goals = judgeGoals(measured, options.rate);
    console.log(`\n${reportText(measured, goals)}\n`);
    // The result of a quick look gets another name, because it must not pass for a measurement.
    const look = options.quick || options.othersAllowed > OTHERS_ALLOWED;
    await keep(look ? 'dialer-look' : 'dialer', { machine, options, goals, ...measured });
    const plot = look ? undefined : ratePlot(measured);
    if (plot === undefined) return;
    await writeFile(PLOT, plot);
    console.log('drawn in docs/bench-dialer.svg');
  });
}
