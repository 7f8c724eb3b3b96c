import {
  moveAction,
  priorityProblems,
  startProblems,
  type Action,
  type ActionId,
  type CentralistId,
  type Message,
} from '../../domain/action.js';
import { parseAreaPart, type Area, type AreaPart } from '../../domain/area.js';
import type { Attempt, AttemptOrder } from '../../domain/attempt.js';
import type { Result } from '../../domain/kinds.js';
import { closingText } from '../../domain/messages.js';
import { isNight, type Night } from '../../domain/night.js';
import type { ParticipantId } from '../../domain/participant.js';
import { holdBasis, makePlan, type Plan } from '../../domain/plan.js';
import { Problem, type FieldProblem } from '../../domain/problem.js';
import { countExcluded, type Selection } from '../../domain/selection.js';
import {
  isOnOtherNetwork,
  refuseOtherNetwork,
  refuseUnwantedSimulation,
  type Simulation,
} from '../../domain/simulation.js';
import { lookAlikes, refuseChanged, refuseLookAlikes } from '../../domain/start-guard.js';
import type { Warning } from '../../domain/warning.js';
import { eachInTurn, inSlices, ROWS_A_TURN } from '../../lib/each-in-turn.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import { SpeechError, type Speech } from '../../ports/speech.js';
import type { ActionEvent, AttemptFilter, SelectedPerson, ListPart, Stores } from '../../ports/stores.js';
import { actionCounts, actionFacts, actionReality, actionTimeline, reachWarnings } from './action-view.js';
import type { Assignments } from './assignments.js';
import type { CallIds } from '../journal/call-ids.js';
import type { Conditions } from './conditions.js';
import type { Softphones } from '../centralists/softphones.js';
import type { Dialer } from '../dialing/dialer.js';
import { eachCallee } from './each-callee.js';
import type { EventJournal } from '../journal/event-journal.js';
import type { TrunkLines } from '../dialing/trunk-lines.js';
import { makeMessage } from '../messages/message-maker.js';
import { selectPeople } from './select-people.js';
import type { ActionInput, Actions, ActionView, MessageInput, StartOptions, StartPreview } from '../services.js';
import type { TestCalls } from './test-call.js';

export interface ActionServiceParts {
  readonly stores: Stores;
  readonly dialer: Dialer;
  readonly softphones: Pick<Softphones, 'setDuty'>;
  readonly lines: TrunkLines;
  readonly speech: Speech;
  readonly assignments: Assignments;
  readonly testCalls: TestCalls;
  readonly events: EventJournal;
  readonly ids: CallIds;
  readonly clock: Clock;
  readonly log: Log;
  readonly night: Night | null;
  readonly ringSeconds: number;
  readonly soundSeconds: (soundId: string) => number;
  /** Gives the newest message of the action to calls in which no digit has been pressed yet. */
  readonly updateMessage: (action: Action) => void;
  /** Why no calls can be made, in words; empty when calls can be made. */
  readonly blockedBy: () => string;
  /** Null: calls go to a real operator. */
  readonly simulation: Simulation | null;
  readonly conditions: Pick<Conditions, 'of'>;
}

/**
 * Rendering the closing message takes a fraction of a second. When a busy machine takes longer than this,
 * telephones stop ringing.
 */
const RINGS_ON_MS = 100;

/** Takes actions from draft to closed: decides by the rules of the domain, stores, and directs the dialer. */
export class ActionService implements Actions {
  readonly #starting = new Map<ActionId, Promise<Action>>();

  constructor(private readonly parts: ActionServiceParts) {}

