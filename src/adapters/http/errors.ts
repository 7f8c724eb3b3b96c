import type { ErrorRequestHandler } from 'express';
import { Problem, type FieldProblem, type ProblemCode } from '../../domain/problem.js';
import type { Log } from '../../ports/log.js';
import { SpeechError } from '../../ports/speech.js';

/** The body of every error. */
export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly details: readonly FieldProblem[];
}

/** An error of HTTP itself, such as an unknown route or a wrong content type. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: readonly FieldProblem[] = [],
  ) {
    super(message);
  }
}

const STATUS: Readonly<Record<ProblemCode, number>> = {
  invalid: 400,
  unauthorized: 401,
  not_found: 404,
  conflict: 409,
  not_ready: 409,
  changed: 409,
  look_alike: 409,
  no_trunk: 409,
  too_large: 413,
  unavailable: 503,
};

/** Errors of body-parser, by their `type`. */
const PARSER_ERRORS: Readonly<Record<string, HttpError>> = {
  'entity.parse.failed': new HttpError(400, 'invalid_json', 'the body is not JSON'),
  'entity.too.large': new HttpError(413, 'too_large', 'the body is larger than this route accepts'),
  'parameters.too.many': new HttpError(413, 'too_large', 'the form has more fields than this route accepts'),
  'encoding.unsupported': new HttpError(415, 'unsupported_media_type', 'this content encoding is not supported'),
  'charset.unsupported': new HttpError(
    415,
    'unsupported_media_type',
    'this character set is not supported; send UTF-8',
  ),
  'request.aborted': new HttpError(400, 'invalid', 'the request was cut off'),
  'request.size.invalid': new HttpError(400, 'invalid', 'the length of the body differs from its Content-Length'),
};

/** The error as the response shows it; undefined for a fault on our side. */
export function asHttpError(error: unknown): HttpError | undefined {
  if (error instanceof HttpError) return error;
  if (error instanceof Problem) return new HttpError(STATUS[error.code], error.code, error.message, error.fields);
  if (error instanceof SpeechError && error.code === 'engine_failed') {
    return new HttpError(503, 'unavailable', error.message);
  }
  if (typeof error !== 'object' || error === null) return undefined;
  if ('type' in error && typeof error.type === 'string' && PARSER_ERRORS[error.type]) return PARSER_ERRORS[error.type];
  const badRequest = 'status' in error && error.status === 400;
  return badRequest ? new HttpError(400, 'invalid', 'the request cannot be read') : undefined;
}

/** Runs speech work. A text that cannot be spoken becomes `Problem('invalid')` of its field. */
export async function speechProblemsOf<T>(field: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SpeechError) || error.code === 'engine_failed') throw error;
    throw new Problem('invalid', `${field}: ${error.message}`, [{ field, message: error.message }]);
  }
}

/** Turns every error into `{code, message, details}`. Must be the last handler in Express. */
export function errorHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => {
    const known = asHttpError(error);
    const requestId = res.locals['requestId'] as string;
    if (known === undefined || known.status >= 500) log.error('request failed', { err: error, requestId });
    if (res.headersSent) {
      res.destroy();
      return;
    }
    const answer = known ?? new HttpError(500, 'internal', `internal error; see the log, request ${requestId}`);
    if (answer.status === 401) res.setHeader('WWW-Authenticate', 'Bearer');
    // The connection is closed, so that the rest of a body that is too large is not read.
    if (answer.status === 413) res.setHeader('Connection', 'close');
    res
      .status(answer.status)
      .json({ code: answer.code, message: answer.message, details: answer.fields } satisfies ErrorBody);
  };
}
