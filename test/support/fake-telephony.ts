import { deferred, type Deferred } from '../../src/lib/deferred.js';
import { Emitter } from '../../src/lib/emitter.js';
import type { Call, CallEnd, CallId, Recorded } from '../../src/ports/call.js';
import type {
  AlertCall,
  AlertCallResult,
  AlertCallOrder,
  CallOrder,
  CancelReason,
  Conversation,
  DeskAccount,
  PasswordTry,
  DeskCall,
  IncomingCall,
  SurvivingCalls,
  SurvivingDeskCall,
  SurvivingIncoming,
  SurvivingOutgoing,
  OfflineRecording,
  OutgoingCall,
  Telephony,
  TelephonyHealth,
  TransferRequest,
} from '../../src/ports/telephony.js';
import type { Sound } from '../../src/domain/messages.js';
import { FakeAlertCall } from './fake-alert-call.js';
import { FakeCall, lengthOf } from './fake-call.js';
import type { FakeClock } from './fake-clock.js';
import { RINGS_OUT, type FarEnd } from './far-end.js';

/** A call that the controller placed, as the network saw it. Times are monotonic ms. */
export interface PlacedCall {
  readonly order: CallOrder;
  /** The number dialled, or the username of the softphone. */
  readonly to: string;
  readonly call: FakeCall;
  readonly at: number;
  end?: CallEnd;
}

/** An outgoing call of an earlier process that is still up. */
export interface SurvivingCall extends SurvivingOutgoing {
  /**
   * The far end from now on. Times before the answer count from now, later times from the answer. If the call
   * is already answered, all times count from now.
   */
  readonly farEnd?: FarEnd;
}

/** Telephones on the fake clock. Each number follows its script, and all events are kept for the test. */
export class FakeTelephony implements Telephony {
  readonly placed: PlacedCall[] = [];
  /** Outgoing calls of an earlier process that were taken over. */
  readonly takenOverOutgoing: PlacedCall[] = [];
  /** Calls to the tip line, and calls dialled by centralists, that were taken over. */
  readonly takenOverCallers: FakeCall[] = [];
  readonly takenOverDeskCalls: FakeCall[] = [];
  readonly conversations: {
    readonly a: Call;
    readonly b: Call;
    readonly from: number;
    to?: number;
    recording?: string;
  }[] = [];
  /** Delay until the telephony accepts an order, as on a slow machine. */
  acceptsOrdersAfterMs = 0;
  /** Calls to the tip line that were refused unanswered. */
  readonly refused: CallId[] = [];
  /**
   * Ringing calls that were cancelled because another telephone took the call, so that no missed call is
   * shown.
   */
  readonly answeredElsewhere: CallId[] = [];
  /** The offline recordings: tips that were recorded while no controller was connected. */
  recordedOffline: OfflineRecording[] = [];
  /** Called with every recording made in a call. */
  onRecorded: (recorded: Recorded) => void = () => undefined;
  /** Recordings that an earlier process began, by name: their length so far, in ms. */
  readonly earlierRecordings = new Map<string, number>();
  /** The names of those recordings that are still running. */
  readonly runningRecordings = new Set<string>();
  /** The reason why conversations cannot be recorded; empty when they can. */
  recordingFault = '';
  /** Accounts in the order of provisioning. */
  readonly deskAccounts: DeskAccount[] = [];
  /** Usernames of removed accounts. */
  readonly removedDesks: string[] = [];
  /** Display names whose accounts the telephony refuses; none by default. */
  refusesAccounts = /(?!)/;
  /** Outgoing calls of an earlier process that are still up. */
  survivingOutgoing: SurvivingCall[] = [];
  /** Calls to the tip line of an earlier process that are still up. */
  survivingCallers: (SurvivingIncoming & { readonly farEnd?: FarEnd })[] = [];
  /** Calls dialled by centralists to an earlier process that are still up. */
  survivingDeskCalls: (SurvivingDeskCall & { readonly farEnd?: FarEnd })[] = [];
  /** Pairs of surviving calls that hear one another. */
  survivingConversations: { a: CallId; b: CallId }[] = [];
  /** Results of alert calls that ended while no controller was connected. */
  readonly rememberedResults = new Map<CallId, AlertCallResult>();
  /** Surviving calls that were hung up because nothing took them over. */
  orphans: CallId[] = [];
  /** The problem reported while Asterisk is up. */
  problem: TelephonyHealth['problem'] = null;
  /** The most simultaneous calls on the trunk, incoming calls included. */
  mostOnTrunk = 0;
  /**
   * The operator. A far end that it returns replaces the script of the number. With undefined, the script
   * applies.
   */
  operator: ((trunk: { readonly live: number; readonly now: number }) => FarEnd | undefined) | undefined;
  #onTrunk = 0;
  #up = true;
  #incoming = 0;
  readonly #newestMessages = new Map<string, Sound>();
  readonly #scripts = new Map<string, FarEnd[]>();
  readonly #calls = new Set<FakeCall>();
  readonly #health = new Emitter<TelephonyHealth>();
  #onIncoming: (incoming: IncomingCall) => void = () => undefined;
  #onDeskCall: (desk: DeskCall) => void = () => undefined;
  #onTransfer: (centralist: CallId, request: TransferRequest) => void = () => undefined;
  readonly #registrations = new Emitter<{ username: string; registered: boolean }>();

