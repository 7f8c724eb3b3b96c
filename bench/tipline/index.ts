import { join } from 'node:path';
import { benched } from '../lib/benched.js';
import { stageProduct } from '../dialer/staged-product.js';
import { judgeTipLine, tipLineText } from './goals.js';
import { parseOptions, USAGE } from './options.js';
import { measureTipLine } from './run.js';

/**
 * The tip line (DESIGN, section 8): how long a tip takes from the caller's INVITE to the softphone's, idle and beside the
 * dialer and strangers, with millions stored. Prints a table and keeps JSON in `bench/results/`.
 */
export function benchTipLine(args: readonly string[]): Promise<void> {
  return benched(args, USAGE, parseOptions, async ({ options, folder, signal, say, machine, keep }) => {
    const program = await stageProduct(join(folder, 'product-as-built'));
    const measured = await measureTipLine(options, program, folder, signal, say);
    const goals = judgeTipLine(measured);
    console.log(`\n${tipLineText(measured, goals)}\n`);
    await keep(options.quick ? 'tipline-look' : 'tipline', { machine, options, goals, ...measured });
  });
}
