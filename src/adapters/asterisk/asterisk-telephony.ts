import { Emitter } from '../../lib/emitter.js';
import { TIMER_TOO_SHORT } from '../../domain/outcome.js';
import { formatForTrunk, type NumberFormat } from '../../domain/phone-number.js';
import { prompt, type Sound } from '../../domain/messages.js';
import type { Call, CallId, Recorded } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { SoundFiles } from '../../ports/speech.js';
import type {
  AlertCall,
  AlertCallResult,
  AlertCallOrder,
  CallOrder,
  Conversation,
  DeskAccount,
  DeskCall,
  Destination,
  IncomingCall,
  SurvivingCalls,
  SurvivingDeskCall,
  SurvivingIncoming,
  SurvivingOutgoing,
  OfflineRecording,
  OutgoingCall,
  PasswordTry,
  StepListener,
  Telephony,
  TelephonyHealth,
  TransferRequest,
} from '../../ports/telephony.js';
import type { AriAddress } from './ari/address.js';
import { AriControl } from './ari/ari-control.js';
import { AriLink } from './ari/ari-link.js';
import { ANSWERED_ELSEWHERE } from './calls/asterisk-call.js';
import { ALERT_APP, TIP_APP } from './ari/applications.js';
import { bridgeCalls, conversationIn, destroyBridge, finished, type ConversationParts } from './calls/conversation.js';
import { FORSAKEN_SECONDS, SILENCE_MS } from './process/config-values.js';
import { SoftphoneRegistrations } from './sip/softphone-registrations.js';
import { FORGOTTEN, callResultSlots } from './calls/call-result-slots.js';
import { AriError, AsteriskUnusable } from './ari/errors.js';
import { ALERT_EVENT_TYPES, TIP_EVENT_TYPES, type ChannelSnapshot } from './ari/events.js';
import { readCallResult } from './calls/call-result.js';
import { callerOf, deskOf, survivingCalls, type BridgeSnapshot } from './calls/surviving-calls.js';
import { endAsRemembered, LiveCalls } from './calls/live-calls.js';
import { GoneSoftphones } from './calls/gone-softphone.js';
import { SilentLines } from './calls/silent-lines.js';
import { fateOfOrder } from './calls/order-fate.js';
import { PasswordWatch } from './sip/password-watch.js';
import { provisionDesk, removeDesk } from './sip/softphone-accounts.js';
import { InfoKeys } from './sip/info-keys.js';
import { Reconciler, type Difference } from './calls/reconciler.js';
import { leftRecordings } from './calls/recording-files.js';
import { callerId } from './sip/shown-name.js';
import type { SipCopy } from './sip/sip-copy.js';
import { SipTap } from './sip/sip-tap.js';
import { TrunkOptions } from './sip/trunk-options.js';
import { TrunkRegistration } from './sip/trunk-registration.js';
import { TRUNK_OPTIONS, TrunkEndpoints } from './sip/trunk-endpoints.js';
import { TrunkWatch, type OptionsTiming } from './sip/trunk-watch.js';

export interface AsteriskTelephonyOptions {
  readonly address: AriAddress;
  readonly allowOldAsterisk: boolean;
  readonly numberFormat: NumberFormat;
  readonly recordingsFolder: string;
  readonly shelf: SoundFiles;
  readonly clock: Clock;
  readonly log: Log;
  readonly onStep: StepListener;
  /** Whether a call bears an id that we, or an earlier process of ours, gave it. */
  readonly isOurs: (id: CallId) => boolean;
  /** Where our own Asterisk sends copies of SIP messages; absent with one elsewhere, whose Retry-After is not known. */
  readonly sipTapPort?: number;
  /** Ports on which this Asterisk takes SIP: to tell what comes in from what goes out. */
  readonly sipPorts?: readonly number[];
  /** Softphones must encrypt their sound (SRTP, RFC 3711); they may not when left out. */
  readonly srtp?: boolean;
  /** How Asterisk asks the trunk by OPTIONS; absent: it does not. */
  readonly trunkOptions?: OptionsTiming | undefined;
  /** Where our Asterisk registers, and where it listens; absent: it does not, or no copies of SIP messages come. */
  readonly trunkRegistration?: { readonly server: string; readonly sipPort: number } | undefined;
  /** How often the packets of calls on the trunk are counted; for tests. */
  readonly silenceCountMs?: number | undefined;
  /** Why our own Asterisk cannot be started; empty when it can, or is not ours. */
  readonly whyNotStarted?: () => string;
}

