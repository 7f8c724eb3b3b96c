import { pino, type DestinationStream, type Logger } from 'pino';
import type { Log, LogFields } from '../../ports/log.js';
import { LineLimit } from './line-limit.js';
import { MASKED, maskLine } from './mask-numbers.js';
import { standardOutput } from './standard-output.js';

/** Personal data and secrets, masked at the top level and one level down (`err`, `call`, `headers`). */
const SECRET = ['phone', 'phones', 'from', 'to', 'digit', 'password', 'token', 'authorization'];

export interface PinoLogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

/**
 * A log of JSON lines. Telephone numbers are masked everywhere in a line; ids, times and addresses are not.
 */
export function createPinoLog({ level, destination }: PinoLogOptions): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET.flatMap((field) => [field, `*.${field}`]), censor: MASKED },
  };
  const lines = destination ?? standardOutput(1);
  // The whole line is masked, because any field, stack or parent may hold text from outside.
  return asLog(pino(options, { write: (line) => lines.write(maskLine(line)) }), new LineLimit());
}

function asLog(logger: Logger, limit: LineLimit): Log {
  const limited =
    (level: 'info' | 'warn' | 'error') =>
    (message: string, fields?: LogFields): void => {
      // A line below the level is not written, so it must not use the limit up.
      if (!logger.isLevelEnabled(level)) return;
      const { admitted, leftOut } = limit.admit(message);
      if (leftOut > 0) logger.warn({ of: message, count: leftOut }, 'repeated lines left out');
      if (admitted) logger[level](withError(fields), message);
    };
  return {
    // Not limited: somebody turns debug lines on to search for something, and not for long.
    debug: (message, fields) => logger.debug(withError(fields), message),
    info: limited('info'),
    warn: limited('warn'),
    error: limited('error'),
    child: (fields) => asLog(logger.child(fields), limit),
  };
}

/** An error in the field `error` becomes `err`, which pino writes with its stack. */
function withError(fields: LogFields = {}): LogFields {
  const { error, ...rest } = fields;
  return error instanceof Error ? { ...rest, err: error } : fields;
}
