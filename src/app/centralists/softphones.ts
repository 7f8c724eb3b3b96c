import type { CentralistId } from '../../domain/action.js';
import { Emitter } from '../../lib/emitter.js';
import type { Call, CallEnd, CallId } from '../../ports/call.js';
import type { Centralist, CentralistStore } from '../../ports/stores.js';
import {
  isAnswered,
  type CallOrder,
  type CancelReason,
  type SurvivingOutgoing,
  type OutgoingCall,
  type Telephony,
} from '../../ports/telephony.js';
import type { Lease } from '../dialing/trunk-lines.js';

/**
 * What keeps a centralist from being rung:
 *
 *   tip        a tip rings, or they talk with who brings it
 *   callback   they call somebody back
 *   colleague  a colleague rings them, or they talk
 *   desk_call  they dialled us, or a colleague
 */
export type Engagement = 'tip' | 'callback' | 'colleague' | 'desk_call';

/** A call to a centralist's softphone. */
export interface DeskOrder {
  readonly id: CallId;
  /** What the softphone shows. */
  readonly callerId: { readonly number: string; readonly name: string };
  readonly why: Engagement;
}

export interface SoftphonesParts {
  readonly centralists: CentralistStore;
  readonly telephony: Pick<Telephony, 'place' | 'takeOverOutgoing'>;
}

/** A centralist's telephone rings this long before the next thing is tried. */
export const DESK_RING_MS = 20_000;
/** Why a ringing is aborted that somebody else has answered: the telephone shows no missed call. */
export const TAKEN_ELSEWHERE = 'taken_elsewhere' satisfies CancelReason;
/** The longest a conversation can last; Asterisk ends it after this by itself. */
export const TIP_CALL_MS = 30 * 60_000;

/** The centralists' desks: who is on duty, who is engaged, and what rings there. Each call to a softphone goes by here. */
export class Softphones {
  /** Somebody may be engaged twice: in a tip, and in the call in which they ask a colleague about it. */
  readonly #engaged = new Map<CentralistId, Set<{ readonly why: Engagement }>>();
  readonly #freed = new Emitter<CentralistId>();
  readonly #changed = new Emitter<CentralistId>();

  constructor(private readonly parts: SoftphonesParts) {}

  get(id: CentralistId): Centralist | undefined {
    return this.parts.centralists.get(id);
  }

  ofUsername(username: string): Centralist | undefined {
    return this.parts.centralists.all().find(({ sipUsername }) => sipUsername === username);
  }

  ofExtension(extension: string): Centralist | undefined {
    return this.parts.centralists.all().find((centralist) => centralist.extension === extension);
  }

  /** Everybody on duty, in the order in which they were added. */
  onDuty(): readonly Centralist[] {
    return this.parts.centralists.all().filter(({ onDuty }) => onDuty);
  }

  /** Kept over restarts. Undefined when there is no such centralist. */
  setDuty(id: CentralistId, onDuty: boolean): Centralist | undefined {
    const before = this.get(id);
    if (before?.onDuty === onDuty) return before;
    const after = this.parts.centralists.update(id, { onDuty });
    if (after) this.#changed.emit(id);
    return after;
  }

  /** From now until it is released the centralist is not rung. Releasing twice does nothing. */
  engage(id: CentralistId, why: Engagement): Lease {
    const engagements = this.#engaged.get(id) ?? new Set();
    const one = { why };
    engagements.add(one);
    this.#engaged.set(id, engagements);
    this.#changed.emit(id);
    return {
      release: () => {
        if (!engagements.delete(one)) return;
        this.#changed.emit(id);
        if (!this.isEngaged(id)) this.#freed.emit(id);
      },
    };
  }

  /** The same until a call of theirs is over. */
  engageDuring(call: Pick<Call, 'ended'>, id: CentralistId, why: Engagement): void {
    const lease = this.engage(id, why);
    void call.ended.then(() => {
      lease.release();
    });
  }

  isEngaged(id: CentralistId): boolean {
    return (this.#engaged.get(id)?.size ?? 0) > 0;
  }

  /** What the centralist is engaged in, the first of it first. */
  engagements(id: CentralistId): readonly Engagement[] {
    return [...(this.#engaged.get(id) ?? [])].map(({ why }) => why);
  }

  /** Calls back when a centralist is engaged in nothing any more. */
  onFreed(listener: (id: CentralistId) => void): () => void {
    return this.#freed.on(listener);
  }

  /** Calls back when a centralist goes on or off duty, and when what they are engaged in changes. */
  onChange(listener: (id: CentralistId) => void): () => void {
    return this.#changed.on(listener);
  }

  /**
   * Rings a softphone for at most {@link DESK_RING_MS}; gives the answered call, or how it ended without. Its centralist is
   * engaged until that call is over. Abort to stop the ringing, with {@link TAKEN_ELSEWHERE} when the call was not missed; a
   * centralist who answers at that very moment is hung up.
   */
  async ring(centralist: Centralist, order: DeskOrder, signal: AbortSignal): Promise<Call | CallEnd> {
    if (signal.aborted) return { by: 'us' };
    const leg = this.#engagedIn(centralist.id, order.why, () => this.parts.telephony.place(orderOf(centralist, order)));
    const cancel = (): void => {
      leg.cancel(signal.reason === TAKEN_ELSEWHERE ? TAKEN_ELSEWHERE : undefined);
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const result = await leg.answered;
      if (!isAnswered(result) || !signal.aborted) return result;
      await result.hangUp();
      return await result.ended;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** Takes over a call to a softphone that an earlier process made. */
  takeOver(centralist: Centralist, order: DeskOrder, left: SurvivingOutgoing): OutgoingCall {
    return this.#engagedIn(centralist.id, order.why, () =>
      this.parts.telephony.takeOverOutgoing(orderOf(centralist, order), left),
    );
  }

  #engagedIn(id: CentralistId, why: Engagement, begin: () => OutgoingCall): OutgoingCall {
    const lease = this.engage(id, why);
    try {
      const leg = begin();
      void leg.ended.then(() => {
        lease.release();
      });
      return leg;
    } catch (error) {
      lease.release();
      throw error;
    }
  }
}

function orderOf({ sipUsername }: Centralist, { id, callerId }: DeskOrder): CallOrder {
  return {
    id,
    to: { type: 'desk', username: sipUsername },
    callerId,
    ringMs: DESK_RING_MS,
    maxMs: DESK_RING_MS + TIP_CALL_MS,
  };
}
