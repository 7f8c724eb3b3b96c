import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ImportReport } from '../app/services.js';
import { CliError } from './cli-error.js';
import type { CliContext } from './context.js';

/** The most rejected lines that are printed, because a file with only wrong lines would fill the screen. */
const SHOWN = 50;

/**
 * Uploads a CSV file and prints the report of the import. Throws {@link CliError} when the file cannot be
 * read.
 */
export async function importFile(context: CliContext, path: string, file: string, dryRun = false): Promise<void> {
  await access(file, constants.R_OK).catch(() => {
    throw new CliError([`${file}: this file cannot be read`]);
  });
  const body = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
  const report = await context.api().upload<ImportReport>(`${path}${dryRun ? '?dryRun=1' : ''}`, 'text/csv', body);
  const { imported, updated, rejected, rejectedCount, blank, ignoredColumns } = report;
  for (const { line, reason } of rejected.slice(0, SHOWN)) context.print(`line ${line}: ${reason}`);
  if (rejectedCount > SHOWN) context.print(`… and ${rejectedCount - Math.min(SHOWN, rejected.length)} more lines`);
  if (ignoredColumns.length > 0) context.print(`ignored columns: ${ignoredColumns.join(', ')}`);
  const empty = blank === 0 ? '' : `, ${blank} blank`;
  context.print(
    `${imported} imported, ${updated} updated, ${rejectedCount} rejected${empty}${dryRun ? ' (nothing kept)' : ''}`,
  );
}
