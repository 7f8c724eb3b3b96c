import { hmacMixer } from '../../src/adapters/crypto/hmac-mixer.js';
import { openDatabase, type Database } from '../../src/adapters/sqlite/database.js';
import { openStores } from '../../src/adapters/sqlite/stores.js';
import { ActionService } from '../../src/app/actions/action-service.js';
import { Assignments } from '../../src/app/actions/assignments.js';
import { AttemptRunner } from '../../src/app/dialing/attempt-runner.js';
import { CallIds } from '../../src/app/journal/call-ids.js';
import { Conditions } from '../../src/app/actions/conditions.js';
import { Softphones } from '../../src/app/centralists/softphones.js';
import { Dialer } from '../../src/app/dialing/dialer.js';
import { EventJournal } from '../../src/app/journal/event-journal.js';
import type { TipLine } from '../../src/app/tip-line/tip-line.js';
import { TrunkLines } from '../../src/app/dialing/trunk-lines.js';
import { recover } from '../../src/app/recovery.js';
import type { ActionInput } from '../../src/app/services.js';
import { TestCalls } from '../../src/app/actions/test-call.js';
import { createTipLine, type WiredTipLine } from '../../src/app/tip-line/create-tip-line.js';
import type { Action } from '../../src/domain/action.js';
import type { Attempt, Purpose } from '../../src/domain/attempt.js';
import { rendered } from '../../src/domain/messages.js';
import type { Night } from '../../src/domain/night.js';
import type { Participant } from '../../src/domain/participant.js';
import type { E164 } from '../../src/domain/phone-number.js';
import { parseRetryPolicy } from '../../src/domain/retry.js';
import type { Simulation } from '../../src/domain/simulation.js';
import type { CallId } from '../../src/ports/call.js';
import type { AlertCallResult } from '../../src/ports/telephony.js';
import type { Speech } from '../../src/ports/speech.js';
import type { Centralist, Stores } from '../../src/ports/stores.js';
import { addPerson, MIGRATIONS, mobile } from '../adapters/sqlite/support/fixtures.js';
import { makeDesk, type CentralistServiceParts } from './desk-parts.js';
import { lengthOf } from './fake-call.js';
import { FakeClock } from './fake-clock.js';
import { FakeLog } from './fake-log.js';
import { FakeTelephony, type LeftCall } from './fake-telephony.js';
import { RINGS_OUT, type FarEnd } from './far-end.js';

export interface RoomOptions {
  readonly lines?: number;
  readonly tipLines?: number;
  readonly cps?: number;
  readonly retry?: string;
  readonly night?: Night | null;
  /** A simulated phone network instead of an operator. */
  readonly simulation?: Simulation | null;
  readonly recordsTalks?: boolean;
  /** What makes messages of texts; at once when absent. */
  readonly speech?: Speech;
  /** What a number without a script does. */
  readonly otherwise?: FarEnd;
  /** What these numbers and softphones do. */
  readonly scripts?: Readonly<Record<string, FarEnd>>;
  /** Calls that the process before left in the telephony, and how others have ended meanwhile. */
  readonly left?: readonly LeftCall[];
  readonly ends?: ReadonlyMap<CallId, AlertCallResult>;
  readonly leftCallers?: FakeTelephony['leftCallers'];
  readonly leftDeskCalls?: FakeTelephony['leftDeskCalls'];
  readonly leftConversations?: FakeTelephony['leftConversations'];
  /** Recordings that the process before had begun: how long they have become. */
  readonly begun?: Readonly<Record<string, number>>;
  /** Those of them that go on. */
  readonly goesOn?: readonly string[];
  /** Goes on with the database of a room whose process died. */
  readonly after?: ControlRoom;
}

const RING_MS = 30_000;

/** A text becomes the sound that bears its words as its id, and lasts as long as every message does here. */
export const fakeSpeech: Speech = {
  engine: 'fake',
  render: (text) => Promise.resolve({ soundId: text, seconds: 8 }),
  // Of a recording its name stands for what is in it.
  importWav: (wav) => Promise.resolve({ soundId: Buffer.from(wav).toString(), seconds: 8 }),
  healthy: () => Promise.resolve(true),
};

