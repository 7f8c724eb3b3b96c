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
 * The dialer beside a bare Asterisk dialplan that does the same to the same answering network (DESIGN, section 8). Prints
 * a table, keeps JSON in `bench/results/` and a plot in `docs/`. What it starts is ended, also when it is stopped.
 */
export function benchDialer(args: readonly string[]): Promise<void> {
  return benched(args, USAGE, parseOptions, async ({ options, machine, folder, signal, say, keep }) => {
    console.log(`A call of the benchmark takes about ${(HOLD_MS / 1000).toFixed(1)} s.`);
    const sides = { bare: startBareSide, product: productSide(await stageProduct(join(folder, 'product'))) };
    const measured = await measure(options, sides, { folder, signal, waitForCalm: true }, say);
    const goals = judgeGoals(measured, options.rate);
    console.log(`\n${reportText(measured, goals)}\n`);
    // What was only looked at must not pass for a measurement.
    const look = options.quick || options.othersAllowed > OTHERS_ALLOWED;
    await keep(look ? 'dialer-look' : 'dialer', { machine, options, goals, ...measured });
    const plot = look ? undefined : ratePlot(measured);
    if (plot === undefined) return;
    await writeFile(PLOT, plot);
    console.log('drawn in docs/bench-dialer.svg');
  });
}
