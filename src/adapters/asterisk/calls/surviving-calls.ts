import type { CallId } from '../../../ports/call.js';
import type { SurvivingCalls } from '../../../ports/telephony.js';
import { TIP_APP, type ChannelSnapshot } from '../ari/events.js';
import { isOurBridge, type BridgeSnapshot } from './bridges.js';
import { progressOf } from './call-result.js';
import { readShownCaller, sourceOf } from './caller-id.js';
import { stasisArgsOf } from './reconciler.js';

/**
 * Sorts the calls that an earlier process left in Asterisk: calls that it originated, calls that it had taken
 * from the trunk and from softphones, and conversations.
 */
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
    incoming: channels.filter((channel) => isTipCall(channel)).map(tipCallOf),
    deskCalls: channels.filter((channel) => isDialled(channel)).map(dialledCallOf),
    conversations: bridges.flatMap(({ id, channels: [a, b] }) =>
      a !== undefined && b !== undefined && isOurBridge(id) ? [{ a, b }] : [],
    ),
  };
}

const isTipCall = (channel: ChannelSnapshot): boolean => stasisArgsOf(channel).startsWith(`${TIP_APP},incoming`);

/** A call to the tip line, from the arguments with which it entered the application (tip-line.conf). */
export function tipCallOf(channel: ChannelSnapshot): SurvivingCalls['incoming'][number] {
  const [, , shown = '', address] = stasisArgsOf(channel).split(',');
  return {
    id: channel.id,
    answered: channel.state === 'Up',
    ...readShownCaller(shown),
    source: sourceOf(address),
  };
}

const isDialled = (channel: ChannelSnapshot): boolean => stasisArgsOf(channel).startsWith(`${TIP_APP},desk`);

/** A call that a softphone dialled, from its arguments in the application (softphones.conf). */
export function dialledCallOf(channel: ChannelSnapshot): SurvivingCalls['deskCalls'][number] {
  const [, , username = '', dialled = ''] = stasisArgsOf(channel).split(',');
  return { id: channel.id, answered: channel.state === 'Up', username, dialled };
}
