import type { PhoneCall } from './ledger.js';

/** A call that somebody of the phone network makes, in hand while it lasts. */
export interface LiveCall {
  readonly id: string;
  /** When the service answers; null when the call ends without. */
  readonly answered: Promise<PhoneCall | null>;
  readonly ended: Promise<PhoneCall>;
  /** Hangs up now, before or after the answer. */
  hangUp(): Promise<void>;
}
