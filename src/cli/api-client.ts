import { deferred } from '../lib/deferred.js';
import { CliError } from './cli-error.js';

/** The HTTP API of the service, as the commands use it. */
export interface Api {
  /** Without a slash at the end. */
  readonly url: string;
  get<T>(path: string): Promise<T>;
  /** The rows of a list, page after page. The first rows arrive before the next page is requested. */
  list<T>(path: string): AsyncIterable<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  delete<T>(path: string): Promise<T>;
  /** Sends bytes as they are. */
  upload<T>(path: string, type: string, body: Blob | ReadableStream<Uint8Array>): Promise<T>;
  /**
   * Calls the listener for every piece of an event stream until the signal aborts or the stream ends. Never
   * rejects.
   */
  listen(path: string, onNews: () => void, signal: AbortSignal): Promise<void>;
  /** The response to a path outside /api/v1, with any status; undefined when no server responds. */
  probe(path: string): Promise<{ status: number; body: unknown } | undefined>;
}

interface LikeAction {
  readonly id: number;
  readonly number: number;
  readonly title: string;
}

const API = '/api/v1';

/** The largest page that the service sends. */
const PAGE_ROWS = 1_000;

/** Long enough for the service to render a message before it responds. */
const REQUEST_MS = 60_000;
/** Long enough for millions of participants over a slow line. */
const UPLOAD_MS = 15 * 60_000;
const PROBE_MS = 5_000;

export function createApi({ url, token }: { url: string; token: string }): Api {
  const ask = async (path: string, init: RequestInit): Promise<Response> => {
    const headers = { ...(init.headers as Record<string, string>), authorization: `Bearer ${token}` };
    const response = await fetch(`${url}${API}${path}`, { ...init, headers }).catch((error: unknown) => {
      throw unreachable(url, error);
    });
    if (response.ok) return response;
    throw await refusal(response);
  };
  const json = <T>(path: string, init: RequestInit, limitMs = REQUEST_MS): Promise<T> =>
    within(limitMs, url, async (signal) => (await ask(path, { ...init, signal })).json() as Promise<T>);
  const pages = async function* <T>(path: string): AsyncGenerator<T> {
    const next = `${path}${path.includes('?') ? '&' : '?'}limit=${PAGE_ROWS}&page=`;
    for (let page = 1, more = true; more; page++) {
      const rows = await json<T[]>(`${next}${page}`, {});
      yield* rows;
      more = rows.length === PAGE_ROWS;
    }
  };
  const send = <T>(method: string, path: string, body: unknown): Promise<T> =>
    json(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return {
    url,
    get: (path) => json(path, {}),
    list: pages,
    post: (path, body) => send('POST', path, body ?? {}),
    put: (path, body) => send('PUT', path, body),
    delete: (path) => json(path, { method: 'DELETE' }),
    upload: (path, type, body) =>
      json(path, { method: 'POST', headers: { 'content-type': type }, body, duplex: 'half' }, UPLOAD_MS),
    listen: async (path, onNews, signal) => {
      try {
        const response = await ask(path, { signal, headers: { accept: 'text/event-stream' } });
        for await (const _ of response.body ?? []) onNews();
      } catch {
        // The code that listens also polls, so without the stream it only notices a change a little later.
      }
    },
    // Without the token, because any program may respond there.
    probe: (path) =>
      within(PROBE_MS, url, async (signal) => {
        const response = await fetch(`${url}${path}`, { signal });
        return { status: response.status, body: await response.json() };
      }).catch(() => undefined),
  };
}

/**
 * The result of the work, or an error after `limitMs`. This has a timer of its own, because in Node 20
 * `fetch` never settles when the server closes the connection at once.
 */
async function within<T>(limitMs: number, url: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const late = deferred<never>();
  const timer = setTimeout(() => {
    late.reject(unreachable(url, new Error('timed out')));
    controller.abort();
  }, limitMs);
  try {
    return await Promise.race([work(controller.signal), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function unreachable(url: string, error: unknown): CliError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : reasonOf(cause);
  return new CliError([
    `the service does not answer at ${url} (${code})`,
    'start it with: npm start',
    'or give its address with --url or BURGERNET_HTTP',
  ]);
}

async function refusal(response: Response): Promise<CliError> {
  const body = (await response.json().catch(() => ({}))) as {
    message?: string;
    code?: string;
    details?: { field: string; message: string; action?: LikeAction }[];
  };
  if (response.status === 401) {
    return new CliError([
      'the service refuses this token',
      'set BURGERNET_TOKEN or BURGERNET_DATA to the values of the service',
    ]);
  }
  if (body.code === 'look_alike') return lookAlike(body.details ?? []);
  const details = (body.details ?? []).map(({ field, message }) => `${field}: ${message}`);
  const message = body.message ?? `the service answered ${response.status}`;
  // For bad input the message only repeats the details.
  return new CliError(response.status === 400 && details.length > 0 ? details : [message, ...details]);
}

function lookAlike(details: readonly { readonly action?: LikeAction }[]): CliError {
  const alike = details.flatMap(({ action }) =>
    action ? [`action ${action.number} (id ${action.id}): ${action.title}`] : [],
  );
  return new CliError([
    'not started: an action of the same kind in the same area is running or was closed a short time ago',
    ...alike,
    'to start it anyway, add --anyway',
  ]);
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
