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
 * Stores are synchronous, because SQLite runs in the process: when a method returns, its change is on disk.
 * Each method is one transaction. Methods throw `Problem('unavailable')` when the database cannot be written
 * (locked, disk full).
 */

/**
 * A part of a list in the order of ids: the rows after an id, without the first `offset`, at most `limit`.
 */
export interface ListPart {
  readonly after?: number;
  readonly offset?: number;
  readonly limit?: number;
}

/** Selects attempts of an action. */
export interface AttemptFilter extends ListPart {
  readonly purpose?: Purpose | undefined;
  readonly outcome?: Outcome | undefined;
}

/** One checked line of an import. */
export interface ImportRow extends NewParticipant {
  /** Line in the file; the header is line 1. */
  readonly line: number;
}

export interface ParticipantStore {
  add(participant: NewParticipant, now: number): Participant;
  /**
   * Adds or updates all rows in one transaction. A row updates a participant who has one of its numbers and
   * the same name, or when either has no name: the participant gets the row's postcodes and phones. With
   * `dryRun` nothing is stored.
   */
  importRows(
    rows: readonly ImportRow[],
    options: { now: number; dryRun: boolean },
  ): { imported: number; updated: number };
  get(id: ParticipantId): Participant | undefined;
  /** All participants with this number: one person, or a household. */
  byPhone(phone: E164): readonly Participant[];
  count(area?: Area): number;
  /**
   * All participants with a postcode in the area, each once, in the order of sign-up; with coordinates when
   * the area is `near` a place. In slices, some of them empty: each step takes a few milliseconds.
   */
  candidates(area: Area): Iterable<readonly Candidate[]>;
}

/** The coordinates of a postcode. */
export interface PostcodePlace extends Coordinates {
  readonly postcode: Postcode;
}

export interface PostcodeStore {
  /** Adds or replaces all places in one transaction. With `dryRun` nothing is stored. */
  importPlaces(places: readonly PostcodePlace[], options: { dryRun: boolean }): { imported: number; updated: number };
}

export interface Centralist {
  readonly id: CentralistId;
  readonly name: string;
  readonly extension: string;
  readonly sipUsername: string;
  readonly sipPassword: string;
  /**
   * Digest of the PIN that the centralist dials to start an action or to record the prompts by telephone.
   * Null when there is no PIN.
   */
  readonly pinDigest: string | null;
  /** On duty: also takes tips of colleagues' actions. Off duty: takes no tips at all. */
  readonly onDuty: boolean;
  readonly createdAt: number;
  /**
   * ms UTC; null for a centralist who was not removed. A removed centralist stays in the table for the
   * names in history.
   */
  readonly removedAt: number | null;
}

export interface CentralistStore {
  /** Throws `Problem('conflict')` when the extension is taken. */
  add(centralist: Omit<Centralist, 'id' | 'removedAt'>): Centralist;
  /** Also finds removed centralists, for the names in history. */
  get(id: CentralistId): Centralist | undefined;
  /** Undefined for a removed centralist. */
  active(id: CentralistId): Centralist | undefined;
  /** All centralists who were not removed, or a part of them, in the order in which they were added. */
  all(slice?: ListPart): readonly Centralist[];
  /** Undefined when there is no such centralist, or the centralist was removed. */
  update(
    id: CentralistId,
    change: Partial<Pick<Centralist, 'onDuty' | 'pinDigest' | 'sipUsername' | 'sipPassword' | 'removedAt'>>,
  ): Centralist | undefined;
}

