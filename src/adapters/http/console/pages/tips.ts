import type { Action } from '../../../../domain/action.js';
import type { Callback } from '../../../../domain/callback.js';
import type { InboundCall, Tip } from '../../../../domain/tip.js';
import { groupBy } from '../../../../lib/group-by.js';
import { when } from '../format.js';
import type { Colleague } from '../frame.js';
import type { ConsoleParts } from '../page.js';
import { CALLBACK_WORDS } from '../words.js';
import { callerDetails, soundOf, type CallerDetails } from './caller-details.js';

/** One entry of the list: a tip, or a call whose caller hung up before a tip. */
export interface TipEntry extends CallerDetails {
  readonly key: string;
  readonly tipId: number | null;
  readonly inboundId: number;
  readonly at: string;
  readonly kind: string;
  readonly missed: boolean;
  /** Address of the recording; null without one. */
  readonly sound: string | null;
  readonly note: string;
  readonly useful: boolean | null;
  /** Name of the centralist in the conversation. */
  readonly centralist: string | null;
  readonly callbacks: readonly string[];
  readonly callable: boolean;
  /** A callback is in progress, so the button is left out. */
  readonly calling: boolean;
}

/** Entries on a page. */
const PAGE = 200;

/** One page of the tips of an action, with their counts. */
export interface TipPage {
  readonly entries: readonly TipEntry[];
  readonly total: number;
  readonly unjudged: number;
  readonly missed: number;
  /** Addresses of the pages before and after this one; null without one. */
  readonly newer: string | null;
  readonly older: string | null;
}

/** The address of a page of an action's tips. */
export const tipPageAt = (actionId: number, page: number): string =>
  `/console/actions/${actionId}${page === 1 ? '' : `?page=${page}`}`;

/** The requested page number; 1 when the query has none. */
export const tipPageOf = (asked: unknown): number =>
  typeof asked === 'string' && /^[1-9]\d{0,5}$/.test(asked) ? Number(asked) : 1;

/** A page of an action's tips and missed calls, newest first. Reads no more than it shows. */
export function tipList(parts: ConsoleParts, action: Action, colleagues: readonly Colleague[], page: number): TipPage {
  const { services, clock } = parts;
  const { tips, callbacks } = services;
  const found = tips.newest(action.id, { limit: PAGE + 1, offset: (page - 1) * PAGE });
  const shown = found.slice(0, PAGE);
  const back = groupBy(callbacks.ofCalls(shown.map(({ call }) => call.id)), ({ inboundId }) => inboundId);
  const now = clock.now();

  const nameOf = (id: number | null): string | null => colleagues.find((one) => one.id === id)?.name ?? null;
  const common = (inboundId: number, at: number) => ({
    inboundId,
    at: when(at, now),
    calling: (back.get(inboundId) ?? []).some(({ result }) => result === null),
    callbacks: (back.get(inboundId) ?? []).map((one) => callbackWords(one, nameOf(one.centralistId), now)),
  });
  const ofTip = (tip: Tip, call: InboundCall): TipEntry => ({
    ...callerDetails(parts, tip.participantId, call.from),
    ...common(tip.inboundId, tip.createdAt),
    key: `tip-${tip.id}`,
    tipId: tip.id,
    kind: tip.type === 'recording' ? 'Ingesproken tip' : 'Gesprek',
    missed: false,
    sound: tip.recordingId === null ? null : soundOf(tip.recordingId),
    note: tip.note ?? '',
    useful: tip.useful,
    centralist: tip.type === 'conversation' ? nameOf(call.centralistId) : null,
    callable: true,
  });
  const ofCall = (call: InboundCall): TipEntry => ({
    ...callerDetails(parts, call.participantId, call.from),
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
  return {
    entries: shown.map(({ tip, call }) => (tip === null ? ofCall(call) : ofTip(tip, call))),
    ...tips.count(action.id),
    newer: page === 1 ? null : tipPageAt(action.id, page - 1),
    older: found.length > PAGE ? tipPageAt(action.id, page + 1) : null,
  };
}

function callbackWords({ requestedAt, answeredAt, result }: Callback, centralist: string | null, now: number): string {
  const what = result !== null ? CALLBACK_WORDS[result] : answeredAt !== null ? 'in gesprek' : 'wordt nu gebeld';
  return `Teruggebeld om ${when(requestedAt, now)}${centralist === null ? '' : ` door ${centralist}`}: ${what}`;
}
