import type { Command } from 'commander';
import type { CliContext } from '../context.js';

interface Account {
  readonly id: number;
  readonly name: string;
  readonly extension: string;
  readonly sip: {
    readonly username: string;
    readonly password: string;
    readonly server: string;
    readonly transport: string;
  };
}

interface Listed {
  readonly id: number;
  readonly name: string;
  readonly extension: string;
  readonly registered: boolean;
}

export function addCentralistCommands(program: Command, context: CliContext): void {
  const centralists = program.command('centralists').description('who runs actions and takes tips');

  centralists
    .command('add')
    .description('add a centralist; prints what goes into the softphone')
    .requiredOption('--name <name>')
    .requiredOption('--extension <digits>', '2 to 6 digits')
    .action(async ({ name, extension }: { name: string; extension: string }) => {
      const { id, sip } = await context.api().post<Account>('/centralists', { name, extension });
      context.print(`centralist ${id}: ${name}, extension ${extension}`);
      context.print(`  SIP user     ${sip.username}`);
      context.print(`  password     ${sip.password}   (shown this once)`);
      context.print(`  server       ${sip.server} (${sip.transport})`);
    });

  centralists
    .command('list')
    .description('all centralists, and whether their softphones are registered')
    .action(async () => {
      for (const { id, name, extension, registered } of await context.api().get<Listed[]>('/centralists')) {
        context.print(`${id}  ${extension}  ${name}  ${registered ? 'registered' : 'not registered'}`);
      }
    });
}
