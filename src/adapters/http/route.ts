import express, { type Request, type RequestHandler, type Response } from 'express';
import type { z } from 'zod';
import type { Services } from '../../app/services.js';
import { Problem } from '../../domain/problem.js';
import type { Log } from '../../ports/log.js';
import { HttpError } from './errors.js';
import { check } from './plain-issues.js';

/** The parts that routes are made from. */
export interface HttpParts {
  readonly services: Services;
  readonly log: Log;
  readonly version: string;
  /** Our address for browsers and softphones, without a final slash. Default: the address in the request. */
  readonly publicUrl?: string | undefined;
  /** Softphones must encrypt their media (SRTP). Default false: plain RTP. */
  readonly srtp?: boolean;
  /** Pause between the comments that keep an event stream open, ms. */
  readonly heartbeatMs: number;
  /** Responses without an end of their own, such as event streams. The server ends them when it closes. */
  readonly openStreams: Set<Response>;
}

/** A body that is not JSON. */
export interface Upload {
  /** Accepted content types. The OpenAPI document names the first. */
  readonly types: readonly [string, ...string[]];
  readonly maxBytes: number;
  /** `stream`: the handler reads the request itself; `buffer`: the handler gets the bytes as `body`. */
  readonly as: 'stream' | 'buffer';
  readonly description: string;
}

/** Describes a route, for the server and for the OpenAPI document. */
export interface RouteDoc {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** In Express notation: `/actions/:id`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** Needs no token. */
  readonly open?: boolean;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** A request without a body counts as a request with an empty object. */
  readonly bodyOptional?: boolean;
  readonly upload?: Upload;
  readonly status?: 200 | 201 | 202;
  /** Schema of the response by content type; null for bytes without a schema. */
  readonly answer: Readonly<Record<string, z.ZodType | null>>;
  /** Error statuses in addition to 400, 401, 403 (changes only), 429 and 500. */
  readonly errors?: readonly (404 | 409 | 413 | 415 | 416 | 503)[];
}

type Of<S> = S extends z.ZodType ? z.output<S> : undefined;

export interface RouteInput<D extends RouteDoc> {
  readonly params: Of<D['params']>;
  readonly query: Of<D['query']>;
  readonly body: D['upload'] extends Upload ? Uint8Array : Of<D['body']>;
  readonly req: Request;
  readonly res: Response;
}

export interface Route {
  readonly doc: RouteDoc;
  readonly handlers: readonly RequestHandler[];
}

/**
 * Makes a route that checks the request and sends the handler's result as JSON. A handler that returns
 * undefined has sent the response itself.
 */
export function route<const D extends RouteDoc>(doc: D, handle: (input: RouteInput<D>) => unknown): Route {
  const run: RequestHandler = async (req, res) => {
    const input = {
      params: doc.params && pathParams(doc.params, req),
      query: doc.query && check(doc.query, req.query, 'query'),
      body: doc.body ? check(doc.body, req.body ?? {}, 'body') : (req.body as unknown),
      req,
      res,
    } as RouteInput<D>;
    const result = await handle(input);
    if (result !== undefined) res.status(doc.status ?? 200).json(result);
  };
  return { doc, handlers: [nameRoute(doc), ...bodyReaders(doc), run] };
}

/** Gives the log and the metrics the path of the route, never the address of the request. */
function nameRoute(doc: RouteDoc): RequestHandler {
  return (_req, res, next) => {
    res.locals['route'] = doc.path;
    next();
  };
}

/** Throws `Problem('not_found')` for a path whose id cannot be an id. */
function pathParams(params: z.ZodObject, req: Request): unknown {
  const result = params.safeParse(req.params);
  if (!result.success) throw new Problem('not_found', 'nothing has this id');
  return result.data;
}

function bodyReaders(doc: RouteDoc): RequestHandler[] {
  const { upload } = doc;
  if (doc.body) return [demandType(['application/json']), express.json({ limit: '1mb', strict: false })];
  if (!upload) return [];
  const readers = [demandType(upload.types), demandSize(upload.maxBytes)];
  return upload.as === 'stream'
    ? readers
    : [...readers, express.raw({ type: () => true, limit: upload.maxBytes, inflate: false })];
}

function demandType(types: readonly string[]): RequestHandler {
  return (req, _res, next) => {
    const empty = req.headers['transfer-encoding'] === undefined && Number(req.headers['content-length'] ?? 0) === 0;
    // A missing body passes here: the check of its fields names what is missing.
    if (!empty && req.is([...types]) === false) {
      throw new HttpError(415, 'unsupported_media_type', `send the body as ${types[0]} (header Content-Type)`);
    }
    next();
  };
}

function demandSize(maxBytes: number): RequestHandler {
  return (req, _res, next) => {
    if (Number(req.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
    next();
  };
}

export function tooLarge(maxBytes: number): Problem {
  return new Problem('too_large', `the body may be at most ${Math.floor(maxBytes / 1_000_000)} MB`);
}
