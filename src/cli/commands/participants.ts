import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { importFile } from '../import-file.js';

export function addParticipantCommands(program: Command, context: CliContext): void {
  const participants = program.command('participants').description('manage the people who signed up');

  participants
    .command('import')
    .description('add and update participants from a CSV file with the header phone,postcode,name')
    .argument('<file>')
    .option('--dry-run', 'report the changes without making them')
    .action((file: string, { dryRun }: { dryRun?: boolean }) =>
      importFile(context, '/participants/import', file, dryRun),
    );

  participants
    .command('count')
    .description('count the participants in an area')
    .option('--area <postcodes>', 'such as 8251,8252AB,8253-8255; default: everybody')
    .action(async ({ area }: { area?: string }) => {
      const query = area === undefined ? '' : `?area=${encodeURIComponent(area.trim().replace(/[\s,]+/g, ','))}`;
      const { count } = await context.api().get<{ count: number }>(`/participants/count${query}`);
      context.print(`${count}`);
    });

  program
    .command('postcodes')
    .description('manage the places of postcodes, so that the nearest people can be called first')
    .command('import')
    .description('add and update places from a CSV file with the header postcode,lat,lon')
    .argument('<file>')
    .option('--dry-run', 'report the changes without making them')
    .action((file: string, { dryRun }: { dryRun?: boolean }) => importFile(context, '/postcodes/import', file, dryRun));
}
