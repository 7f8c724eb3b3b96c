import type { Action, ActionId } from '../domain/action.js';
import type { Attempt } from '../domain/attempt.js';
import type { Callback } from '../domain/callback.js';
import type { Coordinates } from '../domain/coordinates.js';
import type { Kind, Result } from '../domain/kinds.js';
import type { Participant } from '../domain/participant.js';
import type { Plan, Reality } from '../domain/plan.js';
import type { StartExpectation } from '../domain/start-guard.js';
import type { InboundCall, Tip } from '../domain/tip.js';
import type { Warning } from '../domain/warning.js';
import type { ActionEvent, AttemptFilter, Centralist, RecordingEntry, Slice, TipOrCall } from '../ports/stores.js';

/**
 * What the outside (HTTP, demo) may ask of the application. Every method throws `Problem` with the fields that are wrong
 * when it cannot do as asked; then nothing has changed.
 */

export interface ParticipantInput {
  readonly phones: readonly string[];
  readonly postcodes: readonly string[];
  readonly name?: string | null;
  readonly language?: string;
}

/** One line of an import as it stands in the file. */
export interface RawImportRow {
  /** Line in the file; the header is line 1. */
  readonly line: number;
  /** One or more numbers; between the fields of several columns stands U+001F. */
  readonly phone: string;
  /** One or more postcodes, in the same way. */
  readonly postcode: string;
  readonly name: string;
  /** Why the line could not be read at all; it is reported as it stands. */
  readonly problem?: string;
  /** Nothing stands in the line. */
  readonly blank?: true;
  /** How reasons name the columns of each field. */
  readonly labels?: Readonly<Record<'phone' | 'postcode' | 'name', readonly string[]>>;
  /** Names of columns that are passed over. */
  readonly ignored?: readonly string[];
}

export interface ImportReport {
  readonly imported: number;
  readonly updated: number;
  /** The first thousand of them. */
  readonly rejected: readonly { readonly line: number; readonly reason: string }[];
  readonly rejectedCount: number;
  /** Lines without anything in them. */
  readonly blank: number;
  /** Records after the header: imported, updated, rejected and blank together. */
  readonly lines: number;
  /** Columns of the file that were passed over. */
  readonly ignoredColumns: readonly string[];
}

export interface Participants {
  add(input: ParticipantInput): Participant;
  get(id: number): Participant;
  /** Six digits: with them they can ring the tip line from any telephone that withholds its number. */
  code(id: number): string;
  /** Takes the good rows, reports the others. With `dryRun` nothing is kept. */
  importRows(
    rows: Iterable<RawImportRow> | AsyncIterable<RawImportRow>,
    options: { dryRun: boolean },
  ): Promise<ImportReport>;
  /** Entries such as `8251`, `8252AB`, `8253-8255`; without an area everybody. */
  count(area?: readonly string[]): number;
}

/** One line of a file with the places of postcodes, as it stands in the file. */
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
  /** Takes the good rows, reports the others. With `dryRun` nothing is kept. */
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
  /** With `near` who lives nearest to it is called first. */
  readonly area: { readonly postcodes: readonly string[]; readonly near?: Coordinates };
  readonly centralistId: number;
  readonly criteria: { readonly timeCritical: boolean; readonly clearDescription: boolean };
  /** Default false; true only for a missing child. */
  readonly priority?: boolean;
}

/** People now, people so far, attempts so far by outcome: flat. */
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
  /** People who heard the whole message, and who asked for it again. */
  readonly heard: number;
  readonly replayed: number;
  /** Closing calls: people called, people who answered. */
  readonly closing_called: number;
  readonly closing_answered: number;
}

/** ms UTC, null until it happened. */
export interface ActionTimeline {
  readonly startedAt: number | null;
  readonly firstInviteAt: number | null;
  readonly halfReachedAt: number | null;
  readonly ninetyReachedAt: number | null;
  readonly dialedOutAt: number | null;
  readonly firstTipAt: number | null;
  readonly closedAt: number | null;
}

/** People who are called now, or are still to be. */
export interface PeopleNow {
  readonly waiting: number;
  readonly dialing: number;
  readonly ringing: number;
  readonly in_call: number;
}

export interface ActionView {
  readonly action: Action;
  readonly counts: ActionCounts;
  /** Of the people now: those of the closing calls. After a close the others hear the alert out. */
  readonly closing: PeopleNow;
  readonly timeline: ActionTimeline;
  /** Beside the plan that is stored with the action. */
  readonly reality: Reality;
  /** Why it does not go as it should, in words for the operator; null when all is well. */
  readonly warning: string | null;
  /** What stands in the way now, of a draft as of an action that runs. */
  readonly warnings: readonly Warning[];
}

