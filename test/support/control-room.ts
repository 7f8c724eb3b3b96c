import { hmacMixer } from '../../src/adapters/crypto/hmac-mixer.js';
import { openDatabase, type Database } from '../../src/adapters/sqlite/database.js';
import { openStores } from '../../src/adapters/sqlite/stores.js';
import type { ActionService } from '../../src/app/actions/action-service.js';
import { createApp, type App } from '../../src/app/app.js';
import type { CallbackService } from '../../src/app/centralists/callbacks.js';
import type { CentralistService } from '../../src/app/centralists/centralist-service.js';
import type { ColleagueCalls } from '../../src/app/centralists/colleague-calls.js';
import type { PinDigests } from '../../src/app/centralists/pin-digest.js';
import type { Pins } from '../../src/app/centralists/pins.js';
import type { ServiceCodes } from '../../src/app/centralists/service-codes.js';
import type { Softphones } from '../../src/app/centralists/softphones.js';
import type { AttemptRunner } from '../../src/app/dialing/attempt-runner.js';
import type { Dialer } from '../../src/app/dialing/dialer.js';
import type { TrunkLines } from '../../src/app/dialing/trunk-lines.js';
import type { CallIds } from '../../src/app/journal/call-ids.js';
import { storeCallSteps } from '../../src/app/journal/call-steps.js';
import type { RecordingService } from '../../src/app/messages/recording-service.js';
import type { ActionInput } from '../../src/app/services.js';
import type { WiredTipLine } from '../../src/app/tip-line/create-tip-line.js';
import type { TipLine } from '../../src/app/tip-line/tip-line.js';
import type { Action } from '../../src/domain/action.js';
import type { Attempt, Purpose } from '../../src/domain/attempt.js';
import type { Night } from '../../src/domain/night.js';
import type { Participant } from '../../src/domain/participant.js';
import type { E164 } from '../../src/domain/phone-number.js';
import { parseRetryPolicy } from '../../src/domain/retry.js';
import type { Simulation } from '../../src/domain/simulation.js';
import type { Loudness } from '../../src/domain/voice-level.js';
import type { CallId } from '../../src/ports/call.js';
import type { Speech } from '../../src/ports/speech.js';
import type { Centralist, Stores } from '../../src/ports/stores.js';
import type { AlertCallResult } from '../../src/ports/telephony.js';
import { addPerson, MIGRATIONS, mobile } from '../adapters/sqlite/support/fixtures.js';
import { lengthOf } from './fake-call.js';
import { FakeClock } from './fake-clock.js';
import { FakeLog } from './fake-log.js';
import { MemoryPrompts } from './memory-prompts.js';
import { FakeTelephony, type SurvivingCall } from './fake-telephony.js';
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
  /** Renders texts; `fakeSpeech` by default, which takes no time. */
  readonly speech?: Speech;
  /** The far end of numbers without a script. */
  readonly otherwise?: FarEnd;
  /** The far ends of these numbers and softphones. */
  readonly scripts?: Readonly<Record<string, FarEnd>>;
  /** Calls of an earlier process that are still up in the telephony. */
  readonly survivingOutgoing?: readonly SurvivingCall[];
  /** Results of alert calls that ended while no controller was connected. */
  readonly rememberedResults?: ReadonlyMap<CallId, AlertCallResult>;
  readonly survivingCallers?: FakeTelephony['survivingCallers'];
  readonly survivingDeskCalls?: FakeTelephony['survivingDeskCalls'];
  readonly survivingConversations?: FakeTelephony['survivingConversations'];
  /** Recordings that an earlier process began, by name: their length so far, in ms. */
  readonly earlierRecordings?: Readonly<Record<string, number>>;
  /** The names of those recordings that are still running. */
  readonly runningRecordings?: readonly string[];
  /** A control room whose process died. The new one opens the same database. */
  readonly after?: ControlRoom;
}

const RING_SECONDS = 30;

/** Renders a text as a sound with that text as its id, as long as every other message in these tests. */
export const fakeSpeech: Speech = {
  engine: 'fake',
  render: (text) => Promise.resolve({ soundId: text, seconds: 8, voice: 'embedded' }),
  read: (text) => ({ spoken: text, words: [] }),
  // The name of a recording stands for its contents.
  importWav: (wav) => Promise.resolve({ soundId: Buffer.from(wav).toString(), seconds: 8 }),
  healthy: () => Promise.resolve(true),
  degradedBy: () => '',
  prompts: { rendered: 100, all: 100, blockedBy: '' },
};

/** Digests that take no time. Real digests take real time, during which the fake clock would move on. */
const FAST_DIGESTS: PinDigests = {
  digestOf: (pin) => `digest of ${pin}`,
  isOf: (digest, pin) => Promise.resolve(digest === `digest of ${pin}`),
};

/** The whole application from `createApp`, with real stores in memory, fake telephones and a fake clock. */
export class ControlRoom {
  readonly clock: FakeClock;
  readonly telephony: FakeTelephony;
  readonly database: Database;
  readonly stores: Stores;
  readonly app: App;
  readonly lines: TrunkLines;
  readonly dialer: Dialer;
  readonly runner: AttemptRunner;
  readonly actions: ActionService;
  readonly softphones: Softphones;
  readonly centralists: CentralistService;
  readonly pins: Pins;
  readonly callbacks: CallbackService;
  readonly colleagueCalls: ColleagueCalls;
  readonly serviceCodes: ServiceCodes;
  readonly recordings: RecordingService;
  readonly tipLine: WiredTipLine;
  readonly inbound: TipLine;
  /** Names of the recordings that were made and not removed. */
  readonly keptRecordings = new Set<string>();
  /** The loudness of every recording; undefined when recordings cannot be measured. */
  loudness: Loudness | undefined = { rms: -24, peak: -8 };
  readonly log = new FakeLog();
  readonly recordedPrompts = new MemoryPrompts();
  readonly simulation: Simulation | null;
  readonly ids: CallIds;
  /** The first centralist, who has extension 21 and a registered softphone. */
  readonly centralist: Centralist;

