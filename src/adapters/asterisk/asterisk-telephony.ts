import { Emitter } from '../../lib/emitter.js';
import type { NumberFormat } from '../../domain/phone-number.js';
import type { Call, CallId } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { SoundFiles } from '../../ports/speech.js';
import type {
  Conversation,
  DeskCall,
  IncomingCall,
  StepListener,
  Telephony,
  TelephonyHealth,
  TransferRequest,
} from '../../ports/telephony.js';
import type { AriAddress } from './ari/address.js';
import { AriControl } from './ari/ari-control.js';
import type { AriLink } from './ari/ari-link.js';
import { AriLinks } from './ari/ari-links.js';
import { AsteriskUnusable } from './ari/errors.js';
import type { AriEvent } from './ari/events.js';
import { Bridges } from './calls/bridges.js';
import { bridgeCalls } from './calls/conversation.js';
import { LiveCalls } from './calls/live-calls.js';
import { SilentLines } from './calls/silent-lines.js';
import { AsteriskOutboundCalls } from './outbound-calls.js';
import { SILENCE_MS } from './process/config-values.js';
import { InfoKeys } from './sip/info-keys.js';
import { SipTap } from './sip/sip-tap.js';
import { TRUNK_OPTIONS, type OptionsTiming } from './sip/trunk.js';
import { TrunkMonitor } from './sip/trunk-monitor.js';
import { AsteriskSoftphones } from './softphones.js';
import { AsteriskTakeover } from './takeover.js';

export interface AsteriskTelephonyOptions {
  readonly address: AriAddress;
  readonly allowOldAsterisk: boolean;
  readonly numberFormat: NumberFormat;
  readonly recordingsFolder: string;
  readonly soundFiles: SoundFiles;
  readonly clock: Clock;
  readonly log: Log;
  readonly onStep: StepListener;
  /** Whether a call has an id that the controller gave it, in this process or an earlier one. */
  readonly isOurs: (id: CallId) => boolean;
  /** Port for the copies of SIP messages from our own Asterisk. Without copies no Retry-After is known. */
  readonly sipTapPort?: number;
  /** Ports on which our Asterisk receives SIP, to tell incoming from outgoing messages. */
  readonly sipPorts?: readonly number[];
  /** Softphones must encrypt their audio (SRTP, RFC 3711). Default false: plain RTP. */
  readonly srtp?: boolean;
  /** Timing of the OPTIONS to the trunk; absent when none are sent. */
  readonly trunkOptions?: OptionsTiming | undefined;
  /** `host:port` of the registrar, and our SIP port. Absent without a registration or copies. */
  readonly trunkRegistration?: { readonly server: string; readonly sipPort: number } | undefined;
  /** Another interval between packet counts of calls on the trunk; for tests. */
  readonly silenceCountMs?: number | undefined;
  /** Why our own Asterisk cannot be started; empty when it can, or when Asterisk is not ours. */
  readonly whyNotStarted?: () => string;
}

const OPEN_MS = 10_000;
/** On a busy machine the copies of SIP messages may come this late. */
const COPIES_LATE_MS = 2_000;

/** Telephony by Asterisk. Each part of the port is in a class of its own; this class connects them. */
export class AsteriskTelephony implements Telephony {
  readonly #links: AriLinks;
  readonly #calls: LiveCalls;
  readonly #bridges: Bridges;
  readonly #outbound: AsteriskOutboundCalls;
  readonly #takeover: AsteriskTakeover;
  readonly #softphones: AsteriskSoftphones;
  readonly #trunk: TrunkMonitor;
  readonly #silentLines: SilentLines;
  readonly #tap: SipTap | undefined;
  readonly #health = new Emitter<TelephonyHealth>();
  #control: AriControl | undefined;
  #downReason = 'not connected yet';
  #onIncoming: (incoming: IncomingCall) => void = () => undefined;
  #onDeskCall: (desk: DeskCall) => void = () => undefined;
  #onTransfer: (centralist: CallId, request: TransferRequest) => void = () => undefined;

