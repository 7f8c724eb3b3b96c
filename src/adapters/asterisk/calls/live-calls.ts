import type { E164 } from '../../../domain/phone-number.js';
import type { CallEnd, CallId } from '../../../ports/call.js';
import type { Clock } from '../../../ports/clock.js';
import type { SoundFiles } from '../../../ports/speech.js';
import type {
  AlertCallOrder,
  AlertCallResult,
  CallOrder,
  DeskCall,
  IncomingCall,
  StepListener,
  TransferRequest,
} from '../../../ports/telephony.js';
import type { AriLink } from '../ari/ari-link.js';
import { channelOf, type AriEvent, type ChannelSnapshot } from '../ari/events.js';
import type { InfoKeys } from '../sip/info-keys.js';
import { AsteriskAlertCall } from './alert-call.js';
import { AsteriskCall, type CallParts } from './asterisk-call.js';
import { UNREPORTED_END } from './call-leg.js';
import { CallResultSlots } from './call-result-slots.js';
import { progressOf } from './call-result.js';
import { readShownCaller, sourceOf } from './caller-id.js';
import { endOf } from './hangup-causes.js';
import { AsteriskOutgoingCall } from './outgoing-call.js';
import type { Difference, KnownCall } from './reconciler.js';

export interface LiveCallsOptions {
  readonly links: { readonly alert: AriLink; readonly tips: AriLink };
  readonly clock: Clock;
  readonly soundFiles: SoundFiles;
  readonly recordingsFolder: string;
  readonly onStep: StepListener;
  readonly onIncoming: (incoming: IncomingCall) => void;
  readonly onDeskCall: (desk: DeskCall) => void;
  readonly onTransfer: (centralist: CallId, request: TransferRequest) => void;
  readonly onTrunkCallEnded: (end: CallEnd, number: E164) => void;
  /** Called when a call on the trunk rings, is answered, or comes in. */
  readonly onTrunkAlive: () => void;
  /** Retry-After of this refused SIP call, s. Returns undefined at once when it can never be known. */
  readonly retryAfterOf: (sipCall: string) => Promise<number | undefined> | undefined;
  /** Keys sent by SIP INFO; absent when the controller receives no copies of SIP messages. */
  readonly infoKeys?: InfoKeys | undefined;
  readonly rememberedResult: (id: CallId) => Promise<AlertCallResult | undefined>;
}

/** An incoming call is ended after this time: the queue and the conversation together. */
const LONGEST_MS = 30 * 60_000;

/** Calls in progress, by id. Every ARI event is delivered to its call exactly once. */
export class LiveCalls {
  /** Calls that a flow plays. */
  readonly #calls = new Map<CallId, AsteriskCall>();
  readonly #outgoing = new Map<CallId, AsteriskOutgoingCall>();
  /** Username of the softphone that dialled the call, by call id. */
  readonly #dialledBy = new Map<CallId, string>();
  /** Calls that the dialplan plays. */
  readonly #alertCalls = new Map<CallId, AsteriskAlertCall>();
  /** Where Asterisk keeps the results of the alert calls. */
  readonly slots = new CallResultSlots();

  constructor(private readonly options: LiveCallsOptions) {}

  has(id: CallId): boolean {
    return this.#calls.has(id) || this.#alertCalls.has(id);
  }

  /** Adds an alert call, before it is originated or when it is taken over. */
  addAlert({ id, to, ringMs, maxMs }: AlertCallOrder): AsteriskAlertCall {
    const { clock, links, onTrunkCallEnded, onTrunkAlive } = this.options;
    const call = new AsteriskAlertCall(id, links.alert, clock, { ringMs, maxMs });
    this.#alertCalls.set(id, call);
    if (to.type === 'trunk') {
      call.onRinging(onTrunkAlive);
      call.onAnswered(onTrunkAlive);
    }
    void call.ended.then((end) => {
      this.#alertCalls.delete(id);
      this.slots.free(id);
      if (to.type === 'trunk') onTrunkCallEnded(end, to.number);
    });
    return call;
  }

  /** Adds an outgoing call that a flow plays, before it is originated or when it is taken over. */
  addOutgoing(order: CallOrder, up: boolean): { call: AsteriskCall; outgoing: AsteriskOutgoingCall } {
    const { clock, onTrunkCallEnded, onTrunkAlive } = this.options;
    const call = this.addIncoming(order.id, up, order.maxMs);
    const outgoing = new AsteriskOutgoingCall(order, call, clock);
    this.#outgoing.set(order.id, outgoing);
    const { to } = order;
    const cancelRinging = clock.after(order.ringMs, () => void call.endRinging());
    void outgoing.answered.then(cancelRinging);
    if (to.type === 'trunk') {
      outgoing.onRinging(onTrunkAlive);
      void outgoing.ended.then((end) => {
        onTrunkCallEnded(end, to.number);
      });
    }
    return { call, outgoing };
  }

