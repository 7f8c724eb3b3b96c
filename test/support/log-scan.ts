import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Finds Dutch telephone numbers in logs. Each process of the test run scans every line that a service or a
 * logger writes. This code shares nothing with the masking in the logger, so that both cannot have the same
 * fault.
 */
const NUMBER = /(?<![\d.])(?:(?:\+|00|%2B)?31(?:\s?\(0\))?|0)[\s.-]?[1-9](?:[\s.-]?\d){8}(?!\d)/i;
/** Times, UUIDs and digests, which may look like telephone numbers. */
const OTHERS = /\d{4}-\d\d-\d\dT[\d:.]+Z|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{32,64}\b/gi;

const found: string[] = [];

export function scanLog(line: string): void {
  if (namesNumber(line)) found.push(line);
}

export const namesNumber = (line: string): boolean => NUMBER.test(line.replace(OTHERS, ''));

/**
 * The fields that the logger masks by their names. Telephone numbers must not appear in any other field
 * (`src/ports/log.ts`).
 */
const MASKED_FIELDS = new Set(['phone', 'phones', 'from', 'to', 'digit']);

/** Scans a message and its fields as the code passes them to a log, before masking. */
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

/** Also scans the lines that loggers of this process write to standard output or error. */
export function scanOwnLogs(): void {
  const { writeSync } = fs;
  fs.writeSync = ((fd: number, ...rest: [Uint8Array]) => {
    const text = fd === 1 || fd === 2 ? Buffer.from(rest[0]).toString() : '';
    if (text.startsWith('{"level"')) scanLog(text);
    return writeSync(fd, ...rest);
  }) as typeof writeSync;
  syncBuiltinESMExports();
}

/** Called at the end of the tests of a process. Throws with the lines that contain a telephone number. */
export function demandCleanLogs(): void {
  const lines = found.splice(0);
  if (lines.length > 0) throw new Error(`${lines.length} log lines contain a telephone number:\n${lines.join('\n')}`);
}
