import type { PhoneCall } from './ledger.js';

/** A call from the phone network to the service, while it lasts. */
export interface LiveCall {
  readonly id: string;
  /** Resolves when the service answers; null when the call ends without an answer. */
  readonly answered: Promise<PhoneCall | null>;
  readonly ended: Promise<PhoneCall>;
  /** Hangs up, before or after the answer. */
  hangUp(): Promise<void>;
}