/** The application above its vendors, wired as the service wires it: real stores in memory, fake telephones, fake time. */
export class ControlRoom {
  readonly clock: FakeClock;
  readonly telephony: FakeTelephony;
  readonly database: Database;
  readonly stores: Stores;
  readonly lines: TrunkLines;
  readonly dialer: Dialer;
  readonly runner: AttemptRunner;
  readonly actions: ActionService;
  readonly desks: Softphones;
  readonly tipLine: WiredTipLine;
  readonly inbound: TipLine;
  readonly deskSide: CentralistServiceParts;
  readonly log = new FakeLog();
  readonly simulation: Simulation | null;
  /** Ids of the centralists whose softphones are not registered. */
  readonly unregistered = new Set<number>();
  readonly ids: CallIds;
  readonly centralist: Centralist;

  constructor(options: RoomOptions = {}) {
    this.simulation = options.simulation ?? null;
    const { lines = 12, tipLines = 2, cps = 10, retry = 'no_answer:2@120s,busy:2@60s', night = null, after } = options;
    this.clock = after ? new FakeClock(after.clock.now()) : new FakeClock();
    this.database = after?.database ?? openDatabase(':memory:', { migrationsFolder: MIGRATIONS });
    const stores = (this.stores = openStores(this.database));
    const { clock, log } = this;
    const onStep = (callId: CallId, step: string): void => {
      // A step that cannot be stored is no reason to end a call.
      try {
        stores.traces.add(callId, [{ step, at: clock.now() }]);
      } catch (error) {
        log.error('a step of a call could not be stored', { callId, error: String(error) });
      }
    };
    const telephony = (this.telephony = new FakeTelephony(clock, onStep));
    telephony.otherwise = options.otherwise ?? RINGS_OUT;
    for (const [to, script] of Object.entries(options.scripts ?? {})) telephony.script(to, script);
    telephony.callsToTakeOver = [...(options.left ?? [])];
    telephony.leftCallers = [...(options.leftCallers ?? [])];
    telephony.leftDeskCalls = [...(options.leftDeskCalls ?? [])];
    for (const [name, ms] of Object.entries(options.begun ?? {})) telephony.begun.set(name, ms);
    for (const name of options.goesOn ?? []) telephony.goesOn.add(name);
    telephony.leftConversations = [...(options.leftConversations ?? [])];
    for (const [id, end] of options.ends ?? []) telephony.ends.set(id, end);
    const ids = (this.ids = new CallIds(stores.instanceId));
    const events = new EventJournal(stores.events, clock, log);
    this.lines = new TrunkLines({ lines, tipLines, cps });
    const policy = parseRetryPolicy(retry);
    if (!policy.ok) throw new Error(policy.reason);
    const runner = (this.runner = new AttemptRunner({
      stores,
      telephony,
      clock,
      log,
      events,
      ids,
      ringMs: RING_MS,
      callerId: { number: '08000011', name: 'Burgernet' },
      msOf: lengthOf,
      onConfirmed: (attempt) => {
        this.actions.confirmed(attempt);
      },
    }));
    this.dialer = new Dialer({
      lines: this.lines,
      runner,
      clock,
      log,
      events,
      retry: policy.value,
      blockedBy: () => (telephony.health().asterisk === 'up' ? stores.blockedBy() : telephony.health().reason),
      onEnded: (order) => {
        this.actions.alertEnded(order);
      },
    });
    this.desks = new Softphones({ centralists: stores.centralists, telephony });
    this.actions = new ActionService({
      stores,
      dialer: this.dialer,
      desks: this.desks,
      lines: this.lines,
      speech: options.speech ?? fakeSpeech,
      events,
      assignments: new Assignments({ stores, desks: this.desks, events }),
      testCalls: new TestCalls({
        centralists: stores.centralists,
        telephony,
        desks: this.desks,
        ids,
        clock,
        log,
        callerNumber: '08000011',
        msOf: lengthOf,
      }),
      ids,
      clock,
      night,
      ringSeconds: RING_MS / 1_000,
      soundSeconds: () => 8,
      renewMessage: ({ id, message }) => {
        telephony.updateMessage(ids.subjectOf(id), rendered(message.soundId));
      },
      blockedBy: () => telephony.health().reason,
      simulation: this.simulation,
      conditions: new Conditions({
        telephony,
        simulation: this.simulation,
        desks: this.desks,
        isRegistered: ({ id }) => !this.unregistered.has(id),
      }),
    });
    const { dialer, actions } = this;
    const { lines: allLines, desks } = this;
    const { simulation } = this;
    const parts = { stores, telephony, simulation, lines: allLines, dialer, desks, actions, events, ids, clock, log };
    const mix = hmacMixer(stores.codeKey);
    this.tipLine = createTipLine({ ...parts, mix, recordsTalks: options.recordsTalks ?? false });
    this.inbound = this.tipLine.inbound;
    telephony.onIncoming((incoming) => {
      this.inbound.take(incoming);
    });
    this.deskSide = makeDesk({
      stores,
      telephony,
      desks,
      lines: this.lines,
      dialer,
      actions,
      events,
      ids,
      speech: options.speech ?? fakeSpeech,
      tips: this.inbound,
      simulation,
      clock,
      log,
    });
    stores.onTrouble(() => {
      dialer.pump();
    });
    telephony.onHealth(() => {
      dialer.pump();
    });
    this.centralist =
      stores.centralists.all()[0] ??
      stores.centralists.add({
        name: 'Desk',
        extension: '21',
        sipUsername: 'desk21',
        sipPassword: 'x',
        pinDigest: null,
        onDuty: true,
        createdAt: 0,
      });
  }

