import type { Action, ActionId } from '../../domain/action.js';
import { inCallingOrder, PURPOSE_ORDER, weightOf, type TrunkShare } from '../../domain/fair-share.js';
import type { IsTelephoneFree, NextCall } from './call-queue.js';
import type { Campaign } from './campaign.js';

/** The claim of one action on the lines: see `domain/fair-share.ts`. */
interface Claim {
  /** The action's campaigns, in the order in which they are asked for a person to call. */
  readonly campaigns: Campaign[];
  weight: number;
  /** Rank of the action's last call among all calls; 0 when it has made none. */
  lastStart: number;
}

/** Shares the lines between actions: decides which campaign of which action makes the next call. */
export class LineSharing {
  readonly #claims = new Map<ActionId, Claim>();
  /**
   * Claims of actions that call people or have people to call. Each call loops over these, so finished
   * actions are left out.
   */
  readonly #busy = new Set<Claim>();
  #starts = 0;

  add(campaign: Campaign): void {
    const { campaigns } = this.#claim(campaign.actionId);
    campaigns.push(campaign);
    campaigns.sort((a, b) => PURPOSE_ORDER.indexOf(a.purpose) - PURPOSE_ORDER.indexOf(b.purpose));
  }

  /** The campaign's `isBusy` has changed. */
  noteBusy({ actionId }: Campaign): void {
    const claim = this.#claim(actionId);
    if (claim.campaigns.some((campaign) => campaign.isBusy)) this.#busy.add(claim);
    else this.#busy.delete(claim);
  }

  /** Sets the action's weight, from its priority and state. */
  weigh(action: Action): void {
    this.#claim(action.id).weight = weightOf(action);
  }

  /**
   * Takes the next person to call at `now`, monotonic ms; undefined when nobody can be called. With
   * `othersFirst`, people whose last call the operator refused come after everybody else of all actions.
   */
  next(
    now: number,
    isFree: IsTelephoneFree,
    othersFirst: boolean,
  ): ({ readonly campaign: Campaign } & NextCall) | undefined {
    const shares: (Claim & TrunkShare)[] = [];
    for (const claim of this.#busy) {
      if (claim.campaigns.every((campaign) => campaign.waiting === 0)) continue;
      shares.push({ ...claim, live: claim.campaigns.reduce((sum, campaign) => sum + campaign.live, 0) });
    }
    const campaigns = inCallingOrder(shares).flatMap((share) => share.campaigns);
    for (const campaign of campaigns) {
      const taken = campaign.take(now, isFree, othersFirst ? 'others' : 'all');
      if (taken) return { campaign, ...taken };
    }
    return othersFirst ? this.next(now, isFree, false) : undefined;
  }

  /** A call of the action was made. */
  started(actionId: ActionId): void {
    this.#claim(actionId).lastStart = ++this.#starts;
  }

  #claim(actionId: ActionId): Claim {
    const claim = this.#claims.get(actionId) ?? { campaigns: [], weight: 1, lastStart: 0 };
    this.#claims.set(actionId, claim);
    return claim;
  }
}