/** A person in the selection of an action, while the action runs. */
export interface SelectedPerson {
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
  /** A part of all actions, oldest first. */
  slice(slice: ListPart): readonly Action[];
  inState(...states: ActionState[]): readonly Action[];
  /** The number of actions by state; states without actions are absent. */
  states(): Readonly<Partial<Record<ActionState, number>>>;
  /**
   * Stores the selection of a draft, in slices: each step is a transaction of a few milliseconds. It replaces
   * the rows of an earlier start that failed, and has no effect until `move` has started the action. Run one
   * at a time for an action.
   */
  stage(id: ActionId, selection: Selection): Iterable<undefined>;
  /** Removes the staged selection of a draft, in slices. */
  unstage(id: ActionId): Iterable<undefined>;
  /**
   * The one guarded move: changes the state only when it still is `from`, and returns false otherwise. A
   * start needs a selection: staged before, or given here and stored in the same transaction.
   */
  move(id: ActionId, from: ActionState, to: ActionState, change: ActionChange): boolean;
  /** Replaces the message. Its version goes up by one. */
  setMessage(id: ActionId, message: Message): void;
  /** Assigns the action to another centralist or team. */
  assign(id: ActionId, to: { readonly centralistId?: CentralistId; readonly team?: readonly CentralistId[] }): void;
  /**
   * All selected participants in calling order, in slices of at most ROWS_A_TURN. Empty slices come first
   * while the order is made. Each participant is as stored when the slice is given.
   */
  calleesInSlices(id: ActionId): Iterable<readonly SelectedPerson[]>;
  /** One selected participant, also one who is called through a housemate. */
  callee(id: ActionId, participantId: ParticipantId): SelectedPerson | undefined;
  /**
   * Marks the participant, and every other selected participant with this number, as reached. The first time
   * is kept. Returns the newly reached participants.
   */
  markReached(
    id: ActionId,
    participantId: ParticipantId,
    phone: E164 | null,
    heardVersion: number,
    now: number,
  ): readonly ParticipantId[];
  /** The standing in these actions of all participants with this number. */
  standings(phone: E164, actions: StandingFilter): readonly Standing[];
  /** The standing in these actions of these participants, whatever their numbers. */
  standingsOf(participantIds: readonly ParticipantId[], actions: StandingFilter): readonly Standing[];
}

/** Actions that callers may call about: running and paused ones, and those closed after `closedAfter`. */
export interface StandingFilter {
  readonly closedAfter: number;
  /**
   * Only simulated actions, or only real ones: a real citizen never brings a tip for a simulated action, nor
   * a simulated citizen one for a real action.
   */
  readonly simulated: boolean;
}

export interface ActionChange {
  readonly at: number;
  /** With a start, when the selection was not staged. */
  readonly selection?: Selection;
  readonly plan?: Plan;
  /** The action calls the simulated phone network. */
  readonly simulated?: boolean;
  /** With a close. */
  readonly result?: Result;
  readonly closingMessage?: Message;
  /** Number of people who had an alert call at that moment, or were still to get one. */
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
  /** Stores the attempt before its INVITE is sent. */
  add(attempt: NewAttempt): Attempt;
  get(id: AttemptId): Attempt | undefined;
  rang(id: AttemptId, at: number): void;
  answered(id: AttemptId, at: number): void;
  confirmed(id: AttemptId, at: number): void;
  /**
   * Writes the one outcome. Returns false when the attempt already
   * has an outcome, which is never overwritten.
   */
  end(id: AttemptId, end: AttemptEnd): boolean;
  ofAction(id: ActionId, purpose?: Purpose): readonly Attempt[];
  /** A part of the attempts, oldest first. */
  slice(id: ActionId, filter: AttemptFilter): readonly Attempt[];
  /** The attempts to one participant. */
  ofPerson(id: ActionId, participantId: ParticipantId): readonly Attempt[];
  /** Attempts without an outcome: live, or of an earlier process. */
  open(): readonly Attempt[];
  /** Attempts that were refused with a Retry-After and ended after this time. */
  askedToWait(endedAfter: number): readonly Attempt[];
  /** Counts over the attempts and people of an action. Rows counted before are not read again. */
  tally(id: ActionId): ActionTally;
  /**
   * Counts some of the uncounted rows, in a few milliseconds.
   * Returns true when `tally` has nothing left to read.
   */
  countSome(id: ActionId): boolean;
  /** The outcomes of the latest first alert calls, over all actions. */
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
  /** When this share of the selected people had been called once, or had been reached without a call. */
  readonly halfCalledAt: number | null;
  readonly ninetyCalledAt: number | null;
  readonly allCalledAt: number | null;
  readonly firstInviteAt: number | null;
  readonly halfReachedAt: number | null;
  readonly ninetyReachedAt: number | null;
  /** End of the last alert attempt. */
  readonly lastAttemptEndedAt: number | null;
  readonly firstTipAt: number | null;
  /** Closing calls: people called, and people who answered. */
  readonly closingCalled: number;
  readonly closingAnswered: number;
}

