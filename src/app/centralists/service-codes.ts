import type { Loudness, VoiceLevel } from '../../domain/voice-level.js';
import { voiceLevel } from '../../domain/voice-level.js';
import { readDialled, type Dialled } from '../../domain/dialled.js';
import { prompt } from '../../domain/messages.js';
import { closeAction } from '../../flows/desk/close-action.js';
import { duty, type DutyResult } from '../../flows/desk/duty.js';
import { hearCounts } from '../../flows/desk/hear-counts.js';
import { hearMyself } from '../../flows/desk/hear-myself.js';
import { notKnown } from '../../flows/desk/not-known.js';
import { startAction } from '../../flows/desk/start-action.js';
import { untilHungUp } from '../../flows/steps/until-hung-up.js';
import type { Call } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { RecordedFiles } from '../../ports/recorded-files.js';
import type { Centralist } from '../../ports/stores.js';
import type { DeskCall, SurvivingCalls, SurvivingDeskCall, Telephony } from '../../ports/telephony.js';
import type { CallIds } from '../journal/call-ids.js';
import type { Softphones } from './softphones.js';
import type { ColleagueCalls } from './colleague-calls.js';
import type { ActionsByPhone } from './actions-by-phone.js';
import type { StartActionByPhone } from './start-action-by-phone.js';

export interface ServiceCodesParts {
  readonly telephony: Telephony;
  readonly desks: Softphones;
  readonly internal: ColleagueCalls;
  readonly offered: ActionsByPhone;
  readonly spoken: StartActionByPhone;
  readonly files: RecordedFiles;
  /** Throws when it is no wav. */
  readonly loudnessOf: (wav: Uint8Array) => Loudness;
  readonly ids: CallIds;
  readonly clock: Clock;
  readonly log: Log;
}

/** What centralists dial: finds out who and what, and lets the flow talk. Who dials is engaged until they hang up. */
export class ServiceCodes {
  #live = 0;
  #recordings = 0;

  constructor(private readonly parts: ServiceCodesParts) {}

  get liveCalls(): number {
    return this.#live;
  }

  /** Takes a call. Never throws: whatever goes wrong ends this call only. */
  take({ call, dialled, username }: DeskCall): void {
    this.#hold(call, username, (centralist) => this.#conduct(call, centralist, readDialled(dialled)));
  }

  /**
   * What an earlier process was in: a call between colleagues goes on, everything else begins again. That with what is given:
   * not before what nobody has taken over is ended, or a softphone that still rings would be busy.
   */
  recover(left: SurvivingCalls): () => void {
    const callers = new Set(left.incoming.map(({ id }) => id));
    const talksWithCaller = ({ id }: SurvivingDeskCall): boolean =>
      left.conversations.some(({ a, b }) => (a === id && callers.has(b)) || (b === id && callers.has(a)));
    // Who dialled and was handed a caller is the tip line's.
    const begin = left.desks
      .filter((desk) => !talksWithCaller(desk))
      .flatMap((desk) => {
        try {
          return [this.#takeOver(desk, left)];
        } catch (error) {
          this.parts.log.error('what a centralist dialled could not be recovered', {
            callId: desk.id,
            error: String(error),
          });
          return [];
        }
      });
    return () => {
      for (const next of begin) next();
    };
  }

  #takeOver(desk: SurvivingDeskCall, left: SurvivingCalls): () => void {
    const { ids, internal, telephony } = this.parts;
    const resumed = telephony.takeOverDeskCall(desk);
    const { call } = resumed;
    const talk = left.conversations.find(({ a, b }) => a === call.id || b === call.id);
    const other = left.outgoing.find(({ id }) => talk && [talk.a, talk.b].includes(id) && ids.colleagueOf(id));
    if (!other) return () => this.take(resumed);
    this.#hold(call, desk.username, (centralist) => internal.takeOver(call, centralist, other));
    return () => undefined;
  }

  #hold(call: Call, username: string, work: (centralist: Centralist) => Promise<void>): void {
    const { desks, log } = this.parts;
    const centralist = desks.ofUsername(username);
    if (!centralist) {
      log.warn('somebody dialled who is no centralist', { callId: call.id });
      void call.hangUp();
      return;
    }
    desks.engageDuring(call, centralist.id, 'desk_call');
    this.#live += 1;
    void call.ended.then(() => {
      this.#live -= 1;
    });
    work(centralist)
      .catch((error: unknown) => {
        const said = error instanceof Error ? error.stack : String(error);
        log.error('a call of a centralist failed', { callId: call.id, centralistId: centralist.id, error: said });
        return sayFailed(call);
      })
      .then(
        () => call.hangUp(),
        () => call.hangUp(),
      )
      .catch(() => undefined);
  }

  async #conduct(call: Call, centralist: Centralist, dialled: Dialled): Promise<void> {
    const { internal, offered, spoken } = this.parts;
    const result = await (async () => {
      switch (dialled.type) {
        case 'on_duty':
        case 'off_duty':
          return duty(call, this.#setDuty(centralist, dialled.type === 'on_duty'));
        case 'start_action':
          return this.#recording((name) => startAction(call, spoken.desk(centralist, name)));
        case 'close_action':
          return closeAction(call, {
            actions: await offered.theirs(centralist),
            close: (action, how) => offered.close(action, how),
          });
        case 'hear_counts':
          return hearCounts(call, {
            actions: await offered.any(centralist),
            counts: (action) => offered.counts(action),
          });
        case 'hear_myself':
          return this.#recording((name) =>
            hearMyself(call, { recordingName: name(), levelOf: (recorded) => this.#levelOf(recorded.name) }),
          );
        case 'extension':
          return internal.dial(call, centralist, dialled.extension);
        case 'unknown':
          return notKnown(call);
      }
    })();
    const { log } = this.parts;
    log.info('a centralist dialled', { callId: call.id, centralistId: centralist.id, what: dialled.type, result });
  }

  #setDuty(centralist: Centralist, onDuty: boolean): DutyResult {
    const { desks, log, offered } = this.parts;
    try {
      desks.setDuty(centralist.id, onDuty);
    } catch (error) {
      log.error('duty could not be stored', { centralistId: centralist.id, error: String(error) });
      return 'failed';
    }
    if (onDuty) return 'on_duty';
    return offered.runs(centralist) ? 'still_runs' : 'off_duty';
  }

  /** Work that records, under names that no earlier process has used; nothing of it is kept as a file. */
  async #recording<T>(work: (name: () => string) => Promise<T>): Promise<T> {
    const { clock, files, ids, log } = this.parts;
    const names: string[] = [];
    try {
      return await work(() => {
        const name = ids.ofDeskRecording(clock.now(), ++this.#recordings);
        names.push(name);
        return name;
      });
    } finally {
      for (const name of names)
        await files.remove({ name }).catch((error: unknown) => {
          log.warn('a recording could not be removed', { name, error: String(error) });
        });
    }
  }

  async #levelOf(name: string): Promise<VoiceLevel> {
    const { files, log, loudnessOf } = this.parts;
    try {
      const wav = await files.read({ name });
      return wav ? voiceLevel(loudnessOf(wav)) : 'none';
    } catch (error) {
      // A file without a single sample in it is not read either.
      log.warn('a recording could not be measured', { name, error: String(error) });
      return 'none';
    }
  }
}

const sayFailed = (call: Call): Promise<void> =>
  untilHungUp(
    async () => {
      await call.play([prompt('desk-failed')]);
    },
    () => undefined,
  );
