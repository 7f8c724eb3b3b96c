import { routeCaller, JUST_CLOSED_MS, type Route } from '../../domain/routing.js';
import { standingsAt, type Caller } from '../../domain/caller-match.js';
import type { ParticipantId } from '../../domain/participant.js';
import type { ActionId } from '../../domain/action.js';
import { callerNumber, type E164 } from '../../domain/phone-number.js';
import { onCurrentNetwork, type Simulation } from '../../domain/simulation.js';
import { MIN_TIP_MS } from '../../flows/steps/record-tip.js';
import { Emitter } from '../../lib/emitter.js';
import type { CallId } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { Stores } from '../../ports/stores.js';
import type { InboundCalls, OfflineRecording } from '../../ports/telephony.js';
import type { TipJournal } from './tip-journal.js';

export interface OfflineRecordingsParts {
  readonly stores: Stores;
  readonly telephony: Pick<InboundCalls, 'offlineRecordings'>;
  /** Null: calls go to a real operator. */
  readonly simulation: Simulation | null;
  readonly journal: TipJournal;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often to look for recordings, because a caller may still be speaking when the controller is back. */
const EVERY_MS = 5_000;

/** Stores the tips that Asterisk recorded by itself while the controller was down, each exactly once. */
export class OfflineRecordings {
  #cancel = (): void => undefined;
  #closed = false;
  /** Calls that already have a row, so that each is looked up in the database once. */
  readonly #known = new Set<string>();
  readonly #failed = new Set<string>();
  readonly #stored: Emitter<undefined>;

  constructor(private readonly parts: OfflineRecordingsParts) {
    this.#stored = new Emitter((error) => {
      parts.log.error('offline recording listener failed', { error: String(error) });
    });
  }

  /**
   * Calls the listener after a recording was stored. Recordings without an action have no event of their own.
   */
  onStored(listener: () => void): () => void {
    return this.#stored.on(listener);
  }

  /** Stores the recordings that are there, and looks again every 5 s until closed. */
  async start(): Promise<void> {
    await this.storeAll();
    if (this.#closed) return;
    this.#cancel = this.parts.clock.after(EVERY_MS, () => void this.start());
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  /** Never rejects. */
  async storeAll(): Promise<void> {
    const { telephony, log } = this.parts;
    try {
      for (const recording of await telephony.offlineRecordings((callId) => this.#isKnown(callId))) {
        const isNew = this.#tryStore(recording);
        if (!isNew) continue;
        log.warn('tip was recorded while the service was down', { callId: recording.callId });
        this.#stored.emit(undefined);
      }
    } catch (error) {
      log.error('offline recordings could not be stored; trying again', { error: String(error) });
    }
  }

  /** A recording that cannot be stored does not hold up the others. It is tried again, and logged once. */
  #tryStore(recording: OfflineRecording): boolean {
    const { callId } = recording;
    try {
      const isNew = this.#storeOne(recording);
      this.#known.add(callId);
      return isNew;
    } catch (error) {
      if (!this.#failed.has(callId))
        this.parts.log.error('offline recordings could not be stored; trying again', {
          callId,
          error: String(error),
        });
      this.#failed.add(callId);
      return false;
    }
  }

  #isKnown(callId: CallId): boolean {
    if (!this.#known.has(callId) && this.parts.stores.inbound.byCallId(callId)) this.#known.add(callId);
    return this.#known.has(callId);
  }

  #storeOne({ callId, receivedAt, endedAt, name, ms, ...shown }: OfflineRecording): boolean {
    const from = shown.withheld ? null : (callerNumber(shown.from) ?? null);
    const about = entryOf(routeCaller(this.#callerOf(from, shown.withheld, receivedAt), receivedAt));
    const recorded = ms < MIN_TIP_MS ? undefined : { name, file: `${name}.wav`, ms };
    return this.parts.journal.recordedOffline({ from, callId, receivedAt, endedAt, ...about }, recorded);
  }

  /**
   * The caller, with the actions that they could call about when the call came in. A recording may be found
   * long after the call, when its action is closed or another action has reached the caller.
   */
  #callerOf(from: E164 | null, withheld: boolean, receivedAt: number): Caller {
    if (withheld) return { type: 'withheld' };
    const { participants, actions } = this.parts.stores;
    const [first] = from === null ? [] : participants.byPhone(from);
    if (from === null || !first) return { type: 'unknown', from };
    const standings = actions.standings(from, {
      closedAfter: receivedAt - JUST_CLOSED_MS,
      ...onCurrentNetwork(this.parts.simulation),
    });
    return { type: 'known', from, participantId: first.id, standings: standingsAt(standings, receivedAt) };
  }
}

/**
 * A caller with one or more actions left a tip for the newest of them. Other recordings belong to no action.
 */
function entryOf(route: Route): {
  readonly actionId: ActionId | null;
  readonly participantId: ParticipantId | null;
  readonly reason: string;
} {
  const [newest] = route.type === 'choose' ? route.choices : [];
  const { actionId = null, participantId = null } =
    newest ?? ('participantId' in route ? { actionId: null, ...route } : {});
  return { actionId, participantId, reason: actionId === null ? 'controller_down' : route.reason };
}
