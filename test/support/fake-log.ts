import type { Log, LogFields } from '../../src/ports/log.js';
import { scanLogged } from './log-scan.js';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

/** A log that keeps its lines. */
export class FakeLog implements Log {
  constructor(
    readonly lines: LogLine[] = [],
    private readonly context: LogFields = {},
  ) {}

  debug(message: string, fields: LogFields = {}): void {
    this.#add('debug', message, fields);
  }

  info(message: string, fields: LogFields = {}): void {
    this.#add('info', message, fields);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.#add('warn', message, fields);
  }

  error(message: string, fields: LogFields = {}): void {
    this.#add('error', message, fields);
  }

  child(fields: LogFields): Log {
    return new FakeLog(this.lines, { ...this.context, ...fields });
  }

  /** The messages logged at this level. */
  said(level: LogLine['level']): string[] {
    return this.lines.filter((line) => line.level === level).map(({ message }) => message);
  }

  #add(level: LogLine['level'], message: string, fields: LogFields): void {
    const all = { ...this.context, ...fields };
    scanLogged(message, all);
    this.lines.push({ level, message, fields: all });
  }
}
