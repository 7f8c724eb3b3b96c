import type { ActionId, CentralistId } from '../../domain/action.js';
import type { Caller } from '../../domain/caller-match.js';
import type { ParticipantId } from '../../domain/participant.js';
import { callerNumber, type E164 } from '../../domain/phone-number.js';
import { routeCaller } from '../../domain/routing.js';
import type { InboundCall } from '../../domain/tip.js';
import type { EarlierTipRecording } from '../../flows/steps/record-tip.js';
import { continueTipCall, tipLine, type TipResult, type TipWelcome } from '../../flows/tip-line.js';
import type { Call, CallId } from '../../ports/call.js';
import type { IncomingCall, SurvivingCalls, SurvivingIncoming } from '../../ports/telephony.js';
import type { CallerLimiter, AdmittedCaller } from './caller-limiter.js';
import {
  keepRecordings,
  keepTalkRecording,
  tipCallProgress,
  settleTipCall,
  type TipCallProgress,
} from './tip-call-recovery.js';
import { TipCall, type SurvivingPartner, type TransferTarget, type TipCallParts } from './tip-call.js';
import type { TrunkLines } from '../dialing/trunk-lines.js';
import type { Reception } from './reception.js';

export interface TipLineParts extends TipCallParts {
  readonly lines: TrunkLines;
  readonly limiter: CallerLimiter;
  readonly reception: Reception;
}

/** Calls to the tip line, from the first ring to the stored result. */
export class TipLine {
  /** By id of the row. */
  readonly #calls = new Map<number, TipCall>();

  constructor(private readonly parts: TipLineParts) {}

  get liveCalls(): number {
    return this.#calls.size;
  }

  /** Takes a call, or refuses it as busy above a limit. Never throws: an error ends this call only. */
  take(incoming: IncomingCall): void {
    const { limiter } = this.parts;
    const { call, source } = incoming;
    const from = numberOf(incoming);
    if (!limiter.admitsNumber(from)) {
      this.#refuse(incoming, from);
      return;
    }
    const caller = this.#callerOf(from, incoming.withheld);
    const stranger = caller?.type !== 'known';
    if (stranger && !limiter.admitsStranger(from, source)) {
      this.#refuse(incoming, from);
      return;
    }
    const admitted = limiter.admit(from, stranger, source);
    this.#hold(call, from, admitted, () => this.#receive(call, from, caller, admitted));
  }

  /**
   * Takes over a call of an earlier process. Call the returned function to go on with it. A conversation goes
   * on, a recording is completed, and a waiting caller is served from the start, under the same row and in
   * the same order. Never throws.
   */
  takeOver(record: InboundCall, caller: SurvivingIncoming, surviving: SurvivingCalls): () => void {
    const { limiter, stores, telephony, ids } = this.parts;
    const { call } = telephony.takeOverIncoming(caller);
    const progress = tipCallProgress(record, surviving, stores.traces.of(call.id), ids);
    const tipCall = new TipCall(this.parts, record, call, progress);
    this.#calls.set(record.id, tipCall);
    const flow = this.#takeOver(tipCall, progress, surviving);
    const admitted = limiter.admit(record.from, false, caller.source);
    return () => {
      this.#hold(call, record.from, admitted, () => this.#serve(tipCall, flow));
    };
  }

  /** Whether a participant who was not reached before has rung back, and is in a call now. */
  informs(actionId: ActionId, participantId: ParticipantId): boolean {
    return [...this.#calls.values()].some(
      ({ about, record }) =>
        record.reason === 'not_reached' && about?.actionId === actionId && about.participantId === participantId,
    );
  }

  /** Whether this process is serving that call. */
  serves(inboundId: number): boolean {
    return this.#calls.has(inboundId);
  }

  /** Stores the result of a call of an earlier process that ended while the controller was down. */
  settle(record: InboundCall): Promise<void> {
    const { stores, ids } = this.parts;
    const trace = record.callId === null ? [] : stores.traces.of(record.callId);
    return settleTipCall(record, tipCallProgress(record, NO_SURVIVING_CALLS, trace, ids), this.parts);
  }

  /**
   * Transfers a caller who is in a conversation. `target` is the id of the call to the tip line, or of the
   * centralist's call leg. Resolves with `done` once caller and colleague talk, and with `failed` when they
   * do not.
   */
  transfer(target: CallId | number, to: TransferTarget): Promise<'done' | 'failed'> {
    const tipCall =
      typeof target === 'number'
        ? this.#calls.get(target)
        : [...this.#calls.values()].find((one) => one.talksWith(target));
    return tipCall?.transfer(to) ?? Promise.resolve('failed');
  }

  /** The centralist in conversation with a caller; undefined outside a conversation. */
  centralistOf(inboundId: number): CentralistId | undefined {
    return this.#calls.get(inboundId)?.centralistId;
  }

  // ------------------------------------------------------------------

  /** One row and one answer to the operator, no more, because a flood of refused calls must cost little. */
  #refuse(incoming: IncomingCall, from: E164 | null): void {
    const callId = incoming.call.id;
    this.parts.journal.refused({ from, callId });
    incoming.refuse().catch((error: unknown) => {
      this.parts.log.error('tip line call could not be refused', { callId, error: String(error) });
    });
  }

