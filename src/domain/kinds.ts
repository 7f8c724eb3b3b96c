/** Kinds of action. An action of any other kind cannot start. */
export const KINDS = [
  'theft',
  'robbery',
  'burglary',
  'hit_and_run',
  'bag_snatching',
  'violence',
  'missing_child',
  'missing_adult',
  'missing_goods',
] as const;
export type Kind = (typeof KINDS)[number];

/** How an action ended; the closing message says it. */
export const RESULTS = ['found', 'arrested', 'not_found', 'false_alarm'] as const;
export type Result = (typeof RESULTS)[number];

/** Languages the spoken prompts exist in. */
export const LANGUAGES = ['nl'] as const;
export type Language = (typeof LANGUAGES)[number];
