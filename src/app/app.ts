import { rendered, type Sound } from '../domain/messages.js';
import type { Night } from '../domain/night.js';
import type { Mixer } from '../domain/personal-code.js';
import type { RetryPolicy } from '../domain/retry.js';
import type { Simulation } from '../domain/simulation.js';
import type { Loudness } from '../domain/voice-level.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { RecordedFiles } from '../ports/recorded-files.js';
import type { RecordedPrompts } from '../ports/recorded-prompts.js';
import type { SoundFiles, Speech } from '../ports/speech.js';
import type { Stores } from '../ports/stores.js';
import type { Telephony } from '../ports/telephony.js';
import { GuessLimiter } from './access/guess-limiter.js';
import { ActionService } from './actions/action-service.js';
import { Assignments } from './actions/assignments.js';
import { Conditions } from './actions/conditions.js';
import { TestCalls } from './actions/test-call.js';
import { ActionsByPhone } from './centralists/actions-by-phone.js';
import { CallbackService } from './centralists/callbacks.js';
import { CentralistService, type CentralistServiceParts } from './centralists/centralist-service.js';
import { ColleagueCalls } from './centralists/colleague-calls.js';
import type { PinDigests } from './centralists/pin-digest.js';
import { Pins } from './centralists/pins.js';
import { PromptsByPhone } from './centralists/prompts-by-phone.js';
import { ServiceCodes } from './centralists/service-codes.js';
import { Softphones } from './centralists/softphones.js';
import { StartActionByPhone } from './centralists/start-action-by-phone.js';
import { Transfers } from './centralists/transfers.js';
import { AttemptRunner } from './dialing/attempt-runner.js';
import { Dialer } from './dialing/dialer.js';
import { TrunkLines } from './dialing/trunk-lines.js';
import { gauges, readiness } from './health-service.js';
import { CallIds } from './journal/call-ids.js';
import { EventJournal } from './journal/event-journal.js';
import { Journal } from './journal/journal.js';
import { createMessagePreviews } from './messages/message-previews.js';
import { PromptService } from './messages/prompt-service.js';
import { RecordingService } from './messages/recording-service.js';
import { createParticipants } from './participants/participants.js';
import { createPostcodes } from './participants/postcodes.js';
import { recover } from './recovery.js';
import type { Alarms, Services } from './services.js';
import { createTipLine, type WiredTipLine } from './tip-line/create-tip-line.js';
import { TipService } from './tip-line/tip-service.js';

/** The outside world, as the application needs it. */
export interface AppPorts {
  readonly stores: Stores;
  readonly telephony: Telephony;
  readonly speech: Speech;
  readonly soundFiles: SoundFiles;
  readonly recordedFiles: RecordedFiles;
  readonly recordedPrompts: RecordedPrompts;
  readonly clock: Clock;
  readonly log: Log;
  /** Makes personal codes, with the key of these stores. */
  readonly mix: Mixer;
  readonly pinDigests: PinDigests;
  /** Throws when the bytes are not a wav file. */
  readonly loudnessOf: (wav: Uint8Array) => Loudness;
  /** Free bytes on the disk of the data folder. */
  readonly freeDisk: () => Promise<number>;
}

/** The settings of the application; `Config` holds all of them except `softphoneServer`. */
export interface AppLimits {
  /** Most simultaneous calls on the trunk. */
  readonly lines: number;
  /** How many of these lines are kept free for tips. */
  readonly tipLines: number;
  /** Most new calls a second. */
  readonly cps: number;
  readonly retry: RetryPolicy;
  readonly ringSeconds: number;
  /** Null: no night. */
  readonly night: Night | null;
  /** Conversations with callers are recorded. */
  readonly recordTips: boolean;
  /** The number that citizens see when they are called, such as `08000011`. */
  readonly tipLine: { readonly digits: string };
  /** Null: calls go to a real operator. */
  readonly simulation: Simulation | null;
  /** The server that softphones register with. */
  readonly softphoneServer: CentralistServiceParts['sip'];
}

