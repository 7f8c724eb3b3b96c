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
  OutgoingCall,
  StepListener,
  Telephony,
  TelephonyHealth,
} from '../../ports/telephony.js';
import type { AriAddress } from './address.js';
import { AriControl } from './ari-control.js';
import { AriLink } from './ari-link.js';
import { AsteriskCall, type CallParts } from './asterisk-call.js';
import { endOf } from './causes.js';
import { bridgeCalls } from './conversation.js';
import { AriError, AsteriskUnusable } from './errors.js';
import { channelOf, type AriEvent } from './events.js';
import { Outgoing } from './outgoing.js';
import { provisionDesk } from './provisioning.js';
import { SipTap } from './sip-tap.js';
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
  /** Where our own Asterisk sends copies of SIP messages; absent with one elsewhere, whose Retry-After is not known. */
  readonly sipTapPort?: number;
}

/** Names of the Stasis applications; asterisk-config/extensions.conf sends the tip line to the second. */
export const ALERT_APP = 'burgernet-alert';
export const TIP_APP = 'burgernet-tips';

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
  readonly #tap: SipTap | undefined;
  #onIncoming: (incoming: IncomingCall) => void = () => undefined;
  #control: AriControl | undefined;
  #downReason = 'not connected yet';
  #closed = false;

  constructor(private readonly options: AsteriskTelephonyOptions) {
    this.#links = { alert: this.#makeLink(ALERT_APP), tips: this.#makeLink(TIP_APP) };
    const { sipTapPort: port, clock, log } = options;
    if (port !== undefined) this.#tap = new SipTap({ port, clock, log });
  }

  /** Connects; resolves when calls can be made. Throws `AsteriskUnusable` when this Asterisk cannot be used. */
  async open(): Promise<void> {
    const { address, allowOldAsterisk, clock } = this.options;
    this.#control = await AriControl.connect(address, { allowOld: allowOldAsterisk });
    await this.#tap?.open();
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
    const desk = order.to.type === 'desk';
    const link = desk ? this.#links.tips : this.#links.alert;
    const call = this.#adopt(order.id, false, link);
    const outgoing = new Outgoing(order, call);
    this.#outgoing.set(order.id, outgoing);
    if (!desk) void outgoing.ended.then((end) => this.#trunk.ended(end));
    const body = {
      endpoint: this.#dialString(order.to),
      app: desk ? TIP_APP : ALERT_APP,
      appArgs: 'outgoing',
      callerId: `"${order.callerId.name.replace(/["<>\r\n]/g, '')}" <${order.callerId.number}>`,
      timeout: Math.ceil(order.ringMs / 1000),
      variables: {
        'TIMEOUT(absolute)': String(Math.ceil(order.maxMs / 1000)),
        'CHANNEL(hangup_handler_push)': 'failure,s,1',
      },
    };
    link.request('POST', `channels/${order.id}`, {}, body).catch((error: unknown) => {
      this.#orderFailed(call, error);
    });
    return outgoing;
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

  async sweep(isOurs: (id: CallId) => boolean): Promise<readonly CallId[]> {
    const control = this.#control;
    if (!control) return [];
    const orphans = (await control.callIds()).filter((id) => isOurs(id) && !this.#calls.has(id));
    await Promise.all(orphans.map((id) => control.hangUp(id)));
    const bridges = (await control.bridgeIds()).filter(
      (id) => isOurs(id) && !this.#calls.has(id.replace(/-bridge$/, '')),
    );
    await Promise.all(bridges.map((id) => control.destroyBridge(id)));
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
    this.#tap?.close();
    this.#links.alert.close();
    this.#links.tips.close();
    for (const call of this.#calls.values()) call.onEnd({ by: 'lost', fault: 'the service stopped' });
    return Promise.resolve();
  }

  // ------------------------------------------------------------------

  #makeLink(app: string): AriLink {
    const { address, clock, log } = this.options;
    return new AriLink({
      address,
      app,
      clock,
      log,
      onEvent: (event) => {
        this.#receive(event);
      },
      onUp: () => {
        void this.#linkUp(app);
      },
      onDown: (reason) => {
        this.#downReason = reason;
        this.#health.emit(this.health());
      },
    });
  }

  /** After each connect: say what we listen to, make the accounts again if Asterisk was restarted, find lost calls. */
  async #linkUp(app: string): Promise<void> {
    try {
      await this.#control?.filterEvents(app);
      if (!this.#links.alert.up || !this.#links.tips.up) return;
      for (const account of this.#desks.values()) await this.provisionDesk(account);
      await this.#reconcile();
      this.#health.emit(this.health());
    } catch (error) {
      if (!this.#closed) this.options.log.error('asterisk could not be prepared', { error: String(error) });
    }
  }

  /** After a silence: whatever call of ours is not in Asterisk any more has ended without us hearing it. */
  async #reconcile(): Promise<void> {
    if (this.#calls.size === 0 || !this.#control) return;
    const known = [...this.#calls.values()];
    const there = new Set(await this.#control.callIds());
    for (const call of known) {
      if (!there.has(call.id)) call.onEnd({ by: 'lost', fault: 'the call ended while Asterisk was not connected' });
    }
  }

  #receive(event: AriEvent): void {
    if (event.type === 'StasisStart' && event.args[0] === 'incoming') {
      this.#incoming(event);
      return;
    }
    const id = channelOf(event);
    const call = id === undefined ? undefined : this.#calls.get(id);
    if (!call) return;
    const outgoing = this.#outgoing.get(call.id);
    switch (event.type) {
      case 'StasisStart':
        if (outgoing?.order.to.type === 'trunk') watchVoice(call, this.#links.alert, this.options.clock);
        outgoing?.onAnswered();
        break;
      case 'StasisEnd':
        // A call that came in leaves us only when it is over, and nothing is reported of it after that. One that we made
        // goes on being reported to its very end, which brings the cause.
        if (!outgoing) call.onEnd({ by: call.hungUpByUs ? 'us' : 'them' });
        break;
      case 'ChannelStateChange':
        if (event.channel.state === 'Ringing') outgoing?.onRang();
        break;
      case 'Dial':
        if (event.dialstatus === 'RINGING' || event.dialstatus === 'PROGRESS') outgoing?.onRang();
        break;
      case 'ChannelDtmfReceived':
        call.onDigit(event.digit);
        break;
      case 'PlaybackStarted':
      case 'PlaybackFinished':
        call.onPlayback(event.playback);
        break;
      case 'RecordingFinished':
      case 'RecordingFailed':
        call.onRecording(event.recording);
        break;
      case 'ChannelDestroyed':
        this.#ended(
          call,
          endOf(event, { hungUpByUs: call.hungUpByUs, answered: call.answered }),
          event.channel.channelvars?.BURGERNET_SIP_CALL,
        );
        break;
    }
  }

  /** A refused call whose SIP call is known may have a Retry-After, which its last event does not tell. */
  #ended(call: AsteriskCall, end: CallEnd, sipCallId: string | undefined): void {
    if (!this.#tap || !sipCallId || end.sipStatus === undefined) {
      call.onEnd(end);
      return;
    }
    void this.#tap.retryAfterOf(sipCallId).then((retryAfterSeconds) => {
      call.onEnd(retryAfterSeconds === undefined ? end : { ...end, retryAfterSeconds });
    });
  }

  #incoming(event: Extract<AriEvent, { type: 'StasisStart' }>): void {
    const { channel, args } = event;
    const call = this.#adopt(channel.id, channel.state === 'Up', this.#links.tips);
    const number = channel.caller.number;
    this.#onIncoming({
      call,
      from: number === '' ? undefined : number,
      withheld: /^prohib/.test(args[1] ?? '') || number === '' || /anonymous|unavailable|restricted/i.test(number),
    });
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

  #orderFailed(call: AsteriskCall, error: unknown): void {
    const fault = error instanceof Error ? error.message : String(error);
    if (error instanceof AriError && error.unanswered) {
      // It may have been placed all the same: look before the line is given back.
      this.options.log.warn('a call order was not answered', { callId: call.id, fault });
      void call.hangUp().then(() => {
        call.onEnd({ by: 'lost', fault });
      });
      return;
    }
    call.onEnd({ by: 'lost', fault });
  }
}
