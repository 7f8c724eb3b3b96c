import type { ActionId, CentralistId } from '../../domain/action.js';
import { LONG_WAIT_MS, LONGEST_WAIT_MS, nextTurn, placesOf, tiersOf, type QueueEntry } from '../../domain/tip-queue.js';
import type { QueuePlace, QueueNews } from '../../flows/steps/wait-in-queue.js';
import { deferred } from '../../lib/deferred.js';
import type { Call } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { Centralist, Stores } from '../../ports/stores.js';
import { ANSWERED_ELSEWHERE, type Softphones } from '../centralists/softphones.js';

/** A caller for the queue, with the callbacks that serve them. */
export interface QueuedCaller {
  readonly inboundId: number;
  readonly actionId: ActionId;
  /**
   * Rings a softphone. Resolves with undefined when the centralist does not answer. Abort to stop ringing.
   */
  readonly ring: (centralist: Centralist, signal: AbortSignal) => Promise<Call | undefined>;
  readonly onRinging: (centralistIds: readonly CentralistId[]) => void;
  readonly onWaiting: (place: number) => void;
  readonly onUnanswered: (centralistIds: readonly CentralistId[]) => void;
  /** Centralists to ring before all others, one after another, even when off duty. */
  readonly first?: readonly CentralistId[];
  /** The news when the first softphone rings; `ringing` by default. */
  readonly opening?: 'ringing' | 'transferring';
  /** The centralist on the line who takes the caller back when the first softphone does not answer. */
  readonly back?: () => Call | undefined;
}

export interface TipQueueParts {
  readonly stores: Pick<Stores, 'actions'>;
  readonly softphones: Softphones;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The queue for a centralist, one for all actions: callers are served in the order in which they called.
 * `domain/tip-queue.ts` decides whose turn it is. Nothing polls. The queue is served again when a caller
 * joins or leaves, when a centralist is free again or goes on duty, and when a softphone is not answered.
 */
export class TipQueue {
  /** In order of arrival. */
  #places: Place[] = [];
  #serving = false;
  #again = false;

  constructor(private readonly parts: TipQueueParts) {
    parts.softphones.onChange(() => {
      this.#serve();
    });
  }

  /** Adds a caller to the queue. */
  join(caller: QueuedCaller): QueuePlace {
    const { clock } = this.parts;
    const place = new Place(caller, clock.now(), () => {
      this.#remove(place);
      this.#serve();
    });
    place.timers.push(
      clock.after(LONG_WAIT_MS, () => {
        place.tellLong();
      }),
      clock.after(LONGEST_WAIT_MS, () => {
        place.overdue = true;
        this.#serve();
      }),
    );
    this.#places = [...this.#places, place].sort((a, b) => a.caller.inboundId - b.caller.inboundId);
    this.#serve();
    return place;
  }

  /** The callers for whom no softphone is ringing. */
  waiting(): readonly { inboundId: number; actionId: ActionId; place: number; since: number }[] {
    return this.#places.flatMap(({ caller: { inboundId, actionId }, since, place }) =>
      place === undefined ? [] : [{ inboundId, actionId, place, since }],
    );
  }

