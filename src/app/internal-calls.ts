import type { CentralistId } from '../domain/action.js';
import { notKnown } from '../flows/desk/not-known.js';
import { ringColleague } from '../flows/desk/ring-colleague.js';
import type { Call, CallId } from '../ports/call.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { Centralist } from '../ports/stores.js';
import { isAnswered, type Conversation, type LeftOutgoing, type Telephony } from '../ports/telephony.js';
import type { CallIds } from './call-ids.js';
import type { DeskOrder, Desks } from './desks.js';

export interface InternalCallsParts {
  readonly telephony: Telephony;
  readonly desks: Desks;
  readonly ids: CallIds;
  readonly clock: Clock;
  readonly log: Log;
}

/** A colleague who is taken out of an internal call, to go on with somebody else. */
export interface HandedOver {
  readonly call: Call;
  readonly centralistId: CentralistId;
}

interface Internal {
  readonly colleague: Centralist;
  readonly ringing: AbortController;
  /** Settles when the colleague has answered, or rings no more. */
  rung: Promise<unknown> | undefined;
  /** The colleague's side, once they have answered. */
  leg: Call | undefined;
  conversation: Conversation | undefined;
  /** Somebody is taking the colleague out of it; resolves with whether they did. */
  handing: Promise<boolean> | undefined;
}

/** Calls between centralists. Both are engaged in them; a colleague can be handed over from one to a caller. */
export class InternalCalls {
  /** By the call of who dialled. */
  readonly #live = new Map<CallId, Internal>();

  constructor(private readonly parts: InternalCallsParts) {}

  /** A centralist has dialled an extension. */
  async dial(call: Call, caller: Centralist, extension: string): Promise<void> {
    const colleague = this.parts.desks.ofExtension(extension);
    if (!colleague || colleague.id === caller.id) {
      await notKnown(call);
      return;
    }
    const internal = newInternal(colleague);
    this.#live.set(call.id, internal);
    try {
      const result = await ringColleague(call, {
        ring: (signal) => this.#ring(internal, caller, signal),
        talk: (leg) => this.#talk(call, internal, leg),
      });
      this.parts.log.info('a call between centralists', { callId: call.id, colleagueId: colleague.id, result });
    } finally {
      this.#live.delete(call.id);
    }
  }

  /** Goes on with one that did not notice that we were away; `left`: the colleague's side. */
  async resume(call: Call, caller: Centralist, left: LeftOutgoing): Promise<void> {
    const { desks, ids, telephony } = this.parts;
    const colleague = desks.get(ids.colleagueOf(left.id) ?? -1);
    if (!colleague) return;
    const leg = await desks.resume(colleague, this.#order(colleague, caller, left.id), left).answered;
    if (!isAnswered(leg)) return;
    const conversation = telephony.resumeConversation(call, leg);
    const internal = { ...newInternal(colleague), leg, conversation };
    this.#live.set(call.id, internal);
    try {
      await this.#untilOver(call, internal, leg, conversation);
    } finally {
      this.#live.delete(call.id);
    }
  }

  isInternal(id: CallId): boolean {
    return this.#live.has(id);
  }

  /**
   * Takes the colleague out of this call, for `give` to do something else with them: when that fails they are put back. A
   * colleague who has not answered yet is not rung any more, and there is nobody but their extension to give. Who asked for it
   * is hung up when it is done.
   */
  async handOver(
    id: CallId,
    give: (to: HandedOver | { readonly centralistId: CentralistId }) => Promise<boolean>,
  ): Promise<boolean> {
    const internal = this.#live.get(id);
    if (!internal || internal.handing) return false;
    const { colleague, leg, conversation } = internal;
    if (!leg || !conversation) {
      internal.ringing.abort();
      await internal.rung;
      return give({ centralistId: colleague.id });
    }
    return (internal.handing = (async () => {
      await conversation.end();
      return give({ call: leg, centralistId: colleague.id });
    })());
  }

  // ------------------------------------------------------------------

  async #ring(internal: Internal, caller: Centralist, signal: AbortSignal): Promise<Call | 'engaged' | 'no_answer'> {
    const { clock, desks, ids } = this.parts;
    const { colleague, ringing } = internal;
    if (desks.isEngaged(colleague.id)) return 'engaged';
    const order = this.#order(colleague, caller, ids.ofColleague(colleague.id, clock.now()));
    const rung = desks.ring(colleague, order, AbortSignal.any([signal, ringing.signal]));
    internal.rung = rung;
    const answered = await rung;
    return isAnswered(answered) ? answered : 'no_answer';
  }

  async #talk(call: Call, internal: Internal, leg: Call): Promise<boolean> {
    const conversation = await this.#connect(call, leg);
    if (!conversation) {
      await leg.hangUp();
      return false;
    }
    internal.leg = leg;
    internal.conversation = conversation;
    await this.#untilOver(call, internal, leg, conversation);
    return true;
  }

  /** Until one of them hangs up, or the colleague is taken out of it. */
  async #untilOver(call: Call, internal: Internal, leg: Call, first: Conversation): Promise<void> {
    let conversation: Conversation | undefined = first;
    while (conversation) {
      await conversation.ended;
      await conversation.end();
      const { handing } = internal;
      internal.handing = undefined;
      if (await handing) return;
      // It could not be: they go on talking, if they are both there.
      const goesOn: boolean = handing !== undefined && !call.signal.aborted && !leg.signal.aborted;
      conversation = goesOn ? await this.#connect(call, leg) : undefined;
      internal.conversation = conversation;
    }
    await leg.hangUp();
  }

  async #connect(call: Call, leg: Call): Promise<Conversation | undefined> {
    try {
      return await this.parts.telephony.connect(call, leg);
    } catch (error) {
      this.parts.log.error('two centralists could not be connected', { callId: call.id, error: String(error) });
      return undefined;
    }
  }

  #order(colleague: Centralist, caller: Centralist, id: CallId): DeskOrder {
    return { id, callerId: { number: caller.extension, name: caller.name }, why: 'colleague' };
  }
}

const newInternal = (colleague: Centralist): Internal => ({
  colleague,
  ringing: new AbortController(),
  rung: undefined,
  leg: undefined,
  conversation: undefined,
  handing: undefined,
});
