import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import { Problem } from '../../domain/problem.js';
import type { DemoOptions } from '../../phonenet/demo/run-demo.js';
import type { CliContext } from '../context.js';
import { runDoctor } from '../doctor.js';

/**
 * The folder of the spoken prompts of all languages. The relative path is the same from `src/cli/commands`
 * and `dist/cli/commands`.
 */
const SOUNDS = fileURLToPath(new URL('../../../sounds', import.meta.url));

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
    .command('backup')
    .description('copy database, recordings and secrets to a new folder; the service may run')
    .argument('<folder>', 'folder that does not exist yet')
    .option('--verify', 'read the backup in this folder and check that it is complete')
    .action(async (folder: string, { verify = false }: { verify?: boolean }) => {
      const { checkBackup, makeBackup } = await import('../../backup.js');
      if (verify) {
        const { madeAt, files, sums } = await orCliError(checkBackup(folder));
        context.print(`the backup of ${madeAt} is complete: ${files} files`);
        if (!sums)
          context.print('an earlier version made it, without checksums: files were counted, and the database was read');
        return;
      }
      const made = await orCliError(makeBackup(context.config(), folder, new Date()));
      context.print(`backup made in ${made.folder}: ${made.files} files, ${Math.ceil(made.bytes / 1024)} KiB`);
    });

  program
    .command('restore')
    .description('put a backup into a data folder that has no database yet; the service must not run')
    .argument('<folder>', 'folder of the backup')
    .action(async (folder: string) => {
      const { restoreBackup } = await import('../../backup.js');
      const { madeAt, files, paused } = await orCliError(restoreBackup(context.config(), folder, Date.now()));
      context.print(`restored the backup of ${madeAt}: ${files} files`);
      if (paused.length > 0)
        context.print(
          `paused, because they were running then: ${paused.map((number) => `action ${number}`).join(', ')}`,
        );
    });

  program
    .command('prepare')
    .description('in containers: check the settings and write the configuration of the Asterisk beside us')
    .action(async () => {
      const { prepare } = await import('../prepare.js');
      await prepare(context.config(), (line) => context.print(line));
    });

  program
    .command('sounds')
    .description('render the fixed prompts again from their texts')
    .action(async () => {
      const { renderSystemPrompts } = await import('../sounds.js');
      await renderSystemPrompts({ soundsFolder: SOUNDS, print: (line) => context.print(line) });
    });

  program
    .command('demo')
    .description('run one whole action against a simulated phone network')
    .option('--stay', 'keep it running afterwards')
    .option('--service <url>', 'use a service that is already running, in containers')
    .option('--registrar <host:port>', 'address at which the Asterisk of that service listens')
    .option('--people <number>', 'with that service: number of people in the town', Number)
    .option('--upgrade', 'with that service: wait until it is replaced in the middle of the action')
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

/** Turns a fault that a person can act upon into a {@link CliError}, which is printed without a stack. */
async function orCliError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Problem) throw new CliError([error.message]);
    throw error;
  }
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
