import type { PhoneCall } from '../ledger.js';
import type { InboundNow, TipNow } from './api-answers.js';
import { figure, forEach, type Check } from './checks.js';
import { whole, type HeardCall } from './evidence.js';
import type { Story } from './story.js';

export type CallerSound = 'desk' | 'message' | 'unknown' | 'withheld' | 'not_selected';
export type DeskSound = 'tip';

export interface TipEvidence {
  readonly actionNumber: number;
  readonly story: Story;
  /** The sounds that each caller of the story heard. */
  readonly callers: ReadonlyMap<PhoneCall, HeardCall<CallerSound>>;
  /** The sounds that the centralist heard, call by call, in order. */
  readonly desk: readonly HeardCall<DeskSound>[];
  readonly inbound: readonly InboundNow[];
  readonly tips: readonly TipNow[];
}

export function checkTips({ actionNumber, story, callers, desk, inbound, tips }: TipEvidence): Check[] {
  const heardBy = (call: PhoneCall): HeardCall<CallerSound>['heard'] | undefined => callers.get(call)?.heard;
  const tippers = [story.hurried, story.patient, story.missed];
  const refused = [
    { who: 'the stranger', call: story.stranger, prompt: 'unknown', reason: 'unknown' },
    { who: 'the caller who withheld the number', call: story.withheld, prompt: 'withheld', reason: 'withheld' },
    { who: 'the caller from another town', call: story.neighbour, prompt: 'not_selected', reason: 'not_selected' },
  ] as const;
  return [
    forEach('tips were put through: the caller heard the centralist', tippers, (call) =>
      whole(heardBy(call)?.desk ?? []) === 1 ? undefined : `${call.number}: not`,
    ),
    forEach('the centralist heard the caller', desk, (one) =>
      whole(one.heard.tip) === 1 ? undefined : `call from ${one.call.from}: not`,
    ),
    forEach('the softphone showed action and postcode', desk, ({ call: { from } }) =>
      new RegExp(`Actie ${actionNumber} 825\\d ?[A-Z]{2}`).test(from) ? undefined : from,
    ),
    figure(
      'the softphone rang for the tips and for nothing else',
      desk.length === tippers.length,
      `${desk.length} calls`,
    ),
    figure(
      'the person who called back after a missed call heard the message first',
      whole(heardBy(story.missed)?.message ?? []) === 1,
      `${whole(heardBy(story.missed)?.message ?? [])} time`,
    ),
    forEach('strangers were told why, and 112, and were not put through', refused, ({ who, call, prompt }) => {
      const heard = heardBy(call);
      if (heard !== undefined && whole(heard[prompt]) >= 1 && heard.desk.length === 0 && call.endedBy === 'far')
        return undefined;
      return `${who}: heard it ${whole(heard?.[prompt] ?? [])} times, hung up by ${call.endedBy ?? 'nobody'}`;
    }),
    forEach('the service refused them for that reason', refused, ({ who, reason }) => {
      const found = inbound.filter((call) => call.reason === reason);
      return found.length === 1 && found[0]?.result === 'refused'
        ? undefined
        : `${who}: ${found[0]?.result ?? 'no call'}`;
    }),
    figure(
      'the tips are stored with the action',
      tips.filter(({ type }) => type === 'conversation').length === tippers.length,
      `${tips.length} conversations`,
    ),
  ];
}