  async create(input: ActionInput): Promise<{ action: Action; plan: Plan }> {
    const { stores, clock } = this.parts;
    const { near } = input.area;
    const area = { ...parseArea(input.area.postcodes), ...(near ? { near } : {}) };
    if (!stores.centralists.active(input.centralistId)) {
      throw new Problem('invalid', 'there is no such centralist', [
        { field: 'centralistId', message: `there is no centralist ${input.centralistId}` },
      ]);
    }
    const { kind, title, description, centralistId, criteria, priority = false } = input;
    const refusals = priorityProblems({ kind, priority });
    if (refusals.length > 0) throw new Problem('invalid', 'this action cannot have priority', refusals);
    const message = await this.#makeMessage(input.message, 1);
    // Callers who choose between actions hear the title, so it must be ready before anybody calls.
    const titleSoundId = await this.#renderTitle(title);
    const added = stores.actions.add(
      { kind, title, description, area, centralistId, team: [], criteria, priority, message, titleSoundId },
      clock.now(),
    );
    const action = this.#asNow(added);
    this.#tell(action);
    return { action, plan: await this.#plan(action, await this.#select(action)) };
  }

  async start(id: ActionId, options: StartOptions = {}): Promise<Action> {
    // One start at a time: a second start waits, and then sees the result of the first.
    for (let before = this.#starting.get(id); before; before = this.#starting.get(id)) await before.catch(() => null);
    const starting = this.#start(id, options);
    this.#starting.set(id, starting);
    try {
      return await starting;
    } finally {
      if (this.#starting.get(id) === starting) this.#starting.delete(id);
    }
  }

  async preview(id: ActionId): Promise<StartPreview> {
    const action = this.#get(id);
    const alikes = action.state === 'draft' ? this.#alikes(action) : [];
    return { plan: await this.#plan(action, await this.#select(action)), alikes };
  }

  pause(id: ActionId): Action {
    return this.#hold(id, 'pause');
  }

  resume(id: ActionId): Action {
    refuseOtherNetwork(this.#get(id), this.parts.simulation);
    return this.#hold(id, 'resume');
  }

  async update(id: ActionId, input: MessageInput): Promise<Action> {
    const action = this.#get(id);
    if (action.state === 'closed') throw new Problem('conflict', 'an action that is closed cannot be updated');
    const message = await this.#makeMessage(input, action.message.version + 1);
    const { stores } = this.parts;
    // Rendering took a moment, so the action is read again.
    const current = this.#get(id);
    if (current.state === 'closed') throw new Problem('conflict', 'the action has been closed in the meantime');
    const next = { ...message, version: current.message.version + 1 };
    // The update is made from here on: nothing below may fail, or leave out some of the people.
    stores.actions.setMessage(id, next);
    const updated = { ...current, message: next };
    // The update is reported before the calls, so that the report of a close between two slices comes after.
    this.#tell(updated);
    if (updated.state !== 'draft') {
      this.#giveToCalls(updated);
      await this.#callHeardOld(updated);
    }
    return updated;
  }

  async close(id: ActionId, input: { result: Result; message?: MessageInput }): Promise<Action> {
    const action = this.#get(id);
    if (moveAction(action.state, 'close') === action.state) return action;
    // Real people were called. They must hear how the action ended, and cannot be told without a trunk.
    if (!action.simulated) refuseOtherNetwork(action, this.parts.simulation);
    const text = { text: closingText(action.kind, input.result) };
    // An action is closed only together with its closing message. Telephones stop ringing when rendering that
    // message takes long.
    let hold: { release(): void } | undefined;
    const cancel = this.parts.clock.after(RINGS_ON_MS, () => {
      hold = this.parts.dialer.hold(id);
    });
    try {
      const closingMessage = await this.#makeMessage(input.message ?? text, 1);
      // No hold begins from here on, because telephones that ring may then ring for the closing call.
      cancel();
      return await this.#close(id, input.result, closingMessage);
    } finally {
      cancel();
      hold?.release();
    }
  }

  takeOver(id: ActionId, centralistId: CentralistId): Action {
    return this.parts.assignments.takeOver(id, centralistId);
  }

  setTeam(id: ActionId, centralistIds: readonly CentralistId[]): Action {
    return this.parts.assignments.setTeam(id, centralistIds);
  }

  testCall(id: ActionId, centralistId?: CentralistId): void {
    this.parts.testCalls.ring(this.#get(id), centralistId);
  }

  view(id: ActionId): ActionView {
    const action = this.#get(id);
    const tally = this.parts.stores.attempts.tally(id);
    const people = this.parts.dialer.people(id);
    return {
      action,
      counts: actionCounts(tally, people),
      closing: this.parts.dialer.people(id, 'closing'),
      timeline: actionTimeline(action, tally, this.parts.dialer.alertsLeft(id)),
      reality: actionReality(action, tally),
      warning: action.state === 'draft' ? null : this.#warning(id, people),
      warnings: [...this.parts.conditions.of(action), ...reachWarnings(action, tally, people, this.parts.clock.now())],
    };
  }

  list(): readonly Action[] {
    return this.parts.stores.actions.all().map((action) => this.#asNow(action));
  }

  slice(slice: ListPart): readonly Action[] {
    return this.parts.stores.actions.slice(slice).map((action) => this.#asNow(action));
  }

  attemptsIn(id: ActionId, filter: AttemptFilter): readonly Attempt[] {
    this.#get(id);
    return this.parts.stores.attempts.slice(id, filter);
  }

  attempts(id: ActionId): readonly Attempt[] {
    this.#get(id);
    return this.parts.stores.attempts.ofAction(id);
  }

  async counted(id: ActionId): Promise<void> {
    this.#get(id);
    // Calls go on between two slices.
    while (!this.parts.stores.attempts.countSome(id)) await new Promise((resolve) => setImmediate(resolve));
  }

  trace(attemptId: number, id?: ActionId, part?: Omit<ListPart, 'after'>): readonly { step: string; at: number }[] {
    const attempt = this.parts.stores.attempts.get(attemptId);
    if (!attempt) throw new Problem('not_found', `there is no attempt ${attemptId}`);
    if (id !== undefined && attempt.actionId !== id)
      throw new Problem('not_found', `action ${id} has no attempt ${attemptId}`);
    return this.parts.stores.traces.of(this.parts.ids.ofAttempt(attemptId), part);
  }

  eventsAfter(id: ActionId, eventId: number, limit: number): readonly ActionEvent[] {
    this.#get(id);
    return this.parts.stores.events.after(id, eventId, limit);
  }

  eventsSince(eventId: number, limit: number): readonly ActionEvent[] {
    return this.parts.stores.events.since(eventId, limit);
  }

  newestEvent(): number {
    return this.parts.stores.events.newest();
  }

  onEvent(listener: (event: ActionEvent) => void): () => void {
    return this.parts.events.on(listener);
  }

  /**
   * A participant pressed a digit. That participant, and everybody else with the number, is reached and needs
   * no other call.
   */
  confirmed(attempt: AttemptOrder & { readonly heardVersion: number; readonly at: number }): void {
    const { actionId, participantId, phone, heardVersion, at } = attempt;
    this.reached(actionId, participantId, phone, heardVersion, at);
  }

  /**
   * Marks a participant as reached, and stops other calls to everybody who shares the number. `at` is earlier
   * than now for a digit that was pressed while the controller was down.
   */
  reached(
    actionId: ActionId,
    participantId: ParticipantId,
    phone: Attempt['phone'] | null,
    heardVersion: number,
    at = this.parts.clock.now(),
  ): void {
    const { stores, dialer, events } = this.parts;
    const newly = stores.actions.markReached(actionId, participantId, phone, heardVersion, at);
    for (const id of newly) {
      if (id !== participantId) dialer.drop(actionId, id);
    }
    if (newly.length > 0) events.add(actionId, 'reached', { participantIds: newly });
  }

  /** An alert or update call has ended. */
  alertEnded(order: AttemptOrder & { readonly heardVersion: number | null }): void {
    if (order.purpose !== 'closing') this.heardOut(order.actionId, order.participantId, order.heardVersion);
  }

  /**
   * A call in which a participant may have heard the message is over. The participant is called again for
   * anything that changed during the call: with the closing message when the action was closed, with the new
   * message when the message that was heard has been replaced.
   */
  heardOut(actionId: ActionId, participantId: ParticipantId, heardVersion: number | null): void {
    const { stores, dialer } = this.parts;
    const action = this.#get(actionId);
    if (action.state !== 'closed' && (heardVersion ?? Infinity) >= action.message.version) return;
    // Only this person's row is read, so the end of a call costs the same however many people the action has.
    const callee = stores.actions.callee(actionId, participantId);
    // A person without numbers of their own is called through a housemate.
    if (!callee || callee.reachedAt === null || callee.phones.length === 0) return;
    if (action.state === 'closed') {
      if (!this.#hasClosingCall(action, participantId)) this.#beginClosing(action, [callee]);
    } else if (callee.heardVersion < action.message.version) dialer.updateMessage(action, [callee]);
  }

  // ------------------------------------------------------------------

  /**
   * A large start takes many turns of the event loop: participants are selected, stored and queued in slices.
   * Until the last turn the action is a draft: the dialer makes no call for it, the tip line does not know
   * it, and a process that dies, a failure or a refusal leaves a draft. The last turn checks everything that
   * may have changed meanwhile (the message, another start, whether calls can be made), starts the action and
   * makes the first calls. Nothing comes between these steps.
   */
  async #start(id: ActionId, options: StartOptions): Promise<Action> {
    const { stores, dialer, simulation } = this.parts;
    const action = this.#get(id);
    if (moveAction(action.state, 'start') === action.state) return action;
    refuseUnwantedSimulation(simulation);
    const selection = await this.#select(action);
    this.#demandStart(action, selection, options);
    const plan = await this.#plan(action, selection);
    const people = dialer.prepare(id, 'alert');
    const check = this.#demandService;
    try {
      await eachInTurn(stores.actions.stage(id, selection), () => undefined, check);
      const add = (slice: Selection['selected']): void => {
        for (const { participantId, phones } of slice) people.add(participantId, phones);
      };
      await eachInTurn(inSlices(selection.selected), add, check);
      return this.#launch(id, { selection, plan, people }, options);
    } catch (error) {
      // A failure here does no harm, because the next start replaces the staged rows.
      await eachInTurn(stores.actions.unstage(id), () => undefined, check).catch(() => undefined);
      throw error;
    }
  }

  #launch(
    id: ActionId,
    { selection, plan, people }: { selection: Selection; plan: Plan; people: ReturnType<Dialer['prepare']> },
    options: StartOptions,
  ): Action {
    const { stores, clock, softphones, dialer, simulation } = this.parts;
    const action = this.#get(id);
    refuseUnwantedSimulation(simulation);
    this.#demandStart(action, selection, options);
    const change = { at: clock.now(), plan, simulated: simulation !== null };
    if (!stores.actions.move(id, 'draft', 'running', change)) return this.#get(id);
    const started = this.#get(id);
    dialer.launch(started, people);
    this.#tell(started);
    // The centralist of a running action takes its tips, so a start puts that centralist on duty.
    softphones.setDuty(started.centralistId, true);
    return started;
  }

  #demandStart(action: Action, { selected }: Selection, { expect = {}, anyway = false }: StartOptions): void {
    const problems = startProblems(action, selected.length);
    if (problems.length > 0)
      throw new Problem(
        'not_ready',
        `the action cannot start: ${problems.map((p) => `${p.field} ${p.message}`).join('; ')}`,
        problems,
      );
    refuseChanged(expect, { selected: selected.length, messageVersion: action.message.version });
    if (!anyway) refuseLookAlikes(this.#alikes(action));
  }

  /** Checked between two slices, because a service that is stopping stores nothing more. */
  readonly #demandService = (): void => {
    if (this.parts.dialer.isStopped) throw new Problem('unavailable', 'the service is being stopped');
  };

  async #close(id: ActionId, result: Result, closingMessage: Message): Promise<Action> {
    const { stores, clock, dialer } = this.parts;
    const current = this.#get(id);
    if (current.state === 'closed') return current;
    // Counted before the alerts are stopped, because afterwards nobody is left.
    const change = { at: clock.now(), result, closingMessage, leftAtClose: dialer.alertsLeft(id) };
    if (!stores.actions.move(id, current.state, 'closed', change)) return this.#close(id, result, closingMessage);
    dialer.stopAlerts(id);
    const closed = this.#get(id);
    this.#tell(closed);
    await this.#callReached(closed);
    return closed;
  }

  /**
   * Calls everybody who was reached with the closing message, in slices: other calls and requests go on
   * between two slices. A person whose alert call is still up hears it out, and is called when it ends
   * (`heardOut`), even when that happens between two slices, because the dialer adds a person to a campaign
   * only once. When the service stops or dies in between, the next start calls the people who are left.
   */
  async #callReached(closed: Action): Promise<void> {
    const { dialer } = this.parts;
    const adding = dialer.adding(closed, 'closing');
    await this.#eachCallee(
      closed,
      (slice) => {
        const people = slice.filter(
          ({ participantId, reachedAt }) => reachedAt !== null && !dialer.isLive(closed.id, participantId),
        );
        if (people.length > 0) this.#beginClosing(closed, people);
      },
      () => true,
      // When this work goes on after a failure, the hold lasts until its end, so that nobody is called twice.
      () => {
        adding.release();
      },
    );
  }

  /**
   * Gives the new message to the calls in progress. A participant who hears the old one all the same is
   * called again.
   */
  #giveToCalls(updated: Action): void {
    try {
      this.parts.updateMessage(updated);
    } catch (error) {
      this.parts.log.error('calls in progress could not get the new message', {
        actionId: updated.id,
        error: String(error),
      });
    }
  }

  /**
   * Calls everybody who heard an older message, in slices as above. A newer update or a close between two
   * slices ends this work, because the newer command reads everybody again.
   */
  #callHeardOld(updated: Action): Promise<void> {
    const { dialer } = this.parts;
    const { version } = updated.message;
    return this.#eachCallee(
      updated,
      (slice) => {
        const people = slice.filter(
          ({ participantId, reachedAt, heardVersion }) =>
            reachedAt !== null && heardVersion < version && !dialer.isLive(updated.id, participantId),
        );
        if (people.length > 0) dialer.updateMessage(updated, people);
      },
      () => {
        const now = this.#get(updated.id);
        return now.state !== 'closed' && now.message.version === version;
      },
    );
  }

