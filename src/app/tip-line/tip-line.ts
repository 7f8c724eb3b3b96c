import type { ActionId, CentralistId } from '../../domain/action.js';
import type { Caller } from '../../domain/caller-match.js';
import type { ParticipantId } from '../../domain/participant.js';
import { callerNumber, type E164 } from '../../domain/phone-number.js';
import { routeCaller } from '../../domain/routing.js';
import type { InboundCall } from '../../domain/tip.js';
import type { BegunTip } from '../../flows/steps/record-tip.js';
import { goOn, tipLine, type TipResult, type TipWelcome } from '../../flows/tip-line.js';
import type { Call, CallId } from '../../ports/call.js';
import type { IncomingCall, SurvivingCalls, SurvivingIncoming } from '../../ports/telephony.js';
import type { CallerLimiter, AdmittedCaller } from './caller-limiter.js';
import {
  keepCutRecordings,
  keepLeftTalk,
  tipCallProgress,
  settleTipCall,
  type TipCallProgress,
} from './tip-call-recovery.js';
import { TipCall, type Partner, type TransferTarget, type TipCallParts } from './tip-call.js';
import type { TrunkLines } from '../dialing/trunk-lines.js';
import type { Reception } from './reception.js';

export interface TipLineParts extends TipCallParts {
  readonly lines: TrunkLines;
  readonly guard: CallerLimiter;
  readonly reception: Reception;
}

/** Calls to the tip line, from the first ring to the stored result. */
export class TipLine {
  readonly #visits = new Map<number, TipCall>();

  constructor(private readonly parts: TipLineParts) {}

  get liveCalls(): number {
    return this.#visits.size;
  }

  /** Takes a call, or refuses it as busy when its caller asks too much. Never throws: whatever goes wrong ends this call only. */
  take(incoming: IncomingCall): void {
    const { guard } = this.parts;
    const { call, source } = incoming;
    const from = numberOf(incoming);
    if (!guard.admitsNumber(from)) {
      this.#refuse(incoming, from);
      return;
    }
    const caller = this.#callerOf(from, incoming.withheld);
    const stranger = caller?.type !== 'known';
    if (stranger && !guard.admitsStranger(from, source)) {
      this.#refuse(incoming, from);
      return;
    }
    const guest = guard.letIn(from, stranger, source);
    this.#hold(call, from, guest, () => this.#receive(call, from, caller, guest));
  }

  /**
   * Takes over a call that an earlier process had taken; call what it gives to go on with it. Who was talking goes on
   * talking; who was being recorded is heard out; who was waiting is served from the start, under the same entry and in
   * the same order. Never throws.
   */
  takeOver(record: InboundCall, caller: SurvivingIncoming, all: SurvivingCalls): () => void {
    const { guard, stores, telephony, ids } = this.parts;
    const { call } = telephony.takeOverIncoming(caller);
    const where = tipCallProgress(record, all, stores.traces.of(call.id), ids);
    const visit = new TipCall(this.parts, record, call, where);
    this.#visits.set(record.id, visit);
    const flow = this.#takeOver(visit, where, all);
    const guest = guard.letIn(record.from, false, caller.source);
    return () => {
      this.#hold(call, record.from, guest, () => this.#serve(visit, flow));
    };
  }

  /** Whether somebody who was not reached yet has rung us back, and hears the message now. */
  informs(actionId: ActionId, participantId: ParticipantId): boolean {
    return [...this.#visits.values()].some(
      ({ about, record }) =>
        record.reason === 'not_reached' && about?.actionId === actionId && about.participantId === participantId,
    );
  }

  /** Whether this process has taken that call. */
  serves(inboundId: number): boolean {
    return this.#visits.has(inboundId);
  }

  /** The one result of a call that an earlier process had taken, and that ended while nobody listened. */
  settle(record: InboundCall): Promise<void> {
    const { stores, ids } = this.parts;
    const trace = record.callId === null ? [] : stores.traces.of(record.callId);
    return settleTipCall(record, tipCallProgress(record, NOTHING_LEFT, trace, ids), this.parts);
  }

  /**
   * Passes on somebody who is in conversation, named by their call to the tip line or by the call of the centralist whom they
   * talk with. `done` once they talk with the colleague; `failed` when they do not come to that.
   */
  transfer(target: CallId | number, to: TransferTarget): Promise<'done' | 'failed'> {
    const visit =
      typeof target === 'number'
        ? this.#visits.get(target)
        : [...this.#visits.values()].find((one) => one.talksWith(target));
    return visit?.transfer(to) ?? Promise.resolve('failed');
  }

  /** The centralist whom a caller talks with now; undefined when they do not. */
  centralistOf(inboundId: number): CentralistId | undefined {
    return this.#visits.get(inboundId)?.centralistId;
  }

  // ------------------------------------------------------------------

  /** One row, one answer to the operator, and that is all: many of these must cost little. */
  #refuse(incoming: IncomingCall, from: E164 | null): void {
    const callId = incoming.call.id;
    this.parts.book.refused({ from, callId });
    incoming.refuse().catch((error: unknown) => {
      this.parts.log.error('a call to the tip line could not be refused', { callId, error: String(error) });
    });
  }