  constructor(
    private readonly clock: FakeClock,
    private readonly onStep: (callId: CallId, step: string) => void = () => undefined,
    /** The far end of numbers without a script. */
    public otherwise: FarEnd = RINGS_OUT,
  ) {}

  /**
   * Sets the scripts of a number or softphone: one for each call. The last one is used for all later calls
   * too.
   */
  script(to: string, ...scripts: readonly FarEnd[]): void {
    this.#scripts.set(to, [...scripts]);
  }

  /** Live calls on the trunk. */
  get live(): number {
    return this.#onTrunk;
  }

  callsTo(to: string): PlacedCall[] {
    return this.placed.filter((call) => call.to === to);
  }

  // ------------------------------------------------------------------ the port

  place(order: CallOrder): OutgoingCall {
    if (this.placed.some(({ order: { id } }) => id === order.id)) throw new Error(`call ${order.id} already exists`);
    const to = order.to.type === 'trunk' ? order.to.number : order.to.username;
    const refusal = this.operator?.({ live: this.#onTrunk, now: this.clock.monotonic() });
    const farEnd = refusal ?? this.#nextScript(to, order.to.type);
    const call = this.#makeCall(order.id, farEnd);
    const placed: PlacedCall = { order, to, call, at: this.clock.monotonic() };
    this.placed.push(placed);
    if (order.to.type === 'trunk') this.#hold(call);
    void call.ended.then((end) => (placed.end = end));
    const outgoing = new FakeOutgoing(order.id, call, this.answeredElsewhere);
    if (!this.#up) call.later(0, () => void call.onEnd({ by: 'lost', fault: 'Asterisk is not connected' }));
    else this.#ring(order, farEnd, call, outgoing);
    return outgoing;
  }

  placeAlert(order: AlertCallOrder): AlertCall {
    if (this.placed.some(({ order: { id } }) => id === order.id)) throw new Error(`call ${order.id} already exists`);
    const refusal = this.operator?.({ live: this.#onTrunk, now: this.clock.monotonic() });
    const to = order.to.type === 'trunk' ? order.to.number : order.to.username;
    const farEnd = refusal ?? this.#nextScript(to, order.to.type);
    const call = this.#makeCall(order.id, farEnd);
    this.placed.push(this.#record(order, call));
    if (order.to.type === 'trunk') this.#hold(call);
    const alertCall = this.#alertCall(order, call, this.acceptsOrdersAfterMs);
    if (!this.#up) call.later(0, () => void call.onEnd({ by: 'lost', fault: 'Asterisk is not connected' }));
    else this.#ring(order, farEnd, call, alertCall);
    return alertCall;
  }

  takeOverAlert(order: AlertCallOrder, surviving: SurvivingOutgoing): AlertCall {
    const farEnd = this.survivingOutgoing.find(({ id }) => id === surviving.id)?.farEnd ?? {};
    const call = this.#makeCall(order.id, farEnd);
    this.takenOverOutgoing.push(this.#record(order, call));
    this.#hold(call);
    const alertCall = this.#alertCall(order, call, 0);
    if (surviving.answered) call.onAnswer();
    alertCall.goOn(surviving);
    if (!surviving.answered) this.#ring(order, { ...farEnd, ringsAfterMs: 'never' }, call, alertCall);
    return alertCall;
  }

  updateMessage(subject: string, message: Sound): void {
    this.#newestMessages.set(subject, message);
  }

  #alertCall(order: AlertCallOrder, call: FakeCall, acceptedAfterMs: number): FakeAlertCall {
    const { script, subject } = order;
    const newest = (): Sound | undefined => (script.type === 'alert' ? this.#newestMessages.get(subject) : undefined);
    return new FakeAlertCall(order, call, this.clock, newest, acceptedAfterMs);
  }

  #record(order: CallOrder, call: FakeCall): PlacedCall {
    const to = order.to.type === 'trunk' ? order.to.number : order.to.username;
    const placed: PlacedCall = { order, to, call, at: this.clock.monotonic() };
    void call.ended.then((end) => (placed.end = end));
    return placed;
  }

  onIncoming(handler: (incoming: IncomingCall) => void): void {
    this.#onIncoming = handler;
  }

  connect(a: Call, b: Call): Promise<Conversation> {
    if (a.signal.aborted || b.signal.aborted) return Promise.reject(new Error('one of the calls is over'));
    return Promise.resolve(this.#conversation(a, b));
  }

  #conversation(a: Call, b: Call): Conversation {
    const conversation: (typeof this.conversations)[number] = { a, b, from: this.clock.monotonic() };
    this.conversations.push(conversation);
    const ended = deferred<void>();
    const end = (): Promise<void> => {
      conversation.to ??= this.clock.monotonic();
      ended.resolve();
      return Promise.resolve();
    };
    void Promise.race([a.ended, b.ended]).then(end);
    return {
      ended: ended.promise,
      end,
      record: (name) => {
        if (this.recordingFault !== '') return Promise.reject(new Error(this.recordingFault));
        conversation.recording = name;
        return Promise.resolve();
      },
      recorded: async (): Promise<Recorded | undefined> => {
        await ended.promise;
        const { recording: name, from, to = from } = conversation;
        return name === undefined ? undefined : { name, file: `/recordings/${name}.wav`, ms: to - from };
      },
    };
  }

  provisionDesk(account: DeskAccount): Promise<void> {
    if (this.refusesAccounts.test(account.displayName)) return Promise.reject(new Error('Allocation failed'));
    this.deskAccounts.push(account);
    return Promise.resolve();
  }

  removeDesk(username: string): Promise<void> {
    this.removedDesks.push(username);
    return Promise.resolve();
  }

  /** Emits when Asterisk has restarted and an account is created again. */
  readonly accountsMadeAgain = new Emitter<{ readonly username: string; readonly fault: string | undefined }>();

  onAccountMadeAgain(listener: (username: string, fault: string | undefined) => void): () => void {
    return this.accountsMadeAgain.on(({ username, fault }) => {
      listener(username, fault);
    });
  }

  /** Emits when a password is tried. */
  readonly passwordTries = new Emitter<PasswordTry>();

  onPasswordTry(listener: (tried: PasswordTry) => void): () => void {
    return this.passwordTries.on(listener);
  }

  deskRegistered(username: string): Promise<boolean> {
    return Promise.resolve(this.#scripts.has(username));
  }

  survivingCalls(): Promise<SurvivingCalls> {
    return Promise.resolve({
      outgoing: this.survivingOutgoing,
      incoming: this.survivingCallers,
      deskCalls: this.survivingDeskCalls,
      conversations: this.survivingConversations,
    });
  }

  takeOverOutgoing(order: CallOrder, surviving: SurvivingOutgoing): OutgoingCall {
    const farEnd = this.survivingOutgoing.find(({ id }) => id === surviving.id)?.farEnd ?? {};
    const call = this.#makeCall(order.id, farEnd);
    const to = order.to.type === 'trunk' ? order.to.number : order.to.username;
    const placed: PlacedCall = { order, to, call, at: this.clock.monotonic() };
    this.takenOverOutgoing.push(placed);
    if (order.to.type === 'trunk') this.#hold(call);
    void call.ended.then((end) => (placed.end = end));
    const outgoing = new FakeOutgoing(order.id, call, this.answeredElsewhere);
    if (surviving.rang) outgoing.onRang();
    if (surviving.answered) {
      call.onAnswer();
      outgoing.onAnswered();
    } else this.#ring(order, { ...farEnd, ringsAfterMs: 'never' }, call, outgoing);
    return outgoing;
  }

  /**
   * Lets the process die without a hang-up, and a new process take over this answered call. A recording in
   * the call goes on.
   */
  surviveRestart({ order, call }: PlacedCall): OutgoingCall {
    const { recording, farEnd } = call.orphan();
    if (recording) {
      this.earlierRecordings.set(recording.name, recording.ms);
      this.runningRecordings.add(recording.name);
    }
    const surviving = { id: order.id, rang: true, answered: true, steps: [], soundId: undefined };
    this.survivingOutgoing = [{ ...surviving, farEnd }];
    return this.takeOverOutgoing(order, surviving);
  }

  takeOverIncoming(surviving: SurvivingIncoming): IncomingCall {
    const call = this.#makeCall(
      surviving.id,
      this.survivingCallers.find(({ id }) => id === surviving.id)?.farEnd ?? {},
    );
    if (surviving.answered) call.onAnswer();
    this.#hold(call);
    this.takenOverCallers.push(call);
    return this.#arrived(call, surviving);
  }

  takeOverDeskCall(surviving: SurvivingDeskCall): DeskCall {
    const call = this.#makeCall(
      surviving.id,
      this.survivingDeskCalls.find(({ id }) => id === surviving.id)?.farEnd ?? {},
    );
    if (surviving.answered) call.onAnswer();
    this.takenOverDeskCalls.push(call);
    return { call, username: surviving.username, dialled: surviving.dialled };
  }

  takeOverConversation(a: Call, b: Call, recording?: string): Conversation {
    const conversation = this.#conversation(a, b);
    const [last] = this.conversations.slice(-1);
    if (last && recording !== undefined) last.recording = recording;
    return conversation;
  }

  onDeskCall(handler: (desk: DeskCall) => void): void {
    this.#onDeskCall = handler;
  }

  onTransfer(handler: (centralist: CallId, request: TransferRequest) => void): void {
    this.#onTransfer = handler;
  }

  onRegistration(listener: (username: string, registered: boolean) => void): () => void {
    return this.#registrations.on(({ username, registered }) => {
      listener(username, registered);
    });
  }

  recorded(name: string): Promise<Recorded | undefined> {
    const ms = this.earlierRecordings.get(name);
    return Promise.resolve(ms === undefined ? undefined : { name, file: `/recordings/${name}.wav`, ms });
  }

  async offlineRecordings(isKnown: (callId: CallId) => boolean): Promise<readonly OfflineRecording[]> {
    await Promise.resolve();
    return this.recordedOffline.filter(({ callId }) => !isKnown(callId));
  }

  rememberedResult(id: CallId): Promise<AlertCallResult | undefined> {
    return Promise.resolve(this.rememberedResults.get(id));
  }

  hangUpOrphans(isAnsweredElsewhere: (id: CallId) => boolean = () => false): Promise<readonly CallId[]> {
    const owned = new Set([...this.#calls].map(({ id }) => id));
    this.orphans = this.survivingOutgoing.map(({ id }) => id).filter((id) => !owned.has(id));
    this.answeredElsewhere.push(...this.orphans.filter(isAnsweredElsewhere));
    return Promise.resolve(this.orphans);
  }

  health(): TelephonyHealth {
    const { problem } = this;
    return this.#up
      ? { asterisk: 'up', trunk: problem ? 'down' : 'up', reason: problem?.code ?? '', problem }
      : {
          asterisk: 'down',
          trunk: 'unknown',
          reason: 'Asterisk cannot be reached',
          problem: { code: 'asterisk_down' },
        };
  }

  onHealth(listener: (health: TelephonyHealth) => void): () => void {
    return this.#health.on(listener);
  }

  close(): Promise<void> {
    for (const call of [...this.#calls]) call.onEnd({ by: 'lost', fault: 'the service stopped' });
    return Promise.resolve();
  }

  // ------------------------------------------------------------------ events of the network

  /** A caller calls the tip line. Times of the far end count from the answer. */
  ringUs(
    from: string | undefined,
    farEnd: FarEnd = {},
    { withheld = false, source }: { withheld?: boolean; source?: string } = {},
  ): FakeCall {
    const call = this.#makeCall(`incoming-${++this.#incoming}`, farEnd);
    this.#hold(call);
    this.#onIncoming(this.#arrived(call, { from, withheld, source }));
    return call;
  }

  /** A centralist dials. Times of the far end count from the answer. */
  dials(username: string, dialled: string, farEnd: FarEnd = {}): FakeCall {
    const call = this.#makeCall(`dialled-${++this.#incoming}`, farEnd);
    this.#onDeskCall({ call, username, dialled });
    return call;
  }

  /**
   * A centralist transfers the current call. Returns a list to which each report to the softphone is added.
   */
  transfers(centralist: CallId, to: { readonly dialled: string } | { readonly consulted: CallId }): string[] {
    const reports: string[] = [];
    this.#onTransfer(centralist, {
      to: 'dialled' in to ? to.dialled : undefined,
      consulted: 'consulted' in to ? to.consulted : undefined,
      report: (progress) => {
        reports.push(progress);
        return Promise.resolve();
      },
    });
    return reports;
  }

  /** A softphone registers, or loses its registration. */
  registers(username: string, registered = true): void {
    this.#registrations.emit({ username, registered });
  }

  #arrived(call: FakeCall, shown: Pick<IncomingCall, 'from' | 'withheld' | 'source'>): IncomingCall {
    const refuse = (): Promise<void> => {
      this.refused.push(call.id);
      return call.hangUp();
    };
    return { call, from: shown.from, withheld: shown.withheld, source: shown.source, refuse };
  }

  /** The link to Asterisk breaks, and every call is lost. */
  goDown(): void {
    this.#up = false;
    for (const call of [...this.#calls]) call.onEnd({ by: 'lost', fault: 'Asterisk is not connected' });
    this.#health.emit(this.health());
  }

  comeUp(): void {
    this.#up = true;
    this.#health.emit(this.health());
  }

  // ------------------------------------------------------------------

  #ring(order: CallOrder, farEnd: FarEnd, call: FakeCall, outgoing: FakeOutgoing | FakeAlertCall): void {
    const { ringsAfterMs = 100, answersAfterMs, refuses, isLostAtMs } = farEnd;
    const end = (after: number, how: CallEnd): void => {
      call.later(after, () => {
        if (call.answeredAt === undefined) call.onEnd(how);
      });
    };
    if (farEnd.dead) {
      end(12_800, { by: 'them', cause: 38, fault: 'the trunk does not answer at all' });
      return;
    }
    if (ringsAfterMs !== 'never' && (answersAfterMs ?? (refuses ? 0 : Infinity)) > ringsAfterMs) {
      call.later(ringsAfterMs, () => {
        outgoing.onRang();
      });
    }
    if (refuses) {
      const { status, reason, retryAfterSeconds } = refuses;
      const more = { ...(reason ? { sipReason: reason } : {}), ...(retryAfterSeconds ? { retryAfterSeconds } : {}) };
      end(answersAfterMs ?? 200, { by: 'them', sipStatus: status, ...more });
    } else if (answersAfterMs !== undefined) {
      call.later(answersAfterMs, () => {
        call.onAnswer();
        if (outgoing instanceof FakeAlertCall) outgoing.wasAnswered();
        else outgoing.onAnswered();
      });
    } else if (isLostAtMs !== undefined) end(isLostAtMs, { by: 'lost', fault: 'the telephony was lost' });
    end(order.ringMs, { by: 'them', rangOut: true, cause: 19 });
    call.later(order.maxMs, () => {
      call.onEnd({ by: 'them', cause: 16 });
    });
  }

  #nextScript(to: string, type: 'trunk' | 'desk'): FarEnd {
    const scripts = this.#scripts.get(to);
    const [next] = scripts ?? [];
    if (scripts && scripts.length > 1) scripts.shift();
    if (next) return next;
    // A softphone that is not registered cannot be reached.
    return type === 'desk' ? { refuses: { status: 480 }, ringsAfterMs: 'never', answersAfterMs: 0 } : this.otherwise;
  }

  #makeCall(id: CallId, farEnd: FarEnd): FakeCall {
    const onRecorded = (recorded: Recorded): void => {
      this.onRecorded(recorded);
    };
    const earlierRecording = (name: string): { ms: number; running: boolean } | undefined => {
      const ms = this.earlierRecordings.get(name);
      return ms === undefined ? undefined : { ms, running: this.runningRecordings.delete(name) };
    };
    const call = new FakeCall(id, {
      clock: this.clock,
      msOf: lengthOf,
      farEnd,
      onStep: this.onStep,
      onRecorded,
      earlierRecording,
    });
    this.#calls.add(call);
    void call.ended.then(() => this.#calls.delete(call));
    return call;
  }

  #hold(call: FakeCall): void {
    this.mostOnTrunk = Math.max(this.mostOnTrunk, ++this.#onTrunk);
    call.signal.addEventListener('abort', () => this.#onTrunk--, { once: true });
  }
}

class FakeOutgoing implements OutgoingCall {
  readonly #answered: Deferred<Call | CallEnd> = deferred();
  readonly #listeners: (() => void)[] = [];
  #rang = false;

  constructor(
    readonly id: CallId,
    private readonly call: FakeCall,
    private readonly answeredElsewhere: CallId[],
  ) {
    void call.ended.then((end) => {
      this.#answered.resolve(end);
    });
  }

  get answered(): Promise<Call | CallEnd> {
    return this.#answered.promise;
  }

  get ended(): Promise<CallEnd> {
    return this.call.ended;
  }

  onRinging(listener: () => void): void {
    if (this.#rang) listener();
    else this.#listeners.push(listener);
  }

  cancel(why?: CancelReason): void {
    if (why === 'answered_elsewhere') this.answeredElsewhere.push(this.id);
    void this.call.hangUp();
  }

  onRang(): void {
    if (this.#rang) return;
    this.#rang = true;
    for (const listener of this.#listeners) listener();
  }

  onAnswered(): void {
    this.#answered.resolve(this.call);
  }
}
