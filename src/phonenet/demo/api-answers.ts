import type { ActionAnswer, PlannedAction } from '../../adapters/http/routes/action-schemas.js';
import type { Attempt } from '../../domain/attempt.js';
import type { InboundCall, Tip } from '../../domain/tip.js';

/** The responses of the API, as far as the demo reads them. */
export type Planned = PlannedAction;
export type ActionNow = ActionAnswer;
export type AttemptNow = Omit<Attempt, 'actionId'>;
export type InboundNow = InboundCall;
export type TipNow = Tip;
export interface Account {
  readonly id: number;
  readonly name: string;
  readonly extension: string;
  readonly sip: { readonly username: string; readonly password: string; readonly server: string };
}
export interface Imported {
  readonly imported: number;
  readonly updated: number;
  readonly rejected: readonly { readonly line: number; readonly reason: string }[];
}