/** When Asterisk could not be told what it must know, it is told again after this. */
const AGAIN_MS = 1_000;
/** Copies of SIP messages come a little late on a busy machine. */
const LATE_MS = 2_000;

/**
 * Telephone calls on Asterisk. Two applications with a socket each: a storm of alert calls does not deafen the tip line.
 * Events are handed to the call that they are about, by its id.
 */
export class AsteriskTelephony implements Telephony {
  readonly #links: { readonly alert: AriLink; readonly tips: AriLink };
  readonly #calls: LiveCalls;
  readonly #desks = new Map<string, DeskAccount>();
  /** Accounts that were taken away, until Asterisk has done it. */
  readonly #removed = new Set<string>();
  readonly #passwordTries = new Emitter<PasswordTry>();
  readonly #madeAgain = new Emitter<{ readonly username: string; readonly fault: string | undefined }>();
  readonly #health = new Emitter<TelephonyHealth>();
  readonly #trunk: TrunkWatch;
  readonly #optionsWatch: TrunkOptions | undefined;
  readonly #registration: TrunkRegistration | undefined;
  readonly #trunkTurns = new TrunkEndpoints();
  readonly #reconciler: Reconciler;
  /** Calls of an earlier process are no orphans until it is decided who takes them over. */
  #takenOver = false;
  readonly #tap: SipTap | undefined;
  readonly #deskWatch: SoftphoneRegistrations;
  readonly #goneDesks: GoneSoftphones;
  readonly #silentLines: SilentLines;
  #onDeskCall: (desk: DeskCall) => void = () => undefined;
  #onTransfer: (centralist: CallId, request: TransferRequest) => void = () => undefined;
  #onIncoming: (incoming: IncomingCall) => void = () => undefined;
  #control: AriControl | undefined;
  #downReason = 'not connected yet';
  #prepared: Promise<void> | undefined;
  /** What Asterisk was told, since it was reached. */
  readonly #newest = new Map<string, string>();
  #closed = false;