export interface InboundStore {
  /**
   * With `result` and `endedAt` the call is over already: refused, or recorded while the controller was down.
   */
  add(
    call: Pick<InboundCall, 'from' | 'receivedAt'> &
      Partial<Omit<InboundCall, 'id' | 'from' | 'receivedAt'>> & { readonly callId: CallId },
  ): InboundCall;
  /** Adds facts that became known during the call. */
  update(id: number, change: Partial<Omit<InboundCall, 'id' | 'receivedAt' | 'result' | 'endedAt'>>): void;
  /** Writes the one result. False when it already has one. */
  end(id: number, result: InboundResult, endedAt: number): boolean;
  get(id: number): InboundCall | undefined;
  byCallId(callId: CallId): InboundCall | undefined;
  list(filter: { actionId?: ActionId } & ListPart): readonly InboundCall[];
  /** Calls recorded while the controller was down, of callers in no action; newest first, at most `limit`. */
  offlineWithoutAction(limit: number): readonly InboundCall[];
  open(): readonly InboundCall[];
}

export interface TipStore {
  add(tip: Omit<Tip, 'id' | 'note' | 'useful'>): Tip;
  /** Undefined when there is no such tip. */
  update(id: number, change: { note?: string | null; useful?: boolean | null; recordingId?: number }): Tip | undefined;
  /** Oldest first. */
  list(filter: { actionId?: ActionId; participantId?: ParticipantId; inboundId?: number } & ListPart): readonly Tip[];
  /** The number of tips of the action, and of those not judged yet. */
  count(actionId: ActionId): { readonly total: number; readonly unjudged: number };
  /** Tips of the action, and calls whose callers hung up before they could talk; newest first. */
  newest(actionId: ActionId, part: { readonly limit: number; readonly offset: number }): readonly TipOrCall[];
  /** The number of abandoned calls without a tip. */
  missed(actionId: ActionId): number;
}

/** A tip and the call that brought it, or a call without a tip. */
export interface TipOrCall {
  readonly tip: Tip | null;
  readonly call: InboundCall;
}

export interface CallbackStore {
  add(callback: Omit<Callback, 'id' | 'deskAnsweredAt' | 'answeredAt' | 'result' | 'endedAt'>): Callback;
  get(id: number): Callback | undefined;
  update(id: number, change: Partial<Pick<Callback, 'deskAnsweredAt' | 'answeredAt'>>): void;
  /** Writes the one result. False when it already has one. */
  end(id: number, result: CallbackResult, endedAt: number): boolean;
  /** Oldest first. */
  list(filter: { inboundId?: number; actionId?: ActionId } & ListPart): readonly Callback[];
  /** Callbacks to the callers of these calls, oldest first. */
  ofCalls(inboundIds: readonly number[]): readonly Callback[];
  open(): readonly Callback[];
}

/** Stored audio: uploaded messages, recorded tips, recorded conversations. */
export interface RecordingEntry {
  readonly id: number;
  readonly type: 'message' | 'tip' | 'conversation';
  /** Messages have a sound; tips and conversations have a file name in the recordings folder. */
  readonly soundId: string | null;
  readonly file: string | null;
  readonly seconds: number;
  readonly createdAt: number;
}

export interface RecordingStore {
  add(recording: Omit<RecordingEntry, 'id'>): RecordingEntry;
  get(id: number): RecordingEntry | undefined;
}

/** An event of an action, for clients that follow it. Ids only go up. */
export interface ActionEvent {
  readonly id: number;
  readonly actionId: ActionId;
  /** `action`, `attempt`, `reached`, `inbound`, `tip`, `callback`, `trunk`, `alarm`. */
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
  /** Adds steps of a call, in order. Steps that are already stored are not stored twice. */
  add(callId: CallId, steps: readonly { readonly step: string; readonly at: number }[]): void;
  /** All steps of the call, or a part of them, in the order of their times. */
  of(callId: CallId, part?: Omit<ListPart, 'after'>): readonly { step: string; at: number }[];
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
   * Runs the work as one transaction. Its result survives a crash of the process at once, and a power failure
   * a moment later: a call needs five of these transactions and must not wait for the disk in each.
   */
  together<T>(work: () => T): T;
  /**
   * Random and secret, generated once for a data folder. The key
   * of personal codes (`domain/personal-code.ts`).
   */
  readonly codeKey: string;
  /**
   * Random, generated once for a data folder. Separates call ids of several installations on one Asterisk.
   */
  readonly instanceId: string;
  /** Whether the database can be written now; tries a write. */
  healthy(): boolean;
  /**
   * Why nothing can be stored since a write failed, in words for the administrator; empty when all is well.
   * Costs nothing when all is well. After a failure it checks whether there is room to store another call.
   */
  blockedBy(): string;
  /**
   * Calls the listener a moment after the first write that failed because the disk was full or the database
   * locked.
   */
  onBlocked(listener: () => void): () => void;
  close(): void;
}
