import type { E164 } from '../../../domain/phone-number.js';
import type { CallEnd, CallId } from '../../../ports/call.js';
import type { Clock } from '../../../ports/clock.js';
import type { SoundFiles } from '../../../ports/speech.js';
import type {
  AlertCallResult,
  AlertCallOrder,
  CallOrder,
  DeskCall,
  IncomingCall,
  StepListener,
  TransferRequest,
} from '../../../ports/telephony.js';
import { AsteriskAlertCall } from './alert-call.js';
import type { AriLink } from '../ari/ari-link.js';
import { AsteriskCall, type CallParts } from './asterisk-call.js';
import { endOf } from './hangup-causes.js';
import { CallResultSlots } from './call-result-slots.js';
import { channelOf, type AriEvent, type ChannelSnapshot } from '../ari/events.js';
import { sourceOf } from './surviving-calls.js';
import type { InfoKeys } from '../sip/info-keys.js';
import { AsteriskOutgoingCall } from './outgoing-call.js';
import type { Difference, KnownCall } from './reconciler.js';
import { readShownCaller } from './caller-id.js';
import { progressOf } from './call-progress.js';

export interface LiveCallsOptions {
  readonly links: { readonly alert: AriLink; readonly tips: AriLink };
  readonly clock: Clock;
  readonly shelf: SoundFiles;
  readonly recordingsFolder: string;
  readonly onStep: StepListener;
  readonly onIncoming: (incoming: IncomingCall) => void;
  readonly onDeskCall: (desk: DeskCall) => void;
  readonly onTransfer: (centralist: CallId, request: TransferRequest) => void;
  readonly onTrunkCallEnded: (end: CallEnd, number: E164) => void;
  /** A call on the trunk rings, is answered, or comes in. */
  readonly onTrunkHeard: () => void;
  /** Seconds of the Retry-After with which this SIP call was refused; undefined, at once, where that cannot be known. */
  readonly retryAfterOf: (sipCall: string) => Promise<number | undefined> | undefined;
  /** The keys that come by SIP INFO; absent where no copies of SIP messages come. */
  readonly infoKeys?: InfoKeys | undefined;
  readonly howEnded: (id: CallId) => Promise<AlertCallResult | undefined>;
}

/** The longest a call that came in can last: a conversation, and what comes before it. */
const LONGEST_MS = 30 * 60_000;

/** The calls that are up or on their way, by id: each hears of what happens to it, once. */
export class LiveCalls {
  /** Those in which a flow talks. */
  readonly #calls = new Map<CallId, AsteriskCall>();
  readonly #outgoing = new Map<CallId, AsteriskOutgoingCall>();
  /** Usernames of the softphones that dialled those. */
  readonly #dialledBy = new Map<CallId, string>();
  /** Those that talk by themselves. */
  readonly #announced = new Map<CallId, AsteriskAlertCall>();
  /** Of those. */
  readonly places = new CallResultSlots();

  constructor(private readonly options: LiveCallsOptions) {}

  has(id: CallId): boolean {
    return this.#calls.has(id) || this.#announced.has(id);
  }

  /** An announcement, whether it is still to be ordered or there already. */
  announce({ id, to, ringMs, maxMs }: AlertCallOrder): AsteriskAlertCall {
    const { clock, links, onTrunkCallEnded, onTrunkHeard } = this.options;
    const call = new AsteriskAlertCall(id, links.alert, clock, { ringMs, maxMs });
    this.#announced.set(id, call);
    if (to.type === 'trunk') {
      call.onRinging(onTrunkHeard);
      call.onAnswered(onTrunkHeard);
    }
    void call.ended.then((end) => {
      this.#announced.delete(id);
      this.places.free(id);
      if (to.type === 'trunk') onTrunkCallEnded(end, to.number);
    });
    return call;
  }

