import type { ActionId, CentralistId } from '../../domain/action.js';
import { LONG_WAIT_MS, LONGEST_WAIT_MS, nextTurn, placesOf, tiersOf, type Waiter } from '../../domain/tip-queue.js';
import type { QueuePlace, QueueNews } from '../../flows/steps/wait-in-queue.js';
import { deferred } from '../../lib/deferred.js';
import type { Call } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { Centralist, Stores } from '../../ports/stores.js';
import { TAKEN_ELSEWHERE, type Softphones } from '../centralists/softphones.js';

/** Somebody who stands in line, and what is to be done for them. */
export interface QueuedCaller {
  readonly inboundId: number;
  readonly actionId: ActionId;
  /** Rings a softphone; undefined when nobody answers. Abort to stop the ringing. */
  readonly ring: (centralist: Centralist, signal: AbortSignal) => Promise<Call | undefined>;
  readonly onRinging: (centralistIds: readonly CentralistId[]) => void;
  readonly onWaiting: (place: number) => void;
  readonly onUnanswered: (centralistIds: readonly CentralistId[]) => void;
  /** Who is rung before everybody else, one after another and on duty or not. */
  readonly first?: readonly CentralistId[];
  /** What is said when the first telephone rings; `ringing` by default. */
  readonly opening?: 'ringing' | 'transferring';
  /** A centralist who is on the line already and takes the caller back when the first telephone is not answered. */
  readonly back?: () => Call | undefined;
}

export interface TipQueueParts {
  readonly stores: Pick<Stores, 'actions'>;
  readonly desks: Softphones;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The line of those who wait for a centralist, of all actions: who rang first is served first. `domain/tip-queue.ts` decides
 * who has a turn; nothing polls: a caller who comes or goes, a desk that is freed or goes on duty, a telephone that nobody
 * answers, each sets it going.
 */
export class TipQueue {
  /** In order of arrival. */
  #places: Place[] = [];
  #serving = false;
  #again = false;

  constructor(private readonly parts: TipQueueParts) {
    parts.desks.onChange(() => {
      this.#serve();
    });
  }

  /** Takes a place in line. */
  stand(caller: QueuedCaller): QueuePlace {
    const { clock } = this.parts;
    const place = new Place(caller, clock.now(), (left) => {
      this.#remove(left);
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

  /** Everybody for whom no telephone rings. */
  waiting(): readonly { inboundId: number; actionId: ActionId; place: number; since: number }[] {
    return this.#places.flatMap(({ caller: { inboundId, actionId }, since, place }) =>
      place === undefined ? [] : [{ inboundId, actionId, place, since }],
    );
  }

  /** Gives everybody their turn who can have one, and tells the others their place. */
  #serve(): void {
    // A desk that is engaged by this is a change too.
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
    const { desks } = this.parts;
    const turn = nextTurn(this.#waiters(), (id) => desks.isEngaged(id));
    const place = this.#places.find(({ caller }) => caller.inboundId === turn?.inboundId);
    if (!turn || !place) return false;
    if (turn.type === 'ring') void this.#ring(place, turn.centralistIds);
    else this.#answer(place, undefined);
    return true;
  }

  #waiters(): Waiter[] {
    if (this.#places.length === 0) return [];
    const onDuty = this.parts.desks.onDuty().map(({ id }) => id);
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
    const centralist = this.parts.desks.get(id);
    try {
      return centralist && (await caller.ring(centralist, signal));
    } catch (error) {
      this.parts.log.error('a softphone could not be rung', { centralistId: id, error: String(error) });
      return undefined;
    }
  }

  #answer(place: Place, call: Call | undefined): void {
    this.#remove(place);
    place.come(call);
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

/** The first of the legs that is answered; the others are let go. Undefined when none is. */
function firstToAnswer(legs: readonly Promise<Call | undefined>[], others: AbortController): Promise<Call | undefined> {
  const first = deferred<Call | undefined>();
  const all = legs.map(async (leg) => {
    const call = await leg;
    if (!call) return;
    if (first.settled) await call.hangUp();
    else first.resolve(call);
    others.abort(TAKEN_ELSEWHERE);
  });
  void Promise.allSettled(all).then(() => {
    first.resolve(undefined);
  });
  return first.promise;
}

/** One caller's place in line. */
class Place implements QueuePlace {
  readonly timers: (() => void)[] = [];
  readonly rung = new Set<CentralistId>();
  /** Stops the telephones that ring for them; undefined when none does. */
  ringing: AbortController | undefined;
  overdue = false;
  gone = false;
  /** The place that they were told last; undefined while a telephone rings. */
  place: number | undefined;
  readonly #answered = deferred<Call | undefined>();
  #where: QueueNews | undefined;
  #told: QueueNews['type'] | undefined;
  #long = false;
  #asking: ((news: QueueNews) => void) | undefined;

  constructor(
    readonly caller: QueuedCaller,
    readonly since: number,
    private readonly onLeft: (place: Place) => void,
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
    this.come(undefined);
    // Who answered in this very instant is let go again.
    void this.answered.then((call) => call?.hangUp());
    this.onLeft(this);
  }

  /** Where they are now. That another telephone rings for them is no news. */
  tell(where: QueueNews): void {
    if (where.type === 'ringing' && (this.#where?.type ?? this.#told) === 'ringing') return;
    this.#where = where;
    this.#bringNews();
  }

  tellLong(): void {
    this.#long = true;
    this.#bringNews();
  }

  /** Somebody answered, or nobody will any more: the waiting is over. */
  come(call: Call | undefined): void {
    this.gone = true;
    for (const cancel of this.timers.splice(0)) cancel();
    this.ringing?.abort();
    if (this.#answered.settled) void call?.hangUp();
    else this.#answered.resolve(call);
  }

  #bringNews(): void {
    const asking = this.#asking;
    const news = asking && this.#next();
    if (!news) return;
    this.#asking = undefined;
    asking(news);
  }

  #next(): QueueNews | undefined {
    const where = this.#where;
    if (where) {
      this.#where = undefined;
      this.#told = where.type;
      return where;
    }
    if (!this.#long) return undefined;
    this.#long = false;
    return { type: 'long' };
  }
}
