import type { Action, ActionId, CentralistId } from '../../domain/action.js';
import { formatPostcode } from '../../domain/area.js';
import { callbackResultOf, type Callback, type CallbackResult } from '../../domain/callback.js';
import { formatForTrunk, parsePhoneNumber, type E164 } from '../../domain/phone-number.js';
import type { ParticipantId } from '../../domain/participant.js';
import { Problem } from '../../domain/problem.js';
import type { InboundCall } from '../../domain/tip.js';
import { refuseOtherNetwork, type Simulation } from '../../domain/simulation.js';
import { callBack } from '../../flows/centralists/call-back.js';
import { aborted } from '../../lib/abort.js';
import type { Call } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { Centralist, ListPart, Stores } from '../../ports/stores.js';
import {
  isAnswered,
  type CallOrder,
  type Conversations,
  type OutboundCalls,
  type SurvivingCalls,
  type Takeover,
} from '../../ports/telephony.js';
import type { CallIds } from '../journal/call-ids.js';
import { CallbackJournal } from './callback-journal.js';
import { TIP_CALL_MS, type DeskOrder, type Softphones } from './softphones.js';
import type { Dialer } from '../dialing/dialer.js';
import type { EventJournal } from '../journal/event-journal.js';
import type { Journal } from '../journal/journal.js';
import type { TrunkLines } from '../dialing/trunk-lines.js';
import { LiveCallbacks } from './live-callbacks.js';
import type { Callbacks, LiveCallback } from '../services.js';
import type { Reservation } from '../dialing/telephones.js';
import { waitForLine } from './wait-for-line.js';

export interface CallbackParts {
  readonly stores: Stores;
  readonly telephony: OutboundCalls & Conversations & Takeover;
  readonly softphones: Softphones;
  readonly lines: TrunkLines;
  readonly dialer: Pick<Dialer, 'suspend' | 'restore' | 'cancelUnanswered'>;
  readonly events: EventJournal;
  readonly journal: Journal;
  readonly ids: CallIds;
  readonly clock: Clock;
  readonly log: Log;
  /** What the participant's telephone shows: the tip line. */
  readonly callerId: CallOrder['callerId'];
  readonly ringMs: number;
  /** Null: calls go to a real operator. */
  readonly simulation: Simulation | null;
}

const CALLED_BACK = 'the participant is called back';

/** Calls back callers of the tip line: rings the centralist, then the participant, and stores the result. */
export class CallbackService implements Callbacks {
  readonly #live: LiveCallbacks;
  readonly #journal: CallbackJournal;

  constructor(private readonly parts: CallbackParts) {
    this.#journal = new CallbackJournal(parts);
    this.#live = new LiveCallbacks(parts.clock);
  }

  get liveCalls(): number {
    return this.#live.size;
  }

  get live(): readonly LiveCallback[] {
    return this.#live.list;
  }

  onChange(listener: () => void): () => void {
    return this.#live.onChange(listener);
  }

  list(filter: { inboundId?: number; actionId?: number } & ListPart): readonly Callback[] {
    return this.parts.stores.callbacks.list(filter);
  }

  ofCalls(inboundIds: readonly number[]): readonly Callback[] {
    return this.parts.stores.callbacks.ofCalls(inboundIds);
  }

  /** Whether this participant is being called back for this action. */
  isCalling(actionId: ActionId, participantId: ParticipantId): boolean {
    return this.#live.has(actionId, participantId);
  }

  callBack(inboundId: number, centralistId?: CentralistId): Callback {
    const { clock, stores } = this.parts;
    const about = this.#about(inboundId);
    const centralist = this.#free(centralistId ?? about.action.centralistId);
    const callback = stores.callbacks.add({
      inboundId,
      actionId: about.action.id,
      participantId: about.participantId,
      phone: about.phone,
      centralistId: centralist.id,
      requestedAt: clock.now(),
    });
    this.#run(callback, 'ringing_desk', (telephone) => this.#conduct(callback, centralist, telephone));
    return callback;
  }

  /**
   * Recovers the callbacks of an earlier process. A conversation goes on; everything else is over. Calls that
   * are not taken over are hung up as orphans.
   */
  recover(surviving: SurvivingCalls): void {
    const { log, stores } = this.parts;
    for (const callback of stores.callbacks.open()) {
      try {
        this.#recoverOne(callback, surviving);
      } catch (error) {
        log.error('callback could not be recovered', { callbackId: callback.id, error: String(error) });
      }
    }
  }