  /** A call of ours, whether it is still to be ordered or there already. */
  own(order: CallOrder, up: boolean): { call: AsteriskCall; outgoing: AsteriskOutgoingCall; link: AriLink } {
    const { clock, links, onTrunkCallEnded, onTrunkHeard } = this.options;
    const call = this.adopt(order.id, up, order.maxMs);
    const outgoing = new AsteriskOutgoingCall(order, call, clock);
    this.#outgoing.set(order.id, outgoing);
    const { to } = order;
    const cancelRinging = clock.after(order.ringMs, () => void call.endRinging());
    void outgoing.answered.then(cancelRinging);
    if (to.type === 'trunk') {
      outgoing.onRinging(onTrunkHeard);
      void outgoing.ended.then((end) => {
        onTrunkCallEnded(end, to.number);
      });
    }
    return { call, outgoing, link: links.tips };
  }

  /** @param maxMs the longest it can last from now on, by the monotonic clock */
  adopt(id: CallId, up: boolean, maxMs = LONGEST_MS): AsteriskCall {
    const { clock, links, shelf, onStep, recordingsFolder, infoKeys } = this.options;
    const parts: CallParts = { link: links.tips, clock, shelf, onStep, recordingsFolder, infoKeys };
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

  /** A call that a softphone dialled, whether it is new or was there already. */
  adoptDesk(id: CallId, up: boolean, username: string): AsteriskCall {
    this.#dialledBy.set(id, username);
    return this.adopt(id, up);
  }

  /** The calls of a softphone in which a flow talks. */
  ofDesk(username: string): readonly AsteriskCall[] {
    return [...this.#calls.values()].filter(({ id }) => {
      const to = this.#outgoing.get(id)?.order.to;
      return (to?.type === 'desk' && to.username === username) || this.#dialledBy.get(id) === username;
    });
  }

  /** The answered calls on the trunk in which a flow talks. */
  onTrunk(): readonly AsteriskCall[] {
    return [...this.#calls.values()].filter(
      ({ id, answered }) => answered && !this.#dialledBy.has(id) && this.#outgoing.get(id)?.order.to.type !== 'desk',
    );
  }

  answered(id: CallId): void {
    this.#outgoing.get(id)?.onAnswered();
  }

