import type { CallEnd, CallId } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { SoundShelf } from '../../ports/speech.js';
import type { CallOrder, IncomingCall, StepListener } from '../../ports/telephony.js';
import type { AriLink } from './ari-link.js';
import { AsteriskCall, type CallParts } from './asterisk-call.js';
import { endOf } from './causes.js';
import { channelOf, type AriEvent } from './events.js';
import { shownNumber } from './left-calls.js';
import { Outgoing } from './outgoing.js';
import type { Difference, KnownCall } from './reconciler.js';
import { watchVoice } from './voice-watch.js';

export interface LiveCallsOptions {
  readonly links: { readonly alert: AriLink; readonly tips: AriLink };
  readonly clock: Clock;
  readonly shelf: SoundShelf;
  readonly recordingsFolder: string;
  readonly onStep: StepListener;
  readonly onIncoming: (incoming: IncomingCall) => void;
  readonly onTrunkCallEnded: (end: CallEnd) => void;
  /** Seconds of the Retry-After with which this SIP call was refused; undefined, at once, where that cannot be known. */
  readonly retryAfterOf: (sipCall: string) => Promise<number | undefined> | undefined;
  readonly howEnded: (id: CallId, answered: boolean) => Promise<CallEnd | undefined>;
}

/** The calls that are up or on their way, by id: each hears of what happens to it, once. */
export class LiveCalls {
  readonly #calls = new Map<CallId, AsteriskCall>();
  readonly #outgoing = new Map<CallId, Outgoing>();

  constructor(private readonly options: LiveCallsOptions) {}

  has(id: CallId): boolean {
    return this.#calls.has(id);
  }

  /** A call of ours, whether it is still to be ordered or there already. */
  own(order: CallOrder, up: boolean): { call: AsteriskCall; outgoing: Outgoing; link: AriLink } {
    const { links, onTrunkCallEnded } = this.options;
    const link = order.to.type === 'desk' ? links.tips : links.alert;
    const call = this.adopt(order.id, up, link);
    const outgoing = new Outgoing(order, call);
    this.#outgoing.set(order.id, outgoing);
    if (order.to.type === 'trunk') void outgoing.ended.then(onTrunkCallEnded);
    return { call, outgoing, link };
  }

  adopt(id: CallId, up: boolean, link: AriLink): AsteriskCall {
    const { clock, shelf, onStep, recordingsFolder } = this.options;
    const parts: CallParts = { link, clock, shelf, onStep, recordingsFolder };
    const call = new AsteriskCall(id, up, parts);
    this.#calls.set(id, call);
    void call.ended.then(() => {
      this.#calls.delete(id);
      this.#outgoing.delete(id);
    });
    return call;
  }

  answered(id: CallId): void {
    const outgoing = this.#outgoing.get(id);
    if (!outgoing?.onAnswered() || outgoing.order.to.type !== 'trunk') return;
    watchVoice(outgoing.call, this.options.links.alert, this.options.clock);
  }

  loseAll(fault: string): void {
    for (const call of this.#calls.values()) call.onEnd({ by: 'lost', fault });
  }

  /** An event, and the link that told it. */
  receive(event: AriEvent, link: AriLink): void {
    if (event.type === 'StasisStart' && event.args[0] === 'incoming') {
      this.#incoming(event);
      return;
    }
    const id = channelOf(event);
    const call = id === undefined ? undefined : this.#calls.get(id);
    // The alert application hears of every call; each call is told of once, by its own link.
    if (call?.link !== link) return;
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
        call.onDigit(event.digit, event.timestamp);
        break;
      case 'PlaybackFinished':
        call.onPlayback(event.playback);
        break;
      case 'RecordingFinished':
      case 'RecordingFailed':
        call.onRecording(event.recording);
        break;
      case 'ChannelDestroyed':
        this.#destroyed(
          call,
          endOf(event, { hungUpByUs: call.hungUpByUs, answered: call.answered }),
          event.channel.channelvars?.BURGERNET_SIP_CALL,
        );
        break;
    }
  }

  /** What is to be compared with Asterisk's own list; an order that it has not taken yet is none of its calls. */
  known(): KnownCall[] {
    return [...this.#calls.values()]
      .filter(({ id }) => this.#outgoing.get(id)?.ordered ?? true)
      .map(({ id, hungUpByUs }) => ({ id, hungUpByUs, unanswered: this.#outgoing.get(id)?.unanswered ?? false }));
  }

  /** What the events did not tell of a call that we know. */
  correct(difference: Exclude<Difference['type'], 'orphan' | 'caller'>, id: CallId): void {
    const call = this.#calls.get(id);
    if (!call) return;
    switch (difference) {
      case 'gone':
        void this.#gone(call);
        break;
      case 'answered':
        this.answered(id);
        break;
      case 'still_there':
        void call.sendHangUp();
        break;
    }
  }

  /** A refused call whose SIP call is known may have a Retry-After, which its last event does not tell. */
  #destroyed(call: AsteriskCall, end: CallEnd, sipCall: string | undefined): void {
    const asked = sipCall && end.sipStatus !== undefined ? this.options.retryAfterOf(sipCall) : undefined;
    if (!asked) {
      call.onEnd(end);
      return;
    }
    void asked.then((retryAfterSeconds) => {
      call.onEnd(retryAfterSeconds === undefined ? end : { ...end, retryAfterSeconds });
    });
  }

  /** A call that is not there any more, and whose end we were not told: Asterisk may remember it. */
  async #gone(call: AsteriskCall): Promise<void> {
    const end = await this.options.howEnded(call.id, call.answered);
    if (end && call.hungUpByUs) call.onEnd({ by: 'us' });
    else call.onEnd(end ?? { by: 'lost', fault: 'the end of the call was not reported' });
  }

  #incoming(event: Extract<AriEvent, { type: 'StasisStart' }>): void {
    const { channel, args } = event;
    // Told twice, or found by the reconciler before it was told.
    if (this.#calls.has(channel.id)) return;
    const call = this.adopt(channel.id, channel.state === 'Up', this.options.links.tips);
    this.options.onIncoming({ call, ...shownNumber(channel, args[1]) });
  }
}
