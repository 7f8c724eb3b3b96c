import type { CentralistId } from '../../domain/action.js';
import { sayNumberUnknown } from '../../flows/centralists/not-known.js';
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
import { ANSWERED_ELSEWHERE, type DeskOrder, type Softphones } from './softphones.js';

export interface ColleagueCallsParts {
  readonly telephony: Conversations & Takeover;
  readonly softphones: Softphones;
  readonly ids: CallIds;
  readonly clock: Clock;
  readonly log: Log;
}

/** A centralist who is taken out of a call between colleagues, to talk to a caller. */
export interface HandedOver {
  readonly call: Call;
  readonly centralistId: CentralistId;
}

/** Transfers a caller to a centralist, who is in a call or has to be rung. Resolves with true on success. */
type Give = (to: HandedOver | { readonly centralistId: CentralistId }) => Promise<boolean>;

/** One side of a call between colleagues. */
interface Side {
  readonly centralist: Centralist;
  readonly call: Call;
}

interface ColleagueCall {
  readonly caller: Side;
  readonly colleague: Centralist;
  readonly ringing: AbortController;
  /** Resolves when the ringing is over, with whether the colleague answered. */
  rung: Promise<boolean>;
  /** Resolves when both are connected, or when the call is over. */
  readonly up: Deferred<undefined>;
  /** Both sides, once the colleague has answered. */
  talk: { readonly called: Side; readonly conversation: Conversation } | undefined;
  /** A transfer is being made out of this call. Another one is refused until this one is over. */
  transferring: boolean;
  /** The side that is being taken out; `done` resolves with whether it was. */
  handing: { readonly side: Side; readonly done: Promise<boolean> } | undefined;
}

/** Calls between centralists. Both are engaged meanwhile, and either can be handed over to a caller. */
export class ColleagueCalls {
  readonly #live = new Set<ColleagueCall>();

  constructor(private readonly parts: ColleagueCallsParts) {}

