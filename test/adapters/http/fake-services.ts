import { createParticipants } from '../../../src/app/participants.js';
import { createPostcodes } from '../../../src/app/postcodes.js';
import type { ActionCounts, ActionInput, ActionView, Services } from '../../../src/app/services.js';
import { moveAction, startProblems, type Action, type ActionCommand } from '../../../src/domain/action.js';
import { inArea, parseAreaPart } from '../../../src/domain/area.js';
import type { Attempt } from '../../../src/domain/attempt.js';
import type { Callback } from '../../../src/domain/callback.js';
import type { Participant } from '../../../src/domain/participant.js';
import type { E164 } from '../../../src/domain/phone-number.js';
import type { Plan } from '../../../src/domain/plan.js';
import { Problem } from '../../../src/domain/problem.js';
import type { InboundCall, Tip } from '../../../src/domain/tip.js';
import { Emitter } from '../../../src/lib/emitter.js';
import { SpeechError } from '../../../src/ports/speech.js';
import type {
  ActionEvent,
  Centralist,
  ImportRow,
  ParticipantStore,
  PostcodePlace,
  RecordingEntry,
} from '../../../src/ports/stores.js';

/** The application in memory: nobody is called, but everything asked of it is kept and answered as the real one does. */
export interface FakeServices extends Services {
  readonly stored: Participant[];
  readonly places: PostcodePlace[];
  readonly attemptsOf: Attempt[];
  readonly tipsKept: Tip[];
  readonly inboundKept: InboundCall[];
  /** How many listen to events now. */
  readonly listeners: number;
  /** Resolves when so many listen. */
  untilListeners(count: number): Promise<void>;
  /** Set to make the service not ready. */
  unready: string | null;
  /** Set to change the counts of every action. */
  counts: Partial<ActionCounts>;
  emit(actionId: number, type: string, data: Record<string, unknown>): ActionEvent;
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

export function fakeServices(): FakeServices {
  const stored: Participant[] = [];
  const places: PostcodePlace[] = [];
  const desks: { id: number; name: string; extension: string }[] = [];
  const recordings: { entry: RecordingEntry; wav: Uint8Array }[] = [];
  const actions: Action[] = [];
  const callbacks: Callback[] = [];
  const events: ActionEvent[] = [];
  const emitter = new Emitter<ActionEvent>();

  const waiting: { count: number; resolve: () => void }[] = [];
  const listenersChanged = (): void => {
    for (const { resolve } of waiting.filter(({ count }) => count === emitter.size)) resolve();
  };

  const centralistNamed = (id: number): Centralist => {
    const desk = desks.find((one) => one.id === id);
    if (!desk) throw new Problem('not_found', `there is no centralist ${id}`);
    return centralistOf(id, desk.name, desk.extension);
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
    return { text: input.text ?? null, soundId: 'f'.repeat(32), seconds: 7.5, version };
  };

  const services: FakeServices = {
    stored,
    attemptsOf: [],
    tipsKept: [],
    inboundKept: [],
    unready: null,
    counts: {},
    get listeners() {
      return emitter.size;
    },
    untilListeners: (count) =>
      new Promise((resolve) => {
        waiting.push({ count, resolve });
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
        if (!desks.some((desk) => desk.id === input.centralistId)) {
          return Promise.reject(
            new Problem('invalid', 'there is no such centralist', [
              { field: 'centralistId', message: 'names no centralist' },
            ]),
          );
        }
        return Promise.resolve().then(() => {
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
            closingMessage: null,
            state: 'draft',
            result: null,
            createdAt: NOW,
            startedAt: null,
            closedAt: null,
          };
          actions.push(action);
          return { action, plan: PLAN };
        });
      },
      start(id) {
        const problems = startProblems(find(id), 3);
        if (problems.length > 0) throw new Problem('not_ready', 'the action cannot start', problems);
        change(id, { plan: PLAN });
        return command(id, 'start');
      },
      pause: (id) => command(id, 'pause'),
      resume: (id) => command(id, 'resume'),
      update: (id, input) => Promise.resolve().then(() => change(id, { message: message(input, 2) })),
      close: (id, input) =>
        Promise.resolve().then(() => {
          command(id, 'close');
          const closingMessage = input.message ? message(input.message, 1) : null;
          return change(id, { result: input.result, closedAt: NOW, closingMessage });
        }),
      takeOver: (id, centralistId) => change(id, { centralistId }),
      setTeam: (id, team) => change(id, { team }),
      testCall(id) {
        if (find(id).state === 'closed') throw new Problem('conflict', 'the action is closed');
      },
      view: (id): ActionView => ({
        action: find(id),
        counts: { ...NO_COUNTS, ...services.counts },
        timeline: {
          startedAt: find(id).startedAt,
          firstInviteAt: null,
          halfReachedAt: null,
          ninetyReachedAt: null,
          dialedOutAt: null,
          firstTipAt: null,
          closedAt: find(id).closedAt,
        },
        reality: { calledOnceSeconds: { half: 12.5, ninety: null, all: null }, selected: 3, reached: 2 },
        warning: null,
      }),
      list: () => actions,
      attempts: (id) => services.attemptsOf.filter((attempt) => attempt.actionId === find(id).id),
      trace: (attemptId) => [{ step: `attempt ${attemptId} prompt`, at: NOW }],
      eventsAfter: (id, after, limit) =>
        events.filter((event) => event.actionId === id && event.id > after).slice(0, limit),
      onEvent(listener) {
        const off = emitter.on(listener);
        listenersChanged();
        return () => {
          off();
          listenersChanged();
        };
      },
    },
    desk: {
      add({ name, extension, pin = '1234' }) {
        if (desks.some((desk) => desk.extension === extension)) {
          return Promise.reject(
            new Problem('conflict', 'the extension is taken', [{ field: 'extension', message: 'is taken' }]),
          );
        }
        desks.push({ id: desks.length + 1, name, extension });
        const centralist = centralistOf(desks.length, name, extension);
        return Promise.resolve({ centralist, server: '127.0.0.1:5060', transport: 'udp' as const, pin });
      },
      list: () =>
        Promise.resolve(
          desks.map(({ id, name, extension }) => ({
            centralist: centralistOf(id, name, extension),
            registered: id === 1,
            engaged: false,
          })),
        ),
      setDuty(id, onDuty) {
        const centralist = { ...centralistNamed(id), onDuty };
        return Promise.resolve({ centralist, registered: id === 1, engaged: false });
      },
      setPin: (id, pin = '1234') => (centralistNamed(id), pin),
      onChange: () => () => undefined,
      provisioning: (id) => ({ token: `token-${centralistNamed(id).id}`, expiresAt: NOW + 900_000 }),
      provision: (token) => ({
        centralist: centralistNamed(Number(token.slice('token-'.length))),
        server: '127.0.0.1:5060',
        transport: 'udp',
      }),
    },
    callbacks: {
      callBack(inboundId, centralistId = 1) {
        const call = services.inboundKept.find(({ id }) => id === inboundId);
        if (!call) throw new Problem('not_found', `there is no call ${inboundId}`);
        const callback: Callback = {
          id: callbacks.length + 1,
          inboundId,
          actionId: call.actionId ?? 0,
          participantId: call.participantId ?? 0,
          phone: call.from ?? ('+31612345678' as E164),
          centralistId,
          requestedAt: NOW,
          deskAnsweredAt: null,
          answeredAt: null,
          endedAt: null,
          result: null,
        };
        callbacks.push(callback);
        return callback;
      },
      list: ({ inboundId }) => callbacks.filter((one) => inboundId === undefined || one.inboundId === inboundId),
    },
    tips: {
      calls: ({ actionId }) =>
        services.inboundKept.filter((call) => actionId === undefined || call.actionId === actionId),
      list: ({ actionId }) => services.tipsKept.filter((tip) => actionId === undefined || tip.actionId === actionId),
      update(id, to) {
        const index = services.tipsKept.findIndex((tip) => tip.id === id);
        const tip = services.tipsKept[index];
        if (!tip) throw new Problem('not_found', `there is no tip ${id}`);
        services.tipsKept[index] = { ...tip, ...to };
        return services.tipsKept[index];
      },
      transfer: () => Promise.resolve(),
      waiting: () => [],
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
    readiness: () =>
      Promise.resolve({
        ready: services.unready === null,
        parts: {
          database: { ok: true, reason: '' },
          trunk: { ok: services.unready === null, reason: services.unready ?? '' },
        },
      }),
    gauges: () => ({ lines: { limit: 30, outbound: 4, inbound: 1 }, actions: { running: 1 } }),
  };
  return services;
}

const fixedClock = { now: () => NOW, monotonic: () => 0, after: () => () => undefined };

function centralistOf(id: number, name: string, extension: string) {
  return {
    id,
    name,
    extension,
    sipUsername: `desk-${extension}`,
    sipPassword: 'only-once',
    pinDigest: null,
    onDuty: false,
    createdAt: NOW,
  };
}

function areaOf(entries: readonly string[]): Action['area'] {
  return { parts: entries.map((entry) => parseAreaPart(entry)).flatMap((part) => (part.ok ? [part.value] : [])) };
}

/** Keeps participants in an array; an import row with a known number and the same name is an update. */
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
