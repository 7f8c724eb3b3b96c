import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Whether a line of a log names a Dutch telephone number in full: every line that a service or a logger of the tests writes is
 * looked at, in each process of the test run. Written apart from what masks them.
 */
const NUMBER = /(?<![\d.])(?:(?:\+|00|%2B)?31(?:\s?\(0\))?|0)[\s.-]?[1-9](?:[\s.-]?\d){8}(?!\d)/i;
/** Times, UUIDs and digests are no numbers of people. */
const OTHERS = /\d{4}-\d\d-\d\dT[\d:.]+Z|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{32,64}\b/gi;

const found: string[] = [];

export function scanLog(line: string): void {
  if (namesNumber(line)) found.push(line);
}

export const namesNumber = (line: string): boolean => NUMBER.test(line.replace(OTHERS, ''));

/** The fields that the logger masks by their name: numbers of ours may stand in no other (`src/ports/log.ts`). */
const MASKED_FIELDS = new Set(['phone', 'phones', 'from', 'to', 'digit']);

/** A message and its fields, as code hands them to a log, before anything in them is masked. */
export function scanLogged(message: string, fields: Readonly<Record<string, unknown>>): void {
  scanLog(`${message} ${textOf(fields)}`);
}

export function textOf(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(fields, (name, value: unknown) => {
    if (MASKED_FIELDS.has(name)) return undefined;
    return value instanceof Error
      ? `${value.stack ?? String(value)} ${textOf({ ...value, cause: value.cause })}`
      : value;
  });
}

/** Lines that loggers of this process write to its own standard output or error are scanned as well. */
export function scanOwnLogs(): void {
  const { writeSync } = fs;
  fs.writeSync = ((fd: number, ...rest: [Uint8Array]) => {
    const text = fd === 1 || fd === 2 ? Buffer.from(rest[0]).toString() : '';
    if (text.startsWith('{"level"')) scanLog(text);
    return writeSync(fd, ...rest);
  }) as typeof writeSync;
  syncBuiltinESMExports();
}

/** At the end of the tests of a process: throws with the lines that named a telephone number. */
export function demandCleanLogs(): void {
  const lines = found.splice(0);
  if (lines.length > 0) throw new Error(`${lines.length} lines of a log name a telephone number:\n${lines.join('\n')}`);
}
