import type { CallId } from '../../../ports/call.js';
import type { SurvivingCalls } from '../../../ports/telephony.js';
import type { ChannelSnapshot } from '../ari/events.js';
import { TIP_APP } from '../ari/applications.js';
import { inHandsOf } from './reconciler.js';
import { readShownCaller } from './caller-id.js';
import { progressOf } from './call-progress.js';

export interface BridgeSnapshot {
  readonly id: string;
  readonly channels: readonly string[];
}

/** What is in Asterisk at our start: calls that an earlier process made, callers whom it had taken, and who talks to whom. */
export function survivingCalls(
  channels: readonly ChannelSnapshot[],
  bridges: readonly BridgeSnapshot[],
  isOurs: (id: CallId) => boolean,
): SurvivingCalls {
  return {
    outgoing: channels
      .filter(({ id }) => isOurs(id))
      .map((channel) => ({
        id: channel.id,
        rang: channel.state === 'Ringing' || channel.state === 'Up',
        answered: channel.state === 'Up',
        ...progressOf(channel),
      })),
    incoming: channels.filter((channel) => isCaller(channel)).map(callerOf),
    desks: channels.filter((channel) => isDesk(channel)).map(deskOf),
    conversations: bridges.flatMap(({ id, channels: [a, b] }) =>
      a !== undefined && b !== undefined && id.endsWith('-bridge') ? [{ a, b }] : [],
    ),
  };
}

/** Somebody who rang the tip line and was taken. */
const isCaller = (channel: ChannelSnapshot): boolean => inHandsOf(channel).startsWith(`${TIP_APP},incoming`);

export function callerOf(channel: ChannelSnapshot): SurvivingCalls['incoming'][number] {
  const [, , shown = '', address] = inHandsOf(channel).split(',');
  return {
    id: channel.id,
    answered: channel.state === 'Up',
    ...readShownCaller(shown),
    source: sourceOf(address),
  };
}

/** The address in `192.0.2.7:5060`, as Asterisk's CHANNEL(pjsip,remote_addr) has it. */
export const sourceOf = (address: string | undefined): string | undefined =>
  address?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '') || undefined;

/** A centralist who dialled something. */
const isDesk = (channel: ChannelSnapshot): boolean => inHandsOf(channel).startsWith(`${TIP_APP},desk`);

export function deskOf(channel: ChannelSnapshot): SurvivingCalls['desks'][number] {
  const [, , username = '', dialled = ''] = inHandsOf(channel).split(',');
  return { id: channel.id, answered: channel.state === 'Up', username, dialled };
}
