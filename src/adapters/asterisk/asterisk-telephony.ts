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
import { ALERT_APP, TIP_APP } from './applications.js';
import { bridgeCalls, conversationIn, destroyBridge } from './conversation.js';
import { AriError, AsteriskUnusable } from './errors.js';
import { ALERT_EVENT_TYPES, EVENT_TYPES, type ChannelSnapshot } from './events.js';
import { placeOfEnd, readLastWords } from './last-words.js';
import { callerOf, leftCalls, type BridgeSnapshot } from './left-calls.js';
import { LiveCalls } from './live-calls.js';
import type { AsteriskCall } from './asterisk-call.js';
import type { Outgoing } from './outgoing.js';
import { provisionDesk } from './provisioning.js';
import { Reconciler, type Difference } from './reconciler.js';
import { SipTap } from './sip-tap.js';
import { TrunkWatch } from './trunk-watch.js';

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
  /** Where our own Asterisk sends copies of SIP messages; absent with one elsewhere, whose Retry-After is not known. */
  readonly sipTapPort?: number;
}

/** When Asterisk could not be told what it must know, it is told again after this. */
const AGAIN_MS = 1_000;

/**
 * Telephone calls on Asterisk. Two applications with a socket each: a storm of alert calls does not deafen the tip line.
 * Events are handed to the call that they are about, by its id.
 */
export class AsteriskTelephony implements Telephony {
  readonly #links: { readonly alert: AriLink; readonly tips: AriLink };
  readonly #calls: LiveCalls;
  readonly #desks = new Map<string, DeskAccount>();
  readonly #health = new Emitter<TelephonyHealth>();
  readonly #trunk = new TrunkWatch(() => {
    this.#health.emit(this.health());
  });
  readonly #reconciler: Reconciler;
  /** Calls of an earlier process are no orphans until it is decided who takes them over. */
  #takenOver = false;
  readonly #tap: SipTap | undefined;
  #onIncoming: (incoming: IncomingCall) => void = () => undefined;
  #control: AriControl | undefined;
  #downReason = 'not connected yet';
  #closed = false;

  constructor(private readonly options: AsteriskTelephonyOptions) {
    // The alert calls are orders to the dialplan, which has them handed over when they are answered (extensions.conf,
    // [alert]): their application hears all calls, for it hears nothing of its own before that otherwise.
    this.#links = { alert: this.#makeLink(ALERT_APP, true), tips: this.#makeLink(TIP_APP, false) };
    this.#calls = new LiveCalls({
      ...options,
      retryAfterOf: (sipCall) => this.#tap?.retryAfterOf(sipCall),
      links: this.#links,
      howEnded: (id, answered) => this.howEnded(id, answered),
      onIncoming: (incoming) => {
        this.#onIncoming(incoming);
      },
      onTrunkCallEnded: (end) => {
        this.#trunk.ended(end);
      },
    });
    this.#reconciler = new Reconciler({
      clock: options.clock,
      known: () => this.#calls.known(),
      list: () => this.#channels(),
      isOurs: options.isOurs,
      settle: (difference, channel) => {
        this.#settle(difference, channel);
      },
    });
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
    const { call, outgoing, link } = this.#calls.own(order, false);
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
    const { call, outgoing } = this.#calls.own(order, left.answered);
    outgoing.ordered = true;
    if (left.rang) outgoing.onRang();
    if (left.answered) {
      call.silence();
      this.#calls.answered(order.id);
    }
    return outgoing;
  }

  resumeIncoming(left: LeftIncoming): IncomingCall {
    const call = this.#calls.adopt(left.id, left.answered, this.#links.tips);
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
    this.#tap?.close();
    this.#links.alert.close();
    this.#links.tips.close();
    this.#calls.loseAll('the service stopped');
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
        this.#calls.receive(event, link);
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
      if (this.#closed) return;
      this.options.log.error('asterisk could not be prepared; trying again', { error: String(error) });
      this.options.clock.after(AGAIN_MS, () => {
        if (!this.#closed && this.#links.alert.up && this.#links.tips.up) void this.#linkUp(app);
      });
    }
  }

  #channels(): Promise<readonly ChannelSnapshot[]> {
    return this.#links.alert.request<readonly ChannelSnapshot[]>('GET', 'channels');
  }

  async #end(id: CallId): Promise<void> {
    await this.#links.alert.request('DELETE', `channels/${id}`).catch((error: unknown) => {
      if (!(error instanceof AriError)) throw error;
    });
  }

  /** What the events did not tell. */
  #settle(difference: Difference, channel: ChannelSnapshot | undefined): void {
    const { type, id } = difference;
    if ((type === 'orphan' || type === 'caller') && !this.#takenOver) return;
    this.options.log.warn('asterisk and we differed about a call', { callId: id, difference: type });
    if (type === 'orphan') void this.#end(id);
    else if (type !== 'caller') this.#calls.correct(type, id);
    else if (channel) this.#onIncoming(this.resumeIncoming(callerOf(channel)));
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
