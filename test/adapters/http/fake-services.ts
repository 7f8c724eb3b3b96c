import { PromptService } from '../../../src/app/messages/prompt-service.js';
import { createParticipants } from '../../../src/app/participants/participants.js';
import { createPostcodes } from '../../../src/app/participants/postcodes.js';
import type {
  ActionCounts,
  ActionInput,
  ActionTimeline,
  ActionView,
  PeopleNow,
  Services,
  WaitingCaller,
} from '../../../src/app/services.js';
import { moveAction, startProblems, type Action, type ActionCommand } from '../../../src/domain/action.js';
import { inArea, parseAreaPart } from '../../../src/domain/area.js';
import type { Attempt } from '../../../src/domain/attempt.js';
import type { Callback } from '../../../src/domain/callback.js';
import type { Participant } from '../../../src/domain/participant.js';
import type { Plan } from '../../../src/domain/plan.js';
import { Problem } from '../../../src/domain/problem.js';
import { refuseUnwantedSimulation, type Simulation } from '../../../src/domain/simulation.js';
import { lookAlikes, refuseChanged, refuseLookAlikes } from '../../../src/domain/start-guard.js';
import type { InboundCall, Tip } from '../../../src/domain/tip.js';
import type { Warning } from '../../../src/domain/warning.js';
import { Emitter } from '../../../src/lib/emitter.js';
import { SpeechError } from '../../../src/ports/speech.js';
import { FakeLog } from '../../support/fake-log.js';
import { MemoryPrompts } from '../../support/memory-prompts.js';
import { fakeCallbacks, fakeCentralists, type FakeCallbacks, type FakeCentralists } from './fake-centralists.js';
import type {
  ActionEvent,
  ImportRow,
  ParticipantStore,
  PostcodePlace,
  RecordingEntry,
  ListPart,
} from '../../../src/ports/stores.js';

/** The application in memory. It calls nobody, keeps every request, and answers like the real one. */
export type FakeServices = Services & Kept;

interface Kept {
  readonly centralists: FakeCentralists;
  readonly callbacks: FakeCallbacks;
  readonly stored: Participant[];
  readonly places: PostcodePlace[];
  readonly attemptsOf: Attempt[];
  /** Steps in the trace of each attempt. */
  stepsKept: string[];
  readonly tipsKept: Tip[];
  readonly inboundKept: InboundCall[];
  readonly callbacksKept: Callback[];
  readonly waitingKept: WaitingCaller[];
  readonly recordedPrompts: MemoryPrompts;
  /** Requested transfers and test calls. */
  readonly transfers: { readonly inboundId: number; readonly extension: string }[];
  readonly testCalls: { readonly actionId: number; readonly centralistId: number }[];
  /** Number of event listeners now, not counting those present at the last `forgetListeners`. */
  readonly listeners: number;
  forgetListeners(): void;
  /** Resolves when there are `count` listeners. */
  untilListeners(count: number): Promise<void>;
  alarmsNow: readonly Warning[];
  /** Sets the warnings that concern every action, and tells the listeners. */
  changeAlarms(now: readonly Warning[]): void;
  /** Set to make the service not ready. */
  unready: string | null;
  /** Set to simulate the operator. */
  simulation: Simulation | null;
  /** Warning sentence of every action. */
  warning: string | null;
  /** Number of participants that the next start would call. */
  selected: number;
  /** Typed warnings of every action. */
  warnings: readonly Warning[];
  /** Replaces counts of every action. */
  counts: Partial<ActionCounts>;
  /** Replaces times of every action. */
  timeline: Partial<ActionTimeline>;
  /** Participants in closing calls now. */
  closing: PeopleNow;
  /** Adds an offline recording, and tells the listeners. */
  recordOffline(call: InboundCall): void;
  emit(actionId: number, type: string, data: Record<string, unknown>): ActionEvent;
}

