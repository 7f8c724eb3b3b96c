/** Pages of the console: never an address elsewhere, which a link could have put there. */
const OURS = /^\/console(\/[\w-]+)*$/;

/** The page to go back to; the overview for what is no page of ours. */
export const pathBack = (given: unknown): string =>
  typeof given === 'string' && OURS.test(given) ? given : '/console';
