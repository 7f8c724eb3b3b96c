import type { Action, ActionId } from '../domain/action.js';
import type { Attempt } from '../domain/attempt.js';
import type { Callback } from '../domain/callback.js';
import type { Coordinates } from '../domain/coordinates.js';
import type { Kind, Result } from '../domain/kinds.js';
import type { Participant } from '../domain/participant.js';
import type { Plan, Reality } from '../domain/plan.js';
import type { PromptSet, Sentence } from '../domain/prompts/sentences.js';
import type { TakeProblem } from '../domain/prompts/take-check.js';
import type { StartExpectation } from '../domain/start-guard.js';
import type { InboundCall, Tip } from '../domain/tip.js';
import type { Warning } from '../domain/warning.js';
import type { ReadAloud, SpokenSound } from '../ports/speech.js';
import type { ActionEvent, AttemptFilter, Centralist, RecordingEntry, ListPart, TipOrCall } from '../ports/stores.js';

/**
 * The services that the application offers to HTTP and the demo. A method that cannot do as asked throws
 * `Problem` with the fields that are wrong, and has then changed nothing.
 */

export interface ParticipantInput {
  readonly phones: readonly string[];
  readonly postcodes: readonly string[];
  readonly name?: string | null;
  readonly language?: string;
}

/** One line of an import file, as it was read. */
export interface RawImportRow {
  /** Line in the file; the header is line 1. */
  readonly line: number;
  /** One or more numbers. Fields of several columns are joined with U+001F. */
  readonly phone: string;
  /** One or more postcodes, joined in the same way. */
  readonly postcode: string;
  readonly name: string;
  /** Why the line could not be read at all; the report shows this text unchanged. */
  readonly problem?: string;
  /** The line is empty. */
  readonly blank?: true;
  /** The column names of each field, as the report's reasons use them. */
  readonly labels?: Readonly<Record<'phone' | 'postcode' | 'name', readonly string[]>>;
  /** Names of columns that are ignored. */
  readonly ignored?: readonly string[];
}

export interface ImportReport {
  readonly imported: number;
  readonly updated: number;
  /** The first thousand rejected lines. */
  readonly rejected: readonly { readonly line: number; readonly reason: string }[];
  readonly rejectedCount: number;
  /** Number of empty lines. */
  readonly blank: number;
  /** Number of records after the header: imported, updated, rejected and blank together. */
  readonly lines: number;
  /** Columns of the file that were ignored. */
  readonly ignoredColumns: readonly string[];
}

export interface Participants {
  add(input: ParticipantInput): Participant;
  get(id: number): Participant;
  /** The personal code, six digits, for calling the tip line from a telephone that withholds its number. */
  code(id: number): string;
  /** Imports the good rows and reports the others. With `dryRun` nothing is stored. */
  importRows(
    rows: Iterable<RawImportRow> | AsyncIterable<RawImportRow>,
    options: { dryRun: boolean },
  ): Promise<ImportReport>;
  /** Number of participants in an area, such as `8251`, `8252AB`, `8253-8255`; without an area, of all. */
  count(area?: readonly string[]): number;
}

/** One line of a file with the coordinates of postcodes, as it was read. */
export interface RawPostcodeRow {
  readonly line: number;
  readonly postcode: string;
  /** Degrees, WGS 84. */
  readonly lat: string;
  readonly lon: string;
  readonly problem?: string;
  readonly blank?: true;
  readonly ignored?: readonly string[];
}

export interface Postcodes {
  /** Imports the good rows and reports the others. With `dryRun` nothing is stored. */
  importRows(
    rows: Iterable<RawPostcodeRow> | AsyncIterable<RawPostcodeRow>,
    options: { dryRun: boolean },
  ): Promise<ImportReport>;
}

export interface MessageInput {
  readonly text?: string;
  readonly recordingId?: number;
}

export interface ActionInput {
  readonly kind: Kind;
  readonly title: string;
  readonly description: string;
  readonly message: MessageInput;
  /** With `near`, participants are called in order of their distance to that place. */
  readonly area: { readonly postcodes: readonly string[]; readonly near?: Coordinates };
  readonly centralistId: number;
  readonly criteria: { readonly timeCritical: boolean; readonly clearDescription: boolean };
  /** Default false; true is allowed only for a missing child. */
  readonly priority?: boolean;
}

/** In one flat object: people now, people so far, and attempts so far by outcome. */
export interface ActionCounts {
  readonly waiting: number;
  readonly dialing: number;
  readonly ringing: number;
  readonly in_call: number;
  readonly selected: number;
  readonly rang: number;
  readonly answered: number;
  readonly reached: number;
  readonly confirmed: number;
  readonly no_digit: number;
  readonly hung_up: number;
  readonly no_answer: number;
  readonly busy: number;
  readonly declined: number;
  readonly unreachable: number;
  readonly congestion: number;
  readonly cancelled: number;
  readonly interrupted: number;
  /** People who heard the whole message, and people who asked for it again. */
  readonly heard: number;
  readonly replayed: number;
  /** Closing calls: people called, people who answered. */
  readonly closing_called: number;
  readonly closing_answered: number;
}