  #eachCallee(
    action: Action,
    work: (people: readonly SelectedPerson[]) => void,
    goesOn: () => boolean,
    onOver?: () => void,
  ): Promise<void> {
    const { stores, clock, dialer, log } = this.parts;
    const parts = { actions: stores.actions, clock, log };
    return eachCallee(parts, action.id, work, () => !dialer.isStopped && goesOn(), onOver);
  }

  /**
   * Begins closing calls, but not on another network, because no real person must hear how a simulation
   * ended.
   */
  #beginClosing(closed: Action, people: readonly SelectedPerson[]): void {
    if (isOnOtherNetwork(closed, this.parts.simulation)) return;
    this.parts.dialer.begin(closed, 'closing', people);
  }

  #hasClosingCall({ id }: Action, participantId: ParticipantId): boolean {
    return this.parts.stores.attempts.ofPerson(id, participantId).some(({ purpose }) => purpose === 'closing');
  }

  #hold(id: ActionId, command: 'pause' | 'resume'): Action {
    const action = this.#get(id);
    const next = moveAction(action.state, command);
    if (next !== action.state) {
      if (!this.parts.stores.actions.move(id, action.state, next, { at: this.parts.clock.now() })) {
        return this.#hold(id, command);
      }
      this.parts.dialer.setPaused(id, next === 'paused');
      this.#tell(this.#get(id));
    }
    return this.#get(id);
  }

  #alikes(action: Action): Action[] {
    return lookAlikes(action, this.parts.stores.actions.all(), this.parts.clock.now());
  }

  #select(action: Action): Promise<Selection> {
    const now = this.parts.clock.now();
    const at = { now, night: isNight(now, this.parts.night) };
    return selectPeople(this.parts.stores.participants, action.area, at, this.#demandService);
  }

  async #plan(action: Action, selection: Selection): Promise<Plan> {
    const { lines, stores, ringSeconds } = this.parts;
    const { limits } = lines;
    const selected = selection.selected.length;
    let callableNow = 0;
    // Counts people by the telephone that the dialer would call first. While it is in another call with us,
    // the dialer waits.
    const look = (slice: Selection['selected']): void => {
      for (const { phones } of slice) if (phones[0] && lines.telephones.isFree(phones[0])) callableNow++;
    };
    await eachInTurn(inSlices(selection.selected, 10 * ROWS_A_TURN), look, this.#demandService);
    const excluded = countExcluded(selection.excluded);
    const night: readonly Warning[] = excluded.night ? [{ code: 'night', leftOut: excluded.night }] : [];
    const basis = {
      lines: limits.lines - limits.tipLines,
      cps: limits.cps,
      ...holdBasis(stores.attempts.experience(), ringSeconds, action.message.seconds),
    };
    const warnings = [...this.parts.conditions.of(action), ...night];
    return makePlan({ selected, callableNow }, excluded, basis, warnings);
  }

  #makeMessage(input: MessageInput, version: number): ReturnType<typeof makeMessage> {
    const { speech, soundSeconds, stores } = this.parts;
    return makeMessage(input, { speech, soundSeconds, recordings: stores.recordings }, version);
  }

  /**
   * Null for a title that cannot be spoken, such as a row of dots. Then the action's number is said instead.
   */
  async #renderTitle(title: string): Promise<string | null> {
    try {
      return (await this.parts.speech.render(title)).soundId;
    } catch (error) {
      if (error instanceof SpeechError && error.code !== 'engine_failed') return null;
      if (!(error instanceof SpeechError)) throw error;
      throw new Problem('unavailable', error.message, [{ field: 'title', message: error.message }]);
    }
  }

  #warning(
    id: ActionId,
    people: { waiting: number; dialing: number; ringing: number; in_call: number },
  ): string | null {
    const busy = people.waiting + people.dialing + people.ringing + people.in_call > 0;
    const { dialer } = this.parts;
    const standstill = dialer.isAlarmAbout(id) ? (dialer.alarm?.text ?? '') : '';
    const reason = standstill || this.parts.blockedBy() || dialer.limited;
    return busy && reason !== '' ? reason : null;
  }

  #get(id: ActionId): Action {
    const action = this.parts.stores.actions.get(id);
    if (!action) throw new Problem('not_found', `there is no action ${id}`);
    return this.#asNow(action);
  }

  /** Sets `simulated` of a draft by the network that a start would call now. */
  #asNow(action: Action): Action {
    const simulated = this.parts.simulation !== null;
    return action.state === 'draft' && action.simulated !== simulated ? { ...action, simulated } : action;
  }

  #tell(action: Action): void {
    this.parts.events.add(action.id, 'action', actionFacts(action));
  }
}

function parseArea(entries: readonly string[]): Area {
  const problems: FieldProblem[] = [];
  const parts: AreaPart[] = [];
  for (const [index, entry] of entries.entries()) {
    const part = parseAreaPart(entry);
    if (part.ok) parts.push(part.value);
    else problems.push({ field: `area.postcodes.${index}`, message: part.reason });
  }
  if (entries.length === 0)
    problems.push({
      field: 'area.postcodes',
      message: 'needs at least one postcode or range, such as 8251 or 8253-8255',
    });
  if (problems.length > 0) throw new Problem('invalid', 'the area is not valid', problems);
  return { parts };
}