  constructor(options: RoomOptions = {}) {
    const { lines = 12, tipLines = 2, cps = 10, retry = 'no_answer:2@120s,busy:2@60s', night = null, after } = options;
    const policy = parseRetryPolicy(retry);
    if (!policy.ok) throw new Error(policy.reason);
    this.simulation = options.simulation ?? null;
    this.clock = after ? new FakeClock(after.clock.now()) : new FakeClock();
    this.database = after?.database ?? openDatabase(':memory:', { migrationsFolder: MIGRATIONS });
    const stores = (this.stores = openStores(this.database));
    const { clock, log } = this;
    const telephony = (this.telephony = new FakeTelephony(clock, storeCallSteps({ stores, clock, log })));
    prepare(telephony, options);
    const kept = this.keptRecordings;
    telephony.onRecorded = ({ name }) => void kept.add(name);
    const app = (this.app = createApp(
      {
        stores,
        telephony,
        speech: options.speech ?? fakeSpeech,
        soundFiles: { pathOf: () => '', msOf: lengthOf, wavOf: () => Promise.resolve(undefined) },
        recordedFiles: {
          read: ({ name }) => Promise.resolve(kept.has(name) ? Buffer.from(name) : undefined),
          remove: ({ name }) => {
            kept.delete(name);
            return Promise.resolve();
          },
        },
        recordedPrompts: this.recordedPrompts,
        clock,
        log,
        mix: hmacMixer(stores.codeKey),
        pinDigests: FAST_DIGESTS,
        loudnessOf: () => {
          if (!this.loudness) throw new Error('this is not a wav');
          return this.loudness;
        },
        freeDisk: () => Promise.resolve(Number.MAX_SAFE_INTEGER),
      },
      {
        lines,
        tipLines,
        cps,
        retry: policy.value,
        ringSeconds: RING_SECONDS,
        night,
        recordTips: options.recordsTalks ?? false,
        tipLine: { digits: '08000011' },
        simulation: this.simulation,
        softphoneServer: { server: '192.0.2.1:5060', transport: 'udp' },
      },
    ));
    this.lines = app.lines;
    this.dialer = app.dialer;
    this.runner = app.runner;
    this.actions = app.actions;
    this.softphones = app.softphones;
    this.centralists = app.centralists;
    this.pins = app.pins;
    this.callbacks = app.callbacks;
    this.colleagueCalls = app.colleagueCalls;
    this.serviceCodes = app.serviceCodes;
    this.recordings = app.recordings;
    this.ids = app.ids;
    this.tipLine = app.tipLine;
    this.inbound = app.tipLine.inbound;
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
    for (const { sipUsername } of stores.centralists.all()) telephony.registers(sipUsername);
  }

  /** Adds a centralist. With a far end, the softphone is registered and behaves as the far end says. */
  addCentralist(extension: string, farEnd?: FarEnd, onDuty = true): Centralist {
    const sipUsername = `desk${extension}`;
    const centralist = this.stores.centralists.add({
      name: `Centralist ${extension}`,
      extension,
      sipUsername,
      sipPassword: 'x',
      pinDigest: null,
      onDuty,
      createdAt: 0,
    });
    if (farEnd) {
      this.telephony.script(sipUsername, farEnd);
      this.telephony.registers(sipUsername);
    }
    return centralist;
  }

  close(): void {
    this.dialer.stop();
    this.stores.close();
  }

  /** Lets the process die. A new one starts on the same database, at the same instant, and recovers. */
  async restart(options: RoomOptions = {}): Promise<ControlRoom> {
    this.dialer.stop();
    const next = new ControlRoom({ ...options, after: this });
    await next.app.recover();
    return next;
  }

  /** Adds participants with one number each. The first has `mobile(first)`. */
  people(count: number, first = 1): Participant[] {
    return Array.from({ length: count }, (_, index) => this.person(first + index));
  }

  /** Adds a participant with these numbers. */
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

  /** Starts an action. */
  async running(input: Partial<ActionInput> = {}): Promise<Action> {
    return this.actions.start((await this.draft(input)).id, { anyway: true });
  }

  /** Lets time pass until these actions have nobody left to call and no live call. */
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

  /** When false, no write to the database succeeds from now on. */
  set diskWorks(works: boolean) {
    this.database.sqlite.pragma(`query_only = ${works ? 'OFF' : 'ON'}`);
  }
}

/** Gives the telephony the far ends, and the calls of an earlier process. */
function prepare(telephony: FakeTelephony, options: RoomOptions): void {
  telephony.otherwise = options.otherwise ?? RINGS_OUT;
  for (const [to, script] of Object.entries(options.scripts ?? {})) telephony.script(to, script);
  telephony.survivingOutgoing = [...(options.survivingOutgoing ?? [])];
  telephony.survivingCallers = [...(options.survivingCallers ?? [])];
  telephony.survivingDeskCalls = [...(options.survivingDeskCalls ?? [])];
  telephony.survivingConversations = [...(options.survivingConversations ?? [])];
  for (const [name, ms] of Object.entries(options.earlierRecordings ?? {})) telephony.earlierRecordings.set(name, ms);
  for (const name of options.runningRecordings ?? []) telephony.runningRecordings.add(name);
  for (const [id, end] of options.rememberedResults ?? []) telephony.rememberedResults.set(id, end);
}
