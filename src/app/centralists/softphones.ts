import type { CentralistId } from '../../domain/action.js';
import { Emitter } from '../../lib/emitter.js';
import type { Call, CallEnd, CallId } from '../../ports/call.js';
import type { Centralist, CentralistStore } from '../../ports/stores.js';
import {
  isAnswered,
  type CallOrder,
  type CancelReason,
  type OutboundCalls,
  type OutgoingCall,
  type SurvivingOutgoing,
  type Takeover,
} from '../../ports/telephony.js';
import type { Lease } from '../dialing/trunk-lines.js';

/**
 * Why a centralist is engaged, and is not rung:
 *
 *   tip        rung for a caller, or talking to one
 *   callback   calling a participant back
 *   colleague  rung by a colleague, or talking to one
 *   desk_call  in a call that they dialled: a service code or a colleague
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
  readonly telephony: Pick<OutboundCalls, 'place'> & Pick<Takeover, 'takeOverOutgoing'>;
}

/** How long a softphone rings for one call. */
export const DESK_RING_MS = 20_000;
/** The abort reason when another centralist answered: the softphone then shows no missed call. */
export const ANSWERED_ELSEWHERE = 'answered_elsewhere' satisfies CancelReason;
/**
 * The longest conversation. The controller ends it, by its monotonic clock
 * ([0019](../../../docs/decisions/0019-recovery.md)).
 */
export const TIP_CALL_MS = 30 * 60_000;

/** The centralists' softphones: duty, engagements, and every call that we place to them. */
export class Softphones {
  /** A centralist may be engaged twice: with a caller, and in a call to ask a colleague about the tip. */
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

  /** The centralists on duty, in the order in which they were added. */
  onDuty(): readonly Centralist[] {
    return this.parts.centralists.all().filter(({ onDuty }) => onDuty);
  }

  /** Stores the duty, which survives restarts. Undefined when there is no such centralist. */
  setDuty(id: CentralistId, onDuty: boolean): Centralist | undefined {
    const before = this.get(id);
    if (before?.onDuty === onDuty) return before;
    const after = this.parts.centralists.update(id, { onDuty });
    if (after) this.#changed.emit(id);
    return after;
  }

  /** The centralist is not rung until the lease is released. Releasing twice does nothing. */
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

  /** Engages the centralist until this call is over. */
  engageDuring(call: { readonly ended: Promise<unknown> }, id: CentralistId, why: Engagement): void {
    const lease = this.engage(id, why);
    void call.ended.then(() => {
      lease.release();
    });
  }

  isEngaged(id: CentralistId): boolean {
    return (this.#engaged.get(id)?.size ?? 0) > 0;
  }

  /** The centralist's engagements, the oldest first. */
  engagements(id: CentralistId): readonly Engagement[] {
    return [...(this.#engaged.get(id) ?? [])].map(({ why }) => why);
  }

  /** Calls the listener when a centralist is no longer engaged. */
  onFreed(listener: (id: CentralistId) => void): () => void {
    return this.#freed.on(listener);
  }

  /** Calls the listener when a centralist goes on or off duty, and when their engagements change. */
  onChange(listener: (id: CentralistId) => void): () => void {
    return this.#changed.on(listener);
  }

  /**
   * Rings a softphone for at most {@link DESK_RING_MS}. Resolves with the answered call, or with how it ended
   * unanswered. The centralist is engaged until that call is over. Abort to stop ringing, and give
   * {@link ANSWERED_ELSEWHERE} as the reason when the softphone must not show a missed call. A centralist who
   * answers at that very moment is hung up.
   */
  async ring(centralist: Centralist, order: DeskOrder, signal: AbortSignal): Promise<Call | CallEnd> {
    if (signal.aborted) return { by: 'us' };
    const leg = this.#engagedIn(centralist.id, order.why, () => this.parts.telephony.place(orderOf(centralist, order)));
    const cancel = (): void => {
      leg.cancel(signal.reason === ANSWERED_ELSEWHERE ? ANSWERED_ELSEWHERE : undefined);
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

  /** Takes over a call to a softphone that an earlier process placed. */
  takeOver(centralist: Centralist, order: DeskOrder, surviving: SurvivingOutgoing): OutgoingCall {
    return this.#engagedIn(centralist.id, order.why, () =>
      this.parts.telephony.takeOverOutgoing(orderOf(centralist, order), surviving),
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
