import { pino, type DestinationStream, type Logger } from 'pino';
import type { Log, LogFields } from '../../ports/log.js';
import { standardOutput } from './standard-output.js';

/** Personal data and secrets: masked at the top of a line and one level down (`err`, `call`, `headers`, …). */
const SECRET = ['phone', 'phones', 'from', 'to', 'digit', 'password', 'token', 'authorization'];

export interface PinoLogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Where the lines go; standard output when not given. */
  readonly destination?: DestinationStream;
}

/** A log of JSON lines. */
export function createPinoLog({ level, destination }: PinoLogOptions): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET.flatMap((field) => [field, `*.${field}`]), censor: '••••' },
  };
  return asLog(pino(options, destination ?? standardOutput(1)));
}

function asLog(logger: Logger): Log {
  return {
    debug: (message, fields) => logger.debug(withError(fields), message),
    info: (message, fields) => logger.info(withError(fields), message),
    warn: (message, fields) => logger.warn(withError(fields), message),
    error: (message, fields) => logger.error(withError(fields), message),
    child: (fields) => asLog(logger.child(fields)),
  };
}

/** An error under any name becomes `err`, which pino writes out with its stack. */
function withError(fields: LogFields = {}): LogFields {
  const { error, ...rest } = fields;
  return error instanceof Error ? { ...rest, err: error } : fields;
}