  #callerOf(from: E164 | null, withheld: boolean): Caller | undefined {
    try {
      return this.parts.reception.callerOf(from, withheld);
    } catch (error) {
      this.parts.log.error('caller could not be looked up', { error: String(error) });
      return undefined;
    }
  }

  /**
   * The call holds a trunk line until it is over, whatever happens in it. Until then the dialer does not call
   * the caller's telephone.
   */
  #hold(call: Call, from: E164 | null, admitted: AdmittedCaller, work: () => Promise<void>): void {
    const { lines, log } = this.parts;
    const lease = lines.takeInbound(from ?? undefined);
    void call.ended.then(() => {
      lease.release();
      admitted.over();
    });
    work().catch((error: unknown) => {
      log.error('tip line call failed', {
        callId: call.id,
        error: error instanceof Error ? error.stack : String(error),
      });
      return call.hangUp();
    });
  }

  async #receive(call: Call, from: E164 | null, caller: Caller | undefined, admitted: AdmittedCaller): Promise<void> {
    const { journal, clock, log, reception } = this.parts;
    const route = caller && routeCaller(caller, clock.now());
    const participantId = caller?.type === 'known' ? caller.participantId : null;
    const record = route && journal.admit({ from, callId: call.id, reason: route.reason, participantId });
    if (!record) {
      // A call that cannot be stored can bring no tip. The caller is told to call 112 instead of hearing
      // silence.
      await tipLine(call, { type: 'refuse', say: 'tip-unavailable' });
      await call.hangUp();
      return;
    }
    const { type, reason } = route;
    log.info('tip line call received', { callId: call.id, inboundId: record.id, route: type, reason });
    const tipCall = new TipCall(this.parts, record, call);
    await this.#serve(tipCall, () =>
      tipLine(
        call,
        reception.welcome(tipCall, route, () => {
          admitted.recognised();
        }),
      ),
    );
  }

  async #serve(tipCall: TipCall, flow: () => Promise<TipResult>): Promise<void> {
    const { id } = tipCall.record;
    this.#calls.set(id, tipCall);
    let result: TipResult = 'abandoned';
    try {
      result = await flow();
    } finally {
      const hungUp = tipCall.call.hangUp();
      await tipCall.close(result);
      this.#calls.delete(id);
      await hungUp;
    }
  }

  // ------------------------------------------------------------------ taken over after a restart

  /** Takes over at once everything that belongs to the call. The returned flow goes on from there. */
  #takeOver(tipCall: TipCall, progress: TipCallProgress, surviving: SurvivingCalls): () => Promise<TipResult> {
    const { call, record } = tipCall;
    switch (progress.stage) {
      case 'talking': {
        const partner = this.#partnerOf(tipCall, progress, surviving);
        if (!partner) return () => Promise.resolve('abandoned');
        const talk = tipCall.talkOn(partner);
        // An error before the flow runs is thrown by the flow. Until then it must not be an unhandled
        // rejection.
        talk.catch(() => undefined);
        return () => continueTipCall(call, tipCall, talk);
      }
      case 'over':
        return async () => {
          if (await keepRecordings(record, progress, this.parts)) tipCall.tipRecorded();
          return 'abandoned';
        };
      case 'speaking':
        return async () => {
          await keepTalkRecording(record, progress, this.parts);
          const result = await continueTipCall(call, tipCall, this.#begunTip(record, progress));
          // If the caller hung up before the recording was taken over, the recording is stored all the same.
          if (result !== 'recorded' && (await keepRecordings(record, progress, this.parts))) tipCall.tipRecorded();
          return result;
        };
      case 'queued':
      case 'welcomed':
        return () => tipLine(call, this.#welcomeBack(tipCall, progress));
    }
  }

  #begunTip({ id }: InboundCall, { takes, since }: TipCallProgress): EarlierTipRecording {
    const { clock, ids } = this.parts;
    return { name: ids.tipRecording(id, takes), agoMs: Math.max(0, clock.now() - since) };
  }

  /** The centralist in conversation with the caller, and that centralist's call. */
  #partnerOf(
    { record }: TipCall,
    { partner }: TipCallProgress,
    surviving: SurvivingCalls,
  ): SurvivingPartner | undefined {
    const { softphones, ids, telephony } = this.parts;
    const placed = surviving.outgoing.find(({ id }) => id === partner);
    const dialled = surviving.deskCalls.find(({ id }) => id === partner);
    if (dialled) {
      // The centralist had dialled a colleague, who transferred the caller to them.
      const centralist = softphones.ofUsername(dialled.username);
      const { call } = telephony.takeOverDeskCall(dialled);
      return centralist && { centralist, call, surviving: undefined };
    }
    const centralistId = (placed && ids.deskOf(placed.id)?.centralistId) ?? record.centralistId;
    const centralist = centralistId === null ? undefined : softphones.get(centralistId);
    return centralist && placed && { centralist, call: undefined, surviving: placed };
  }

  #welcomeBack(tipCall: TipCall, { stage }: TipCallProgress): TipWelcome {
    const { clock, reception } = this.parts;
    const { about, record } = tipCall;
    if (!about) {
      return reception.welcome(tipCall, routeCaller(reception.callerOfRecord(record), clock.now()), () => undefined);
    }
    if (record.reason === 'just_closed') return { type: 'ended', actions: tipCall };
    if (record.reason === 'not_reached' && stage === 'welcomed') return reception.inform(tipCall, about);
    return { type: 'connect', actions: tipCall };
  }
}

const numberOf = ({ from, withheld }: Pick<IncomingCall, 'from' | 'withheld'>): E164 | null =>
  withheld ? null : (callerNumber(from) ?? null);

const NO_SURVIVING_CALLS: SurvivingCalls = { outgoing: [], incoming: [], deskCalls: [], conversations: [] };
