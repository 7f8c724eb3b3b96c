import { stringify } from 'csv-stringify/sync';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { ListPart } from '../../ports/stores.js';
import { canWrite } from './can-write.js';
import { JSON_TYPE } from './schemas.js';

export const CSV_TYPE = 'text/csv';

/** Rows on a page: the default and the maximum. */
const PAGE_ROWS = 100;
const MOST_PAGE_ROWS = 1_000;
/** Rows read and written at a time: a millisecond or two, after which other work gets its turn. */
const PART_ROWS = 1_000;

const whole = (description: string, most: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/, `must be a number from 1${most === Infinity ? '' : ` to ${most}`}`)
    .transform(Number)
    .refine((number) => number <= most, `must be at most ${most}`)
    .meta({ type: 'integer', description });

/** Query fields that ask for a page of a list. */
export const PAGE_FIELDS = {
  page: whole('page number, from 1; without page and limit the whole list is sent', Infinity).optional(),
  limit: whole(`rows on a page, at most ${MOST_PAGE_ROWS}; ${PAGE_ROWS} by default`, MOST_PAGE_ROWS).optional(),
};

/** How a list is read and sent. */
export interface Listing<T> {
  readonly page: number | undefined;
  readonly limit: number | undefined;
  /** Oldest first. */
  readonly read: (slice: ListPart) => readonly T[] | Promise<readonly T[]>;
  /** The id after which the next part begins. */
  readonly idOf: (row: T) => number;
  readonly show: (row: T) => object;
  /** Columns and file name, for a list that can also be sent as CSV. */
  readonly csv?: { readonly columns: readonly string[]; readonly file: string };
}

/**
 * Sends a page with a `Link` header (RFC 8288), or the whole list in parts. Between two parts the client
 * reads, and calls and other requests go on. So the length of a list costs no memory and holds up nothing.
 */
export async function sendList<T>(
  { req, res }: { req: Request; res: Response },
  listing: Listing<T>,
): Promise<undefined> {
  const { page, limit, csv } = listing;
  const asCsv = csv !== undefined && req.accepts([JSON_TYPE, CSV_TYPE]) === CSV_TYPE;
  if (csv) res.vary('Accept');
  if (asCsv) res.attachment(csv.file).type(CSV_TYPE);
  else res.type(JSON_TYPE);
  const out = asCsv ? csvWriter(csv.columns) : jsonWriter;
  if (page === undefined && limit === undefined) await sendWhole(res, listing, out);
  else {
    const size = limit ?? PAGE_ROWS;
    const number = page ?? 1;
    const rows = await listing.read({ offset: (number - 1) * size, limit: size + 1 });
    res.setHeader('Link', linkOf(req, number, size, rows.length > size));
    res.end(out.begin + out.part(rows.slice(0, size).map(listing.show), true) + out.end);
  }
  return undefined;
}

interface Writer {
  readonly begin: string;
  readonly part: (rows: readonly object[], first: boolean) => string;
  readonly end: string;
}

const jsonWriter: Writer = {
  begin: '[',
  part: (rows, first) => (rows.length === 0 ? '' : `${first ? '' : ','}${JSON.stringify(rows).slice(1, -1)}`),
  end: ']',
};

const csvWriter = (columns: readonly string[]): Writer => ({
  begin: stringify([[...columns]], { record_delimiter: 'windows' }),
  part: (rows) => stringify([...rows], { columns: [...columns], record_delimiter: 'windows' }),
  end: '',
});

async function sendWhole<T>(res: Response, { read, idOf, show }: Listing<T>, out: Writer): Promise<void> {
  // A list that cannot be read is refused before the response has begun.
  let rows = await read({ after: 0, limit: PART_ROWS });
  res.write(out.begin);
  try {
    for (let first = true; rows.length > 0 && !res.destroyed; first = false) {
      res.write(out.part(rows.map(show), first));
      await canWrite(res);
      const last = rows.at(-1);
      rows = rows.length < PART_ROWS || last === undefined ? [] : await read({ after: idOf(last), limit: PART_ROWS });
    }
  } catch (error) {
    // Half a list must not look complete, so the connection is broken.
    res.destroy();
    throw error;
  }
  res.end(out.end);
}

function linkOf(req: Request, page: number, limit: number, more: boolean): string {
  const to = (number: number, rel: string): string => {
    const url = new URL(req.originalUrl, 'http://localhost');
    url.searchParams.set('page', String(number));
    url.searchParams.set('limit', String(limit));
    return `<${url.pathname}${url.search}>; rel="${rel}"`;
  };
  const links = [to(1, 'first')];
  if (page > 1) links.push(to(page - 1, 'prev'));
  if (more) links.push(to(page + 1, 'next'));
  return links.join(', ');
}
