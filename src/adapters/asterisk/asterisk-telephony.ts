import { Emitter } from '../../lib/emitter.js';
import { formatForTrunk, type NumberFormat } from '../../domain/phone-number.js';
import type { Call, CallEnd, CallId } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { SoundShelf } from '../../ports/speech.js';
import type {
  CallOrder,
  Conversation,
  DeskAccount,
  Destination,
  IncomingCall,
  Left,
  LeftIncoming,
  LeftOutgoing,
  OutgoingCall,
  StepListener,
  Telephony,
  TelephonyHealth,
} from '../../ports/telephony.js';
import type { AriAddress } from './address.js';
import { AriControl } from './ari-control.js';
import { AriLink } from './ari-link.js';
import { AsteriskCall, type CallParts } from './asterisk-call.js';
import { ALERT_APP, TIP_APP } from './applications.js';
import { endOf } from './causes.js';
import { bridgeCalls, conversationIn, destroyBridge } from './conversation.js';
import { AriError, AsteriskUnusable } from './errors.js';
import { ALERT_EVENT_TYPES, channelOf, EVENT_TYPES, type AriEvent, type ChannelSnapshot } from './events.js';
import { placeOfEnd, readLastWords } from './last-words.js';
import { callerOf, leftCalls, shownNumber, type BridgeSnapshot } from './left-calls.js';
import { Outgoing } from './outgoing.js';
import { provisionDesk } from './provisioning.js';
import { Reconciler, type Difference } from './reconciler.js';
import { TrunkWatch } from './trunk-watch.js';
import { watchVoice } from './voice-watch.js';

export interface AsteriskTelephonyOptions {
  readonly address: AriAddress;
  readonly allowOldAsterisk: boolean;
  readonly numberFormat: NumberFormat;
  readonly recordingsFolder: string;
  readonly shelf: SoundShelf;
  readonly clock: Clock;
  readonly log: Log;
  readonly onStep: StepListener;
  /** Whether a call bears an id that we, or an earlier process of ours, gave it. */
  readonly isOurs: (id: CallId) => boolean;
}

/**
 * Telephone calls on Asterisk. Two applications with a socket each: a storm of alert calls does not deafen the tip line.
 * Events are handed to the call that they are about, by its id.
 */
