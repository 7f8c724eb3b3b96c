/**
 * Fields of a log line. Telephone numbers go only in `phone`, `from` and `to`, digits only in `digit`,
 * because the logger masks these fields. In text from outside (reasons, errors, names) the logger masks
 * anything that may be a telephone number.
 */
export type LogFields = Readonly<Record<string, unknown>>;

/** The message is constant; the facts are fields. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to every line. */
  child(fields: LogFields): Log;
}
