import { pino, type DestinationStream, type Logger } from 'pino';
import type { Log, LogFields } from '../../ports/log.js';
import { LineLimit } from './line-limit.js';
import { MASKED, maskLine } from './mask-numbers.js';
import { standardOutput } from './standard-output.js';

/** Personal data and secrets: masked at the top of a line and one level down (`err`, `call`, `headers`, …). */
const SECRET = ['phone', 'phones', 'from', 'to', 'digit', 'password', 'token', 'authorization'];

export interface PinoLogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Where the lines go; standard output when not given. */
  readonly destination?: DestinationStream;
}

/** A log of JSON lines. Telephone numbers are masked wherever they stand; ids, times and addresses are not. */
export function createPinoLog({ level, destination }: PinoLogOptions): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET.flatMap((field) => [field, `*.${field}`]), censor: MASKED },
  };
  const lines = destination ?? standardOutput(1);
  // The whole line: what comes from outside may stand in any field, in an error and its stack, in the context of a parent.
  return asLog(pino(options, { write: (line) => lines.write(maskLine(line)) }), new LineLimit());
}

function asLog(logger: Logger, limit: LineLimit): Log {
  const limited =
    (level: 'info' | 'warn' | 'error') =>
    (message: string, fields?: LogFields): void => {
      // What is below the level is not written, and must not use the limit up.
      if (!logger.isLevelEnabled(level)) return;
      const { admitted, leftOut } = limit.admit(message);
      if (leftOut > 0) logger.warn({ of: message, count: leftOut }, 'lines that say the same were left out');
      if (admitted) logger[level](withError(fields), message);
    };
  return {
    // Asked for by somebody who looks for something, and not for long.
    debug: (message, fields) => logger.debug(withError(fields), message),
    info: limited('info'),
    warn: limited('warn'),
    error: limited('error'),
    child: (fields) => asLog(logger.child(fields), limit),
  };
}

/** An error under any name becomes `err`, which pino writes out with its stack. */
function withError(fields: LogFields = {}): LogFields {
  const { error, ...rest } = fields;
  return error instanceof Error ? { ...rest, err: error } : fields;
}
