import type { Action } from '../../../../domain/action.js';
import type { Callback } from '../../../../domain/callback.js';
import type { InboundCall, Tip } from '../../../../domain/tip.js';
import { groupBy } from '../../../../lib/group-by.js';
import { when } from '../format.js';
import type { Colleague } from '../frame.js';
import type { ConsoleParts } from '../parts.js';
import { CALLBACK_WORDS } from '../words.js';
import { soundOf, whoRang, type Who } from './who-rang.js';

/** One entry of the list: a tip, or a call of somebody who rang off before anybody heard them. */
export interface TipEntry extends Who {
  readonly key: string;
  readonly tipId: number | null;
  readonly inboundId: number;
  readonly at: string;
  readonly kind: string;
  readonly missed: boolean;
  /** Where its sound is; null when there is none. */
  readonly sound: string | null;
  readonly note: string;
  readonly useful: boolean | null;
  /** Who talked with them. */
  readonly centralist: string | null;
  readonly callbacks: readonly string[];
  readonly callable: boolean;
  /** A call back is on its way: there is nothing to press. */
  readonly calling: boolean;
}

/** Entries that are shown at once, the newest first. */
const MOST = 200;

/** The tips of an action, and the missed calls between them, newest first. */
export function tipList(
  parts: ConsoleParts,
  action: Action,
  colleagues: readonly Colleague[],
): {
  readonly entries: readonly TipEntry[];
  readonly total: number;
  readonly unjudged: number;
  readonly missed: number;
} {
  const { services, clock } = parts;
  const { tips, callbacks } = services;
  const calls = tips.calls({ actionId: action.id });
  const callsById = new Map(calls.map((call) => [call.id, call]));
  const told = tips.list({ actionId: action.id });
  const withTip = new Set(told.map(({ inboundId }) => inboundId));
  const missed = calls.filter((call) => call.result === 'abandoned' && !withTip.has(call.id));
  // Answered, and gone before they could talk.
  const unspoken = calls.filter(
    (call) => call.result === 'connected' && call.connectedAt === null && !withTip.has(call.id),
  );
  const back = groupBy(callbacks.list({ actionId: action.id }), ({ inboundId }) => inboundId);
  const now = clock.now();

  const nameOf = (id: number | null): string | null => colleagues.find((one) => one.id === id)?.name ?? null;
  const common = (inboundId: number, at: number) => ({
    inboundId,
    at: when(at, now),
    calling: (back.get(inboundId) ?? []).some(({ result }) => result === null),
    callbacks: (back.get(inboundId) ?? []).map((one) => callbackWords(one, nameOf(one.centralistId), now)),
  });
  const ofTip = (tip: Tip): TipEntry => {
    const call = callsById.get(tip.inboundId);
    return {
      ...whoRang(parts, tip.participantId, call?.from ?? null),
      ...common(tip.inboundId, tip.createdAt),
      key: `tip-${tip.id}`,
      tipId: tip.id,
      kind: tip.type === 'recording' ? 'Ingesproken tip' : 'Gesprek',
      missed: false,
      sound: tip.recordingId === null ? null : soundOf(tip.recordingId),
      note: tip.note ?? '',
      useful: tip.useful,
      centralist: tip.type === 'conversation' ? nameOf(call?.centralistId ?? null) : null,
      callable: true,
    };
  };
  const ofCall = (call: InboundCall): TipEntry => ({
    ...whoRang(parts, call.participantId, call.from),
    ...common(call.id, call.receivedAt),
    key: `call-${call.id}`,
    tipId: null,
    kind: call.result === 'abandoned' ? 'Gemiste oproep' : 'Opgenomen, maar de beller hing op',
    missed: call.result === 'abandoned',
    sound: null,
    note: '',
    useful: null,
    centralist: null,
    callable: call.participantId !== null,
  });
  const newest = [
    ...told.map((tip) => ({ at: tip.createdAt, entry: () => ofTip(tip) })),
    ...[...missed, ...unspoken].map((call) => ({ at: call.receivedAt, entry: () => ofCall(call) })),
  ].sort((a, b) => b.at - a.at);
  return {
    entries: newest.slice(0, MOST).map(({ entry }) => entry()),
    total: told.length,
    unjudged: told.filter(({ useful }) => useful === null).length,
    missed: missed.length,
  };
}

function callbackWords({ requestedAt, answeredAt, result }: Callback, centralist: string | null, now: number): string {
  const what = result !== null ? CALLBACK_WORDS[result] : answeredAt !== null ? 'in gesprek' : 'wordt nu gebeld';
  return `Teruggebeld om ${when(requestedAt, now)}${centralist === null ? '' : ` door ${centralist}`}: ${what}`;
}
