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
import { FakeAlertCall } from './fake-announced.js';
import { FakeCall, lengthOf } from './fake-call.js';
import type { FakeClock } from './fake-clock.js';
import { RINGS_OUT, type FarEnd } from './far-end.js';

/** A call of ours, as the network saw it. Times in monotonic ms. */
export interface PlacedCall {
  readonly order: CallOrder;
  /** The number, or the username of the softphone. */
  readonly to: string;
  readonly call: FakeCall;
  readonly at: number;
  end?: CallEnd;
}

/** A call that a process which died has left. */
export interface LeftCall extends SurvivingOutgoing {
  /** What they do from now on: before the answer counted from now, after it from the answer, or from now when they had answered. */
  readonly farEnd?: FarEnd;
}

/** Telephones on the fake clock: each number does what its script says, and everything that happens is kept. */
export class FakeTelephony implements Telephony {
  readonly placed: PlacedCall[] = [];
  /** Calls of a process which died, taken over. */
  readonly resumed: PlacedCall[] = [];
  /** Callers of the tip line, and what centralists had dialled, taken over. */
  readonly resumedCallers: FakeCall[] = [];
  readonly resumedDesks: FakeCall[] = [];
  readonly conversations: {
    readonly a: Call;
    readonly b: Call;
    readonly from: number;
    to?: number;
    recording?: string;
  }[] = [];
  /** A machine that is slow takes what is ordered late. */
  takesOrdersAfterMs = 0;
  /** Callers who were refused unanswered. */
  readonly refused: CallId[] = [];
  /** Calls that rang and were taken back because somebody else had taken them: no missed calls. */
  readonly takenElsewhere: CallId[] = [];
  /** Recordings that the telephony made by itself. */
  leftRecordingsThere: OfflineRecording[] = [];
  /** Calls back with everything that was recorded. */
  onRecorded: (recorded: Recorded) => void = () => undefined;
  /** Recordings that a process which died had begun, by their names: how long they have become. */
  readonly begun = new Map<string, number>();
  /** Those of them that go on. */
  readonly goesOn = new Set<string>();
  /** Why conversations cannot be recorded; they can when it is empty. */
  recordingFault = '';
  readonly desks: DeskAccount[] = [];
  /** Names of accounts that were taken away. */
  readonly removedDesks: string[] = [];
  /** Names whose accounts the telephony refuses; none at first. */
  refusesAccounts = /(?!)/;
  /** Calls that a process which died has left in the telephony, and what the far end does from now on. */
  callsToTakeOver: LeftCall[] = [];
  /** The same for callers on the tip line. */
  leftCallers: (SurvivingIncoming & { readonly farEnd?: FarEnd })[] = [];
  /** The same for what centralists dialled. */
  leftDeskCalls: (SurvivingDeskCall & { readonly farEnd?: FarEnd })[] = [];
  leftConversations: { a: CallId; b: CallId }[] = [];
  /** How calls ended while nobody listened. */
  readonly ends = new Map<CallId, AlertCallResult>();
  swept: CallId[] = [];
  /** What is wrong while Asterisk is up. */
  problem: TelephonyHealth['problem'] = null;
  /** Most calls on the trunk at once, those that came in included. */
  mostOnTrunk = 0;
  /** The operator: whom it refuses, at once and whatever the number would have done; nobody when absent. */
  operator: ((trunk: { readonly live: number; readonly now: number }) => FarEnd | undefined) | undefined;
  #onTrunk = 0;
  #up = true;
  #incoming = 0;
  readonly #renewed = new Map<string, Sound>();
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
    /** What a number without a script does. */
    public otherwise: FarEnd = RINGS_OUT,
  ) {}

  /** What this number, or softphone, does when it is called: one script for each call, the last for all that follow. */
  script(to: string, ...scripts: readonly FarEnd[]): void {
    this.#scripts.set(to, [...scripts]);
  }

  get live(): number {
    return this.#onTrunk;
  }

  callsTo(to: string): PlacedCall[] {
    return this.placed.filter((call) => call.to === to);
  }

  // ------------------------------------------------------------------ the port

  place(order: CallOrder): OutgoingCall {
    if (this.placed.some(({ order: { id } }) => id === order.id)) throw new Error(`call ${order.id} exists already`);
    const to = order.to.type === 'trunk' ? order.to.number : order.to.username;
    const refusal = this.operator?.({ live: this.#onTrunk, now: this.clock.monotonic() });
    const farEnd = refusal ?? this.#nextScript(to, order.to.type);
    const call = this.#makeCall(order.id, farEnd);
    const placed: PlacedCall = { order, to, call, at: this.clock.monotonic() };
    this.placed.push(placed);
    if (order.to.type === 'trunk') this.#hold(call);
    void call.ended.then((end) => (placed.end = end));
    const outgoing = new FakeOutgoing(order.id, call, this.takenElsewhere);
    if (!this.#up) call.later(0, () => void call.onEnd({ by: 'lost', fault: 'Asterisk is not connected' }));
    else this.#ring(order, farEnd, call, outgoing);
    return outgoing;
  }

  placeAlert(order: AlertCallOrder): AlertCall {
    if (this.placed.some(({ order: { id } }) => id === order.id)) throw new Error(`call ${order.id} exists already`);
    const refusal = this.operator?.({ live: this.#onTrunk, now: this.clock.monotonic() });
    const to = order.to.type === 'trunk' ? order.to.number : order.to.username;
    const farEnd = refusal ?? this.#nextScript(to, order.to.type);
    const call = this.#makeCall(order.id, farEnd);
    this.placed.push(this.#record(order, call));
    if (order.to.type === 'trunk') this.#hold(call);
    const announced = this.#announced(order, call, this.takesOrdersAfterMs);
    if (!this.#up) call.later(0, () => void call.onEnd({ by: 'lost', fault: 'Asterisk is not connected' }));
    else this.#ring(order, farEnd, call, announced);
    return announced;
  }

  takeOverAlert(order: AlertCallOrder, left: SurvivingOutgoing): AlertCall {
    const farEnd = this.callsToTakeOver.find(({ id }) => id === left.id)?.farEnd ?? {};
    const call = this.#makeCall(order.id, farEnd);
    this.resumed.push(this.#record(order, call));
    this.#hold(call);
    const announced = this.#announced(order, call, 0);
    if (left.answered) call.onAnswer();
    announced.goOn(left);
    if (!left.answered) this.#ring(order, { ...farEnd, ringsAfterMs: 'never' }, call, announced);
    return announced;
  }

  updateMessage(subject: string, message: Sound): void {
    this.#renewed.set(subject, message);
  }

  #announced(order: AlertCallOrder, call: FakeCall, takenAfterMs: number): FakeAlertCall {
    const { script, subject } = order;
    const newest = (): Sound | undefined => (script.type === 'alert' ? this.#renewed.get(subject) : undefined);
    return new FakeAlertCall(order, call, this.clock, newest, takenAfterMs);
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
    this.desks.push(account);
    return Promise.resolve();
  }

  removeDesk(username: string): Promise<void> {
    this.removedDesks.push(username);
    return Promise.resolve();
  }

  /** Asterisk was started anew, and its accounts are made again. */
  readonly accountsMadeAgain = new Emitter<{ readonly username: string; readonly fault: string | undefined }>();

  onAccountMadeAgain(listener: (username: string, fault: string | undefined) => void): () => void {
    return this.accountsMadeAgain.on(({ username, fault }) => {
      listener(username, fault);
    });
  }

  /** Somebody shows a password. */
  readonly passwordTries = new Emitter<PasswordTry>();

  onPasswordTry(listener: (tried: PasswordTry) => void): () => void {
    return this.passwordTries.on(listener);
  }

  deskRegistered(username: string): Promise<boolean> {
    return Promise.resolve(this.#scripts.has(username));
  }

  survivingCalls(): Promise<SurvivingCalls> {
    return Promise.resolve({
      outgoing: this.callsToTakeOver,
      incoming: this.leftCallers,
      desks: this.leftDeskCalls,
      conversations: this.leftConversations,
    });
  }

  takeOverOutgoing(order: CallOrder, left: SurvivingOutgoing): OutgoingCall {
    const farEnd = this.callsToTakeOver.find(({ id }) => id === left.id)?.farEnd ?? {};
    const call = this.#makeCall(order.id, farEnd);
    const to = order.to.type === 'trunk' ? order.to.number : order.to.username;
    const placed: PlacedCall = { order, to, call, at: this.clock.monotonic() };
    this.resumed.push(placed);
    if (order.to.type === 'trunk') this.#hold(call);
    void call.ended.then((end) => (placed.end = end));
    const outgoing = new FakeOutgoing(order.id, call, this.takenElsewhere);
    if (left.rang) outgoing.onRang();
    if (left.answered) {
      call.onAnswer();
      outgoing.onAnswered();
    } else this.#ring(order, { ...farEnd, ringsAfterMs: 'never' }, call, outgoing);
    return outgoing;
  }

  /** Another process takes over an answered call of one that is gone without a word; what is recorded in it goes on. */
  takenOver({ order, call }: PlacedCall): OutgoingCall {
    const { recording, farEnd } = call.forsake();
    if (recording) {
      this.begun.set(recording.name, recording.ms);
      this.goesOn.add(recording.name);
    }
    const left = { id: order.id, rang: true, answered: true, steps: [], soundId: undefined };
    this.callsToTakeOver = [{ ...left, farEnd }];
    return this.takeOverOutgoing(order, left);
  }

  takeOverIncoming(left: SurvivingIncoming): IncomingCall {
    const call = this.#makeCall(left.id, this.leftCallers.find(({ id }) => id === left.id)?.farEnd ?? {});
    if (left.answered) call.onAnswer();
    this.#hold(call);
    this.resumedCallers.push(call);
    return this.#arrived(call, left);
  }

  takeOverDeskCall(left: SurvivingDeskCall): DeskCall {
    const call = this.#makeCall(left.id, this.leftDeskCalls.find(({ id }) => id === left.id)?.farEnd ?? {});
    if (left.answered) call.onAnswer();
    this.resumedDesks.push(call);
    return { call, username: left.username, dialled: left.dialled };
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
    const ms = this.begun.get(name);
    return Promise.resolve(ms === undefined ? undefined : { name, file: `/recordings/${name}.wav`, ms });
  }

  async offlineRecordings(isKnown: (callId: CallId) => boolean): Promise<readonly OfflineRecording[]> {
    await Promise.resolve();
    return this.leftRecordingsThere.filter(({ callId }) => !isKnown(callId));
  }

  rememberedResult(id: CallId): Promise<AlertCallResult | undefined> {
    return Promise.resolve(this.ends.get(id));
  }

  hangUpOrphans(isTakenElsewhere: (id: CallId) => boolean = () => false): Promise<readonly CallId[]> {
    const owned = new Set([...this.#calls].map(({ id }) => id));
    this.swept = this.callsToTakeOver.map(({ id }) => id).filter((id) => !owned.has(id));
    this.takenElsewhere.push(...this.swept.filter(isTakenElsewhere));
    return Promise.resolve(this.swept);
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

  // ------------------------------------------------------------------ what happens in the network

  /** Somebody rings the tip line; times of the script count from the answer. */
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

  /** A centralist dials; times of the script count from the answer. */
  dials(username: string, dialled: string, farEnd: FarEnd = {}): FakeCall {
    const call = this.#makeCall(`dialled-${++this.#incoming}`, farEnd);
    this.#onDeskCall({ call, username, dialled });
    return call;
  }

  /** A centralist asks for a transfer of the call they are in; gives what their softphone was told. */
  transfers(centralist: CallId, to: { readonly dialled: string } | { readonly consulted: CallId }): string[] {
    const told: string[] = [];
    this.#onTransfer(centralist, {
      to: 'dialled' in to ? to.dialled : undefined,
      consulted: 'consulted' in to ? to.consulted : undefined,
      report: (progress) => {
        told.push(progress);
        return Promise.resolve();
      },
    });
    return told;
  }

  /** A softphone registers, or is registered no more. */
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

  /** The link to the telephony breaks: every call is lost. */
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
    // A softphone that nobody registered cannot be reached.
    return type === 'desk' ? { refuses: { status: 480 }, ringsAfterMs: 'never', answersAfterMs: 0 } : this.otherwise;
  }

  #makeCall(id: CallId, farEnd: FarEnd): FakeCall {
    const onRecorded = (recorded: Recorded): void => {
      this.onRecorded(recorded);
    };
    const begun = (name: string): { ms: number; goesOn: boolean } | undefined => {
      const ms = this.begun.get(name);
      return ms === undefined ? undefined : { ms, goesOn: this.goesOn.delete(name) };
    };
    const call = new FakeCall(id, {
      clock: this.clock,
      msOf: lengthOf,
      farEnd,
      onStep: this.onStep,
      onRecorded,
      begun,
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
    private readonly takenElsewhere: CallId[],
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
    if (why === 'taken_elsewhere') this.takenElsewhere.push(this.id);
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