export function sliceOf<T extends { readonly id: number }>(rows: readonly T[], slice: ListPart): T[] {
  const { after = 0, offset = 0, limit = Infinity } = slice;
  return rows.filter(({ id }) => id > after).slice(offset, offset + limit);
}

export const NOW = 1_700_000_000_000;

const PLAN: Plan = {
  selected: 3,
  callableNow: 3,
  excluded: { paused: 1 },
  lines: 27,
  estimateSeconds: { half: 10, ninety: 20, all: 30 },
  basis: 'estimate',
};

const NO_COUNTS: ActionCounts = {
  waiting: 0,
  dialing: 0,
  ringing: 0,
  in_call: 0,
  selected: 0,
  rang: 0,
  answered: 0,
  reached: 0,
  confirmed: 0,
  no_digit: 0,
  hung_up: 0,
  no_answer: 0,
  busy: 0,
  declined: 0,
  unreachable: 0,
  congestion: 0,
  cancelled: 0,
  interrupted: 0,
  heard: 0,
  replayed: 0,
  closing_called: 0,
  closing_answered: 0,
};

export function fakeServices(now: () => number = () => NOW): FakeServices {
  const stored: Participant[] = [];
  const places: PostcodePlace[] = [];
  const centralists = fakeCentralists(now);
  const callbacksKept: Callback[] = [];
  const centralist = (id: number, field: string): number => {
    if (centralists.views[id - 1]) return id;
    throw new Problem('invalid', 'there is no such centralist', [{ field, message: 'names no centralist' }]);
  };
  const recordings: { entry: RecordingEntry; wav: Uint8Array }[] = [];
  const actions: Action[] = [];
  const events: ActionEvent[] = [];
  const emitter = new Emitter<ActionEvent>();

  const awaited: { count: number; resolve: () => void }[] = [];
  let forgotten = 0;
  const listenersChanged = (): void => {
    for (const { resolve } of awaited.filter(({ count }) => count === emitter.size - forgotten)) resolve();
  };

  const find = (id: number): Action => {
    const action = actions.find((one) => one.id === id);
    if (!action) throw new Problem('not_found', `there is no action ${id}`);
    return action;
  };
  const change = (id: number, to: Partial<Action>): Action => {
    const changed = { ...find(id), ...to };
    actions[id - 1] = changed;
    return changed;
  };
  const command = (id: number, name: ActionCommand): Action =>
    change(id, { state: moveAction(find(id).state, name), ...(name === 'start' ? { startedAt: NOW } : {}) });
  const message = (input: { text?: string; recordingId?: number }, version: number): Action['message'] => {
    if (input.text?.includes('@@')) throw new SpeechError('unplayable', 'holds signs that cannot be spoken');
    if (input.recordingId !== undefined && !recordings[input.recordingId - 1]) {
      throw new SpeechError('not_a_wav', 'there is no such recording');
    }
    const voice = input.text === undefined ? null : 'embedded';
    return { text: input.text ?? null, soundId: 'f'.repeat(32), seconds: 7.5, version, voice };
  };

  const alarmsChanged = new Emitter<undefined>();
  const offlineRecording = new Emitter<undefined>();
  const recordedPrompts = new MemoryPrompts();
  const services: FakeServices = {
    stored,
    attemptsOf: [],
    stepsKept: ['prompt'],
    tipsKept: [],
    inboundKept: [],
    callbacksKept,
    waitingKept: [],
    recordedPrompts,
    transfers: [],
    testCalls: [],
    warning: null,
    warnings: [],
    unready: null,
    simulation: null,
    selected: PLAN.selected,
    alarmsNow: [],
    alarms: {
      get now() {
        const { simulation } = services;
        return [...(simulation ? [{ code: 'simulation' as const, ...simulation }] : []), ...services.alarmsNow];
      },
      onChange: (listener) => alarmsChanged.on(listener),
    },
    changeAlarms(now) {
      services.alarmsNow = now;
      alarmsChanged.emit(undefined);
    },
    counts: {},
    timeline: {},
    closing: { waiting: 0, dialing: 0, ringing: 0, in_call: 0 },
    get listeners() {
      return emitter.size - forgotten;
    },
    recordOffline(call) {
      services.inboundKept.push(call);
      offlineRecording.emit(undefined);
    },
    forgetListeners() {
      forgotten = emitter.size;
    },
    untilListeners: (count) =>
      new Promise((resolve) => {
        awaited.push({ count, resolve });
        listenersChanged();
      }),
    emit(actionId, type, data) {
      const event = { id: events.length + 1, actionId, type, data, at: NOW + events.length };
      events.push(event);
      emitter.emit(event);
      return event;
    },
    places,
    postcodes: createPostcodes({
      store: {
        importPlaces(rows, { dryRun }) {
          if (!dryRun) places.push(...rows);
          return { imported: rows.length, updated: 0 };
        },
      },
    }),
    participants: createParticipants({
      store: fakeParticipantStore(stored),
      clock: fixedClock,
      codeOf: (id) => String(id).padStart(6, '0'),
    }),
    actions: {
      create(input: ActionInput) {
        return Promise.resolve().then(() => {
          centralist(input.centralistId, 'centralistId');
          const action: Action = {
            ...input,
            priority: input.priority ?? false,
            team: [],
            titleSoundId: null,
            id: actions.length + 1,
            number: actions.length + 1,
            area: { ...areaOf(input.area.postcodes), ...(input.area.near ? { near: input.area.near } : {}) },
            message: message(input.message, 1),
            plan: null,
            simulated: services.simulation !== null,
            closingMessage: null,
            state: 'draft',
            result: null,
            createdAt: NOW,
            startedAt: null,
            closedAt: null,
            leftAtClose: null,
          };
          actions.push(action);
          return { action, plan: { ...PLAN, warnings: services.warnings } };
        });
      },
      start: (id, { expect = {}, anyway = false } = {}) =>
        Promise.resolve().then(() => {
          const problems = startProblems(find(id), PLAN.selected);
          if (problems.length > 0) throw new Problem('not_ready', 'the action cannot start', problems);
          if (find(id).state === 'draft') {
            refuseUnwantedSimulation(services.simulation);
            refuseChanged(expect, { selected: services.selected, messageVersion: find(id).message.version });
            if (!anyway) refuseLookAlikes(lookAlikes(find(id), actions, now()));
          }
          change(id, { plan: PLAN });
          return command(id, 'start');
        }),
      preview: (id) =>
        Promise.resolve().then(() => ({
          plan: { ...PLAN, selected: services.selected },
          alikes: find(id).state === 'draft' ? lookAlikes(find(id), actions, now()) : [],
        })),
      pause: (id) => command(id, 'pause'),
      resume: (id) => command(id, 'resume'),
      update: (id, input) => Promise.resolve().then(() => change(id, { message: message(input, 2) })),
      close: (id, input) =>
        Promise.resolve().then(() => {
          command(id, 'close');
          const closingMessage = input.message ? message(input.message, 1) : null;
          return change(id, { result: input.result, closedAt: now(), closingMessage });
        }),
      counted: (id) => Promise.resolve().then(() => void find(id)),
      view: (id): ActionView => ({
        action: find(id),
        counts: { ...NO_COUNTS, ...services.counts },
        closing: services.closing,
        timeline: {
          startedAt: find(id).startedAt,
          firstInviteAt: null,
          halfReachedAt: null,
          ninetyReachedAt: null,
          dialedOutAt: null,
          firstTipAt: null,
          closedAt: find(id).closedAt,
          ...services.timeline,
        },
        reality: { calledOnceSeconds: { half: 12.5, ninety: null, all: null }, selected: 3, reached: 2 },
        warning: services.warning,
        warnings: services.warnings,
      }),
      takeOver: (id, centralistId) => change(id, { centralistId: centralist(centralistId, 'centralistId') }),
      setTeam: (id, team) => change(id, { team: team.map((one, at) => centralist(one, `centralistIds.${at}`)) }),
      testCall(actionId, centralistId = find(actionId).centralistId) {
        services.testCalls.push({
          actionId: find(actionId).id,
          centralistId: centralist(centralistId, 'centralistId'),
        });
      },
      list: () => actions,
      slice: (slice) => sliceOf(actions, slice),
      attemptsIn(id, { purpose, outcome, ...slice }) {
        find(id);
        return sliceOf(
          services.attemptsOf.filter(
            (one) =>
              one.actionId === id &&
              (purpose ?? one.purpose) === one.purpose &&
              (outcome ?? one.outcome) === one.outcome,
          ),
          slice,
        );
      },
      attempts: (id) => services.attemptsOf.filter((attempt) => attempt.actionId === find(id).id),
      trace(attemptId, id, { offset = 0, limit = Infinity } = {}) {
        const attempt = services.attemptsOf.find((one) => one.id === attemptId);
        if (id !== undefined && attempt?.actionId !== id)
          throw new Problem('not_found', `action ${id} has no attempt ${attemptId}`);
        return services.stepsKept
          .map((step, n) => ({ step: `attempt ${attemptId} ${step}`, at: NOW + n }))
          .slice(offset, offset + limit);
      },
      eventsAfter: (id, after, limit) =>
        events.filter((event) => event.actionId === id && event.id > after).slice(0, limit),
      eventsSince: (after, limit) => events.filter((event) => event.id > after).slice(0, limit),
      newestEvent: () => events.length,
      onEvent(listener) {
        const off = emitter.on(listener);
        listenersChanged();
        return () => {
          off();
          listenersChanged();
        };
      },
    },
    centralists,
    callbacks: fakeCallbacks(callbacksKept, now),
    tips: {
      calls: ({ actionId, ...slice }) =>
        sliceOf(
          services.inboundKept.filter((call) => actionId === undefined || call.actionId === actionId),
          slice,
        ),
      list: ({ actionId, ...slice }) =>
        sliceOf(
          services.tipsKept.filter((tip) => actionId === undefined || tip.actionId === actionId),
          slice,
        ),
      newest(actionId, { limit, offset }) {
        const { tipsKept, inboundKept } = services;
        const withTip = tipsKept.flatMap((tip) => {
          const call = inboundKept.find(({ id }) => id === tip.inboundId);
          return call && tip.actionId === actionId ? [{ at: tip.createdAt, tip, call }] : [];
        });
        const withoutTip = inboundKept
          .filter((call) => call.actionId === actionId && !tipsKept.some(({ inboundId }) => inboundId === call.id))
          .filter(({ result, connectedAt }) => result === 'abandoned' || (result === 'connected' && !connectedAt))
          .map((call) => ({ at: call.receivedAt, tip: null, call }));
        return [...withTip, ...withoutTip].toSorted((a, b) => b.at - a.at).slice(offset, offset + limit);
      },
      count(actionId) {
        const tips = services.tipsKept.filter((tip) => tip.actionId === actionId);
        const missed = services.inboundKept.filter(
          ({ id, result, actionId: of }) =>
            of === actionId && result === 'abandoned' && !tips.some(({ inboundId }) => inboundId === id),
        );
        return {
          total: tips.length,
          unjudged: tips.filter(({ useful }) => useful === null).length,
          missed: missed.length,
        };
      },
      update(id, to) {
        const index = services.tipsKept.findIndex((tip) => tip.id === id);
        const tip = services.tipsKept[index];
        if (!tip) throw new Problem('not_found', `there is no tip ${id}`);
        services.tipsKept[index] = { ...tip, ...to };
        return services.tipsKept[index];
      },
      transfer(inboundId, { extension }) {
        return Promise.resolve().then(() => {
          const fields = [{ field: 'extension', message: 'is nobody’s' }];
          if (extension === '999') throw new Problem('invalid', 'there is no such extension', fields);
          services.transfers.push({ inboundId, extension });
        });
      },
      waiting: () => services.waitingKept,
      offlineWithoutAction: (limit) =>
        services.inboundKept
          .filter(({ reason, recordingId }) => reason === 'controller_down' && recordingId !== null)
          .reverse()
          .slice(0, limit),
      onOfflineRecording: (listener) => offlineRecording.on(listener),
    },
    recordings: {
      upload(wav) {
        if (Buffer.from(wav).toString('latin1', 0, 4) !== 'RIFF') {
          return Promise.reject(new SpeechError('not_a_wav', 'is not a wav file'));
        }
        const id = recordings.length + 1;
        const entry: RecordingEntry = { id, type: 'message', soundId: 'a', file: null, seconds: 2.5, createdAt: NOW };
        recordings.push({ entry, wav });
        return Promise.resolve(entry);
      },
      audio(id) {
        const found = recordings[id - 1];
        return found ? Promise.resolve(found) : Promise.reject(new Problem('not_found', `there is no recording ${id}`));
      },
    },
    messages: {
      read: (text) => ({ spoken: text.replace('7', 'zeven'), words: text.includes('Opel') ? [OPEL] : [] }),
      preview(text) {
        if (text === '') return Promise.reject(new SpeechError('empty', 'There is nothing to say.'));
        const sound = { soundId: 'a'.repeat(32), seconds: 2.5, voice: 'embedded' };
        return Promise.resolve({ ...services.messages.read(text), ...sound });
      },
      audio: (soundId) =>
        soundId === 'a'.repeat(32)
          ? Promise.resolve(Buffer.from('RIFF....WAVE'))
          : Promise.reject(new Problem('not_found', 'there is no sound with this id')),
    },
    prompts: new PromptService({
      recorded: recordedPrompts,
      soundFiles: {
        pathOf: () => '',
        msOf: () => 0,
        wavOf: (sound) => Promise.resolve(sound.type === 'recorded' ? undefined : Buffer.from('RIFF')),
      },
      clock: fixedClock,
      log: new FakeLog(),
    }),
    readiness: () =>
      Promise.resolve({
        ready: services.unready === null,
        simulated: services.simulation !== null,
        parts: {
          database: { ok: true, reason: '' },
          trunk: { ok: services.unready === null, reason: services.unready ?? '' },
        },
      }),
    gauges: () => ({
      lines: { limit: 30, outbound: 4, inbound: 1 },
      actions: { running: 1 },
      wrongSecrets: { http: 3, sip: 5 },
    }),
  };
  return services;
}

