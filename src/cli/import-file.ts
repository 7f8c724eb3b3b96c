import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ImportReport } from '../app/services.js';
import { CliError } from './cli-error.js';
import type { CliContext } from './context.js';

/** Lines of an import that are printed; a file that is wrong throughout would fill the screen. */
const SHOWN = 50;

/** Sends a CSV file and prints what became of it. */
export async function importFile(context: CliContext, path: string, file: string, dryRun = false): Promise<void> {
  await access(file, constants.R_OK).catch(() => {
    throw new CliError([`${file}: this file cannot be read`]);
  });
  const body = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
  const report = await context.api().upload<ImportReport>(`${path}${dryRun ? '?dryRun=1' : ''}`, 'text/csv', body);
  for (const { line, reason } of report.rejected.slice(0, SHOWN)) context.print(`line ${line}: ${reason}`);
  if (report.rejected.length > SHOWN) context.print(`… and ${report.rejected.length - SHOWN} lines more`);
  const { imported, updated, rejected } = report;
  context.print(
    `${imported} imported, ${updated} updated, ${rejected.length} rejected${dryRun ? ' (nothing kept)' : ''}`,
  );
}
