import { OpenApiGeneratorV31, OpenAPIRegistry, type ResponseConfig } from '@asteasolutions/zod-to-openapi';
import type { Route, RouteDoc } from './route.js';
import { ErrorAnswer, JSON_TYPE } from './schemas.js';
import { SESSION_COOKIE } from './sessions.js';

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>;

/** A set of routes below a path. */
export interface Mounted {
  readonly prefix: string;
  readonly routes: readonly Route[];
}

/** The OpenAPI 3.1 document of the routes, made from the schemas that check the requests. */
export function openApiDocument(mounted: readonly Mounted[], version: string): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  registry.registerComponent('securitySchemes', 'console', { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE });
  for (const { prefix, routes } of mounted) {
    for (const { doc } of routes) registry.registerPath(pathOf(doc, prefix));
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Burgernet by telephone',
      version,
      description:
        'Every time is an integer: milliseconds since 1970-01-01 UTC. Every error is {code, message, details}.',
    },
    servers: [{ url: '/' }],
  });
}

function pathOf(doc: RouteDoc, prefix: string): Parameters<OpenAPIRegistry['registerPath']>[0] {
  const { params, query } = doc;
  return {
    method: doc.method,
    path: `${prefix}${doc.path.replace(/:(\w+)/g, '{$1}')}`,
    tags: [doc.tag],
    summary: doc.summary,
    security: doc.open ? [] : [{ token: [] }, { console: [] }],
    request: { ...(params ? { params } : {}), ...(query ? { query } : {}), ...bodyOf(doc) },
    responses: responsesOf(doc),
  };
}

function bodyOf({ body, bodyOptional = false, upload }: RouteDoc): object {
  if (body) return { body: { required: !bodyOptional, content: { [JSON_TYPE]: { schema: body } } } };
  if (!upload) return {};
  const content = { [upload.types[0]]: { schema: { type: 'string', format: 'binary' } } };
  return { body: { required: true, description: upload.description, content } };
}

function responsesOf(doc: RouteDoc): Record<string, ResponseConfig> {
  const content = Object.entries(doc.answer).map(([type, schema]) => [
    type,
    { schema: schema ?? { type: 'string', format: 'binary' } },
  ]);
  const checked = doc.params || doc.query || doc.body || doc.upload ? [400] : [];
  const guarded = doc.open ? [] : doc.method === 'get' ? [401, 429] : [401, 403, 429];
  const errors = [...checked, ...guarded, ...(doc.errors ?? []), 500];
  return Object.fromEntries([
    [
      doc.status ?? 200,
      { description: doc.summary, content: Object.fromEntries(content) as ResponseConfig['content'] },
    ],
    ...errors.map((status) => [
      status,
      { description: ERRORS[status] ?? '', content: { [JSON_TYPE]: { schema: ErrorAnswer } } },
    ]),
  ]) as Record<string, ResponseConfig>;
}

const ERRORS: Readonly<Record<number, string>> = {
  400: 'The request is wrong; details names the fields',
  401: 'No token, or a wrong token',
  403: 'A change with a console session, sent from another site',
  404: 'Not found',
  409: 'Not possible in the current state',
  413: 'The body is too large',
  415: 'Wrong content type',
  416: 'The range lies outside the sound',
  429: 'Too many wrong tokens from this address; Retry-After says when to try again. The right token is always accepted',
  500: 'A fault on our side',
  503: 'Temporarily not possible',
};
