import type { CentralistView } from '../../../app/services.js';
import type { Action } from '../../../domain/action.js';
import type { BoardCall, Caller } from './call-board.js';
import { duration, phone, postcode, times, when, whenExactly } from './format.js';

/** A call on the tip line as a page shows it. */
export interface CallCard {
  readonly inboundId: number;
  readonly stage: BoardCall['stage'];
  /** The softphone of the page's user rings for this call, or the user has answered it. */
  readonly mine: boolean;
  readonly heading: string;
  readonly action: { readonly href: string; readonly number: string; readonly title: string };
  readonly name: string;
  readonly postcodes: string;
  readonly phone: string;
  readonly heard: string;
  readonly earlier: readonly string[];
  /** `14:03:20`, and the same time as ms UTC, from which a script counts. */
  readonly since: string;
  readonly sinceMs: number;
}

export interface CardContext {
  readonly actions: ReadonlyMap<number, Pick<Action, 'id' | 'number' | 'title' | 'message'>>;
  readonly centralists: readonly CentralistView[];
  /** The centralist who uses the page; null when none was chosen. */
  readonly me: number | null;
  readonly now: number;
}

export function callCard(call: BoardCall, context: CardContext): CallCard {
  const { caller } = call;
  const message = context.actions.get(call.actionId)?.message.version ?? 1;
  return {
    inboundId: call.inboundId,
    stage: call.stage,
    mine: context.me !== null && (call.ringing.includes(context.me) || call.centralistId === context.me),
    heading: headingOf(call, context),
    action: actionWords(call.actionId, context),
    name: caller?.name ?? 'Naam niet bekend',
    postcodes: caller?.postcodes.map(postcode).join(', ') ?? '',
    phone: caller ? (caller.phone === null ? 'nummer afgeschermd' : phone(caller.phone)) : '',
    heard: caller ? heardWords(caller, message, context.now) : '',
    earlier: caller?.tips.map((tip) => tipWords(tip, context.now)) ?? [],
    since: whenExactly(call.at),
    sinceMs: call.at,
  };
}

export function actionWords(actionId: number, { actions }: Pick<CardContext, 'actions'>): CallCard['action'] {
  const action = actions.get(actionId);
  return {
    href: `/console/actions/${actionId}`,
    number: `Actie ${action?.number ?? actionId}`,
    title: action?.title ?? '',
  };
}

function headingOf({ stage, ringing, centralistId, place }: BoardCall, { centralists, me }: CardContext): string {
  const names = (ids: readonly number[]): string =>
    ids
      .map((id) => centralists.find(({ centralist }) => centralist.id === id)?.centralist.name ?? `nummer ${id}`)
      .join(', ');
  switch (stage) {
    case 'received':
      return 'Komt binnen';
    case 'waiting':
      return place === null ? 'In de wachtrij' : `In de wachtrij, plaats ${place}`;
    case 'ringing':
    case 'transferring': {
      const what = stage === 'ringing' ? 'Tip gaat over' : 'Tip wordt doorverbonden';
      if (me !== null && ringing.includes(me)) return `${what} bij u`;
      return ringing.length === 0 ? what : `${what} bij ${names(ringing)}`;
    }
    case 'answered':
      if (centralistId === null) return 'Opgenomen, wordt verbonden';
      return centralistId === me ? 'Opgenomen, wordt met u verbonden' : `Opgenomen door ${names([centralistId])}`;
    case 'connected':
      if (centralistId === null) return 'In gesprek';
      return centralistId === me ? 'In gesprek met u' : `In gesprek met ${names([centralistId])}`;
    case 'recording':
      return 'Spreekt een bericht in';
  }
}

function heardWords({ heard }: Caller, version: number, now: number): string {
  if (heard === null) return 'Heeft het bericht nog niet gehoord.';
  const older = heard.version < version ? ' Dat was een ouder bericht: het is daarna vernieuwd.' : '';
  const at = when(heard.at, now);
  if (heard.listening) return `Luistert nog: drukte om ${at} een toets.${older}`;
  // Less than half a second would be shown as 0 s.
  if (heard.plays === 0 && heard.seconds < 0.5)
    return `Drukte om ${at} een toets, en hing op voor het bericht.${older}`;
  const plays = heard.plays > 0 ? `, ${times(heard.plays)} helemaal` : '';
  return `Hoorde het bericht om ${at}${plays} (${duration(heard.seconds)}).${older}`;
}

function tipWords({ type, note, useful, at }: Caller['tips'][number], now: number): string {
  const kind = type === 'recording' ? 'ingesproken' : 'gesprek';
  const judged = useful === null ? '' : useful ? ', bruikbaar' : ', niet bruikbaar';
  return `${when(at, now)}: ${kind}${judged}${note ? `. ${note}` : ''}`;
}
