/**
 * Fields of a log line. Phone numbers of ours go only in `phone`, `from`, `to`; digits in `digit`: the logger masks
 * these. In what comes from outside (reasons, errors, names) it masks whatever may be a telephone number.
 */
export type LogFields = Readonly<Record<string, unknown>>;

/** A log message is constant; the facts are fields. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to every line. */
  child(fields: LogFields): Log;
}