/** Times in ms UTC; null until the event has happened. */
export interface ActionTimeline {
  readonly startedAt: number | null;
  readonly firstInviteAt: number | null;
  readonly halfReachedAt: number | null;
  readonly ninetyReachedAt: number | null;
  readonly dialedOutAt: number | null;
  readonly firstTipAt: number | null;
  readonly closedAt: number | null;
}

/** Number of people who are being called now, or are still to be called. */
export interface PeopleNow {
  readonly waiting: number;
  readonly dialing: number;
  readonly ringing: number;
  readonly in_call: number;
}

export interface ActionView {
  readonly action: Action;
  readonly counts: ActionCounts;
  /**
   * The people of `counts` who get a closing call. After a close the others are still in their alert call.
   */
  readonly closing: PeopleNow;
  readonly timeline: ActionTimeline;
  /** How the action really goes, to compare with the plan stored in the action. */
  readonly reality: Reality;
  /** Why the action does not go as planned, in words; null when all is well. */
  readonly warning: string | null;
  /** Current warnings; none once the action is closed. */
  readonly warnings: readonly Warning[];
}

/** Options for starting an action. */
export interface StartOptions {
  /**
   * What the centralist saw before the start. The start is refused with `changed` if that has changed since.
   */
  readonly expect?: StartExpectation | undefined;
  /** Starts even if a similar action exists. Without this, such a start is refused with `look_alike`. */
  readonly anyway?: boolean | undefined;
}

/** The expected result of starting a draft now. */
export interface StartPreview {
  readonly plan: Plan;
  /** Similar actions, newest first. */
  readonly alikes: readonly Action[];
}

export interface Actions {
  /** Resolves when the message is rendered. */
  create(input: ActionInput): Promise<{ action: Action; plan: Plan }>;
  /**
   * Starts the action; does nothing if it is already running. Resolves when the first calls are originated.
   */
  start(id: ActionId, options?: StartOptions): Promise<Action>;
  /** Forecasts a start. Has no `alikes` for an action that is not a draft. */
  preview(id: ActionId): Promise<StartPreview>;
  pause(id: ActionId): Action;
  resume(id: ActionId): Action;
  update(id: ActionId, message: MessageInput): Promise<Action>;
  close(id: ActionId, input: { result: Result; message?: MessageInput }): Promise<Action>;
  /** Gives the action and its tips to this centralist, who goes on duty. */
  takeOver(id: ActionId, centralistId: number): Action;
  /** Sets the colleagues who get the action's tips when its own centralist cannot take them. */
  setTeam(id: ActionId, centralistIds: readonly number[]): Action;
  /** Rings a softphone, by default of the action's centralist, and plays exactly what a participant hears. */
  testCall(id: ActionId, centralistId?: number): void;
  view(id: ActionId): ActionView;
  /** Resolves when the counts of the action are ready, so that `view` reads nothing more than it shows. */
  counted(id: ActionId): Promise<void>;
  list(): readonly Action[];
  /** A part of the list, oldest first. */
  slice(slice: ListPart): readonly Action[];
  attempts(id: ActionId): readonly Attempt[];
  /** A part of the action's attempts, oldest first. */
  attemptsIn(id: ActionId, filter: AttemptFilter): readonly Attempt[];
  /**
   * Steps of one attempt's call, or a part of them, in order of time. Throws `Problem('not_found')` when the
   * attempt is not of the given action.
   */
  trace(attemptId: number, id?: ActionId, part?: Omit<ListPart, 'after'>): readonly { step: string; at: number }[];
  eventsAfter(id: ActionId, eventId: number, limit: number): readonly ActionEvent[];
  /** Events of all actions after this event. */
  eventsSince(eventId: number, limit: number): readonly ActionEvent[];
  /** Id of the newest event of all actions; 0 when there is none. */
  newestEvent(): number;
  /** Calls the listener with every new event of every action. */
  onEvent(listener: (event: ActionEvent) => void): () => void;
}