  /** One more centralist, whose softphone does this; without it, it is not registered. */
  addCentralist(extension: string, farEnd?: FarEnd, onDuty = true): Centralist {
    if (farEnd) this.telephony.script(`desk${extension}`, farEnd);
    return this.stores.centralists.add({
      name: `Centralist ${extension}`,
      extension,
      sipUsername: `desk${extension}`,
      sipPassword: 'x',
      pinDigest: null,
      onDuty,
      createdAt: 0,
    });
  }

  close(): void {
    this.dialer.stop();
    this.stores.close();
  }

  /** The process dies: nothing of it happens any more. A new one begins on the same database, at the time of this one. */
  async restart(options: RoomOptions = {}): Promise<ControlRoom> {
    this.dialer.stop();
    const next = new ControlRoom({ ...options, after: this });
    await recover({ ...next, ...next.deskSide });
    return next;
  }

  /** People with a number each: the first has `mobile(first)`. */
  people(count: number, first = 1): Participant[] {
    return Array.from({ length: count }, (_, index) => this.person(first + index));
  }

  person(...numbers: readonly number[]): Participant {
    return addPerson(this.stores, numbers.map(mobile));
  }

  async draft(input: Partial<ActionInput> = {}): Promise<Action> {
    const { action } = await this.actions.create({
      kind: 'theft',
      title: 'Gestolen fiets',
      description: 'Rode damesfiets',
      message: { text: 'message-1' },
      area: { postcodes: ['8251'] },
      centralistId: this.centralist.id,
      criteria: { timeCritical: true, clearDescription: true },
      ...input,
    });
    return action;
  }

  /** A running action that calls everybody. */
  async running(input: Partial<ActionInput> = {}): Promise<Action> {
    return this.actions.start((await this.draft(input)).id, { anyway: true });
  }

  /** Lets time pass until nobody is left to call. */
  async calledOut(...actions: readonly Action[]): Promise<void> {
    await this.clock.until(() => actions.every(({ id }) => this.#atRest(id)));
  }

  #atRest(id: number): boolean {
    const { waiting, dialing, ringing, in_call } = this.dialer.people(id);
    return waiting + dialing + ringing + in_call === 0;
  }

  attempts(action: Action, purpose: Purpose = 'alert'): readonly Attempt[] {
    return this.stores.attempts.ofAction(action.id, purpose);
  }

  /** Outcomes of the calls to one number, in order. */
  outcomes(action: Action, phone: E164, purpose: Purpose = 'alert'): (string | null)[] {
    return this.attempts(action, purpose)
      .filter((attempt) => attempt.phone === phone)
      .map(({ outcome }) => outcome);
  }

  /** Whether the disk can be written. */
  set diskWorks(works: boolean) {
    this.database.sqlite.pragma(`query_only = ${works ? 'OFF' : 'ON'}`);
  }
}