  #recoverOne(callback: Callback, surviving: SurvivingCalls): void {
    const { softphones, ids, stores } = this.parts;
    const [desk, participant] = [ids.ofCallback(callback.id, 'desk'), ids.ofCallback(callback.id, 'participant')];
    const stillTalking = surviving.conversations.some(
      ({ a, b }) => [a, b].includes(desk) && [a, b].includes(participant),
    );
    const centralist = softphones.get(callback.centralistId);
    if (stillTalking && centralist) this.#run(callback, 'connected', () => this.#goOn(callback, centralist, surviving));
    else {
      const talked = stores.traces.of(desk).some(({ step }) => step === 'talking');
      void this.#end(callback, talked ? 'connected' : 'interrupted');
    }
  }

  // ------------------------------------------------------------------ the request

  #about(inboundId: number): { action: Action; participantId: number; phone: E164 } {
    const { stores } = this.parts;
    const call = stores.inbound.get(inboundId);
    if (!call) throw new Problem('not_found', `there is no call ${inboundId} to the tip line`);
    const { actionId, participantId, result } = call;
    const action = actionId === null ? undefined : stores.actions.get(actionId);
    if (!action || participantId === null)
      throw new Problem('conflict', 'this call was about no action, so the caller cannot be called back');
    // The number of a simulated caller may belong to a real person.
    refuseOtherNetwork(action, this.parts.simulation);
    if (result === null) throw new Problem('conflict', 'the caller is still on the line');
    const phone = this.#phoneOf(call, participantId);
    if (!phone) throw new Problem('conflict', 'the caller has no number that can be called');
    if (stores.callbacks.list({ inboundId }).some((callback) => callback.result === null))
      throw new Problem('conflict', 'this caller is already being called back');
    return { action, participantId, phone };
  }

  /**
   * The number that the participant called from. With a code they may have called from any telephone. If its
   * number cannot be dialled, their own first number is used.
   */
  #phoneOf({ from }: InboundCall, participantId: number): E164 | undefined {
    const [own] = this.parts.stores.participants.get(participantId)?.phones ?? [];
    return from !== null && parsePhoneNumber(from).ok ? from : own;
  }

  #free(id: CentralistId): Centralist {
    const { softphones } = this.parts;
    const field = 'centralistId';
    const centralist = softphones.get(id);
    if (!centralist)
      throw new Problem('invalid', 'there is no such centralist', [{ field, message: `there is no centralist ${id}` }]);
    if (!softphones.isEngaged(id)) return centralist;
    throw new Problem('conflict', `${centralist.name} is in a call`, [
      { field, message: 'is in a call, or is being rung; try again later' },
    ]);
  }

  // ------------------------------------------------------------------ the calls

  /**
   * Runs a callback and stores its one result, whatever happens. Until then the dialer calls neither the
   * participant for this action, nor their telephone for any action.
   */
  #run(
    callback: Callback,
    stage: LiveCallback['stage'],
    work: (telephone: Reservation) => Promise<CallbackResult>,
  ): void {
    const { dialer, lines, log } = this.parts;
    const { actionId, id, participantId, phone } = callback;
    this.#live.stage(callback, stage);
    const telephone = lines.telephones.reserve(phone);
    dialer.suspend(actionId, participantId, CALLED_BACK);
    // An alert call that still rings this telephone is cancelled, so that the centralist does not wait for
    // it.
    dialer.cancelUnanswered(phone, CALLED_BACK);
    void work(telephone)
      .catch((error: unknown): CallbackResult => {
        log.error('callback failed', {
          callbackId: id,
          error: error instanceof Error ? error.stack : String(error),
        });
        return 'interrupted';
      })
      .then((result) => this.#end(callback, result))
      .finally(() => {
        telephone.release();
      });
  }

  async #end(callback: Callback, result: CallbackResult): Promise<void> {
    const { actionId, participantId } = callback;
    await this.#journal.end(callback, result);
    const wasLive = this.#live.end(callback);
    if (wasLive && !this.isCalling(actionId, participantId)) this.parts.dialer.restore(actionId, participantId);
  }

  async #conduct(callback: Callback, centralist: Centralist, telephone: Reservation): Promise<CallbackResult> {
    const { softphones } = this.parts;
    this.#journal.stage(callback, 'ringing_desk');
    const desk = await softphones.ring(centralist, this.#deskOrder(callback), new AbortController().signal);
    if (!isAnswered(desk)) return desk.by === 'lost' ? 'interrupted' : 'desk_unanswered';
    try {
      this.#journal.deskAnswered(callback);
      this.#live.stage(callback, 'waiting');
      const result = await callBack(desk, {
        ring: (signal) => this.#ring(callback, telephone, signal),
        talk: (participant) => this.#talk(callback, desk, participant),
      });
      await desk.hangUp();
      return result === 'hung_up' && (await desk.ended).by === 'lost' ? 'interrupted' : result;
    } finally {
      await desk.hangUp();
    }
  }

  /**
   * Rings the participant. Waits first until their telephone is in no other call of ours, however long that
   * takes, then for a trunk line and a start slot. The line is held until the call is over.
   */
  async #ring(callback: Callback, telephone: Reservation, signal: AbortSignal): Promise<Call | CallbackResult> {
    const { clock, lines, telephony } = this.parts;
    const hungUp = aborted(signal);
    await Promise.race([telephone.free, hungUp.promise]).catch(() => undefined);
    hungUp.release();
    if (signal.aborted) return 'hung_up';
    const line = lines.takeForCallback(callback.phone);
    const slot = await waitForLine(lines, clock, signal);
    if (signal.aborted || !slot) {
      line.release();
      return signal.aborted ? 'hung_up' : 'congestion';
    }
    this.#journal.stage(callback, 'ringing');
    this.#live.stage(callback, 'ringing');
    slot.started(clock.monotonic());
    const leg = telephony.place(this.#participantOrder(callback));
    void leg.ended.then(() => {
      line.release();
    });
    const cancel = (): void => {
      leg.cancel();
    };
    signal.addEventListener('abort', cancel, { once: true });
    const answered = await leg.answered;
    signal.removeEventListener('abort', cancel);
    if (!isAnswered(answered)) {
      if (answered.by === 'lost') return 'interrupted';
      return answered.by === 'us' ? 'hung_up' : callbackResultOf(answered);
    }
    this.#journal.answered(callback);
    this.#live.stage(callback, 'answered');
    return answered;
  }

  async #talk(callback: Callback, desk: Call, participant: Call): Promise<boolean> {
    const { log, telephony } = this.parts;
    const conversation = await telephony.connect(desk, participant).catch((error: unknown) => {
      log.error('centralist and participant could not be bridged', { callId: desk.id, error: String(error) });
    });
    if (!conversation) return false;
    this.#journal.connected(callback);
    this.#live.stage(callback, 'connected');
    await conversation.ended;
    await conversation.end();
    return true;
  }

  /** Takes over a conversation that went on while the controller was down. */
  async #goOn(callback: Callback, centralist: Centralist, surviving: SurvivingCalls): Promise<CallbackResult> {
    const { softphones, lines, telephony } = this.parts;
    const [deskOrder, participantOrder] = [this.#deskOrder(callback), this.#participantOrder(callback)];
    const find = (id: string): SurvivingCalls['outgoing'][number] | undefined =>
      surviving.outgoing.find((call) => call.id === id);
    const [deskCall, participantCall] = [find(deskOrder.id), find(participantOrder.id)];
    if (!deskCall || !participantCall) return 'connected';
    const participantLeg = telephony.takeOverOutgoing(participantOrder, participantCall);
    const line = lines.takeForCallback(callback.phone);
    void participantLeg.ended.then(() => {
      line.release();
    });
    const desk = await softphones.takeOver(centralist, deskOrder, deskCall).answered;
    const participant = await participantLeg.answered;
    if (isAnswered(desk) && isAnswered(participant)) {
      const conversation = telephony.takeOverConversation(desk, participant);
      await conversation.ended;
      await conversation.end();
    }
    for (const call of [desk, participant]) if (isAnswered(call)) await call.hangUp();
    return 'connected';
  }

  // ------------------------------------------------------------------ orders

  #deskOrder({ id, actionId, participantId, phone }: Callback): DeskOrder {
    const { ids, stores } = this.parts;
    const [postcode] = stores.participants.get(participantId)?.postcodes ?? [];
    const number = stores.actions.get(actionId)?.number ?? actionId;
    return {
      id: ids.ofCallback(id, 'desk'),
      callerId: {
        number: formatForTrunk(phone, 'national'),
        name: `Terugbellen ${number} ${postcode ? formatPostcode(postcode) : ''}`.trim(),
      },
      why: 'callback',
    };
  }

  #participantOrder({ id, phone }: Callback): CallOrder {
    const { callerId, ids, ringMs } = this.parts;
    return {
      id: ids.ofCallback(id, 'participant'),
      to: { type: 'trunk', number: phone },
      callerId,
      ringMs,
      maxMs: ringMs + TIP_CALL_MS,
    };
  }
}
