import type { Postcode } from './area.js';
import type { ParticipantId } from './ids.js';
import type { Language } from './kinds.js';
import type { E164 } from './phone-number.js';

export type { ParticipantId } from './ids.js';

/** A person who signed up. */
export interface Participant {
  readonly id: ParticipantId;
  readonly name: string | null;
  readonly language: Language;
  /** In the order in which the dialer tries them. At least one. */
  readonly phones: readonly E164[];
  /** At least one. */
  readonly postcodes: readonly Postcode[];
  /** No calls before this time (ms UTC); null when not paused. */
  readonly pausedUntil: number | null;
  /** The participant asked to be called at night too. */
  readonly nightCalls: boolean;
  readonly createdAt: number;
}

export interface NewParticipant {
  readonly name: string | null;
  readonly language: Language;
  readonly phones: readonly E164[];
  readonly postcodes: readonly Postcode[];
}