/** How a softphone connects to Asterisk: unencrypted, or with TLS. */
export const TRANSPORTS = ['udp', 'tls'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** The account data that a softphone is set up with. */
export interface SoftphoneAccount {
  readonly centralist: Centralist;
  /** `host:port`. */
  readonly server: string;
  readonly transport: Transport;
}

export interface CentralistAccount extends SoftphoneAccount {
  /**
   * The centralist dials it to start an action or to record the prompts by telephone. It is in this answer
   * only, and cannot be read later.
   */
  readonly pin: string;
}

/** A centralist's current state. */
export interface CentralistView {
  readonly centralist: Centralist;
  /** The softphone is registered. */
  readonly registered: boolean;
  /** The softphone rings, or is in a call. */
  readonly engaged: boolean;
  /** Why the softphone cannot register: it has no account in Asterisk. Absent when it has one. */
  readonly fault?: string;
}

export interface Centralists {
  /** `pin` has 4 to 8 digits; one is made when left out. Password and PIN are in this answer only. */
  add(input: { name: string; extension: string; pin?: string }): Promise<CentralistAccount>;
  /** All centralists, or a part of them, oldest first. */
  list(slice?: ListPart): Promise<readonly CentralistView[]>;
  setDuty(id: number, onDuty: boolean): Promise<CentralistView>;
  /** Sets and returns a new PIN of 4 to 8 digits; one is made when left out. It cannot be read later. */
  setPin(id: number, pin?: string): string;
  /**
   * Makes a new SIP account, whose password is in this answer only. The old account is void at once: its
   * softphone is unregistered and can neither ring nor call. A live call goes on.
   */
  newAccount(id: number): Promise<SoftphoneAccount>;
  /** Removes a centralist: softphone and PIN are void at once, and no tips come. Past work keeps the name. */
  remove(id: number): Promise<void>;
  /** Calls the listener with each centralist whose duty, registration or engagement changed. */
  onChange(listener: (view: CentralistView) => void): () => void;
  /**
   * A secret that sets up a softphone once, within 15 minutes. The centralist's earlier secret becomes void.
   */
  provisioning(id: number): { readonly token: string; readonly expiresAt: number };
  /**
   * The account for such a secret. Throws `Problem('not_found')` when the secret is used, unknown or expired.
   */
  provision(token: string): SoftphoneAccount;
}

/** Callbacks to callers of the tip line. */
export interface Callbacks {
  /**
   * Rings the centralist, by default the action's own, and then the participant. Returns when the callback
   * has begun; its result is in the list.
   */
  callBack(inboundId: number, centralistId?: number): Callback;
  list(filter: { inboundId?: number; actionId?: number } & ListPart): readonly Callback[];
  /** Callbacks to the callers of these calls, oldest first. */
  ofCalls(inboundIds: readonly number[]): readonly Callback[];
  /** Callbacks in progress, in the order of the requests. */
  readonly live: readonly LiveCallback[];
  /** Calls the listener when a callback begins, reaches its next stage or ends. */
  onChange(listener: () => void): () => void;
}

/** Stages of a callback; `waiting` until the participant's telephone and a line are free. */
export const LIVE_CALLBACK_STAGES = ['ringing_desk', 'waiting', 'ringing', 'answered', 'connected'] as const;

export interface LiveCallback {
  readonly callback: Callback;
  readonly stage: (typeof LIVE_CALLBACK_STAGES)[number];
  /** When this stage began, ms UTC. */
  readonly since: number;
}

export interface Tips {
  calls(filter: { actionId?: number } & ListPart): readonly InboundCall[];
  list(filter: { actionId?: number } & ListPart): readonly Tip[];
  /** Tips of an action, and calls of callers who hung up before they could talk; newest first. */
  newest(actionId: number, part: { readonly limit: number; readonly offset: number }): readonly TipOrCall[];
  /** Number of tips of an action, of tips that nobody has judged, and of abandoned calls without a tip. */
  count(actionId: number): { readonly total: number; readonly unjudged: number; readonly missed: number };
  update(id: number, change: { note?: string | null; useful?: boolean | null }): Tip;
  /**
   * Transfers the caller of a conversation to a colleague. Resolves when the transfer has begun; events
   * report the rest.
   */
  transfer(inboundId: number, to: { readonly extension: string }): Promise<void>;
  /** Callers in the queue for whom no softphone rings, the next first. */
  waiting(): readonly WaitingCaller[];
  /** Calls without an action that were recorded while the service was down, newest first, at most `limit`. */
  offlineWithoutAction(limit: number): readonly InboundCall[];
  /** Calls the listener when a recording that was made while the service was down has been stored. */
  onOfflineRecording(listener: () => void): () => void;
}

/** A caller in the queue for whom no softphone rings. */
export interface WaitingCaller {
  readonly inboundId: number;
  readonly actionId: ActionId;
  /** Place in the queue; 1 for the next caller. */
  readonly place: number;
  /** ms UTC. */
  readonly since: number;
}

export interface Recordings {
  /** Stores an uploaded wav as a message. */
  upload(wav: Uint8Array): Promise<RecordingEntry>;
  /** The sound as a wav for a browser. */
  audio(id: number): Promise<{ entry: RecordingEntry; wav: Uint8Array }>;
}

/** A message before an action has it: its words, and its sound. */
export interface MessagePreview extends ReadAloud, SpokenSound {}

export interface MessagePreviews {
  /** How a message will be said. Throws `SpeechError` for a text that cannot be rendered. */
  read(text: string): ReadAloud;
  /** The same, with its sound. Throws `SpeechError`. */
  preview(text: string): Promise<MessagePreview>;
  /** The sound of a preview as a wav for a browser. */
  audio(soundId: string): Promise<Uint8Array>;
}

/** A recording of a sentence that was checked, and is kept only when `keep` names its sound. */
export interface CheckedTake {
  readonly soundId: string;
  readonly seconds: number;
  /** Why it cannot be used, as a code and in words; empty when it can. */
  readonly problems: readonly { readonly code: TakeProblem; readonly message: string }[];
}

/** A set of prompts, and how much of it each reader has recorded. */
export interface SetView {
  readonly set: PromptSet;
  /** How many sentences must be recorded before the set is played in a person's voice. */
  readonly sentences: number;
  /** The reader whose voice is played; null for the voice of the engine. */
  readonly reader: string | null;
  readonly readers: readonly {
    readonly reader: string;
    readonly recorded: number;
    /** Names of the sentences without a recording of their present text. */
    readonly missing: readonly string[];
  }[];
}

export interface PromptsView {
  readonly sets: readonly SetView[];
  readonly sentences: readonly (Sentence & {
    /** About how long it takes to say. */
    readonly seconds: number;
    /** `current` is false for a recording of another text, which is not played. */
    readonly takes: readonly {
      readonly reader: string;
      readonly seconds: number;
      readonly at: number;
      readonly current: boolean;
    }[];
  })[];
  /** Recordings of sentences that are no longer in the list. */
  readonly obsolete: readonly { readonly reader: string; readonly name: string }[];
}

export interface KeptTakes {
  readonly kept: number;
  /** The sets that are played in this reader's voice from now on. */
  readonly begun: readonly PromptSet[];
  readonly sets: readonly SetView[];
}

/** The fixed prompts in the voice of a person. */
export interface Prompts {
  view(): PromptsView;
  /** Throws `Problem`: `not_found` for an unknown name, `invalid` for a wav that cannot be used. */
  check(name: string, wav: Uint8Array): Promise<CheckedTake>;
  /**
   * Keeps checked recordings of a reader, all at once. A set is played in the reader's voice as soon as it is
   * complete. Without `partial`, it refuses when any sentence of any set is missing.
   */
  keep(input: {
    readonly reader: string;
    readonly takes: readonly { readonly name: string; readonly soundId: string }[];
    readonly partial: boolean;
  }): Promise<KeptTakes>;
  /** Checks one recording and keeps it unless it has problems. */
  record(name: string, reader: string, wav: Uint8Array): Promise<CheckedTake & Partial<KeptTakes>>;
  /** Forgets the recordings of a reader, or of everybody. */
  forget(reader?: string): Promise<void>;
  /** The recording of a sentence as a wav. */
  takeAudio(name: string, reader: string): Promise<Uint8Array>;
  /** A prompt as it is played now, as a wav. */
  audio(name: string): Promise<Uint8Array>;
}

export interface Readiness {
  readonly ready: boolean;
  /** A simulated phone network plays the operator, so no real telephone rings. */
  readonly simulated: boolean;
  /**
   * By part: `database`, `asterisk`, `trunk`, `speech`, `disk`; `prompts` while some of them speak with an
   * earlier voice; and `softphones` when one has no account.
   */
  readonly parts: Readonly<Record<string, { readonly ok: boolean; readonly reason: string }>>;
}

/** Figures for metrics, without personal data. */
export interface Gauges {
  readonly lines: { readonly limit: number; readonly outbound: number; readonly inbound: number };
  readonly actions: Readonly<Record<string, number>>;
  /** Number of wrong passwords and tokens since the start, by entry point: `http`, `sip`. */
  readonly wrongSecrets: Readonly<Record<string, number>>;
}

/** Warnings that concern every action. */
export interface Alarms {
  readonly now: readonly Warning[];
  /** Calls the listener when the warnings may have changed. */
  onChange(listener: () => void): () => void;
}

export interface Services {
  readonly participants: Participants;
  readonly postcodes: Postcodes;
  readonly actions: Actions;
  readonly centralists: Centralists;
  readonly callbacks: Callbacks;
  readonly tips: Tips;
  readonly recordings: Recordings;
  readonly messages: MessagePreviews;
  readonly prompts: Prompts;
  readonly alarms: Alarms;
  readiness(): Promise<Readiness>;
  gauges(): Gauges;
}
