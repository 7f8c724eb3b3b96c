/** The personas that listen to the end of a call that they answer. */
export const LISTENERS: ReadonlySet<string> = new Set([
  'presses',
  'presses_again',
  'early_media',
  'busy_then_presses',
  'no_answer_then_presses',
]);
