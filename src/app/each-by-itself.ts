import { Problem } from '../domain/problem.js';
import type { Log } from '../ports/log.js';

/**
 * Does this with each item. One that fails is logged and skipped: a bad row stops none of the others, and no start. Throws
 * when the database itself fails (`unavailable`): that is no fault of a row, and a row that is skipped for it is forgotten.
 */
export async function eachByItself<T>(
  items: Iterable<T>,
  work: (item: T) => Promise<void> | void,
  { log, what, name }: { readonly log: Log; readonly what: string; readonly name: (item: T) => object },
): Promise<void> {
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      if (error instanceof Problem && error.code === 'unavailable') throw error;
      const said = error instanceof Error ? error.stack : String(error);
      log.error(`${what} could not be recovered`, { ...name(item), error: said });
    }
  }
}
