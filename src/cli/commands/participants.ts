import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import type { ImportReport } from '../../app/services.js';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../context.js';

/** Lines of an import that are printed; a file that is wrong throughout would fill the screen. */
const SHOWN = 50;

export function addParticipantCommands(program: Command, context: CliContext): void {
  const participants = program.command('participants').description('who signed up');

  participants
    .command('import')
    .description('add and update participants from a CSV file with the header phone,postcode,name')
    .argument('<file>')
    .option('--dry-run', 'only say what would happen')
    .action(async (file: string, { dryRun }: { dryRun?: boolean }) => {
      await access(file, constants.R_OK).catch(() => {
        throw new CliError([`${file}: this file cannot be read`]);
      });
      const body = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
      const query = dryRun ? '?dryRun=1' : '';
      const report = await context.api().upload<ImportReport>(`/participants/import${query}`, 'text/csv', body);
      for (const { line, reason } of report.rejected.slice(0, SHOWN)) context.print(`line ${line}: ${reason}`);
      if (report.rejected.length > SHOWN) context.print(`… and ${report.rejected.length - SHOWN} lines more`);
      const { imported, updated, rejected } = report;
      context.print(
        `${imported} imported, ${updated} updated, ${rejected.length} rejected${dryRun ? ' (nothing kept)' : ''}`,
      );
    });

  participants
    .command('count')
    .description('how many live in an area')
    .option('--area <postcodes>', 'such as 8251,8252AB,8253-8255; everybody without')
    .action(async ({ area }: { area?: string }) => {
      const query = area === undefined ? '' : `?area=${encodeURIComponent(area.trim().replace(/[\s,]+/g, ','))}`;
      const { count } = await context.api().get<{ count: number }>(`/participants/count${query}`);
      context.print(`${count}`);
    });
}
