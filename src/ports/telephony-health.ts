export type LinkState = 'up' | 'down';

export type TelephonyProblem =
  | { readonly code: 'asterisk_down' }
  /** The operator leaves this kind of request unanswered. */
  | { readonly code: 'trunk_down'; readonly asked: 'call' | 'options' | 'register' }
  /**
   * The operator refuses our registration with this SIP status; null when it leaves only REGISTER unanswered
   * and answers all other requests.
   */
  | { readonly code: 'trunk_refused'; readonly sipStatus: number | null };

export interface TelephonyHealth {
  readonly asterisk: LinkState;
  /**
   * `unknown` until the trunk has answered or failed once;
   * `down` also when the operator refuses our registration.
   */
  readonly trunk: LinkState | 'unknown';
  /** The problem in words for the administrator; empty when all is well. */
  readonly reason: string;
  /** The problem for programs; null when all is well. */
  readonly problem: TelephonyProblem | null;
}

/** The state of the link to Asterisk and of the trunk. */
export interface HealthSource {
  health(): TelephonyHealth;
  /** Calls the listener with every change. */
  onHealth(listener: (health: TelephonyHealth) => void): () => void;
}
