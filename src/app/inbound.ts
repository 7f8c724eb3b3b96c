import type { Action } from '../domain/action.js';
import type { Caller } from '../domain/caller-match.js';
import { formatPostcode } from '../domain/area.js';
import { rendered } from '../domain/messages.js';
import { callerNumber, formatForTrunk, type E164 } from '../domain/phone-number.js';
import { JUST_CLOSED_MS, routeCaller, type Route } from '../domain/routing.js';
import type { InboundCall, InboundResult } from '../domain/tip.js';
import { tipLine, type TipDesk, type TipResult, type TipWelcome } from '../flows/tip-line.js';
import type { Call, CallId, Recorded } from '../ports/call.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { Centralist, Stores } from '../ports/stores.js';
import {
  isAnswered,
  type CallOrder,
  type IncomingCall,
  type Left,
  type LeftIncoming,
  type LeftOutgoing,
  type Telephony,
} from '../ports/telephony.js';
import type { ActionService } from './action-service.js';
import type { CallIds } from './call-ids.js';
import { DESK_RING_MS, TIP_CALL_MS } from './desks.js';
import type { Dialer } from './dialer.js';
import type { EventBook } from './event-book.js';
import type { Lines } from './lines.js';

export interface InboundParts {
  readonly stores: Stores;
  readonly telephony: Telephony;
  readonly lines: Lines;
  readonly dialer: Dialer;
  readonly actions: Pick<ActionService, 'reached' | 'heardOut'>;
  readonly events: EventBook;
  readonly ids: CallIds;
  readonly clock: Clock;
  readonly log: Log;
}

/** Calls to the tip line: finds out who rings, decides with the domain, lets the flow talk, stores what came of it. */
export class Inbound {
  readonly #live = new Set<number>();

  constructor(private readonly parts: InboundParts) {}

  get liveCalls(): number {
    return this.#live.size;
  }

  /** Takes a call. Never throws: whatever goes wrong ends this call only. */
  take(incoming: IncomingCall): void {
    this.#hold(incoming.call, () => this.#handle(incoming));
  }

  /**
   * Goes on with a call that an earlier process had taken. Who was talking goes on talking; who was waiting is served
   * from the start, under the same entry. Never throws.
   */
  resume(record: InboundCall, left: LeftIncoming, all: Left): void {
    const incoming = this.parts.telephony.resumeIncoming(left);
    const desks = all.outgoing.filter(({ id }) => this.parts.ids.deskOf(id)?.inboundId === record.id);
    const talking = desks.find(({ id }) => all.conversations.some(({ a, b }) => [a, b].includes(id)));
    if (talking !== undefined) this.#hold(incoming.call, () => this.#goOn(record, incoming.call, talking));
    else if (record.connectedAt !== null) {
      // The centralist hung up while nobody listened: the conversation is over.
      this.#hold(incoming.call, () => this.#over(record, incoming.call));
    } else {
      const legs = desks.map(({ id }) => this.parts.ids.deskOf(id)?.leg ?? 0);
      this.#hold(incoming.call, () => this.#handle(incoming, { record, rungBefore: Math.max(0, ...legs) }));
    }
  }