export class AsteriskTelephony implements Telephony {
  readonly #links: { readonly alert: AriLink; readonly tips: AriLink };
  readonly #calls = new Map<CallId, AsteriskCall>();
  readonly #outgoing = new Map<CallId, Outgoing>();
  readonly #desks = new Map<string, DeskAccount>();
  readonly #health = new Emitter<TelephonyHealth>();
  readonly #trunk = new TrunkWatch(() => {
    this.#health.emit(this.health());
  });
  readonly #reconciler: Reconciler;
  /** Calls of an earlier process are no orphans until it is decided who takes them over. */
  #takenOver = false;
  #onIncoming: (incoming: IncomingCall) => void = () => undefined;
  #control: AriControl | undefined;
  #downReason = 'not connected yet';
  #closed = false;

  constructor(private readonly options: AsteriskTelephonyOptions) {
    // The alert calls are orders to the dialplan, which has them handed over when they are answered (extensions.conf,
    // [alert]): their application hears all calls, for it hears nothing of its own before that otherwise.
    this.#links = { alert: this.#makeLink(ALERT_APP, true), tips: this.#makeLink(TIP_APP, false) };
    this.#reconciler = new Reconciler({
      clock: options.clock,
      known: () => this.#known(),
      list: () => this.#channels(),
      isOurs: options.isOurs,
      settle: (difference, channel) => {
        this.#settle(difference, channel);
      },
    });
  }

  /** Connects; resolves when calls can be made. Throws `AsteriskUnusable` when this Asterisk cannot be used. */
  async open(): Promise<void> {
    const { address, allowOldAsterisk, clock } = this.options;
    this.#control = await AriControl.connect(address, { allowOld: allowOldAsterisk });
    const ready = new Promise<void>((resolve, reject) => {
      const off = this.#health.on((health) => {
        if (health.asterisk === 'up') {
          off();
          cancel();
          resolve();
        }
      });
      const cancel = clock.after(10_000, () => {
        off();
        reject(
          new AsteriskUnusable(
            'unreachable',
            `Asterisk at ${address.httpUrl} accepts no event connection: is res_ari_events loaded (modules.conf)?`,
          ),
        );
      });
    });
    this.#links.alert.open();
    this.#links.tips.open();
    await ready;
  }

  get asteriskVersion(): string {
    return this.#control?.version ?? 'unknown';
  }

  place(order: CallOrder): OutgoingCall {
    const { call, outgoing, link } = this.#own(order, false);
    const desk = order.to.type === 'desk';
    const body = {
      endpoint: this.#dialString(order.to),
      ...(desk ? { app: TIP_APP, appArgs: 'outgoing' } : { context: 'alert', extension: 's', priority: 1 }),
      callerId: `"${order.callerId.name.replace(/["<>\r\n]/g, '')}" <${order.callerId.number}>`,
      timeout: Math.ceil(order.ringMs / 1000),
      variables: {
        'TIMEOUT(absolute)': String(Math.ceil(order.maxMs / 1000)),
        'CHANNEL(hangup_handler_push)': 'failure,s,1',
        BURGERNET_END: placeOfEnd(order.id),
      },
    };
    link.request('POST', `channels/${order.id}`, {}, body).then(
      () => (outgoing.ordered = true),
      (error: unknown) => this.#orderFailed(outgoing, call, link, error),
    );
    return outgoing;
  }

  async left(): Promise<Left> {
    const channels = await this.#channels();
    const bridges = await this.#links.tips.request<readonly BridgeSnapshot[]>('GET', 'bridges');
    return leftCalls(channels, bridges, this.options.isOurs);
  }

  resume(order: CallOrder, left: LeftOutgoing): OutgoingCall {
    const { call, outgoing } = this.#own(order, left.answered);
    outgoing.ordered = true;
    if (left.rang) outgoing.onRang();
    if (left.answered) {
      call.silence();
      this.#answered(outgoing);
    }
    return outgoing;
  }

  resumeIncoming(left: LeftIncoming): IncomingCall {
    const call = this.#adopt(left.id, left.answered, this.#links.tips);
    call.silence();
    return { call, from: left.from, withheld: left.withheld };
  }

  resumeConversation(a: Call, b: Call): Conversation {
    return conversationIn(this.#links.tips, a, b);
  }

  async howEnded(id: CallId, answered: boolean): Promise<CallEnd | undefined> {
    try {
      const { value } = await this.#links.alert.request<{ value: string }>('GET', 'asterisk/variable', {
        variable: `GLOBAL(${placeOfEnd(id)})`,
      });
      return readLastWords(id, value, answered);
    } catch (error) {
      if (error instanceof AriError) return undefined;
      throw error;
    }
  }

  onIncoming(handler: (incoming: IncomingCall) => void): void {
    this.#onIncoming = handler;
  }

  connect(a: Call, b: Call): Promise<Conversation> {
    return bridgeCalls(this.#links.tips, a, b);
  }

  async provisionDesk(account: DeskAccount): Promise<void> {
    this.#desks.set(account.username, account);
    if (this.#control) await provisionDesk(this.#control, account);
  }

  async deskRegistered(username: string): Promise<boolean> {
    return (await this.#control?.endpointOnline(username)) ?? false;
  }

  async sweep(): Promise<readonly CallId[]> {
    const { isOurs } = this.options;
    const unowned = (id: CallId): boolean => !this.#calls.has(id);
    const orphans = (await this.#channels()).map(({ id }) => id).filter((id) => isOurs(id) && unowned(id));
    await Promise.all(orphans.map((id) => this.#end(id)));
    const bridges = await this.#links.tips.request<readonly BridgeSnapshot[]>('GET', 'bridges');
    const empty = bridges.filter(({ channels }) => channels.every(unowned));
    await Promise.all(empty.map(({ id }) => destroyBridge(this.#links.tips, id)));
    this.#takenOver = true;
    return orphans;
  }

  health(): TelephonyHealth {
    const up = this.#links.alert.up && this.#links.tips.up;
    return {
      asterisk: up ? 'up' : 'down',
      trunk: this.#trunk.state,
      reason: up ? this.#trunk.reason : `Asterisk cannot be reached: ${this.#downReason}`,
    };
  }

  onHealth(listener: (health: TelephonyHealth) => void): () => void {
    return this.#health.on(listener);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#reconciler.close();
    this.#links.alert.close();
    this.#links.tips.close();
    for (const call of this.#calls.values()) call.onEnd({ by: 'lost', fault: 'the service stopped' });
    return Promise.resolve();
  }

  // ------------------------------------------------------------------

  #makeLink(app: string, hearsAll: boolean): AriLink {
    const { address, clock, log } = this.options;
    const link: AriLink = new AriLink({
      address,
      app,
      hearsAll,
      clock,
      log,
      onEvent: (event) => {
        this.#receive(event, link);
      },
      onUp: () => {
        void this.#linkUp(app);
      },
      onDown: (reason) => {
        this.#downReason = reason;
        this.#reconciler.stop();
        this.#health.emit(this.health());
      },
    });
    return link;
  }

  /** After each connect: say what we listen to, make the accounts again if Asterisk was restarted, find lost calls. */
  async #linkUp(app: string): Promise<void> {
    try {
      await this.#control?.filterEvents(app, app === ALERT_APP ? ALERT_EVENT_TYPES : EVENT_TYPES);
      if (!this.#links.alert.up || !this.#links.tips.up) return;
      for (const account of this.#desks.values()) await this.provisionDesk(account);
      this.#reconciler.start();
      this.#health.emit(this.health());
    } catch (error) {
      if (!this.#closed) this.options.log.error('asterisk could not be prepared', { error: String(error) });
    }
  }

  #channels(): Promise<readonly ChannelSnapshot[]> {
    return this.#links.alert.request<readonly ChannelSnapshot[]>('GET', 'channels');
  }

  #known(): { id: CallId; hungUpByUs: boolean; unanswered: boolean }[] {
    return [...this.#calls.values()]
      .filter(({ id }) => this.#outgoing.get(id)?.ordered ?? true)
      .map(({ id, hungUpByUs }) => ({ id, hungUpByUs, unanswered: this.#outgoing.get(id)?.unanswered ?? false }));
  }

  /** What the events did not tell. */
  #settle(difference: Difference, channel: ChannelSnapshot | undefined): void {
    const { type, id } = difference;
    if ((type === 'orphan' || type === 'caller') && !this.#takenOver) return;
    const call = this.#calls.get(id);
    this.options.log.warn('asterisk and we differed about a call', { callId: id, difference: type });
    switch (type) {
      case 'gone':
        if (call) void this.#gone(call);
        break;
      case 'answered':
        this.#answered(this.#outgoing.get(id));
        break;
      case 'still_there':
        void call?.sendHangUp();
        break;
      case 'orphan':
        void this.#end(id);
        break;
      case 'caller':
        if (channel) this.#onIncoming(this.resumeIncoming(callerOf(channel)));
        break;
    }
  }

  /** A call that is not there any more, and whose end we were not told: Asterisk may remember it. */
  async #gone(call: AsteriskCall): Promise<void> {
    const end = await this.howEnded(call.id, call.answered);
    if (end && call.hungUpByUs) call.onEnd({ by: 'us' });
    else call.onEnd(end ?? { by: 'lost', fault: 'the end of the call was not reported' });
  }

  async #end(id: CallId): Promise<void> {
    await this.#links.alert.request('DELETE', `channels/${id}`).catch((error: unknown) => {
      if (!(error instanceof AriError)) throw error;
    });
  }

  #receive(event: AriEvent, link: AriLink): void {
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
        this.#answered(outgoing);
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
        call.onEnd(endOf(event, { hungUpByUs: call.hungUpByUs, answered: call.answered }));
        break;
    }
  }

  #incoming(event: Extract<AriEvent, { type: 'StasisStart' }>): void {
    const { channel, args } = event;
    // Told twice, or found by the reconciler before it was told.
    if (this.#calls.has(channel.id)) return;
    const call = this.#adopt(channel.id, channel.state === 'Up', this.#links.tips);
    this.#onIncoming({ call, ...shownNumber(channel, args[1]) });
  }

  #answered(outgoing: Outgoing | undefined): void {
    if (!outgoing?.onAnswered() || outgoing.order.to.type !== 'trunk') return;
    watchVoice(outgoing.call, this.#links.alert, this.options.clock);
  }

  /** A call of ours, whether it is still to be ordered or there already. */
  #own(order: CallOrder, up: boolean): { call: AsteriskCall; outgoing: Outgoing; link: AriLink } {
    const link = order.to.type === 'desk' ? this.#links.tips : this.#links.alert;
    const call = this.#adopt(order.id, up, link);
    const outgoing = new Outgoing(order, call);
    this.#outgoing.set(order.id, outgoing);
    if (order.to.type === 'trunk') void outgoing.ended.then((end) => this.#trunk.ended(end));
    return { call, outgoing, link };
  }

  #adopt(id: CallId, up: boolean, link: AriLink): AsteriskCall {
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

  #dialString(to: Destination): string {
    return to.type === 'desk'
      ? `PJSIP/${to.username}`
      : `PJSIP/${formatForTrunk(to.number, this.options.numberFormat)}@trunk-out`;
  }

  /**
   * The order was refused, or not answered. In the second case it may have been carried out: the list is asked once
   * requests are answered again, which is after this one was, for they are carried out in order.
   */
  async #orderFailed(outgoing: Outgoing, call: AsteriskCall, link: AriLink, error: unknown): Promise<void> {
    const fault = error instanceof Error ? error.message : String(error);
    if (!(error instanceof AriError && error.unanswered) || error.unsent) {
      call.onEnd({ by: 'lost', fault });
      return;
    }
    this.options.log.warn('a call order was not answered', { callId: call.id, fault });
    for (;;) {
      await Promise.race([link.whenUp(), call.ended]);
      if (call.signal.aborted) return;
      try {
        await link.request('GET', `channels/${call.id}`);
        outgoing.ordered = true;
        return;
      } catch (refusal) {
        if (!(refusal instanceof AriError)) throw refusal;
        if (refusal.unanswered) continue;
        const end = await this.howEnded(call.id, call.answered);
        call.onEnd(end ?? { by: 'lost', fault });
        return;
      }
    }
  }
}
