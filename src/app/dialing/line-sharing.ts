import type { Action, ActionId } from '../../domain/action.js';
import { inTurn, PURPOSE_ORDER, weightOf, type Share } from '../../domain/fair-share.js';
import type { Campaign, IsFree, Taken } from './campaign.js';

/** What an action has coming to it beside others: see `domain/fair-share.ts`. */
interface Turn {
  /** Of the action, in the order in which they are asked for somebody to call. */
  readonly campaigns: Campaign[];
  weight: number;
  /** Rank of its last call among all; 0 when it has none. */
  lastStart: number;
}

/** Whose call is next, of all campaigns of all actions. */
export class LineSharing {
  readonly #turns = new Map<ActionId, Turn>();
  /** Of actions with somebody who is called or to be called: each call walks them, so those that are over are not among them. */
  readonly #busy = new Set<Turn>();
  #starts = 0;

  add(campaign: Campaign): void {
    const { campaigns } = this.#turn(campaign.actionId);
    campaigns.push(campaign);
    campaigns.sort((a, b) => PURPOSE_ORDER.indexOf(a.purpose) - PURPOSE_ORDER.indexOf(b.purpose));
  }

  /** Whether the campaign has anything to do has changed. */
  noteBusy({ actionId }: Campaign): void {
    const turn = this.#turn(actionId);
    if (turn.campaigns.some((campaign) => campaign.isBusy)) this.#busy.add(turn);
    else this.#busy.delete(turn);
  }

  /** What the action weighs from now on. */
  weigh(action: Action): void {
    this.#turn(action.id).weight = weightOf(action);
  }

  /**
   * Takes the next person to call now, monotonic ms; undefined when nobody can be called. Where
   * `othersFirst`, those whom the operator refused last come after everybody else of all actions.
   */
  next(now: number, isFree: IsFree, othersFirst: boolean): ({ readonly campaign: Campaign } & Taken) | undefined {
    const shares: (Turn & Share)[] = [];
    for (const turn of this.#busy) {
      if (turn.campaigns.every((campaign) => campaign.waiting === 0)) continue;
      shares.push({ ...turn, live: turn.campaigns.reduce((sum, campaign) => sum + campaign.live, 0) });
    }
    const campaigns = inTurn(shares).flatMap((turn) => turn.campaigns);
    for (const campaign of campaigns) {
      const taken = campaign.take(now, isFree, othersFirst ? 'others' : 'all');
      if (taken) return { campaign, ...taken };
    }
    return othersFirst ? this.next(now, isFree, false) : undefined;
  }

  /** A call of the action was made. */
  started(actionId: ActionId): void {
    this.#turn(actionId).lastStart = ++this.#starts;
  }

  #turn(actionId: ActionId): Turn {
    const turn = this.#turns.get(actionId) ?? { campaigns: [], weight: 1, lastStart: 0 };
    this.#turns.set(actionId, turn);
    return turn;
  }
}
