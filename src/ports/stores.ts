import type { Action, ActionId, ActionState, CentralistId, Message, NewAction } from '../domain/action.js';
import type { Area, Postcode } from '../domain/area.js';
import type { Attempt, AttemptEnd, AttemptId, Purpose } from '../domain/attempt.js';
import type { Standing } from '../domain/caller-match.js';
import type { Coordinates } from '../domain/coordinates.js';
import type { Result } from '../domain/kinds.js';
import type { Outcome } from '../domain/outcome.js';
import type { NewParticipant, Participant, ParticipantId } from '../domain/participant.js';
import type { E164 } from '../domain/phone-number.js';
import type { Experience, Plan } from '../domain/plan.js';
import type { Candidate, Selection } from '../domain/selection.js';
import type { Callback, CallbackResult } from '../domain/callback.js';
import type { InboundCall, InboundResult, Tip } from '../domain/tip.js';
import type { CallId } from './call.js';

/**
 * Stores are synchronous (SQLite in the process): when a method returns, its change is on disk. Each method is one
 * transaction. They throw `Problem('unavailable')` when the database cannot be written (locked, disk full).
 */

/** A part of a list that is in the order of its ids: what comes after an id, less the first `offset`, at most `limit`. */
export interface Slice {
  readonly after?: number;
  readonly offset?: number;
  readonly limit?: number;
}

/** Which attempts of an action. */
export interface AttemptFilter extends Slice {
  readonly purpose?: Purpose | undefined;
  readonly outcome?: Outcome | undefined;
}

/** One checked line of an import. */
export interface ImportRow extends NewParticipant {
  /** Line in the file, the header is line 1. */
  readonly line: number;
}

export interface ParticipantStore {
  add(participant: NewParticipant, now: number): Participant;
  /**
   * Adds or updates each row in one transaction. A row is an update when a participant exists with one of its numbers
   * and the same name (or either has none): postcodes and phones become the row's. With `dryRun` nothing is kept.
   */
  importRows(
    rows: readonly ImportRow[],
    options: { now: number; dryRun: boolean },
  ): { imported: number; updated: number };
  get(id: ParticipantId): Participant | undefined;
  /** Everybody with this number: one person, or a household. */
  byPhone(phone: E164): readonly Participant[];
  count(area?: Area): number;
  /**
   * Everybody whose postcode lies in the area, each once, as they signed up; with their places where the area is `near`
   * something. In slices, some of them empty: each step reads a few milliseconds' worth.
   */
  candidates(area: Area): Iterable<readonly Candidate[]>;
}

/** Where a postcode is. */
export interface PostcodePlace extends Coordinates {
  readonly postcode: Postcode;
}

export interface PostcodeStore {
  /** Adds or replaces each in one transaction. With `dryRun` nothing is kept. */
  importPlaces(places: readonly PostcodePlace[], options: { dryRun: boolean }): { imported: number; updated: number };
}

export interface Centralist {
  readonly id: CentralistId;
  readonly name: string;
  readonly extension: string;
  readonly sipUsername: string;
  readonly sipPassword: string;
  /** Digest of the PIN that they dial before an action by telephone, as the desk service makes it; null when they have none. */
  readonly pinDigest: string | null;
  /** Takes tips of colleagues too. Who is off duty gets no tips at all. */
  readonly onDuty: boolean;
  readonly createdAt: number;
  /** ms UTC; null while they are a centralist. One who was removed stays the name in what they did. */
  readonly removedAt: number | null;
}

export interface CentralistStore {
  /** Throws `Problem('conflict')` when the extension is taken. */
  add(centralist: Omit<Centralist, 'id' | 'removedAt'>): Centralist;
  /** Also one who was removed: for the names in what they did. */
  get(id: CentralistId): Centralist | undefined;
  /** Undefined for one who was removed. */
  active(id: CentralistId): Centralist | undefined;
  /** Those who were not removed. */
  all(): readonly Centralist[];
  /** Undefined when there is no such centralist, or they were removed. */
  update(
    id: CentralistId,
    change: Partial<Pick<Centralist, 'onDuty' | 'pinDigest' | 'sipUsername' | 'sipPassword' | 'removedAt'>>,
  ): Centralist | undefined;
}