  constructor(private readonly options: AsteriskTelephonyOptions) {
    const { address, clock, log, sipTapPort, sipPorts = [], trunkOptions, trunkRegistration } = options;
    const onIncoming = (incoming: IncomingCall): void => {
      this.#onIncoming(incoming);
    };
    const onDeskCall = (desk: DeskCall): void => {
      this.#onDeskCall(desk);
    };
    this.#links = new AriLinks({
      address,
      clock,
      log,
      onEvent: (event, link) => {
        this.#receive(event, link);
      },
      onUp: () => this.#prepare(),
      onDown: (reason) => {
        this.#lost(reason);
      },
    });
    this.#trunk = new TrunkMonitor({
      clock,
      log,
      trunkOptions,
      trunkRegistration: trunkRegistration && { ...trunkRegistration, silenceMs: SILENCE_MS + COPIES_LATE_MS },
      endpointState: (endpoint) => this.#control?.endpointState(endpoint) ?? Promise.resolve(undefined),
      onChange: () => {
        this.#health.emit(this.health());
      },
    });
    const infoKeys = sipTapPort === undefined ? undefined : new InfoKeys({ sipPorts, clock });
    this.#calls = new LiveCalls({
      ...options,
      links: this.#links,
      infoKeys,
      retryAfterOf: (sipCall) => this.#tap?.retryAfterOf(sipCall),
      rememberedResult: (id) => this.rememberedResult(id),
      onIncoming,
      onDeskCall,
      onTransfer: (centralist, request) => {
        this.#onTransfer(centralist, request);
      },
      onTrunkCallEnded: (end, number) => {
        this.#trunk.callEnded(end, number);
      },
      onTrunkAlive: () => {
        this.#trunk.callAlive();
      },
    });
    const [links, calls] = [this.#links, this.#calls];
    this.#bridges = new Bridges({ link: links.tips, clock });
    const bridges = this.#bridges;
    this.#outbound = new AsteriskOutboundCalls({
      ...options,
      links,
      calls,
      trunkEndpoint: (number) => this.#trunk.endpointFor(number),
      rememberedResult: (id) => this.rememberedResult(id),
    });
    this.#takeover = new AsteriskTakeover({ ...options, links, calls, bridges, onIncoming, onDeskCall });
    this.#softphones = new AsteriskSoftphones({
      links,
      calls,
      clock,
      log,
      control: () => this.#control,
      srtp: options.srtp ?? false,
      sipPorts,
    });
    this.#silentLines = new SilentLines({
      link: links.tips,
      clock,
      calls: () => calls.onTrunk(),
      countMs: options.silenceCountMs,
    });
    if (sipTapPort !== undefined)
      this.#tap = new SipTap({
        port: sipTapPort,
        clock,
        log,
        onCopy: (copy) => {
          this.#trunk.take(copy);
          this.#softphones.take(copy);
          infoKeys?.take(copy);
        },
      });
  }

  /**
   * Connects. Resolves when calls can be made. Throws `AsteriskUnusable` when this Asterisk cannot be used.
   */
  async open(): Promise<void> {
    const { address, allowOldAsterisk, clock } = this.options;
    this.#control = await AriControl.open(address, { allowOld: allowOldAsterisk });
    await this.#tap?.open();
    const ready = new Promise<void>((resolve, reject) => {
      const off = this.#health.on((health) => {
        if (health.asterisk === 'up') {
          off();
          cancel();
          resolve();
        }
      });
      const cancel = clock.after(OPEN_MS, () => {
        off();
        reject(
          new AsteriskUnusable(
            'unreachable',
            `Asterisk at ${address.httpUrl} accepts no event connection: is res_ari_events loaded (modules.conf)?`,
          ),
        );
      });
    });
    this.#links.open();
    await ready;
  }

  get asteriskVersion(): string {
    return this.#control?.version ?? 'unknown';
  }

  // ------------------------------------------------------------------ outbound calls

  readonly place: Telephony['place'] = (order) => this.#outbound.place(order);
  readonly placeAlert: Telephony['placeAlert'] = (order) => this.#outbound.placeAlert(order);
  readonly updateMessage: Telephony['updateMessage'] = (subject, message) => {
    this.#outbound.updateMessage(subject, message);
  };

  // ------------------------------------------------------------------ inbound calls

  onIncoming(handler: (incoming: IncomingCall) => void): void {
    this.#onIncoming = handler;
  }

  onDeskCall(handler: (desk: DeskCall) => void): void {
    this.#onDeskCall = handler;
  }

  onTransfer(handler: (centralist: CallId, request: TransferRequest) => void): void {
    this.#onTransfer = handler;
  }

  connect(a: Call, b: Call): Promise<Conversation> {
    const { clock, recordingsFolder } = this.options;
    return bridgeCalls({ bridges: this.#bridges, link: this.#links.tips, clock, recordingsFolder }, a, b);
  }

  // ------------------------------------------------------------------ softphones

  readonly provisionDesk: Telephony['provisionDesk'] = (account) => this.#softphones.provision(account);
  readonly removeDesk: Telephony['removeDesk'] = (username) => this.#softphones.remove(username);
  readonly deskRegistered: Telephony['deskRegistered'] = (username) => this.#softphones.registered(username);
  readonly onRegistration: Telephony['onRegistration'] = (listener) => this.#softphones.onRegistration(listener);
  readonly onAccountMadeAgain: Telephony['onAccountMadeAgain'] = (listener) =>
    this.#softphones.onAccountMadeAgain(listener);
  readonly onPasswordTry: Telephony['onPasswordTry'] = (listener) => this.#softphones.onPasswordTry(listener);

  // ------------------------------------------------------------------ calls of an earlier process

  readonly survivingCalls: Telephony['survivingCalls'] = () => this.#takeover.survivingCalls();
  readonly takeOverOutgoing: Telephony['takeOverOutgoing'] = (order, call) => this.#takeover.outgoing(order, call);
  readonly takeOverAlert: Telephony['takeOverAlert'] = (order, call) => this.#takeover.alert(order, call);
  readonly takeOverIncoming: Telephony['takeOverIncoming'] = (call) => this.#takeover.incoming(call);
  readonly takeOverDeskCall: Telephony['takeOverDeskCall'] = (call) => this.#takeover.deskCall(call);
  readonly takeOverConversation: Telephony['takeOverConversation'] = (a, b, recording) =>
    this.#takeover.conversation(a, b, recording);
  readonly rememberedResult: Telephony['rememberedResult'] = (id) => this.#takeover.rememberedResult(id);
  readonly recorded: Telephony['recorded'] = (name) => this.#takeover.recorded(name);
  readonly offlineRecordings: Telephony['offlineRecordings'] = (isKnown) => this.#takeover.offlineRecordings(isKnown);
  readonly hangUpOrphans: Telephony['hangUpOrphans'] = (isAnsweredElsewhere) =>
    this.#takeover.hangUpOrphans(isAnsweredElsewhere);

  // ------------------------------------------------------------------ health

  health(): TelephonyHealth {
    const { up } = this.#links;
    return {
      asterisk: up ? 'up' : 'down',
      trunk: this.#trunk.state,
      reason: up ? this.#trunk.reason : this.#whyDown(),
      problem: up ? this.#trunk.problem : { code: 'asterisk_down' },
    };
  }

  onHealth(listener: (health: TelephonyHealth) => void): () => void {
    return this.#health.on(listener);
  }

  close(): Promise<void> {
    this.#takeover.close();
    this.#bridges.close();
    this.#softphones.close();
    this.#silentLines.stop();
    this.#trunk.close();
    this.#tap?.close();
    this.#links.close();
    this.#calls.loseAll('the service stopped');
    return Promise.resolve();
  }

  // ------------------------------------------------------------------

  #receive(event: AriEvent, link: AriLink): void {
    if (event.type !== 'PeerStatusChange' && event.type !== 'ContactStatusChange') {
      this.#calls.receive(event, link);
      return;
    }
    const { resource } = event.endpoint;
    const status = event.type === 'ContactStatusChange' ? event.contact_info?.contact_status : undefined;
    if (resource === TRUNK_OPTIONS) this.#trunk.onContactStatus(status);
    else this.#softphones.onEndpointEvent(resource, status);
  }

  /** Both links are up. Asterisk may have restarted, and events may have been lost. */
  async #prepare(): Promise<void> {
    await this.#softphones.prepare();
    this.#takeover.start();
    this.#softphones.start();
    this.#silentLines.start();
    this.#trunk.start();
    this.#health.emit(this.health());
  }

  #lost(reason: string): void {
    this.#downReason = reason;
    this.#outbound.forgetMessages();
    this.#takeover.stop();
    this.#softphones.lost();
    this.#silentLines.stop();
    this.#trunk.forget();
    this.#health.emit(this.health());
  }

  #whyDown(): string {
    const why = this.options.whyNotStarted?.() ?? '';
    return why === '' ? `Asterisk cannot be reached: ${this.#downReason}` : `Asterisk cannot be started: ${why}`;
  }
}