/** How an action is started. */
export interface StartOptions {
  /** What was seen before the start; the start is refused with `changed` when it is not so any more. */
  readonly expect?: StartExpectation | undefined;
  /** Starts beside an action that looks like this one; without it the start is refused with `look_alike`. */
  readonly anyway?: boolean | undefined;
}

/** What would happen if a draft were started now. */
export interface StartPreview {
  readonly plan: Plan;
  /** Actions that look like it, the newest first. */
  readonly alikes: readonly Action[];
}

export interface Actions {
  /** Resolves when the message is rendered. */
  create(input: ActionInput): Promise<{ action: Action; plan: Plan }>;
  /** Harmless when it runs already. Resolves when the first calls leave. */
  start(id: ActionId, options?: StartOptions): Promise<Action>;
  /** For an action that is not a draft there are no alikes. */
  preview(id: ActionId): Promise<StartPreview>;
  pause(id: ActionId): Action;
  resume(id: ActionId): Action;
  update(id: ActionId, message: MessageInput): Promise<Action>;
  close(id: ActionId, input: { result: Result; message?: MessageInput }): Promise<Action>;
  /** Gives the action, and its tips, to this centralist, who goes on duty with it. */
  takeOver(id: ActionId, centralistId: number): Action;
  /** The colleagues who get its tips when its own centralist cannot take them; replaces those there were. */
  setTeam(id: ActionId, centralistIds: readonly number[]): Action;
  /** Rings a softphone, of its own centralist by default, with exactly what a citizen hears. */
  testCall(id: ActionId, centralistId?: number): void;
  view(id: ActionId): ActionView;
  /** Resolves when the counts of the action are ready, so that `view` reads nothing but what it shows. */
  counted(id: ActionId): Promise<void>;
  list(): readonly Action[];
  /** A part of the list, oldest first. */
  slice(slice: Slice): readonly Action[];
  attempts(id: ActionId): readonly Attempt[];
  /** A part of its attempts, oldest first. */
  attemptsIn(id: ActionId, filter: AttemptFilter): readonly Attempt[];
  /**
   * Steps of one attempt's call, or a part of them, in the order of their times; throws `Problem('not_found')` for an
   * attempt of another action than the given one.
   */
  trace(attemptId: number, id?: ActionId, part?: Omit<Slice, 'after'>): readonly { step: string; at: number }[];
  eventsAfter(id: ActionId, eventId: number, limit: number): readonly ActionEvent[];
  /** Events of all actions after this one. */
  eventsSince(eventId: number, limit: number): readonly ActionEvent[];
  /** Id of the newest event of all; 0 when there is none. */
  newestEvent(): number;
  /** Calls back with every new event of every action. */
  onEvent(listener: (event: ActionEvent) => void): () => void;
}