/** A person in the selection of an action, while the action runs. */
export interface Callee {
  readonly participantId: ParticipantId;
  readonly phones: readonly E164[];
  /** ms UTC; null when not reached. */
  readonly reachedAt: number | null;
  /** Version of the message last heard; 0 for none. */
  readonly heardVersion: number;
}

export interface ActionStore {
  add(action: NewAction, now: number): Action;
  get(id: ActionId): Action | undefined;
  all(): readonly Action[];
  /** A part of them by their ids, oldest first. */
  slice(slice: Slice): readonly Action[];
  inState(...states: ActionState[]): readonly Action[];
  /** How many there are in each state that occurs. */
  states(): Readonly<Partial<Record<ActionState, number>>>;
  /**
   * Stores the selection of a draft, in slices: each step is a transaction of a few milliseconds. It replaces what an
   * earlier start left, and counts for nothing until `move` has started the action. One at a time for an action.
   */
  stage(id: ActionId, selection: Selection): Iterable<undefined>;
  /** Takes away what was staged for a draft, in slices. */
  unstage(id: ActionId): Iterable<undefined>;
  /**
   * The one guarded move: changes the state only when it still is `from`. False when somebody else was first. A start
   * needs a selection: staged before, or given here, where it is stored in the same transaction and in one go.
   */
  move(id: ActionId, from: ActionState, to: ActionState, change: ActionChange): boolean;
  /** Replaces the message (its version one higher). */
  setMessage(id: ActionId, message: Message): void;
  /** Gives the action to another centralist, or another team. */
  assign(id: ActionId, to: { readonly centralistId?: CentralistId; readonly team?: readonly CentralistId[] }): void;
  /** Everybody selected, in calling order. */
  callees(id: ActionId): readonly Callee[];
  /** One person selected, also who is called through a housemate. */
  callee(id: ActionId, participantId: ParticipantId): Callee | undefined;
  /**
   * Marks as reached the person and everybody else selected in the action who has this number; keeps the first time.
   * Resolves with everybody newly reached.
   */
  markReached(
    id: ActionId,
    participantId: ParticipantId,
    phone: E164 | null,
    heardVersion: number,
    now: number,
  ): readonly ParticipantId[];
  /** The standing, in these actions, of everybody with this number. */
  standings(phone: E164, actions: StandingFilter): readonly Standing[];
  /** The same of these people, whatever their numbers. */
  standingsOf(participantIds: readonly ParticipantId[], actions: StandingFilter): readonly Standing[];
}

/** Actions that callers may ring about: running and paused ones, and those closed after `closedAfter`. */
export interface StandingFilter {
  readonly closedAfter: number;
  /** Only simulated actions, or only real ones: real people are no callers of a simulation, nor the other way round. */
  readonly simulated: boolean;
}

export interface ActionChange {
  readonly at: number;
  /** With start, when it was not staged. */
  readonly selection?: Selection;
  readonly plan?: Plan;
  /** It calls the simulated phone network. */
  readonly simulated?: boolean;
  /** With close. */
  readonly result?: Result;
  readonly closingMessage?: Message;
  /** People who had an alert call, or were still to get one. */
  readonly leftAtClose?: number;
}

export interface NewAttempt {
  readonly actionId: ActionId;
  readonly participantId: ParticipantId;
  readonly phone: E164;
  readonly purpose: Purpose;
  readonly number: number;
  readonly messageVersion: number;
  readonly dialedAt: number;
}

