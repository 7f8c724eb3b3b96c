import type { Api } from '../../../src/cli/api-client.js';

const THEFT = {
  kind: 'theft',
  title: 'Gestolen fiets',
  description: 'een rode bakfiets',
  message: { text: 'Gezocht: een rode bakfiets.' },
  criteria: { timeCritical: true, clearDescription: true },
};

/** Adds a centralist by the API. Resolves with the id. */
export async function addCentralist(api: Api): Promise<number> {
  return (await api.post<{ id: number }>('/centralists', { name: 'Wacht', extension: '201' })).id;
}

/** Drafts an action about a stolen bicycle by the API, for one area such as `8251`. Resolves with its id. */
export async function draftTheft(
  api: Api,
  area: string,
  centralistId: number,
  message: { readonly text: string } | { readonly recordingId: number } = THEFT.message,
): Promise<number> {
  const action = { ...THEFT, message, area: { postcodes: [area] }, centralistId };
  return (await api.post<{ id: number }>('/actions', action)).id;
}
