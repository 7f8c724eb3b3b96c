import { expect } from 'chai';
import { startHarness, type Harness } from './harness.js';

interface Operation {
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>;
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: { content: Record<string, unknown> };
  security: unknown[];
}
interface Document {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
}

const ROUTES = `
  post /api/v1/centralists
  get /api/v1/centralists
  put /api/v1/centralists/{id}/duty
  post /api/v1/centralists/{id}/password
  delete /api/v1/centralists/{id}
  post /api/v1/centralists/{id}/pin
  post /api/v1/centralists/{id}/provisioning
  get /api/v1/provisioning/{token}
  post /api/v1/participants
  post /api/v1/participants/import
  get /api/v1/participants/count
  get /api/v1/participants/{id}
  post /api/v1/postcodes/import
  post /api/v1/recordings
  get /api/v1/recordings/{id}/audio
  post /api/v1/messages/preview
  get /api/v1/messages/sounds/{soundId}
  get /api/v1/prompts
  delete /api/v1/prompts
  post /api/v1/prompts/import
  put /api/v1/prompts/{name}
  post /api/v1/prompts/{name}/check
  get /api/v1/prompts/{name}/audio
  post /api/v1/actions
  get /api/v1/actions
  get /api/v1/actions/{id}
  post /api/v1/actions/{id}/start
  post /api/v1/actions/{id}/pause
  post /api/v1/actions/{id}/resume
  post /api/v1/actions/{id}/update
  post /api/v1/actions/{id}/close
  put /api/v1/actions/{id}/centralist
  put /api/v1/actions/{id}/team
  post /api/v1/actions/{id}/test-call
  get /api/v1/actions/{id}/attempts
  get /api/v1/actions/{id}/attempts/{attemptId}/trace
  get /api/v1/actions/{id}/events
  get /api/v1/events
  get /api/v1/inbound
  get /api/v1/queue
  post /api/v1/inbound/{id}/transfer
  post /api/v1/inbound/{id}/callback
  get /api/v1/callbacks
  get /api/v1/tips
  patch /api/v1/tips/{id}
  get /api/v1/openapi.json
  get /healthz
  get /readyz
  get /metrics`
  .trim()
  .split(/\n\s*/);

describe('HTTP: the OpenAPI document', () => {
  let http: Harness;
  let document: Document;
  before(async () => {
    http = await startHarness();
    const response = await http.ask('/openapi.json', { headers: { authorization: 'none' } });
    expect(response.status).to.equal(200);
    document = (await response.json()) as Document;
  });
  after(() => http.close());

  const operations = (): [string, Operation][] =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
    );

  it('is OpenAPI 3.1 and lists every route', () => {
    expect(document.openapi).to.match(/^3\.1\./);
    expect(document.info.version).to.equal('9.9.9');
    expect(operations().map(([name]) => name)).to.have.members(ROUTES);
  });

  it('describes the path parameters, responses and errors of each route', () => {
    for (const [name, operation] of operations()) {
      const inPath = [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      const described = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(
        described.map((parameter) => parameter.name),
        name,
      ).to.have.members(inPath);
      expect(
        described.every((parameter) => parameter.required),
        name,
      ).to.equal(true);
      expect(operation.responses, name).to.satisfy((all: object) =>
        ['200', '201', '202'].some((status) => status in all),
      );
      if (operation.security.length > 0) expect(operation.responses, name).to.have.property('401');
      if (operation.security.length > 0 && !name.startsWith('get ')) {
        expect(operation.responses, name).to.have.property('403');
      }
      for (const answer of Object.values(operation.responses)) expect(answer.description, name).not.to.equal('');
    }
  });

  it('refers only to schemas that exist', () => {
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name,
    );
    expect(references).to.include('Error').and.include('NewAction').and.include('Attempt');
    expect(document.components.schemas).to.include.keys([...new Set(references)]);
  });
});