export interface AttemptStore {
  /** Stored before its INVITE leaves. */
  add(attempt: NewAttempt): Attempt;
  get(id: AttemptId): Attempt | undefined;
  rang(id: AttemptId, at: number): void;
  answered(id: AttemptId, at: number): void;
  confirmed(id: AttemptId, at: number): void;
  /** Writes the one outcome. False when the attempt has one already: it is never overwritten. */
  end(id: AttemptId, end: AttemptEnd): boolean;
  ofAction(id: ActionId, purpose?: Purpose): readonly Attempt[];
  /** A part of those, oldest first. */
  slice(id: ActionId, filter: AttemptFilter): readonly Attempt[];
  /** Those to one person. */
  ofPerson(id: ActionId, participantId: ParticipantId): readonly Attempt[];
  /** Without an outcome: live, or left by a process that died. */
  open(): readonly Attempt[];
  /** Counts over the attempts and people of an action. What was counted before is not read again. */
  tally(id: ActionId): ActionTally;
  /** Counts a part of what is not counted yet, in a few milliseconds; true when `tally` has nothing left to read. */
  countSome(id: ActionId): boolean;
  /** What the latest first alert calls, of all actions, came to. */
  experience(): Experience;
}

export interface ActionTally {
  /** People. */
  readonly selected: number;
  /** Called at least once with the message. */
  readonly called: number;
  readonly rang: number;
  readonly answered: number;
  readonly reached: number;
  /** Alert and update attempts by outcome. */
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** People who heard the whole message at least once, and who heard it again after the two plays. */
  readonly heard: number;
  readonly replayed: number;
  /** When so many of the selected had been called once, or were reached without it. */
  readonly halfCalledAt: number | null;
  readonly ninetyCalledAt: number | null;
  readonly allCalledAt: number | null;
  readonly firstInviteAt: number | null;
  readonly halfReachedAt: number | null;
  readonly ninetyReachedAt: number | null;
  /** End of the last alert attempt. */
  readonly lastAttemptEndedAt: number | null;
  readonly firstTipAt: number | null;
  /** Closing calls: people called, and of these answered. */
  readonly closingCalled: number;
  readonly closingAnswered: number;
}

export interface InboundStore {
  /** With `result` and `endedAt` it is over already: refused, or taken in afterwards. */
  add(
    call: Pick<InboundCall, 'from' | 'receivedAt'> &
      Partial<Omit<InboundCall, 'id' | 'from' | 'receivedAt'>> & { readonly callId: CallId },
  ): InboundCall;
  /** Changes what became known of the call. */
  update(id: number, change: Partial<Omit<InboundCall, 'id' | 'receivedAt' | 'result' | 'endedAt'>>): void;
  /** Writes the one result. False when it has one already. */
  end(id: number, result: InboundResult, endedAt: number): boolean;
  get(id: number): InboundCall | undefined;
  byCallId(callId: CallId): InboundCall | undefined;
  list(filter: { actionId?: ActionId } & Slice): readonly InboundCall[];
  /** Those of callers in no action that were recorded while the controller was down, newest first, at most `limit`. */
  leftWithoutAction(limit: number): readonly InboundCall[];
  open(): readonly InboundCall[];
}

export interface TipStore {
  add(tip: Omit<Tip, 'id' | 'note' | 'useful'>): Tip;
  /** Undefined when there is no such tip. */
  update(id: number, change: { note?: string | null; useful?: boolean | null; recordingId?: number }): Tip | undefined;
  /** Oldest first. */
  list(filter: { actionId?: ActionId; participantId?: ParticipantId; inboundId?: number } & Slice): readonly Tip[];
  /** How many tips the action has, and how many of them nobody has judged yet. */
  count(actionId: ActionId): { readonly total: number; readonly unjudged: number };
  /** Tips of the action, and calls of callers who gave up or rang off before they could talk; newest first. */
  newest(actionId: ActionId, part: { readonly limit: number; readonly offset: number }): readonly TipOrCall[];
  /** How many calls were abandoned and left no tip. */
  missed(actionId: ActionId): number;
}

