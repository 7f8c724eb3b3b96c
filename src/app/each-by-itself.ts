import { Problem } from '../domain/problem.js';
import type { Log } from '../ports/log.js';

/**
 * Does the work for each item. An item that fails is logged and skipped, so that one bad row stops neither
 * the others nor the start. Throws when the database itself fails (`unavailable`), because rows that are
 * skipped then would be forgotten.
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
      const details = error instanceof Error ? error.stack : String(error);
      log.error(`${what} could not be recovered`, { ...name(item), error: details });
    }
  }
}
