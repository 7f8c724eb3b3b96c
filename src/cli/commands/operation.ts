import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import type { DemoOptions } from '../../phonenet/demo/run-demo.js';
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
    .command('prepare')
    .description('in containers: check the settings, and write the configuration of the Asterisk beside us')
    .action(async () => {
      const { prepare } = await import('../prepare.js');
      await prepare(context.config(), (line) => context.print(line));
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
    .option('--service <url>', 'with a service that runs already, on containers')
    .option('--registrar <host:port>', 'where the Asterisk of that service listens for softphones and trunk')
    .option('--people <number>', 'with that service: fewer people than in the demo', Number)
    .option('--upgrade', 'with that service: wait for somebody to replace it in the middle of the action')
    .action(async ({ stay = false, service, registrar, people, upgrade = false }: DemoFlags) => {
      const { runDemo } = await loadDemo();
      if ((service === undefined) !== (registrar === undefined))
        throw new CliError(['--service and --registrar belong together']);
      const joined =
        service === undefined || registrar === undefined
          ? undefined
          : { url: service, registrar, ...(people === undefined ? {} : { people }) };
      process.exitCode = await runDemo({ stay, upgrade, ...(joined ? { joined } : {}) });
    });
}

interface DemoFlags {
  readonly stay?: boolean;
  readonly service?: string;
  readonly registrar?: string;
  readonly people?: number;
  readonly upgrade?: boolean;
}

interface DemoModule {
  readonly runDemo: (options: DemoOptions) => Promise<number>;
}

async function loadDemo(): Promise<DemoModule> {
  const module = new URL('../../phonenet/demo/run-demo.js', import.meta.url).href;
  return (await import(module)) as DemoModule;
}
