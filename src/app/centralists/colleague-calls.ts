import type { CentralistId } from '../../domain/action.js';
import { notKnown } from '../../flows/centralists/not-known.js';
import { ringColleague } from '../../flows/centralists/ring-colleague.js';
import { deferred, type Deferred } from '../../lib/deferred.js';
import type { Call, CallId } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { Centralist } from '../../ports/stores.js';
import {
  isAnswered,
  type Conversation,
  type Conversations,
  type SurvivingOutgoing,
  type Takeover,
} from '../../ports/telephony.js';
import type { CallIds } from '../journal/call-ids.js';
import { TAKEN_ELSEWHERE, type DeskOrder, type Softphones } from './softphones.js';

export interface ColleagueCallsParts {
  readonly telephony: Conversations & Takeover;
  readonly desks: Softphones;
  readonly ids: CallIds;
  readonly clock: Clock;
  readonly log: Log;
}

/** A centralist who is taken out of an internal call, to talk to a caller. */
export interface HandedOver {
  readonly call: Call;
  readonly centralistId: CentralistId;
}

/** One side of an internal call. */
interface Side {
  readonly centralist: Centralist;
  readonly call: Call;
}

interface Internal {
  readonly caller: Side;
  readonly colleague: Centralist;
  readonly ringing: AbortController;
  /** Resolves when the ringing is over, with whether the colleague answered. */
  rung: Promise<boolean>;
  /** Resolves when both are connected, or when the call is over. */
  readonly up: Deferred<undefined>;
  /** Both sides, once the colleague has answered. */
  talk: { readonly called: Side; readonly conversation: Conversation } | undefined;
  /** The side that is being taken out; `done` resolves with whether it was. */
  handing: { readonly side: Side; readonly done: Promise<boolean> } | undefined;
}

/** Calls between centralists. Both are engaged meanwhile, and either can be handed over to a caller. */
export class ColleagueCalls {
  readonly #live = new Set<Internal>();

  constructor(private readonly parts: ColleagueCallsParts) {}

  /** Serves a centralist who dialled an extension. Resolves when their call can be hung up. */
  async dial(call: Call, centralist: Centralist, extension: string): Promise<void> {
    const colleague = this.parts.desks.ofExtension(extension);
    if (!colleague || colleague.id === centralist.id) {
      await notKnown(call);
      return;
    }
    const internal = newInternal({ call, centralist }, colleague);
    await this.#during(internal, async () => {
      const result = await ringColleague(call, {
        ring: (signal) => this.#ring(internal, signal),
        talk: (leg) => this.#talk(internal, leg),
      });
      this.parts.log.info('colleague call ended', { callId: call.id, colleagueId: colleague.id, result });
    });
  }

  /** Takes over a call that went on while the controller was down. `surviving` is the colleague's side. */
  async takeOver(call: Call, centralist: Centralist, surviving: SurvivingOutgoing): Promise<void> {
    const { desks, ids, telephony } = this.parts;
    const colleague = desks.get(ids.colleagueOf(surviving.id) ?? -1);
    if (!colleague) return;
    const internal = newInternal({ call, centralist }, colleague);
    const leg = await desks.takeOver(colleague, this.#order(internal, surviving.id), surviving).answered;
    if (!isAnswered(leg)) return;
    const called = { centralist: colleague, call: leg };
    internal.talk = { called, conversation: telephony.takeOverConversation(call, leg) };
    await this.#during(internal, () => this.#untilOver(internal, called));
  }

  /** Whether this is either side of an internal call. */
  isInternal(id: CallId): boolean {
    return this.#of(id) !== undefined;
  }

  /**
   * Takes the side opposite to `id` out of an internal call and passes it to `give`. Afterwards the side `id`
   * is hung up. When `give` fails, both are connected again. A colleague who has not answered yet stops
   * ringing, and `give` gets only their id.
   */
  async handOver(
    id: CallId,
    give: (to: HandedOver | { readonly centralistId: CentralistId }) => Promise<boolean>,
  ): Promise<boolean> {
    const internal = this.#of(id);
    if (!internal || internal.handing) return false;
    const { caller, colleague } = internal;
    if (!internal.talk) {
      internal.ringing.abort(TAKEN_ELSEWHERE);
      if (!(await internal.rung)) return give({ centralistId: colleague.id });
      await internal.up.promise;
    }
    const { talk } = internal;
    if (!talk) return false;
    const side = caller.call.id === id ? talk.called : caller;
    const done = (async () => {
      await talk.conversation.end();
      return give({ call: side.call, centralistId: side.centralist.id });
    })();
    internal.handing = { side, done };
    return done;
  }

  // ------------------------------------------------------------------

  #of(id: CallId): Internal | undefined {
    return [...this.#live].find(({ caller, talk }) => caller.call.id === id || talk?.called.call.id === id);
  }

  async #during(internal: Internal, work: () => Promise<void>): Promise<void> {
    this.#live.add(internal);
    try {
      await work();
    } finally {
      this.#live.delete(internal);
      internal.up.resolve(undefined);
    }
  }

  async #ring(internal: Internal, signal: AbortSignal): Promise<Call | 'engaged' | 'no_answer'> {
    const { clock, desks, ids } = this.parts;
    const { colleague, ringing } = internal;
    if (desks.isEngaged(colleague.id)) return 'engaged';
    const order = this.#order(internal, ids.ofColleague(colleague.id, clock.now()));
    const rung = desks.ring(colleague, order, AbortSignal.any([signal, ringing.signal]));
    internal.rung = rung.then(isAnswered);
    const answered = await rung;
    return isAnswered(answered) ? answered : 'no_answer';
  }

  async #talk(internal: Internal, leg: Call): Promise<boolean> {
    const called = { centralist: internal.colleague, call: leg };
    await this.#connect(internal, called);
    internal.up.resolve(undefined);
    if (internal.talk) {
      await this.#untilOver(internal, called);
      return true;
    }
    await leg.hangUp();
    return false;
  }

  /**
   * Waits until either centralist hangs up or one is transferred out, then hangs up the other. When the
   * callee is transferred out, the transfer hangs up the caller.
   */
  async #untilOver(internal: Internal, called: Side): Promise<void> {
    const { call } = internal.caller;
    while (internal.talk) {
      const { conversation } = internal.talk;
      await conversation.ended;
      await conversation.end();
      const { handing } = internal;
      internal.handing = undefined;
      const handed = handing !== undefined && (await handing.done.catch(() => false));
      if (handed && handing.side === called) return;
      if (handed) {
        await called.call.hangUp();
        await call.ended;
        return;
      }
      internal.talk = undefined;
      // The transfer failed: both talk on, if neither has hung up.
      if (handing && !call.signal.aborted && !called.call.signal.aborted) await this.#connect(internal, called);
    }
    await called.call.hangUp();
  }

  async #connect(internal: Internal, called: Side): Promise<void> {
    const { call } = internal.caller;
    try {
      internal.talk = { called, conversation: await this.parts.telephony.connect(call, called.call) };
    } catch (error) {
      this.parts.log.error('two centralists could not be bridged', { callId: call.id, error: String(error) });
    }
  }

  #order({ caller }: Internal, id: CallId): DeskOrder {
    const { extension, name } = caller.centralist;
    return { id, callerId: { number: extension, name }, why: 'colleague' };
  }
}

const newInternal = (caller: Side, colleague: Centralist): Internal => ({
  caller,
  colleague,
  ringing: new AbortController(),
  rung: Promise.resolve(false),
  up: deferred(),
  talk: undefined,
  handing: undefined,
});