  loseAll(fault: string): void {
    for (const call of [...this.#calls.values(), ...this.#announced.values()]) call.onEnd({ by: 'lost', fault });
  }

  /** What Asterisk's own list says of the announcements: what an event did not tell of where they are is in it. */
  seen(channels: readonly ChannelSnapshot[]): void {
    for (const channel of channels) this.#announced.get(channel.id)?.applyProgress(progressOf(channel));
  }

  /** An event, and the link that told it. */
  receive(event: AriEvent, link: AriLink): void {
    if (event.type === 'StasisStart' && event.args[0] === 'incoming') {
      this.#incoming(event);
      return;
    }
    if (event.type === 'StasisStart' && event.args[0] === 'desk') {
      this.#desk(event);
      return;
    }
    const id = channelOf(event);
    // The application of the announcements hears of every call: each call is told of once, by its own link.
    if (link === this.options.links.alert) {
      const announced = id === undefined ? undefined : this.#announced.get(id);
      if (announced) this.#tellAnnounced(announced, event);
      return;
    }
    const call = id === undefined ? undefined : this.#calls.get(id);
    if (!call) return;
    const outgoing = this.#outgoing.get(call.id);
    switch (event.type) {
      case 'StasisStart':
        this.answered(call.id);
        break;
      case 'StasisEnd':
        // A call that came in leaves us only when it is over, and nothing is reported of it after that. One that we made
        // goes on being reported to its very end, which brings the cause.
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
        // Only announcements say the first, and the others are about no call.
        break;
      case 'ChannelDestroyed':
        call.onEnd(endOf(event, { hungUpByUs: call.hungUpByUs, answered: call.answered, rangOut: call.rangOut }));
        break;
    }
  }

  #tellAnnounced(call: AsteriskAlertCall, event: AriEvent): void {
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

  /** What is to be compared with Asterisk's own list; an order that it has not taken yet is none of its calls. */
  known(): KnownCall[] {
    const flows = [...this.#calls.values()]
      .filter(({ id }) => this.#outgoing.get(id)?.ordered ?? true)
      .map(({ id, hungUpByUs }) => {
        const unanswered = this.#outgoing.get(id)?.unanswered ?? false;
        return { id, hungUpByUs, unanswered, needsHands: true };
      });
    const announced = [...this.#announced.values()]
      .filter(({ ordered }) => ordered)
      .map(({ id, hungUpByUs, answered }) => ({ id, hungUpByUs, unanswered: !answered, needsHands: false }));
    return [...flows, ...announced];
  }

  /** What the events did not tell of a call that we know. */
  correct(difference: Exclude<Difference['type'], 'orphan' | 'caller' | 'desk'>, id: CallId): void {
    const announced = this.#announced.get(id);
    const call = announced ?? this.#calls.get(id);
    switch (difference) {
      case 'gone':
        if (announced) void this.#gone(announced);
        else this.#calls.get(id)?.onEnd({ by: 'lost', fault: UNREPORTED });
        break;
      case 'answered':
        if (announced) announced.wasAnswered();
        else this.answered(id);
        break;
      case 'still_there':
        void call?.sendHangUp();
        break;
    }
  }

  /** An announcement that is not there any more, and whose end we were not told: Asterisk may remember it. */
  async #gone(call: AsteriskAlertCall): Promise<void> {
    const end = await this.options.howEnded(call.id);
    endAsRemembered(call, end, UNREPORTED);
  }

  /** A refused call whose SIP call is known may have a Retry-After, which its last event does not tell. */
  #destroyed(call: AsteriskAlertCall, event: Extract<AriEvent, { type: 'ChannelDestroyed' }>): void {
    const end = endOf(event, { hungUpByUs: call.hungUpByUs, answered: call.answered, rangOut: call.rangOut });
    const at = Date.parse(event.timestamp);
    const [, sipCall] = (event.channel.channelvars?.BURGERNET_FAILURE ?? '').split('|');
    const asked = sipCall && end.sipStatus !== undefined ? this.options.retryAfterOf(sipCall) : undefined;
    if (!asked) {
      call.onEnd(end, at);
      return;
    }
    void asked.then((retryAfterSeconds) => {
      call.onEnd(retryAfterSeconds === undefined ? end : { ...end, retryAfterSeconds }, at);
    });
  }

  #incoming(event: Extract<AriEvent, { type: 'StasisStart' }>): void {
    const { channel, args } = event;
    // Told twice, or found by the reconciler before it was told.
    if (this.#calls.has(channel.id)) return;
    const call = this.adopt(channel.id, channel.state === 'Up');
    this.options.onTrunkHeard();
    this.options.onIncoming({
      call,
      ...readShownCaller(args[1] ?? ''),
      source: sourceOf(args[2]),
      refuse: () => call.refuse(),
    });
  }

  #desk({ channel, args }: Extract<AriEvent, { type: 'StasisStart' }>): void {
    if (this.#calls.has(channel.id)) return;
    const username = args[1] ?? '';
    const call = this.adoptDesk(channel.id, channel.state === 'Up', username);
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

const UNREPORTED = 'the end of the call was not reported';

/** The end of a call that was not told: what Asterisk remembers of it, or that it was lost. */
export function endAsRemembered(call: AsteriskAlertCall, end: AlertCallResult | undefined, fault: string): void {
  if (!end) {
    call.onEnd({ by: 'lost', fault });
    return;
  }
  call.applyProgress(end);
  if (end.answered) call.wasAnswered();
  call.onEnd(call.hungUpByUs && !call.rangOut ? { by: 'us' } : end, end.at);
}