  constructor(private readonly options: AsteriskTelephonyOptions) {
    const { sipTapPort: port, clock, log, trunkOptions, trunkRegistration } = options;
    this.#trunk = new TrunkWatch({
      clock,
      options: trunkOptions,
      onChange: () => {
        this.#trunkChanged();
      },
    });
    this.#optionsWatch =
      trunkOptions &&
      new TrunkOptions({
        ...trunkOptions,
        clock,
        ask: () => this.#control?.endpointState(TRUNK_OPTIONS) ?? Promise.resolve(undefined),
        onAnswered: (answered) => {
          this.#trunk.optionsAnswered(answered);
        },
      });
    this.#registration =
      trunkRegistration &&
      new TrunkRegistration({
        ...trunkRegistration,
        silenceMs: SILENCE_MS + LATE_MS,
        clock,
        onChange: (registration) => {
          this.#trunk.registration(registration);
        },
      });
    // The announcements are the dialplan's (alert.conf): they are in no application, so that theirs hears all calls.
    this.#links = { alert: this.#makeLink(ALERT_APP, true), tips: this.#makeLink(TIP_APP, false) };
    const infoKeys = port === undefined ? undefined : new InfoKeys({ sipPorts: options.sipPorts ?? [], clock });
    this.#calls = new LiveCalls({
      ...options,
      infoKeys,
      retryAfterOf: (sipCall) => this.#tap?.retryAfterOf(sipCall),
      links: this.#links,
      howEnded: (id) => this.rememberedResult(id),
      onIncoming: (incoming) => {
        this.#onIncoming(incoming);
      },
      onDeskCall: (desk) => {
        this.#onDeskCall(desk);
      },
      onTransfer: (centralist, request) => {
        this.#onTransfer(centralist, request);
      },
      onTrunkCallEnded: (end, number) => {
        if (end.sipStatus === TIMER_TOO_SHORT) this.#trunkTurns.refusedTimer(number);
        this.#trunk.ended(end);
      },
      onTrunkHeard: () => {
        this.#trunk.heard();
      },
    });
    this.#reconciler = new Reconciler({
      clock: options.clock,
      known: () => this.#calls.known(),
      list: async () => {
        const channels = await this.#channels();
        this.#calls.seen(channels);
        return channels;
      },
      isOurs: options.isOurs,
      settle: (difference, channel) => {
        this.#settle(difference, channel);
      },
    });
    this.#goneDesks = new GoneSoftphones({
      link: this.#links.tips,
      clock: options.clock,
      callsOf: (username) => this.#calls.ofDesk(username),
    });
    this.#silentLines = new SilentLines({
      link: this.#links.tips,
      clock: options.clock,
      calls: () => this.#calls.onTrunk(),
      countMs: options.silenceCountMs,
    });
    this.#deskWatch = new SoftphoneRegistrations({
      clock: options.clock,
      ask: (username) => this.deskRegistered(username),
    });
    const passwords = new PasswordWatch({
      sipPorts: options.sipPorts ?? [],
      onTry: (tried) => {
        this.#passwordTries.emit(tried);
      },
    });
    const onCopy = (copy: SipCopy): void => {
      this.#registration?.take(copy);
      passwords.take(copy);
      infoKeys?.take(copy);
    };
    if (port !== undefined) this.#tap = new SipTap({ port, clock, log, onCopy });
  }

  /** Connects; resolves when calls can be made. Throws `AsteriskUnusable` when this Asterisk cannot be used. */
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
    const variables = { 'TIMEOUT(absolute)': String(FORSAKEN_SECONDS) };
    const target = { app: TIP_APP, appArgs: 'outgoing' };
    link.request('POST', `channels/${order.id}`, {}, this.#orderOf(order, target, variables)).then(
      () => (outgoing.ordered = true),
      async (error: unknown) => {
        const fate = await fateOfOrder(error, call, link);
        if (fate === 'there') outgoing.ordered = true;
        else if (fate !== 'over') call.onEnd({ by: 'lost', fault: textOf(error) });
      },
    );
    return outgoing;
  }

  placeAlert(order: AlertCallOrder): AlertCall {
    const call = this.#calls.announce(order);
    const { alert } = this.#links;
    if (order.script.type === 'alert') this.#tellNewest(order.subject, order.script.message);
    const target = { context: order.script.type, extension: 's', priority: 1 };
    const variables = { ...this.#soundsOf(order), BURGERNET_END: this.#calls.places.take(order.id) };
    alert.request('POST', `channels/${order.id}`, {}, this.#orderOf(order, target, variables)).then(
      () => {
        call.wasTaken();
      },
      async (error: unknown) => {
        const fate = await fateOfOrder(error, call, alert);
        if (fate === 'there') call.wasTaken();
        else if (fate === 'refused') call.onEnd({ by: 'lost', fault: textOf(error) });
        else if (fate === 'gone') endAsRemembered(call, await this.rememberedResult(order.id), textOf(error));
      },
    );
    return call;
  }

  updateMessage(subject: string, message: Sound): void {
    this.#tellNewest(subject, message);
  }

  async survivingCalls(): Promise<SurvivingCalls> {
    const channels = await this.#channels();
    const bridges = await this.#links.tips.request<readonly BridgeSnapshot[]>('GET', 'bridges');
    // Who came since we listen is no earlier process's.
    const theirs = channels.filter(({ id }) => !this.#calls.has(id));
    return survivingCalls(theirs, bridges, this.options.isOurs);
  }

  takeOverOutgoing(order: CallOrder, left: SurvivingOutgoing): OutgoingCall {
    const { call, outgoing } = this.#calls.own(order, left.answered);
    outgoing.ordered = true;
    if (left.rang) outgoing.onRang();
    if (left.answered) {
      call.silence();
      this.#calls.answered(order.id);
    }
    return outgoing;
  }

  takeOverAlert(order: AlertCallOrder, left: SurvivingOutgoing): AlertCall {
    const call = this.#calls.announce(order);
    this.#calls.places.hold(order.id);
    call.wasThere();
    if (left.rang) call.rang();
    if (left.answered) call.wasAnswered();
    call.applyProgress(left);
    return call;
  }

  takeOverIncoming(left: SurvivingIncoming): IncomingCall {
    const { id, answered, ...shown } = left;
    const call = this.#calls.adopt(id, answered);
    call.silence();
    return { call, ...shown, refuse: () => call.refuse() };
  }

  takeOverDeskCall({ id, answered, username, dialled }: SurvivingDeskCall): DeskCall {
    const call = this.#calls.adoptDesk(id, answered, username);
    call.silence();
    return { call, username, dialled };
  }

  takeOverConversation(a: Call, b: Call, recording?: string): Conversation {
    return conversationIn(this.#conversations, a, b, recording);
  }

  onDeskCall(handler: (desk: DeskCall) => void): void {
    this.#onDeskCall = handler;
  }

  onTransfer(handler: (centralist: CallId, request: TransferRequest) => void): void {
    this.#onTransfer = handler;
  }

  onRegistration(listener: (username: string, registered: boolean) => void): () => void {
    return this.#deskWatch.on(listener);
  }

  recorded(name: string): Promise<Recorded | undefined> {
    return finished(this.#conversations, name);
  }

  async offlineRecordings(isKnown: (callId: CallId) => boolean): Promise<readonly OfflineRecording[]> {
    const live = new Set((await this.#channels()).map(({ id }) => id));
    return leftRecordings(this.options.recordingsFolder, (callId) => live.has(callId) || isKnown(callId));
  }

  async rememberedResult(id: CallId): Promise<AlertCallResult | undefined> {
    // Nearly always it is in the first.
    for (const place of callResultSlots(id)) {
      const end = readCallResult(id, await this.#kept(place));
      if (end) return end;
    }
    return undefined;
  }

  onIncoming(handler: (incoming: IncomingCall) => void): void {
    this.#onIncoming = handler;
  }

  connect(a: Call, b: Call): Promise<Conversation> {
    return bridgeCalls(this.#conversations, a, b);
  }

  async provisionDesk(account: DeskAccount): Promise<void> {
    const isNew = !this.#desks.has(account.username);
    this.#desks.set(account.username, account);
    await this.#makeAccount(account).catch(async (error: unknown) => {
      // Asterisk is away: made when it is back.
      if (this.health().asterisk !== 'up') return;
      if (isNew) await this.removeDesk(account.username).catch(() => undefined);
      throw error;
    });
    this.#deskWatch.add(account.username);
  }

  async removeDesk(username: string): Promise<void> {
    this.#desks.delete(username);
    this.#deskWatch.remove(username);
    this.#removed.add(username);
    await this.#removeAccounts().catch((error: unknown) => {
      // Asterisk is away: taken away when it is back.
      if (this.health().asterisk === 'up') throw error;
    });
  }

  onAccountMadeAgain(listener: (username: string, fault: string | undefined) => void): () => void {
    return this.#madeAgain.on(({ username, fault }) => {
      listener(username, fault);
    });
  }

  onPasswordTry(listener: (tried: PasswordTry) => void): () => void {
    return this.#passwordTries.on(listener);
  }

  async deskRegistered(username: string): Promise<boolean> {
    return (await this.#control?.endpointOnline(username)) ?? false;
  }

  async hangUpOrphans(isTakenElsewhere: (id: CallId) => boolean = () => false): Promise<readonly CallId[]> {
    const { isOurs } = this.options;
    const unowned = (id: CallId): boolean => !this.#calls.has(id);
    const orphans = (await this.#channels()).map(({ id }) => id).filter((id) => isOurs(id) && unowned(id));
    await Promise.all(
      orphans.map((id) => this.#end(id, isTakenElsewhere(id) ? { reason_code: ANSWERED_ELSEWHERE } : {})),
    );
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
      reason: up ? this.#trunk.reason : this.#whyDown(),
      problem: up ? this.#trunk.problem : { code: 'asterisk_down' },
    };
  }

  onHealth(listener: (health: TelephonyHealth) => void): () => void {
    return this.#health.on(listener);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#reconciler.close();
    this.#deskWatch.close();
    this.#goneDesks.close();
    this.#silentLines.stop();
    this.#optionsWatch?.stop();
    this.#registration?.close();
    this.#trunk.close();
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
        if (event.type === 'PeerStatusChange' || event.type === 'ContactStatusChange') {
          const { resource } = event.endpoint;
          const status = event.type === 'ContactStatusChange' ? event.contact_info?.contact_status : undefined;
          if (resource === TRUNK_OPTIONS) this.#optionsWatch?.changed(status);
          else {
            void this.#deskWatch.look(resource);
            if (status !== undefined) this.#goneDesks.contact(resource, status);
          }
        } else this.#calls.receive(event, link);
      },
      onUp: () => {
        void this.#linkUp(app);
      },
      onDown: (reason) => {
        this.#downReason = reason;
        this.#prepared = undefined;
        this.#newest.clear();
        this.#reconciler.stop();
        this.#silentLines.stop();
        this.#optionsWatch?.stop();
        this.#registration?.close();
        this.#trunk.forget();
        this.#health.emit(this.health());
      },
    });
    return link;
  }

  /** After each connect: say what we listen to; when both links are up, prepare. */
  async #linkUp(app: string): Promise<void> {
    try {
      await this.#filterEvents(app);
      if (!this.#links.alert.up || !this.#links.tips.up) return;
      await (this.#prepared ??= this.#prepare());
    } catch (error) {
      this.#prepared = undefined;
      if (this.#closed) return;
      this.options.log.error('asterisk could not be prepared; trying again', { error: String(error) });
      this.options.clock.after(AGAIN_MS, () => {
        if (!this.#closed && this.#links.alert.up && this.#links.tips.up) void this.#linkUp(app);
      });
    }
  }

  /** Tells Asterisk which events the application reads; the others are not even made into JSON. */
  async #filterEvents(app: string): Promise<void> {
    const [link, types] =
      app === ALERT_APP ? [this.#links.alert, ALERT_EVENT_TYPES] : [this.#links.tips, TIP_EVENT_TYPES];
    // The answers to our own requests pass the filter like events do.
    const allowed = [...types, 'RESTResponse'].map((type) => ({ type }));
    await link.request('PUT', `applications/${app}/eventFilter`, {}, { allowed });
  }

  /** Makes the accounts again if Asterisk was restarted, and finds lost calls; once for both links. */
  async #removeAccounts(): Promise<void> {
    for (const username of this.#control ? [...this.#removed] : []) {
      if (this.#control) await removeDesk(this.#control, username);
      this.#removed.delete(username);
    }
  }

  async #prepare(): Promise<void> {
    await this.#removeAccounts();
    for (const account of this.#desks.values()) await this.#makeAccountAgain(account);
    this.#reconciler.start();
    this.#deskWatch.start();
    this.#silentLines.start();
    this.#optionsWatch?.start();
    this.#health.emit(this.health());
  }

  #whyDown(): string {
    const why = this.options.whyNotStarted?.() ?? '';
    return why === '' ? `Asterisk cannot be reached: ${this.#downReason}` : `Asterisk cannot be started: ${why}`;
  }

  #trunkChanged(): void {
    const { problem, reason, state } = this.#trunk;
    if (problem) this.options.log.error('THE TRUNK DOES NOT WORK', { problem: problem.code, reason });
    else if (state === 'up') this.options.log.info('the trunk works');
    this.#health.emit(this.health());
  }

  /** One account that Asterisk refuses leaves the others, and all calls, as they are. */
  async #makeAccountAgain(account: DeskAccount): Promise<void> {
    const { username } = account;
    let fault: string | undefined;
    try {
      await this.#makeAccount(account);
    } catch (error) {
      if (error instanceof AriError && error.unanswered) throw error;
      fault = textOf(error);
      this.options.log.error('asterisk refuses the account of a softphone', { username, error: fault });
    }
    this.#madeAgain.emit({ username, fault });
  }

  async #makeAccount(account: DeskAccount): Promise<void> {
    if (this.#control) await provisionDesk(this.#control, account, { srtp: this.options.srtp ?? false });
  }

  get #conversations(): ConversationParts {
    return { link: this.#links.tips, clock: this.options.clock, recordingsFolder: this.options.recordingsFolder };
  }

  #channels(): Promise<readonly ChannelSnapshot[]> {
    return this.#links.alert.request<readonly ChannelSnapshot[]>('GET', 'channels');
  }

  /** A global variable of Asterisk; empty when there is none, or Asterisk does not say. */
  async #kept(variable: string): Promise<string> {
    try {
      return (await this.#links.alert.request<{ value: string }>('GET', 'asterisk/variable', { variable })).value;
    } catch (error) {
      if (error instanceof AriError) return '';
      throw error;
    }
  }

  async #end(id: CallId, query: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.#links.alert.request('DELETE', `channels/${id}`, query).catch((error: unknown) => {
      if (!(error instanceof AriError)) throw error;
    });
  }

  /** What the events did not tell. */
  #settle(difference: Difference, channel: ChannelSnapshot | undefined): void {
    const { type, id } = difference;
    if ((type === 'orphan' || type === 'caller' || type === 'desk') && !this.#takenOver) return;
    this.options.log.warn('asterisk and we differed about a call', { callId: id, difference: type });
    if (type === 'orphan') void this.#end(id);
    else if (type === 'caller') {
      if (channel) this.#onIncoming(this.takeOverIncoming(callerOf(channel)));
    } else if (type === 'desk') {
      if (channel) this.#onDeskCall(this.takeOverDeskCall(deskOf(channel)));
    } else this.#calls.correct(type, id);
  }

  /**
   * The newest message of a subject is kept for all its calls in one place, where the dialplan looks at the digit: ARI sets
   * nothing in a call that is in no application. Told before the first call, so that what was kept before says nothing.
   */
  #tellNewest(subject: string, message: Sound): void {
    const value = this.options.shelf.pathOf(message);
    if (this.#newest.get(subject) === value) return;
    this.#newest.set(subject, value);
    const query = { variable: newestOf(subject), value };
    this.#links.alert.request('POST', 'asterisk/variable', query).catch((error: unknown) => {
      if (!(error instanceof AriError)) throw error;
      // Asterisk is away: told again with the next call. Whoever hears the old message meanwhile is called again.
      if (this.#newest.get(subject) === value) this.#newest.delete(subject);
    });
  }

  #dialString(to: Destination): string {
    return to.type === 'desk'
      ? `PJSIP/${to.username}`
      : `PJSIP/${formatForTrunk(to.number, this.options.numberFormat)}@${this.#trunkTurns.next(to.number)}`;
  }

  /** The order of a call as ARI takes it: where it goes when it is answered, and what the dialplan is to know of it. */
  #orderOf(
    order: CallOrder,
    target: Readonly<Record<string, string | number>>,
    variables: Readonly<Record<string, string>> = {},
  ): unknown {
    return {
      endpoint: this.#dialString(order.to),
      ...target,
      callerId: callerId(order.callerId),
      // We end the ringing, by our monotonic clock: Asterisk's time goes by the wall clock, a step of which would end it.
      timeout: FORSAKEN_SECONDS,
      // What the trunk speaks: from any other (ARI's default is slin) every packet would be converted.
      formats: 'alaw,ulaw',
      variables: {
        // Before all else: what a call does not have, Asterisk looks for among all global variables, at each event.
        BURGERNET_STEPS: '',
        BURGERNET_FAILURE: '',
        'CHANNEL(hangup_handler_push)': 'ended,s,1',
        BURGERNET_END: FORGOTTEN,
        // A softphone's transfer is ours to carry out.
        ...(order.to.type === 'desk' ? { 'PJSIP_TRANSFER_HANDLING()': 'ari-only' } : {}),
        ...variables,
      },
    };
  }

  /** The paths of what an announcement says, by their names in the dialplan; what all of them say is written there. */
  #soundsOf({ script, subject }: AlertCallOrder): Record<string, string> {
    const path = (sound: Sound): string => this.options.shelf.pathOf(sound);
    const MESSAGE = path(script.message);
    if (script.type === 'closing') return { OPENING: path(prompt('closing-prompt')), MESSAGE };
    return {
      OPENING: path(prompt(script.opening)),
      ENDING: path(prompt(script.ending)),
      GOODBYE: path(prompt('alert-goodbye')),
      NEWEST: newestOf(subject),
      MESSAGE,
    };
  }
}

/** Global variable of Asterisk with the newest message of a subject, once it was changed (alert.conf). */
const newestOf = (subject: string): string => `BURGERNET_MESSAGE_${subject}`;
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
