import type { ActionCounts } from '../../../src/app/services.js';

/** No participant of the action waits for a call, and no call is up. */
export const everyCallEnded = ({ waiting, dialing, ringing, in_call }: ActionCounts): boolean =>
  waiting + dialing + ringing + in_call === 0;