  /** Serves a centralist who dialled an extension. Resolves when their call can be hung up. */
  async dial(call: Call, centralist: Centralist, extension: string): Promise<void> {
    const colleague = this.parts.softphones.ofExtension(extension);
    if (!colleague || colleague.id === centralist.id) {
      await sayNumberUnknown(call);
      return;
    }
    const colleagueCall = newColleagueCall({ call, centralist }, colleague);
    await this.#during(colleagueCall, async () => {
      const result = await ringColleague(call, {
        ring: (signal) => this.#ring(colleagueCall, signal),
        talk: (leg) => this.#talk(colleagueCall, leg),
      });
      this.parts.log.info('colleague call ended', { callId: call.id, colleagueId: colleague.id, result });
    });
  }

  /** Takes over a call that went on while the controller was down. `surviving` is the colleague's side. */
  async takeOver(call: Call, centralist: Centralist, surviving: SurvivingOutgoing): Promise<void> {
    const { softphones, ids, telephony } = this.parts;
    const colleague = softphones.get(ids.colleagueOf(surviving.id) ?? -1);
    if (!colleague) return;
    const colleagueCall = newColleagueCall({ call, centralist }, colleague);
    const leg = await softphones.takeOver(colleague, this.#order(colleagueCall, surviving.id), surviving).answered;
    if (!isAnswered(leg)) return;
    const called = { centralist: colleague, call: leg };
    colleagueCall.talk = { called, conversation: telephony.takeOverConversation(call, leg) };
    await this.#during(colleagueCall, () => this.#untilOver(colleagueCall, called));
  }

  /** Whether this is either side of a call between colleagues. */
  has(id: CallId): boolean {
    return this.#of(id) !== undefined;
  }

  /**
   * Takes the side opposite to `id` out of a call between colleagues and passes it to `give`. Afterwards the
   * side `id` is hung up. When `give` fails, both are connected again. A colleague who has not answered yet
   * stops ringing, and `give` gets only their id. Resolves with false, without calling `give`, while another
   * transfer is being made out of this call.
   */
  async handOver(id: CallId, give: Give): Promise<boolean> {
    const colleagueCall = this.#of(id);
    if (!colleagueCall) return false;
    if (colleagueCall.transferring) {
      this.parts.log.warn('transfer refused, because another one is being made out of the same call', { callId: id });
      return false;
    }
    colleagueCall.transferring = true;
    try {
      return await this.#handOver(colleagueCall, id, give);
    } finally {
      colleagueCall.transferring = false;
    }
  }

  // ------------------------------------------------------------------

  #of(id: CallId): ColleagueCall | undefined {
    return [...this.#live].find(({ caller, talk }) => caller.call.id === id || talk?.called.call.id === id);
  }

  async #handOver(colleagueCall: ColleagueCall, id: CallId, give: Give): Promise<boolean> {
    const { caller, colleague } = colleagueCall;
    if (!colleagueCall.talk) {
      colleagueCall.ringing.abort(ANSWERED_ELSEWHERE);
      if (!(await colleagueCall.rung)) return give({ centralistId: colleague.id });
      await colleagueCall.up.promise;
    }
    const { talk } = colleagueCall;
    if (!talk) return false;
    const side = caller.call.id === id ? talk.called : caller;
    const done = (async () => {
      await talk.conversation.end();
      return give({ call: side.call, centralistId: side.centralist.id });
    })();
    colleagueCall.handing = { side, done };
    return done;
  }

  async #during(colleagueCall: ColleagueCall, work: () => Promise<void>): Promise<void> {
    this.#live.add(colleagueCall);
    try {
      await work();
    } finally {
      this.#live.delete(colleagueCall);
      colleagueCall.up.resolve(undefined);
    }
  }

  async #ring(colleagueCall: ColleagueCall, signal: AbortSignal): Promise<Call | 'engaged' | 'no_answer'> {
    const { clock, softphones, ids } = this.parts;
    const { colleague, ringing } = colleagueCall;
    if (softphones.isEngaged(colleague.id)) return 'engaged';
    const order = this.#order(colleagueCall, ids.ofColleague(colleague.id, clock.now()));
    const rung = softphones.ring(colleague, order, AbortSignal.any([signal, ringing.signal]));
    colleagueCall.rung = rung.then(isAnswered);
    const answered = await rung;
    return isAnswered(answered) ? answered : 'no_answer';
  }

  async #talk(colleagueCall: ColleagueCall, leg: Call): Promise<boolean> {
    const called = { centralist: colleagueCall.colleague, call: leg };
    await this.#connect(colleagueCall, called);
    colleagueCall.up.resolve(undefined);
    if (colleagueCall.talk) {
      await this.#untilOver(colleagueCall, called);
      return true;
    }
    await leg.hangUp();
    return false;
  }

  /**
   * Waits until either centralist hangs up or one is transferred out, then hangs up the other. When the
   * callee is transferred out, the transfer hangs up the caller.
   */
  async #untilOver(colleagueCall: ColleagueCall, called: Side): Promise<void> {
    const { call } = colleagueCall.caller;
    while (colleagueCall.talk) {
      const { conversation } = colleagueCall.talk;
      await conversation.ended;
      await conversation.end();
      const { handing } = colleagueCall;
      colleagueCall.handing = undefined;
      const handed = handing !== undefined && (await handing.done.catch(() => false));
      if (handed && handing.side === called) return;
      if (handed) {
        await called.call.hangUp();
        await call.ended;
        return;
      }
      colleagueCall.talk = undefined;
      // The transfer failed: both talk on, if neither has hung up.
      if (handing && !call.signal.aborted && !called.call.signal.aborted) await this.#connect(colleagueCall, called);
    }
    await called.call.hangUp();
  }

  async #connect(colleagueCall: ColleagueCall, called: Side): Promise<void> {
    const { call } = colleagueCall.caller;
    try {
      colleagueCall.talk = { called, conversation: await this.parts.telephony.connect(call, called.call) };
    } catch (error) {
      this.parts.log.error('two centralists could not be bridged', { callId: call.id, error: String(error) });
    }
  }

  #order({ caller }: ColleagueCall, id: CallId): DeskOrder {
    const { extension, name } = caller.centralist;
    return { id, callerId: { number: extension, name }, why: 'colleague' };
  }
}

const newColleagueCall = (caller: Side, colleague: Centralist): ColleagueCall => ({
  caller,
  colleague,
  ringing: new AbortController(),
  rung: Promise.resolve(false),
  up: deferred(),
  talk: undefined,
  transferring: false,
  handing: undefined,
});
