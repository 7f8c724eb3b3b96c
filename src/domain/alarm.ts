/** Something that somebody must know of at once, from its beginning to its end. */
export interface Alarm {
  readonly code: AlarmCode;
  readonly severity: 'error' | 'warning';
  /** Says to a person at three in the morning what is wrong. */
  readonly text: string;
  /** ms UTC. */
  readonly since: number;
}

export const ALARM_CODES = [
  'nobody_rung', // people wait to be called, and for half a minute no telephone was rung
] as const;
export type AlarmCode = (typeof ALARM_CODES)[number];
