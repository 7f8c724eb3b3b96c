/** Pages of the console: never an address elsewhere, which a link could have put there. */
const OURS = /^\/console(\/[\w-]+)*(\?page=\d{1,6})?$/;

/** The page to go back to; the overview for what is no page of ours. */
export const pathBack = (given: unknown): string =>
  typeof given === 'string' && OURS.test(given) ? given : '/console';

/** That page, once something was done there. */
export function doneBack(given: unknown, what: string): string {
  const path = pathBack(given);
  return `${path}${path.includes('?') ? '&' : '?'}done=${what}`;
}
