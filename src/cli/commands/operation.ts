import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../context.js';
import { runDoctor } from '../doctor.js';

/** The folder of the spoken prompts, seen from `src/cli/commands` and from `dist/cli/commands` alike. */
const SOUNDS = fileURLToPath(new URL('../../../sounds/nl', import.meta.url));

export function addOperationCommands(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .description('show the settings and check everything the service needs')
    .action(async () => {
      const wrong = await runDoctor(context);
      if (wrong > 0) throw new CliError(['', `${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong`]);
      context.print('\nnothing is wrong');
    });

  program
    .command('sounds')
    .description('render the fixed prompts anew from their texts')
    .action(async () => {
      const { renderSystemPrompts } = await import('../sounds.js');
      await renderSystemPrompts({ soundsFolder: SOUNDS, print: (line) => context.print(line) });
    });

  program
    .command('demo')
    .description('run one whole action against a simulated phone network')
    .option('--stay', 'keep it running afterwards')
    .action(async ({ stay = false }: { stay?: boolean }) => {
      const { runDemo } = await loadDemo();
      process.exitCode = await runDemo({ stay });
    });
}

interface DemoModule {
  readonly runDemo: (options: { stay: boolean }) => Promise<number>;
}

async function loadDemo(): Promise<DemoModule> {
  const module = new URL('../../phonenet/demo/run-demo.js', import.meta.url).href;
  return (await import(module)) as DemoModule;
}
