import { join } from 'node:path';
import { benched } from '../lib/benched.js';
import { stageProduct } from '../dialer/staged-product.js';
import { judgeTipLine, tipLineText } from './goals.js';
import { parseOptions, USAGE } from './options.js';
import { measureTipLine } from './run.js';

/**
 * Measures the tip line: the time from the caller's INVITE to the INVITE at the softphone, while the dialer
 * is idle, while it calls, and while strangers call, with millions of participants stored. Prints a table and
 * writes JSON to `bench/results/`.
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
