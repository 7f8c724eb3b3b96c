import { LiveCallbacks } from '../../../src/app/centralists/live-callbacks.js';
import type { Callbacks, Centralists, CentralistView, LiveCallback } from '../../../src/app/services.js';
import type { Callback } from '../../../src/domain/callback.js';
import type { E164 } from '../../../src/domain/phone-number.js';
import { Problem } from '../../../src/domain/problem.js';
import { Emitter } from '../../../src/lib/emitter.js';
import { NOW } from './fake-services.js';

/** Centralists in memory. A test sets the state of their softphones. */
export interface FakeCentralists extends Centralists {
  readonly views: CentralistView[];
  readonly pins: Map<number, string>;
  /** Number of listeners to changes now. */
  readonly listeners: number;
  /** Changes the state of a softphone. */
  becomes(id: number, change: { registered?: boolean; engaged?: boolean }): void;
}

/** A provisioning link expires after this long. */
const LINK_LIFETIME_MS = 15 * 60_000;

export function fakeCentralists(now: () => number): FakeCentralists {
  const views: CentralistView[] = [];
  const pins = new Map<number, string>();
  const links = new Map<string, { id: number; expiresAt: number }>();
  const emitter = new Emitter<CentralistView>();
  const find = (id: number): CentralistView => {
    const view = views[id - 1];
    if (!view) throw new Problem('not_found', `there is no centralist ${id}`);
    return view;
  };
  const change = (id: number, to: Partial<CentralistView>): CentralistView => {
    const view = { ...find(id), ...to };
    views[id - 1] = view;
    emitter.emit(view);
    return view;
  };
  const setPin = (id: number, pin = '4711'): string => {
    pins.set(find(id).centralist.id, pin);
    return pin;
  };
  return {
    views,
    pins,
    get listeners() {
      return emitter.size;
    },
    becomes: (id, to) => void change(id, to),
    add({ name, extension, pin }) {
      if (views.some(({ centralist }) => centralist.extension === extension)) {
        const fields = [{ field: 'extension', message: 'is taken' }];
        return Promise.reject(new Problem('conflict', 'the extension is taken', fields));
      }
      const id = views.length + 1;
      const centralist = {
        id,
        name,
        extension,
        sipUsername: `desk-${extension}`,
        sipPassword: 'only-once',
        pinDigest: 'digest',
        onDuty: false,
        createdAt: NOW,
        removedAt: null,
      };
      views.push({ centralist, registered: id === 1, engaged: false });
      return Promise.resolve({ centralist, server: '127.0.0.1:5060', transport: 'udp', pin: setPin(id, pin) });
    },
    list: ({ after = 0, offset = 0, limit = Infinity } = {}) =>
      Promise.resolve(views.filter(({ centralist }) => centralist.id > after).slice(offset, offset + limit)),
    setDuty: (id, onDuty) =>
      Promise.resolve().then(() => change(id, { centralist: { ...find(id).centralist, onDuty } })),
    setPin,
    newAccount: (id) =>
      Promise.resolve().then(() => {
        const before = find(id).centralist;
        const centralist = { ...before, sipUsername: `${before.sipUsername}-new`, sipPassword: 'another-one' };
        change(id, { centralist });
        return { centralist, server: '127.0.0.1:5060', transport: 'udp' as const };
      }),
    remove: (id) =>
      Promise.resolve().then(() => {
        find(id);
        views.splice(id - 1, 1);
      }),
    onChange: (listener) => emitter.on(listener),
    provisioning(id) {
      const token = `link-${links.size + 1}-of-${find(id).centralist.id}`;
      const expiresAt = now() + LINK_LIFETIME_MS;
      links.set(token, { id, expiresAt });
      return { token, expiresAt };
    },
    provision(token) {
      const link = links.get(token);
      links.delete(token);
      if (!link || link.expiresAt <= now()) throw new Problem('not_found', 'this link is not good any more');
      return { centralist: find(link.id).centralist, server: '127.0.0.1:5060', transport: 'udp' };
    },
  };
}

export interface FakeCallbacks extends Callbacks {
  /** Moves a callback to this stage. Null ends the callback. */
  becomes(id: number, stage: LiveCallback['stage'] | null): void;
}

/** Callbacks in memory. Each lasts until a test ends it. */
export function fakeCallbacks(kept: Callback[], now: () => number): FakeCallbacks {
  const live = new LiveCallbacks({ now });
  return {
    get live() {
      return live.list;
    },
    onChange: (listener) => live.onChange(listener),
    becomes(id, stage) {
      const callback = kept.find((one) => one.id === id);
      if (!callback) throw new Error(`there is no callback ${id}`);
      if (stage === null) live.end(callback);
      else live.stage(callback, stage);
    },
    callBack(inboundId, centralistId = 1) {
      if (inboundId > 100) throw new Problem('not_found', `there is no call ${inboundId}`);
      if (kept.some((one) => one.inboundId === inboundId && one.result === null)) {
        throw new Problem('conflict', 'they are already being called back');
      }
      const callback: Callback = {
        id: kept.length + 1,
        inboundId,
        actionId: 1,
        participantId: 1,
        phone: '+31612345678' as E164,
        centralistId,
        requestedAt: NOW,
        deskAnsweredAt: null,
        answeredAt: null,
        endedAt: null,
        result: null,
      };
      kept.push(callback);
      live.stage(callback, 'ringing_desk');
      return callback;
    },
    ofCalls: (inboundIds) => kept.filter(({ inboundId }) => inboundIds.includes(inboundId)),
    list: ({ inboundId, actionId }) =>
      kept.filter(
        (one) =>
          (inboundId === undefined || one.inboundId === inboundId) &&
          (actionId === undefined || one.actionId === actionId),
      ),
  };
}