  /**
   * Adds a call that came in, from the trunk or from a softphone.
   * @param maxMs the longest time that the call can last from now on, by the monotonic clock
   */
  addIncoming(id: CallId, up: boolean, maxMs = LONGEST_MS): AsteriskCall {
    const { clock, links, soundFiles, onStep, recordingsFolder, infoKeys } = this.options;
    const parts: CallParts = { link: links.tips, clock, soundFiles, onStep, recordingsFolder, infoKeys };
    const call = new AsteriskCall(id, up, parts);
    this.#calls.set(id, call);
    const cancelLimit = clock.after(maxMs, () => void call.hangUp());
    void call.ended.then(() => {
      cancelLimit();
      this.#calls.delete(id);
      this.#outgoing.delete(id);
      this.#dialledBy.delete(id);
    });
    return call;
  }

  /** Adds a call that a softphone dialled. */
  addDialled(id: CallId, up: boolean, username: string): AsteriskCall {
    this.#dialledBy.set(id, username);
    return this.addIncoming(id, up);
  }

  /** The calls of a softphone, in either direction. */
  ofSoftphone(username: string): readonly AsteriskCall[] {
    return [...this.#calls.values()].filter(({ id }) => {
      const to = this.#outgoing.get(id)?.order.to;
      return (to?.type === 'desk' && to.username === username) || this.#dialledBy.get(id) === username;
    });
  }

  /** The answered calls on the trunk that a flow plays. */
  onTrunk(): readonly AsteriskCall[] {
    return [...this.#calls.values()].filter(
      ({ id, answered }) => answered && !this.#dialledBy.has(id) && this.#outgoing.get(id)?.order.to.type !== 'desk',
    );
  }

  wasAnswered(id: CallId): void {
    this.#outgoing.get(id)?.onAnswered();
  }

  loseAll(fault: string): void {
    for (const call of [...this.#calls.values(), ...this.#alertCalls.values()]) call.onEnd({ by: 'lost', fault });
  }

  /** Reads the progress of the alert calls from the list of channels, because events may be lost. */
  applySnapshots(channels: readonly ChannelSnapshot[]): void {
    for (const channel of channels) this.#alertCalls.get(channel.id)?.applyProgress(progressOf(channel));
  }

  /** Delivers an event that came over this link. */
  receive(event: AriEvent, link: AriLink): void {
    if (event.type === 'StasisStart' && event.args[0] === 'incoming') {
      this.#incoming(event);
      return;
    }
    if (event.type === 'StasisStart' && event.args[0] === 'desk') {
      this.#dialled(event);
      return;
    }
    const id = channelOf(event);
    // The alert link receives the events of every call. It delivers only those of alert calls, so that no
    // call of a flow receives an event twice.
    if (link === this.options.links.alert) {
      const alertCall = id === undefined ? undefined : this.#alertCalls.get(id);
      if (alertCall) this.#deliverToAlert(alertCall, event);
      return;
    }
    const call = id === undefined ? undefined : this.#calls.get(id);
    if (!call) return;
    const outgoing = this.#outgoing.get(call.id);
    switch (event.type) {
      case 'StasisStart':
        this.wasAnswered(call.id);
        break;
      case 'StasisEnd':
        // An incoming call leaves the application only at its end, and Asterisk sends no event of it after
        // that. An outgoing call has a later event, ChannelDestroyed, which has the cause.
        if (!outgoing) call.onEnd({ by: call.hungUpByUs ? 'us' : 'them' });
        break;
      case 'Dial':
        if (event.dialstatus === 'RINGING' || event.dialstatus === 'PROGRESS') outgoing?.onRang();
        break;
      case 'ChannelDtmfReceived':
        call.onDigit(event.digit, event.timestamp, event.duration_ms);
        break;
      case 'PlaybackFinished':
        call.onPlayback(event.playback);
        break;
      case 'RecordingFinished':
      case 'RecordingFailed':
        call.onRecording(event.recording);
        break;
      case 'ChannelTransfer':
        this.#transfer(call, event);
        break;
      case 'ChannelUserevent':
      case 'PeerStatusChange':
      case 'ContactStatusChange':
        // The first is sent for alert calls only, and the other two are about endpoints.
        break;
      case 'ChannelDestroyed':
        call.onEnd(endOf(event, { hungUpByUs: call.hungUpByUs, answered: call.answered, rangOut: call.rangOut }));
        break;
    }
  }

  #deliverToAlert(call: AsteriskAlertCall, event: AriEvent): void {
    switch (event.type) {
      case 'Dial':
        if (event.dialstatus === 'RINGING' || event.dialstatus === 'PROGRESS') call.rang();
        else if (event.dialstatus === 'ANSWER') call.wasAnswered();
        break;
      case 'ChannelUserevent':
        call.applyProgress(progressOf(event.channel));
        break;
      case 'ChannelDestroyed':
        call.applyProgress(progressOf(event.channel));
        this.#destroyed(call, event);
        break;
      default:
        break;
    }
  }

  /**
   * Calls to compare with GET /channels. Originate requests that Asterisk has not accepted yet are left out.
   */
  known(): KnownCall[] {
    const flowCalls = [...this.#calls.values()]
      .filter(({ id }) => this.#outgoing.get(id)?.accepted ?? true)
      .map(({ id, hungUpByUs }) => {
        const unanswered = this.#outgoing.get(id)?.unanswered ?? false;
        return { id, hungUpByUs, unanswered, needsStasis: true };
      });
    const alertCalls = [...this.#alertCalls.values()]
      .filter(({ accepted }) => accepted)
      .map(({ id, hungUpByUs, answered }) => ({ id, hungUpByUs, unanswered: !answered, needsStasis: false }));
    return [...flowCalls, ...alertCalls];
  }

  /** Corrects a call whose event was lost. */
  correct(difference: Exclude<Difference['type'], 'orphan' | 'caller' | 'desk'>, id: CallId): void {
    const alertCall = this.#alertCalls.get(id);
    const call = alertCall ?? this.#calls.get(id);
    switch (difference) {
      case 'gone':
        if (alertCall) void this.#endUnreported(alertCall);
        else this.#calls.get(id)?.onEnd({ by: 'lost', fault: UNREPORTED_END });
        break;
      case 'answered':
        if (alertCall) alertCall.wasAnswered();
        else this.wasAnswered(id);
        break;
      case 'still_there':
        void call?.sendHangUp();
        break;
    }
  }

  async #endUnreported(call: AsteriskAlertCall): Promise<void> {
    endAsRemembered(call, await this.options.rememberedResult(call.id), UNREPORTED_END);
  }

  /**
   * Ends the call. A refusal may have a Retry-After, which is not in the event but in a copied SIP message.
   */
  #destroyed(call: AsteriskAlertCall, event: Extract<AriEvent, { type: 'ChannelDestroyed' }>): void {
    const end = endOf(event, { hungUpByUs: call.hungUpByUs, answered: call.answered, rangOut: call.rangOut });
    const at = Date.parse(event.timestamp);
    const [, sipCall] = (event.channel.channelvars?.BURGERNET_FAILURE ?? '').split('|');
    const retryAfter = sipCall && end.sipStatus !== undefined ? this.options.retryAfterOf(sipCall) : undefined;
    if (!retryAfter) {
      call.onEnd(end, at);
      return;
    }
    void retryAfter.then((retryAfterSeconds) => {
      call.onEnd(retryAfterSeconds === undefined ? end : { ...end, retryAfterSeconds }, at);
    });
  }

  #incoming(event: Extract<AriEvent, { type: 'StasisStart' }>): void {
    const { channel, args } = event;
    // Asterisk may deliver the event twice, and the reconciler may have found the call before the event came.
    if (this.#calls.has(channel.id)) return;
    const call = this.addIncoming(channel.id, channel.state === 'Up');
    this.options.onTrunkAlive();
    this.options.onIncoming({
      call,
      ...readShownCaller(args[1] ?? ''),
      source: sourceOf(args[2]),
      refuse: () => call.refuse(),
    });
  }

  #dialled({ channel, args }: Extract<AriEvent, { type: 'StasisStart' }>): void {
    if (this.#calls.has(channel.id)) return;
    const username = args[1] ?? '';
    const call = this.addDialled(channel.id, channel.state === 'Up', username);
    this.options.onDeskCall({ call, username, dialled: args[2] ?? '' });
  }

  #transfer(call: AsteriskCall, event: Extract<AriEvent, { type: 'ChannelTransfer' }>): void {
    const { refer_to, state, timestamp } = event;
    if (state !== undefined || !call.onTransfer(timestamp)) return;
    this.options.onTransfer(call.id, {
      to: refer_to.destination_channel ? undefined : refer_to.requested_destination.destination,
      consulted: refer_to.destination_channel?.id,
      report: (progress) => call.reportTransfer(progress),
    });
  }
}

/** Ends a call whose last event was lost: with the result that Asterisk kept, or as lost without a result. */
export function endAsRemembered(call: AsteriskAlertCall, end: AlertCallResult | undefined, fault: string): void {
  if (!end) {
    call.onEnd({ by: 'lost', fault });
    return;
  }
  call.applyProgress(end);
  if (end.answered) call.wasAnswered();
  call.onEnd(call.hungUpByUs && !call.rangOut ? { by: 'us' } : end, end.at);
}
