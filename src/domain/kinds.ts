/** Kinds of action. There are no others. */
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

/** The result of an action. The closing message tells it to the participants. */
export const RESULTS = ['found', 'arrested', 'not_found', 'false_alarm'] as const;
export type Result = (typeof RESULTS)[number];

/** Languages of the spoken prompts. */
export const LANGUAGES = ['nl'] as const;
export type Language = (typeof LANGUAGES)[number];