  /** Rings for every caller whose turn it is, and tells the others their place. */
  #serve(): void {
    // Ringing a softphone changes who is engaged, which calls this again.
    this.#again = true;
    if (this.#serving) return;
    this.#serving = true;
    try {
      while (this.#again) {
        this.#again = false;
        while (this.#serveNext());
        this.#tellPlaces();
      }
    } finally {
      this.#serving = false;
    }
  }

  #serveNext(): boolean {
    const { softphones } = this.parts;
    const turn = nextTurn(this.#waiters(), (id) => softphones.isEngaged(id));
    const place = this.#places.find(({ caller }) => caller.inboundId === turn?.inboundId);
    if (!turn || !place) return false;
    if (turn.type === 'ring') void this.#ring(place, turn.centralistIds);
    else this.#answer(place, undefined);
    return true;
  }

  #waiters(): QueueEntry[] {
    if (this.#places.length === 0) return [];
    const onDuty = this.parts.softphones.onDuty().map(({ id }) => id);
    return this.#places.map(({ caller, rung, ringing, overdue }) => {
      const action = this.parts.stores.actions.get(caller.actionId);
      const tiers = action ? tiersOf(action, onDuty, rung, caller.first) : [];
      return { inboundId: caller.inboundId, tiers, ringing: ringing !== undefined, overdue };
    });
  }

  async #ring(place: Place, centralistIds: readonly CentralistId[]): Promise<void> {
    const { caller } = place;
    const stop = (place.ringing = new AbortController());
    const isFirst = place.rung.size === 0;
    for (const id of centralistIds) place.rung.add(id);
    place.place = undefined;
    place.tell({ type: isFirst ? (caller.opening ?? 'ringing') : 'ringing' });
    caller.onRinging(centralistIds);
    const answered = await firstToAnswer(
      centralistIds.map((id) => this.#ringOne(caller, id, stop.signal)),
      stop,
    );
    place.ringing = undefined;
    if (answered) this.#answer(place, answered);
    else if (!place.gone) {
      caller.onUnanswered(centralistIds);
      const back = isFirst ? caller.back?.() : undefined;
      if (back) this.#answer(place, back);
    }
    this.#serve();
  }

  async #ringOne(caller: QueuedCaller, id: CentralistId, signal: AbortSignal): Promise<Call | undefined> {
    const centralist = this.parts.softphones.get(id);
    try {
      return centralist && (await caller.ring(centralist, signal));
    } catch (error) {
      this.parts.log.error('softphone could not be rung', { centralistId: id, error: String(error) });
      return undefined;
    }
  }

  #answer(place: Place, call: Call | undefined): void {
    this.#remove(place);
    place.end(call);
  }

  #remove(place: Place): void {
    this.#places = this.#places.filter((other) => other !== place);
  }

  #tellPlaces(): void {
    const places = placesOf(this.#waiters());
    for (const one of this.#places) {
      const place = places.get(one.caller.inboundId);
      if (place === undefined || place === one.place) continue;
      one.place = place;
      one.tell({ type: 'waiting', place });
      one.caller.onWaiting(place);
    }
  }
}

/**
 * Resolves with the first leg that is answered and stops the others; with undefined when none is answered.
 */
function firstToAnswer(legs: readonly Promise<Call | undefined>[], others: AbortController): Promise<Call | undefined> {
  const first = deferred<Call | undefined>();
  const all = legs.map(async (leg) => {
    const call = await leg;
    if (!call) return;
    if (first.settled) await call.hangUp();
    else first.resolve(call);
    others.abort(ANSWERED_ELSEWHERE);
  });
  void Promise.allSettled(all).then(() => {
    first.resolve(undefined);
  });
  return first.promise;
}

/** One caller's place in the queue. */
class Place implements QueuePlace {
  readonly timers: (() => void)[] = [];
  readonly rung = new Set<CentralistId>();
  /** Stops the softphones that are ringing; undefined when none is. */
  ringing: AbortController | undefined;
  overdue = false;
  gone = false;
  /** The place that the caller was told last; undefined while a softphone is ringing. */
  place: number | undefined;
  readonly #answered = deferred<Call | undefined>();
  /** News that the caller has not heard yet. */
  #pending: QueueNews | undefined;
  /** The type of the news that the caller heard last. */
  #heard: QueueNews['type'] | undefined;
  #long = false;
  /** The flow waits for the next news. */
  #asking: ((news: QueueNews) => void) | undefined;

  constructor(
    readonly caller: QueuedCaller,
    readonly since: number,
    private readonly onLeft: () => void,
  ) {}

  get answered(): Promise<Call | undefined> {
    return this.#answered.promise;
  }

  news(): Promise<QueueNews> {
    const next = this.#next();
    if (next) return Promise.resolve(next);
    return new Promise((resolve) => {
      this.#asking = resolve;
    });
  }

  leave(): void {
    this.end(undefined);
    // A centralist who answered at this very moment is hung up.
    void this.answered.then((call) => call?.hangUp());
    this.onLeft();
  }

  /** Replaces news that was not heard yet. A second softphone that rings is not news. */
  tell(news: QueueNews): void {
    if (news.type === 'ringing' && (this.#pending?.type ?? this.#heard) === 'ringing') return;
    this.#pending = news;
    this.#deliverNews();
  }

  tellLong(): void {
    this.#long = true;
    this.#deliverNews();
  }

  /** Ends the waiting: a centralist answered, or none will (undefined). */
  end(call: Call | undefined): void {
    this.gone = true;
    for (const cancel of this.timers.splice(0)) cancel();
    this.ringing?.abort();
    if (this.#answered.settled) void call?.hangUp();
    else this.#answered.resolve(call);
  }

  #deliverNews(): void {
    const asking = this.#asking;
    const news = asking && this.#next();
    if (!news) return;
    this.#asking = undefined;
    asking(news);
  }

  #next(): QueueNews | undefined {
    const news = this.#pending;
    if (news) {
      this.#pending = undefined;
      this.#heard = news.type;
      return news;
    }
    if (!this.#long) return undefined;
    this.#long = false;
    return { type: 'long' };
  }
}