const OPEL = { word: 'Opel', say: 'opul' };

const fixedClock = { now: () => NOW, monotonic: () => 0, after: () => () => undefined };

function areaOf(entries: readonly string[]): Action['area'] {
  return { parts: entries.map((entry) => parseAreaPart(entry)).flatMap((part) => (part.ok ? [part.value] : [])) };
}

/** Keeps participants in an array. An import row with a known number and the same name is an update. */
export function fakeParticipantStore(stored: Participant[]): ParticipantStore {
  const add: ParticipantStore['add'] = (participant, now) => {
    const kept = { ...participant, id: stored.length + 1, pausedUntil: null, nightCalls: false, createdAt: now };
    stored.push(kept);
    return kept;
  };
  const known = (row: ImportRow): number =>
    stored.findIndex((one) => one.name === row.name && one.phones.some((phone) => row.phones.includes(phone)));
  return {
    add,
    importRows(rows, { now, dryRun }) {
      let updated = 0;
      for (const row of rows) {
        const index = known(row);
        if (index !== -1) updated++;
        if (dryRun) continue;
        const { line: _, ...participant } = row;
        if (index === -1) add(participant, now);
        else stored[index] = { ...stored[index]!, ...participant };
      }
      return { imported: rows.length - updated, updated };
    },
    get: (id) => stored[id - 1],
    byPhone: (phone) => stored.filter((one) => one.phones.includes(phone)),
    count: (area) => stored.filter((one) => !area || one.postcodes.some((postcode) => inArea(postcode, area))).length,
    candidates: () => [],
  };
}