/** A tip with the call in which it came, or a call without a tip. */
export interface TipOrCall {
  readonly tip: Tip | null;
  readonly call: InboundCall;
}

export interface CallbackStore {
  add(callback: Omit<Callback, 'id' | 'deskAnsweredAt' | 'answeredAt' | 'result' | 'endedAt'>): Callback;
  get(id: number): Callback | undefined;
  update(id: number, change: Partial<Pick<Callback, 'deskAnsweredAt' | 'answeredAt'>>): void;
  /** Writes the one result. False when it has one already. */
  end(id: number, result: CallbackResult, endedAt: number): boolean;
  /** Oldest first. */
  list(filter: { inboundId?: number; actionId?: ActionId } & Slice): readonly Callback[];
  /** Those of these calls, oldest first. */
  ofCalls(inboundIds: readonly number[]): readonly Callback[];
  open(): readonly Callback[];
}

/** Audio that is kept: uploaded messages, recorded tips, recorded conversations. */
export interface RecordingEntry {
  readonly id: number;
  readonly type: 'message' | 'tip' | 'conversation';
  /** For messages: the sound; for the others the file's name in the recordings folder. */
  readonly soundId: string | null;
  readonly file: string | null;
  readonly seconds: number;
  readonly createdAt: number;
}

export interface RecordingStore {
  add(recording: Omit<RecordingEntry, 'id'>): RecordingEntry;
  get(id: number): RecordingEntry | undefined;
}

/** Something that happened in an action, for who follows it. Ids only go up. */
export interface ActionEvent {
  readonly id: number;
  readonly actionId: ActionId;
  /** `action`, `attempt`, `reached`, `inbound`, `tip`, `callback`, `trunk`. */
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: number;
}

export interface EventStore {
  add(event: Omit<ActionEvent, 'id'>): ActionEvent;
  /** Events of an action after this id, oldest first, at most `limit`. */
  after(actionId: ActionId, id: number, limit: number): readonly ActionEvent[];
  /** Events of all actions after this id, oldest first, at most `limit`. */
  since(id: number, limit: number): readonly ActionEvent[];
  /** Id of the newest event; 0 when there is none. */
  newest(): number;
}

export interface TraceStore {
  /** Steps of a call, in their order; those that are kept already are kept once. */
  add(callId: CallId, steps: readonly { readonly step: string; readonly at: number }[]): void;
  /** All steps of the call, or a part of them, in the order of their times. */
  of(callId: CallId, part?: Omit<Slice, 'after'>): readonly { step: string; at: number }[];
}

export interface Stores {
  readonly participants: ParticipantStore;
  readonly postcodes: PostcodeStore;
  readonly centralists: CentralistStore;
  readonly actions: ActionStore;
  readonly attempts: AttemptStore;
  readonly inbound: InboundStore;
  readonly tips: TipStore;
  readonly callbacks: CallbackStore;
  readonly recordings: RecordingStore;
  readonly events: EventStore;
  readonly traces: TraceStore;
  /**
   * What the work stores is stored together or not at all. At once safe from the death of the process; from loss of power
   * a moment later (a call takes five of these, and must not wait for the disk in each).
   */
  together<T>(work: () => T): T;
  /** Random and secret, made once for a data folder: what personal codes are made with (`domain/personal-code.ts`). */
  readonly codeKey: string;
  /** Random, made once for a data folder: keeps call ids apart from those of other installations on one Asterisk. */
  readonly instanceId: string;
  /** Whether it can be written now: tries. */
  healthy(): boolean;
  /**
   * Why nothing can be stored, in words for the operator, since a write failed; empty when all is well. Costs nothing then;
   * else it tries whether there is room for another call.
   */
  blockedBy(): string;
  /** Calls back when a write has failed for want of room or of a lock, and all was well before; a moment later. */
  onTrouble(listener: () => void): () => void;
  close(): void;
}
