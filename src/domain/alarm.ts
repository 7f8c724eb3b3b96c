/** A fault that a person must hear of at once, from its beginning to its end. */
export interface Alarm {
  readonly code: AlarmCode;
  readonly severity: 'error' | 'warning';
  /** Says what is wrong, in words for an administrator who is woken at three in the morning. */
  readonly text: string;
  /** ms UTC. */
  readonly since: number;
}

export const ALARM_CODES = [
  'nobody_rung', // participants wait to be called, but no telephone rang for half a minute
] as const;
export type AlarmCode = (typeof ALARM_CODES)[number];