  /** The call has its line until it is over, whatever happens in it. */
  #hold(call: Call, work: () => Promise<void>): void {
    const { lines, log } = this.parts;
    const lease = lines.takeInbound();
    void call.ended.then(() => {
      lease.release();
    });
    work().catch((error: unknown) => {
      log.error('a call to the tip line failed', {
        callId: call.id,
        error: error instanceof Error ? error.stack : String(error),
      });
      return call.hangUp();
    });
  }

  /** A conversation that did not notice that we were away. */
  async #goOn(record: InboundCall, call: Call, desk: LeftOutgoing): Promise<void> {
    const { telephony, stores } = this.parts;
    const centralist = record.centralistId === null ? undefined : stores.centralists.get(record.centralistId);
    const leg = telephony.resume(this.#deskOrder(desk.id, centralist?.sipUsername ?? '', record.from, ''), desk);
    this.#live.add(record.id);
    try {
      const answered = await leg.answered;
      if (isAnswered(answered)) {
        const conversation = telephony.resumeConversation(call, answered);
        await conversation.ended;
        await conversation.end();
        await answered.hangUp();
      }
    } finally {
      this.#live.delete(record.id);
      await this.#over(record, call);
    }
  }

  async #over(record: InboundCall, call: Call): Promise<void> {
    const { actionId, participantId } = record;
    this.#end(record.id, 'connected', actionId === null || participantId === null ? null : { actionId, participantId });
    await call.hangUp();
  }

  /** `again`: an earlier process had taken the call, and had rung softphones for it so often. */
  async #handle(
    incoming: IncomingCall,
    again?: { readonly record: InboundCall; readonly rungBefore: number },
  ): Promise<void> {
    const { clock, log } = this.parts;
    const { call } = incoming;
    const from = incoming.withheld ? null : (callerNumber(incoming.from) ?? null);
    const record = again?.record ?? this.#admit(from, call.id);
    if (!record) {
      // It cannot be stored, so nobody could be told of a tip: the caller is told of 112 instead of being left in silence.
      await tipLine(call, { type: 'refuse', say: 'tip-unavailable' }, NO_DESK);
      await call.hangUp();
      return;
    }
    this.#live.add(record.id);
    let result: InboundResult = 'abandoned';
    let about: Visit['about'] = null;
    try {
      const route = routeCaller(this.#caller(from, incoming.withheld), clock.now());
      const visit = this.#visit(record, route, call, from, again?.rungBefore);
      about = visit.about;
      log.info('a call to the tip line', {
        callId: call.id,
        inboundId: record.id,
        route: route.type,
        reason: route.reason,
      });
      result = await tipLine(call, visit.welcome, visit.desk);
      result = settled(result, visit.state);
    } finally {
      this.#live.delete(record.id);
      this.#end(record.id, result, about);
      await call.hangUp();
    }
  }

  #admit(from: E164 | null, callId: CallId): InboundCall | undefined {
    try {
      return this.parts.stores.inbound.add({ from, callId, receivedAt: this.parts.clock.now() });
    } catch (error) {
      this.parts.log.error('a call to the tip line could not be stored', { error: String(error) });
      return undefined;
    }
  }

  #caller(from: E164 | null, withheld: boolean): Caller {
    if (withheld) return { type: 'withheld' };
    if (from === null) return { type: 'unknown', from };
    const { stores, clock } = this.parts;
    const [first] = stores.participants.byPhone(from);
    if (!first) return { type: 'unknown', from };
    const standings = stores.actions.standings(from, clock.now() - JUST_CLOSED_MS);
    return { type: 'known', from, participantId: first.id, standings };
  }

  /** What this caller may do, with what it takes, and what has become of it so far. */
  #visit(record: InboundCall, route: Route, call: Call, from: E164 | null, rungBefore = 0): Visit {
    const { stores } = this.parts;
    const state: VisitState = { talked: false, recorded: false, rung: rungBefore };
    switch (route.type) {
      case 'refuse': {
        const participantId = 'participantId' in route ? route.participantId : null;
        stores.inbound.update(record.id, { participantId, reason: route.reason });
        const say = ({ withheld: 'tip-withheld', unknown: 'tip-unknown', not_selected: 'tip-not-selected' } as const)[
          route.reason
        ];
        return { state, about: null, welcome: { type: 'refuse', say }, desk: NO_DESK };
      }
      case 'choose': {
        // The newest action, until the caller can choose.
        const [newest] = route.choices;
        if (!newest) throw new Error('a choice without choices');
        return this.#visitAction(record, newest, 'reached', call, from, state, () => ({ type: 'connect' }));
      }
      case 'connect':
        return this.#visitAction(record, route, route.reason, call, from, state, () => ({ type: 'connect' }));
      case 'ended':
        return this.#visitAction(record, route, route.reason, call, from, state, () => ({ type: 'ended' }));
      case 'inform':
        return this.#visitAction(record, route, route.reason, call, from, state, (action) =>
          this.#informing(record, action, route.participantId, call, from),
        );
    }
  }

  #visitAction(
    record: InboundCall,
    route: { readonly actionId: number; readonly participantId: number },
    reason: string,
    call: Call,
    from: E164 | null,
    state: VisitState,
    welcome: (action: Action) => TipWelcome,
  ): Visit {
    const { stores } = this.parts;
    const action = stores.actions.get(route.actionId);
    if (!action) throw new Error(`there is no action ${route.actionId}`);
    stores.inbound.update(record.id, { participantId: route.participantId, actionId: action.id, reason });
    this.parts.events.add(action.id, 'inbound', {
      inboundId: record.id,
      participantId: route.participantId,
      reason,
      stage: 'received',
    });
    return {
      state,
      about: { actionId: action.id, participantId: route.participantId },
      welcome: welcome(action),
      desk: this.#desk(record, action, route.participantId, call, from, state),
    };
  }

  /** A missed call rung back: no call goes to them meanwhile, and none ever when they have heard the message. */
  #informing(record: InboundCall, action: Action, participantId: number, call: Call, from: E164 | null): TipWelcome {
    const { dialer, actions } = this.parts;
    let informed = false;
    dialer.suspend(action.id, participantId);
    void call.ended.then(() => {
      if (informed) actions.heardOut(action.id, participantId, action.message.version);
      else dialer.restore(action.id, participantId);
    });
    return {
      type: 'inform',
      message: rendered(action.message.soundId),
      onInformed: () => {
        informed = true;
        dialer.drop(action.id, participantId);
        actions.reached(action.id, participantId, from, action.message.version);
        this.parts.log.info('reached by ringing back', { inboundId: record.id, actionId: action.id });
      },
    };
  }

  #desk(
    record: InboundCall,
    action: Action,
    participantId: number,
    call: Call,
    from: E164 | null,
    state: VisitState,
  ): TipDesk {
    const { stores, clock, telephony } = this.parts;
    const centralist = stores.centralists.get(action.centralistId);
    return {
      // Never the name of a recording that an earlier process began in this call.
      recordingName: `tip-${this.parts.stores.instanceId}-${record.id}${state.rung === 0 ? '' : `-${state.rung}`}`,
      ring: async (signal) => {
        if (!centralist) return undefined;
        stores.inbound.update(record.id, { ringingAt: clock.now(), centralistId: centralist.id });
        this.parts.events.add(action.id, 'inbound', {
          inboundId: record.id,
          participantId,
          stage: 'ringing',
          centralistId: centralist.id,
        });
        state.rung += 1;
        return this.#ring(
          this.parts.ids.ofDesk(record.id, state.rung, centralist.id),
          record,
          action,
          participantId,
          centralist,
          from,
          signal,
        );
      },
      talk: async (desk) => {
        const conversation = await telephony.connect(call, desk).catch((error: unknown) => {
          this.parts.log.error('caller and centralist could not be connected', {
            callId: call.id,
            error: String(error),
          });
        });
        if (!conversation) return false;
        state.talked = true;
        stores.inbound.update(record.id, { connectedAt: clock.now() });
        this.#tip(record, action, participantId, 'conversation', null);
        this.parts.events.add(action.id, 'inbound', { inboundId: record.id, participantId, stage: 'connected' });
        await conversation.ended;
        await conversation.end();
        return true;
      },
      onRecorded: (recorded) => {
        state.recorded = true;
        this.#keepRecording(record, action, participantId, recorded);
      },
    };
  }

  async #ring(
    id: CallId,
    record: InboundCall,
    action: Action,
    participantId: number,
    centralist: Centralist,
    from: E164 | null,
    signal: AbortSignal,
  ): Promise<Call | undefined> {
    const postcode = this.parts.stores.participants.get(participantId)?.postcodes[0];
    const name = `Actie ${action.number} ${postcode ? formatPostcode(postcode) : ''}`.trim();
    const leg = this.parts.telephony.place(this.#deskOrder(id, centralist.sipUsername, from, name));
    const cancel = (): void => {
      leg.cancel();
    };
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    const result = await leg.answered;
    signal.removeEventListener('abort', cancel);
    if (!isAnswered(result)) {
      this.parts.log.info('the centralist does not answer', {
        inboundId: record.id,
        sipStatus: result.sipStatus,
        fault: result.fault,
      });
      return undefined;
    }
    if (signal.aborted) {
      await result.hangUp();
      return undefined;
    }
    return result;
  }

  #deskOrder(id: CallId, username: string, from: E164 | null, name: string): CallOrder {
    return {
      id,
      to: { type: 'desk', username },
      callerId: { number: from === null ? 'anonymous' : formatForTrunk(from, 'national'), name },
      ringMs: DESK_RING_MS,
      maxMs: DESK_RING_MS + TIP_CALL_MS,
    };
  }

  #keepRecording(record: InboundCall, action: Action, participantId: number, recorded: Recorded): void {
    const { stores, clock } = this.parts;
    const entry = stores.recordings.add({
      type: 'tip',
      soundId: null,
      file: `${recorded.name}.wav`,
      seconds: Math.round(recorded.ms / 100) / 10,
      createdAt: clock.now(),
    });
    stores.inbound.update(record.id, { recordingId: entry.id });
    this.#tip(record, action, participantId, 'recording', entry.id);
  }

  #tip(
    record: InboundCall,
    action: Action,
    participantId: number,
    type: 'conversation' | 'recording',
    recordingId: number | null,
  ): void {
    const { stores, clock, events } = this.parts;
    const tip = stores.tips.add({
      actionId: action.id,
      participantId,
      inboundId: record.id,
      type,
      recordingId,
      createdAt: clock.now(),
    });
    events.add(action.id, 'tip', { tipId: tip.id, participantId, inboundId: record.id, type, recordingId });
  }

  #end(inboundId: number, result: InboundResult, about: Visit['about']): void {
    try {
      this.parts.stores.inbound.end(inboundId, result, this.parts.clock.now());
    } catch (error) {
      // Left open, it is ended at the next start.
      this.parts.log.error('the result of a call could not be stored', { inboundId, result, error: String(error) });
    }
    if (about === null) return;
    const { actionId, participantId } = about;
    this.parts.events.add(actionId, 'inbound', { inboundId, participantId, stage: 'ended', result });
  }
}

interface VisitState {
  talked: boolean;
  recorded: boolean;
  /** How often a softphone was rung for this call. */
  rung: number;
}

interface Visit {
  readonly welcome: TipWelcome;
  readonly desk: TipDesk;
  readonly state: VisitState;
  /** Whose action it is about; null for callers who may not come in. */
  readonly about: { readonly actionId: number; readonly participantId: number } | null;
}

/** A caller who hung up has still talked, or left a tip. */
function settled(result: TipResult, state: VisitState): InboundResult {
  if (state.talked) return 'connected';
  if (state.recorded) return 'recorded';
  return result;
}

/** For callers who are not put through. */
const NO_DESK: TipDesk = {
  recordingName: 'none',
  ring: () => Promise.resolve(undefined),
  talk: () => Promise.resolve(false),
  onRecorded: () => undefined,
};
