import { GuessLimiter } from '../../../src/app/access/guess-limiter.js';
import { createHttpServer } from '../../../src/adapters/http/index.js';
import type { Log, LogFields } from '../../../src/ports/log.js';
import { FakeClock } from '../../support/fake-clock.js';
import { fakeServices, type FakeServices } from './fake-services.js';

export const TOKEN = 'a-token-for-tests-only';

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** The HTTP server on a free port, with the fake application behind it. */
export interface Harness {
  readonly services: FakeServices;
  readonly clock: FakeClock;
  readonly url: string;
  readonly port: number;
  readonly lines: LogLine[];
  /**
   * Sends a request with the token. The path is below /api/v1, or below / when it begins with two slashes.
   */
  ask(path: string, init?: RequestInit): Promise<Response>;
  get(path: string): Promise<{ status: number; body: unknown }>;
  post(path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  put(path: string, body: unknown): Promise<{ status: number; body: unknown }>;
  csv(text: string | Uint8Array, query?: string): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
}

export async function startHarness(): Promise<Harness> {
  const clock = new FakeClock();
  const services = fakeServices(() => clock.now());
  const lines: LogLine[] = [];
  const server = createHttpServer({
    services,
    token: TOKEN,
    guessLimiter: new GuessLimiter({ clock, log: keepingLog(lines) }),
    log: keepingLog(lines),
    clock,
    version: '9.9.9',
    heartbeatMs: 50,
  });
  // The console's call board listens until the server closes, so it is not counted.
  services.forgetListeners();
  const { port } = await server.listen('127.0.0.1', 0);
  const url = `http://127.0.0.1:${port}`;
  const ask: Harness['ask'] = (path, init = {}) => {
    const headers = new Headers(init.headers);
    if (!headers.has('authorization')) headers.set('authorization', `Bearer ${TOKEN}`);
    const address = path.startsWith('//') ? `${url}${path.slice(1)}` : `${url}/api/v1${path}`;
    return fetch(address, { ...init, headers });
  };
  const read = async (response: Response): Promise<{ status: number; body: unknown }> => ({
    status: response.status,
    body: await response.json(),
  });
  return {
    services,
    clock,
    url,
    port,
    lines,
    ask,
    get: async (path) => read(await ask(path)),
    post: async (path, body) =>
      read(
        await ask(path, {
          method: 'POST',
          ...(body === undefined
            ? {}
            : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
        }),
      ),
    put: async (path, body) =>
      read(
        await ask(path, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      ),
    csv: async (text, query = '') =>
      read(
        await ask(`/participants/import${query}`, {
          method: 'POST',
          headers: { 'content-type': 'text/csv' },
          body: text,
        }),
      ),
    close: () => server.close(),
  };
}

function keepingLog(lines: LogLine[], more: LogFields = {}): Log {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}): void =>
      void lines.push({ level, message, fields: { ...more, ...fields } });
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => keepingLog(lines, { ...more, ...fields }),
  };
}

export const ACTION = {
  kind: 'missing_child',
  title: 'Vermist meisje',
  description: 'Meisje van zes, rode jas',
  message: { text: 'Een meisje van zes jaar met een rode jas wordt vermist.' },
  area: { postcodes: ['8251', '8252AB', '8253-8255'] },
  centralistId: 1,
  criteria: { timeCritical: true, clearDescription: true },
};

/** Adds a centralist with an action. Resolves with the action's id. */
export async function withAction(harness: Harness): Promise<number> {
  await harness.post('/centralists', { name: 'Meldkamer', extension: '201' });
  const { body } = await harness.post('/actions', ACTION);
  return (body as { id: number }).id;
}