/** How a softphone reaches us; plain, or with TLS. */
export const TRANSPORTS = ['udp', 'tls'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** What a softphone is set up with. */
export interface SoftphoneAccount {
  readonly centralist: Centralist;
  /** `host:port`. */
  readonly server: string;
  readonly transport: Transport;
}

export interface CentralistAccount extends SoftphoneAccount {
  /** Dialled before an action by telephone: in this answer and nowhere else afterwards. */
  readonly pin: string;
}

/** A centralist as they are now. */
export interface DeskView {
  readonly centralist: Centralist;
  /** The softphone is registered. */
  readonly registered: boolean;
  /** Something rings there, or they are in a call. */
  readonly engaged: boolean;
  /** Why their softphone cannot register: there is no account for it. Absent when there is one. */
  readonly fault?: string;
}

export interface Centralists {
  /** Password and PIN are in the answer and nowhere else afterwards. `pin`: 4 to 8 digits; made when left out. */
  add(input: { name: string; extension: string; pin?: string }): Promise<CentralistAccount>;
  list(): Promise<readonly DeskView[]>;
  setDuty(id: number, onDuty: boolean): Promise<DeskView>;
  /** Another PIN, 4 to 8 digits; made when left out. Resolves with it: it is nowhere else afterwards. */
  setPin(id: number, pin?: string): string;
  /**
   * Another SIP account, whose password is in the answer and nowhere else afterwards. The old one is void at once: its
   * softphone is registered no more, and can neither ring nor call. A live call goes on.
   */
  newAccount(id: number): Promise<SoftphoneAccount>;
  /** Takes a centralist out: their softphone and PIN are void at once, and they get no tips. What they did keeps their name. */
  remove(id: number): Promise<void>;
  /** Calls back with each centralist of whom duty, registration or engagement changed. */
  onChange(listener: (desk: DeskView) => void): () => void;
  /** A secret by which a softphone is set up once, within a quarter of an hour; the one before becomes void. */
  provisioning(id: number): { readonly token: string; readonly expiresAt: number };
  /** What it gives; throws `Problem('not_found')` for one that is used, unknown or expired. */
  provision(token: string): SoftphoneAccount;
}

/** Calls back to who rang the tip line. */
export interface Callbacks {
  /**
   * Rings the centralist, the action's own by default, and then the participant. Returns when it is on its way; what became
   * of it is in the list.
   */
  callBack(inboundId: number, centralistId?: number): Callback;
  list(filter: { inboundId?: number; actionId?: number } & Slice): readonly Callback[];
  /** Calls back to the callers of these calls, oldest first. */
  ofCalls(inboundIds: readonly number[]): readonly Callback[];
  /** Calls back that are under way, in the order of the requests. */
  readonly live: readonly LiveCallback[];
  /** Calls back when one begins, gets further or ends. */
  onChange(listener: () => void): () => void;
}

/** How far a call back is; `waiting` until the participant's telephone and one of our lines are free. */
export const LIVE_CALLBACK_STAGES = ['ringing_desk', 'waiting', 'ringing', 'answered', 'connected'] as const;

export interface LiveCallback {
  readonly callback: Callback;
  readonly stage: (typeof LIVE_CALLBACK_STAGES)[number];
  /** When this stage began, ms UTC. */
  readonly since: number;
}

export interface Tips {
  calls(filter: { actionId?: number } & Slice): readonly InboundCall[];
  list(filter: { actionId?: number } & Slice): readonly Tip[];
  /** Tips of an action, and calls of callers who gave up or rang off before they could talk; newest first. */
  newest(actionId: number, part: { readonly limit: number; readonly offset: number }): readonly TipOrCall[];
  /** How many tips an action has, how many of them nobody has judged, and how many abandoned calls left no tip. */
  count(actionId: number): { readonly total: number; readonly unjudged: number; readonly missed: number };
  update(id: number, change: { note?: string | null; useful?: boolean | null }): Tip;
  /** Passes on who is in conversation to a colleague. Resolves when that is on its way; events tell the rest. */
  transfer(inboundId: number, to: { readonly extension: string }): Promise<void>;
  /** Who stands in line and for whom no softphone rings, the next first. */
  waiting(): readonly WaitingCaller[];
  /** Calls of who is in no action that were recorded while the service was down, newest first, at most `limit`. */
  leftWithoutAction(limit: number): readonly InboundCall[];
  /** Calls back when a recording of while the service was down was taken in. */
  onTakenIn(listener: () => void): () => void;
}

/** Somebody on the tip line for whom no softphone is free. */
export interface WaitingCaller {
  readonly inboundId: number;
  readonly actionId: ActionId;
  /** 1 for who is next. */
  readonly place: number;
  /** ms UTC. */
  readonly since: number;
}

export interface Recordings {
  /** Takes an uploaded wav as a message. */
  upload(wav: Uint8Array): Promise<RecordingEntry>;
  /** The sound as a wav for a browser. */
  audio(id: number): Promise<{ entry: RecordingEntry; wav: Uint8Array }>;
}

export interface Readiness {
  readonly ready: boolean;
  /** A simulated phone network plays the operator: nobody real is called. */
  readonly simulated: boolean;
  /** One entry per part: `database`, `asterisk`, `trunk`, `speech`, `disk`; and `softphones` when one has no account. */
  readonly parts: Readonly<Record<string, { readonly ok: boolean; readonly reason: string }>>;
}

/** Figures for metrics: no personal data. */
export interface Gauges {
  readonly lines: { readonly limit: number; readonly outbound: number; readonly inbound: number };
  readonly actions: Readonly<Record<string, number>>;
  /** Wrong passwords and tokens since the start, by door: `http`, `sip`. */
  readonly wrongSecrets: Readonly<Record<string, number>>;
}

/** What stands in the way of every action. */
export interface Alarms {
  readonly now: readonly Warning[];
  /** Calls back when that may have changed. */
  onChange(listener: () => void): () => void;
}

export interface Services {
  readonly participants: Participants;
  readonly postcodes: Postcodes;
  readonly actions: Actions;
  readonly desk: Centralists;
  readonly callbacks: Callbacks;
  readonly tips: Tips;
  readonly recordings: Recordings;
  readonly alarms: Alarms;
  readiness(): Promise<Readiness>;
  gauges(): Gauges;
}