/** The wired application. */
export interface App {
  /** What HTTP and the demo may use. */
  readonly services: Services;
  readonly ids: CallIds;
  readonly events: EventJournal;
  readonly lines: TrunkLines;
  readonly runner: AttemptRunner;
  readonly dialer: Dialer;
  readonly actions: ActionService;
  readonly softphones: Softphones;
  readonly centralists: CentralistService;
  readonly pins: Pins;
  readonly callbacks: CallbackService;
  readonly colleagueCalls: ColleagueCalls;
  readonly serviceCodes: ServiceCodes;
  readonly recordings: RecordingService;
  readonly tipLine: WiredTipLine;
  readonly guesses: GuessLimiter;
  /** Number of live calls of all kinds. */
  readonly liveCalls: number;
  /** Calls the listener when `liveCalls` may have changed. */
  onLiveCalls(listener: () => void): () => void;
  /**
   * Takes over the calls of an earlier process and resumes its actions. Call it once, when the telephony is
   * connected.
   */
  recover(): Promise<void>;
}

/**
 * The one wiring page, kept whole so that it reads from top to bottom: the service and the tests' control
 * room both get their application here. Nothing happens until the telephony connects. `src/service.ts` holds
 * the order of start and stop.
 */
export function createApp(ports: AppPorts, limits: AppLimits): App {
  const { stores, telephony, speech, soundFiles, recordedFiles, clock, log } = ports;
  const { simulation, ringSeconds } = limits;
  const callerId = { number: limits.tipLine.digits, name: 'Burgernet' };
  const ringMs = ringSeconds * 1000;
  const msOf = (sound: Sound): number => soundFiles.msOf(sound);
  /** Why no call can be made now; empty when calls can be made. */
  const blockedBy = (): string =>
    telephony.health().asterisk === 'up' ? stores.blockedBy() : telephony.health().reason;

  const guesses = new GuessLimiter({ clock, log });
  const ids = new CallIds(stores.instanceId);
  const events = new EventJournal(stores.events, clock, log);
  const journal = new Journal({ stores, events, clock });
  const lines = new TrunkLines({ lines: limits.lines, tipLines: limits.tipLines, cps: limits.cps });

  // Dialing. The actions are created below and hear of each attempt.
  const runner = new AttemptRunner({
    stores,
    telephony,
    clock,
    log,
    events,
    journal,
    ids,
    ringMs,
    callerId,
    msOf,
    onConfirmed: (attempt) => {
      actions.confirmed(attempt);
    },
  });
  const dialer = new Dialer({
    trunkLines: lines,
    runner,
    clock,
    log,
    events,
    retry: limits.retry,
    blockedBy,
    onEnded: (order) => {
      actions.alertEnded(order);
    },
  });

  // Actions.
  const softphones = new Softphones({ centralists: stores.centralists, telephony });
  const conditions = new Conditions({
    telephony,
    simulation,
    softphones,
    isRegistered: (centralist) => centralists.isRegistered(centralist),
  });
  const actions: ActionService = new ActionService({
    stores,
    dialer,
    softphones,
    lines,
    speech,
    events,
    assignments: new Assignments({ stores, softphones, events }),
    testCalls: new TestCalls({
      centralists: stores.centralists,
      telephony,
      softphones,
      ids,
      clock,
      log,
      callerNumber: callerId.number,
      msOf,
    }),
    ids,
    clock,
    log,
    night: limits.night,
    ringSeconds,
    soundSeconds: (soundId) => msOf(rendered(soundId)) / 1000,
    updateMessage: ({ id, message }) => {
      telephony.updateMessage(ids.subjectOf(id), rendered(message.soundId));
    },
    blockedBy: () => blockedBy() || telephony.health().reason,
    simulation,
    conditions,
  });

  // Centralists' accounts, and the tip line.
  const pins = new Pins({ centralists: stores.centralists, digests: ports.pinDigests, clock });
  const centralists: CentralistService = new CentralistService({
    centralists: stores.centralists,
    telephony,
    softphones,
    pins,
    clock,
    log,
    guesses,
    sip: limits.softphoneServer,
  });
  const tipLine = createTipLine({
    stores,
    telephony,
    lines,
    dialer,
    softphones,
    actions,
    events,
    journal,
    ids,
    clock,
    log,
    mix: ports.mix,
    simulation,
    recordsTalks: limits.recordTips,
  });
  const { inbound, queue, codes, offlineRecordings } = tipLine;
  const participants = createParticipants({ store: stores.participants, clock, codeOf: (id) => codes.of(id) });
  const recordings = new RecordingService({
    recordings: stores.recordings,
    speech,
    soundFiles,
    clock,
    readFile: (file) => recordedFiles.read({ name: file.replace(/\.wav$/, '') }),
  });

  const prompts = new PromptService({ recorded: ports.recordedPrompts, soundFiles, clock, log });

  // Calls of centralists.
  const callbacks = new CallbackService({
    stores,
    telephony,
    softphones,
    lines,
    dialer,
    events,
    journal,
    ids,
    clock,
    log,
    callerId,
    ringMs,
    simulation,
  });
  const colleagueCalls = new ColleagueCalls({ telephony, softphones, ids, clock, log });
  const serviceCodes = new ServiceCodes({
    telephony,
    softphones,
    colleagueCalls,
    actionsByPhone: new ActionsByPhone({ stores, actions, speech, log }),
    startByPhone: new StartActionByPhone({ actions, participants, pins, recordings, speech, log }),
    promptsByPhone: new PromptsByPhone({ prompts, pins, files: recordedFiles, speech }),
    files: recordedFiles,
    loudnessOf: ports.loudnessOf,
    ids,
    clock,
    log,
  });
  const transfers = new Transfers({ softphones, colleagueCalls, tips: inbound, log });

  // Events from outside.
  telephony.onIncoming((incoming) => {
    inbound.take(incoming);
  });
  telephony.onDeskCall((call) => {
    serviceCodes.take(call);
  });
  telephony.onTransfer((centralist, request) => {
    transfers.take(centralist, request);
  });
  // The dialer reports that nothing can be stored, and must not wait for the next call before it does.
  stores.onBlocked(() => {
    dialer.pump();
  });
  telephony.onHealth(() => {
    dialer.pump();
  });

  const alarms: Alarms = {
    get now() {
      return [...conditions.everywhere, ...guesses.alarms];
    },
    onChange: (listener) => both(conditions.onChange(listener), guesses.onGuessing(listener)),
  };
  const health = {
    stores,
    telephony,
    simulation,
    speech,
    trunkLines: lines,
    guessLimiter: guesses,
    softphonesBlockedBy: (): string => centralists.blockedBy,
    dialer,
    freeDisk: ports.freeDisk,
  };
  return {
    services: {
      participants,
      postcodes: createPostcodes({ store: stores.postcodes }),
      actions,
      centralists,
      callbacks,
      tips: new TipService({ stores, softphones, inbound, queue, offlineRecordings }),
      recordings,
      messages: createMessagePreviews({ speech, soundFiles }),
      prompts,
      alarms,
      readiness: () => readiness(health),
      gauges: () => gauges(health),
    },
    ids,
    events,
    lines,
    runner,
    dialer,
    actions,
    softphones,
    centralists,
    pins,
    callbacks,
    colleagueCalls,
    serviceCodes,
    recordings,
    tipLine,
    guesses,
    get liveCalls() {
      return dialer.liveCalls + inbound.liveCalls + callbacks.liveCalls + serviceCodes.liveCalls;
    },
    onLiveCalls: (listener) => both(events.on(listener), softphones.onChange(listener)),
    recover: () =>
      recover({
        stores,
        telephony,
        simulation,
        dialer,
        runner,
        inbound,
        callbacks,
        serviceCodes,
        ids,
        clock,
        log,
      }),
  };
}

const both = (first: () => void, second: () => void) => (): void => {
  first();
  second();
};
