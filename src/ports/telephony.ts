import type { CallId } from './call.js';
import type { Conversations } from './conversations.js';
import type { InboundCalls } from './inbound-calls.js';
import type { OutboundCalls } from './outbound-calls.js';
import type { SoftphoneAccounts } from './softphone-accounts.js';
import type { Takeover } from './takeover.js';
import type { HealthSource } from './telephony-health.js';

export type * from './conversations.js';
export type * from './inbound-calls.js';
export * from './outbound-calls.js';
export type * from './softphone-accounts.js';
export type * from './takeover.js';
export type * from './telephony-health.js';

/**
 * Telephone calls, by whatever means. The sum of the small ports:
 * a part of the application takes only those that it uses.
 */
export interface Telephony
  extends OutboundCalls, InboundCalls, Conversations, SoftphoneAccounts, Takeover, HealthSource {
  close(): Promise<void>;
}

/** Called with each step of a call, for its trace. */
export type StepListener = (callId: CallId, step: string) => void;