  #callerOf(from: E164 | null, withheld: boolean): Caller | undefined {
    try {
      return this.parts.reception.callerOf(from, withheld);
    } catch (error) {
      this.parts.log.error('a caller could not be looked up', { error: String(error) });
      return undefined;
    }
  }

  /**
   * The call has its line, and its caller's telephone is not called, until it is over, whatever happens in
   * it.
   */
  #hold(call: Call, from: E164 | null, guest: AdmittedCaller, work: () => Promise<void>): void {
    const { lines, log } = this.parts;
    const lease = lines.takeInbound(from ?? undefined);
    void call.ended.then(() => {
      lease.release();
      guest.over();
    });
    work().catch((error: unknown) => {
      log.error('a call to the tip line failed', {
        callId: call.id,
        error: error instanceof Error ? error.stack : String(error),
      });
      return call.hangUp();
    });
  }

  async #receive(call: Call, from: E164 | null, caller: Caller | undefined, guest: AdmittedCaller): Promise<void> {
    const { book, clock, log, reception } = this.parts;
    const route = caller && routeCaller(caller, clock.now());
    const participantId = caller?.type === 'known' ? caller.participantId : null;
    const record = route && book.admit({ from, callId: call.id, reason: route.reason, participantId });
    if (!record) {
      // It cannot be stored, so nobody could be told of a tip: the caller is told of 112 instead of being left in silence.
      await tipLine(call, { type: 'refuse', say: 'tip-unavailable' });
      await call.hangUp();
      return;
    }
    const { type, reason } = route;
    log.info('a call to the tip line', { callId: call.id, inboundId: record.id, route: type, reason });
    const visit = new TipCall(this.parts, record, call);
    await this.#serve(visit, () =>
      tipLine(
        call,
        reception.welcome(visit, route, () => {
          guest.recognised();
        }),
      ),
    );
  }

  async #serve(visit: TipCall, flow: () => Promise<TipResult>): Promise<void> {
    const { id } = visit.record;
    this.#visits.set(id, visit);
    let result: TipResult = 'abandoned';
    try {
      result = await flow();
    } finally {
      const hungUp = visit.call.hangUp();
      await visit.close(result);
      this.#visits.delete(id);
      await hungUp;
    }
  }

  // ------------------------------------------------------------------ what an earlier process left

  /** Makes theirs what is up already; what it gives goes on from there. */
  #takeOver(visit: TipCall, where: TipCallProgress, left: SurvivingCalls): () => Promise<TipResult> {
    const { call, record } = visit;
    switch (where.where) {
      case 'talking': {
        const partner = this.#partnerOf(visit, where, left);
        if (!partner) return () => Promise.resolve('abandoned');
        const talk = visit.talkOn(partner);
        // Should it fail before it is gone on with, it fails there.
        talk.catch(() => undefined);
        return () => goOn(call, visit, talk);
      }
      case 'over':
        return async () => {
          if (await keepCutRecordings(record, where, this.parts)) visit.leftTip();
          return 'abandoned';
        };
      case 'speaking':
        return async () => {
          await keepLeftTalk(record, where, this.parts);
          const result = await goOn(call, visit, this.#begunTip(record, where));
          // The recording of a caller who hung up before it was gone on with is kept as that of any other.
          if (result !== 'recorded' && (await keepCutRecordings(record, where, this.parts))) visit.leftTip();
          return result;
        };
      case 'lined_up':
      case 'welcomed':
        return () => tipLine(call, this.#welcomeBack(visit, where));
    }
  }

  #begunTip({ id }: InboundCall, { takes, since }: TipCallProgress): BegunTip {
    const { clock, ids } = this.parts;
    return { name: ids.tipRecording(id, takes), agoMs: Math.max(0, clock.now() - since) };
  }

  /** The centralist with whom they talk, and that centralist's call. */
  #partnerOf({ record }: TipCall, { partner }: TipCallProgress, left: SurvivingCalls): Partner | undefined {
    const { desks, ids, telephony } = this.parts;
    const ours = left.outgoing.find(({ id }) => id === partner);
    const dialled = left.desks.find(({ id }) => id === partner);
    if (dialled) {
      // They had dialled a colleague about the tip, who passed it on to them.
      const centralist = desks.ofUsername(dialled.username);
      const { call } = telephony.takeOverDeskCall(dialled);
      return centralist && { centralist, call, left: undefined };
    }
    const centralistId = (ours && ids.deskOf(ours.id)?.centralistId) ?? record.centralistId;
    const centralist = centralistId === null ? undefined : desks.get(centralistId);
    return centralist && ours && { centralist, call: undefined, left: ours };
  }

  #welcomeBack(visit: TipCall, { where }: TipCallProgress): TipWelcome {
    const { clock, reception } = this.parts;
    const { about, record } = visit;
    if (!about) {
      return reception.welcome(visit, routeCaller(reception.callerOfRecord(record), clock.now()), () => undefined);
    }
    if (record.reason === 'just_closed') return { type: 'ended', desk: visit };
    if (record.reason === 'not_reached' && where === 'welcomed') return reception.inform(visit, about);
    return { type: 'connect', desk: visit };
  }
}

const numberOf = ({ from, withheld }: Pick<IncomingCall, 'from' | 'withheld'>): E164 | null =>
  withheld ? null : (callerNumber(from) ?? null);

const NOTHING_LEFT: SurvivingCalls = { outgoing: [], incoming: [], desks: [], conversations: [] };
