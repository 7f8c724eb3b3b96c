import { route, type HttpParts, type Route } from '../route.js';
import { JSON_TYPE } from '../schemas.js';
import type { TableShape } from './csv/header.js';
import { readTable } from './csv/table.js';
import { DryRun, IMPORT_MAX_BYTES, ImportAnswer } from './participants.js';

const COLUMNS = ['postcode', 'lat', 'lon'] as const;
/** No alternative names, so that no other column is read as a latitude. */
const NONE = /^(?!)/;
const IMPORT: TableShape<(typeof COLUMNS)[number]> = {
  columns: COLUMNS,
  required: COLUMNS,
  also: { postcode: NONE, lat: NONE, lon: NONE },
};

export function postcodeRoutes({ services: { postcodes } }: HttpParts): Route[] {
  return [
    route(
      {
        method: 'post',
        path: '/postcodes/import',
        tag: 'participants',
        summary: 'Import the coordinates of postcodes, so that the nearest participants are called first',
        query: DryRun,
        upload: {
          types: ['text/csv'],
          maxBytes: IMPORT_MAX_BYTES,
          as: 'stream',
          description:
            'header postcode,lat,lon in any order, also separated by `;`; PC6 or PC4, and degrees such as 52.5253,5.7184',
        },
        answer: { [JSON_TYPE]: ImportAnswer },
        errors: [413, 415],
      },
      ({ req, query }) => {
        const dryRun = query.dryRun === '1' || query.dryRun === 'true';
        return postcodes.importRows(readTable(req, IMPORT_MAX_BYTES, IMPORT), { dryRun });
      },
    ),
  ];
}
