import type { Loudness, VoiceLevel } from '../../domain/voice-level.js';
import { voiceLevel } from '../../domain/voice-level.js';
import { readDialled, type Dialled } from '../../domain/dialled.js';
import { prompt } from '../../domain/messages.js';
import { closeAction } from '../../flows/centralists/close-action.js';
import { confirmDuty, type DutyResult } from '../../flows/centralists/duty.js';
import { hearCounts } from '../../flows/centralists/hear-counts.js';
import { hearMyself } from '../../flows/centralists/hear-myself.js';
import { sayNumberUnknown } from '../../flows/centralists/not-known.js';
import { recordPrompts } from '../../flows/centralists/record-prompts.js';
import { startAction } from '../../flows/centralists/start-action.js';
import { untilHungUp } from '../../flows/steps/until-hung-up.js';
import type { Call } from '../../ports/call.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { RecordedFiles } from '../../ports/recorded-files.js';
import type { Centralist } from '../../ports/stores.js';
import type { DeskCall, SurvivingCalls, SurvivingDeskCall, Takeover } from '../../ports/telephony.js';
import type { CallIds } from '../journal/call-ids.js';
import type { Softphones } from './softphones.js';
import type { ColleagueCalls } from './colleague-calls.js';
import type { ActionsByPhone } from './actions-by-phone.js';
import type { PromptsByPhone } from './prompts-by-phone.js';
import type { StartActionByPhone } from './start-action-by-phone.js';

export interface ServiceCodesParts {
  readonly telephony: Takeover;
  readonly softphones: Softphones;
  readonly colleagueCalls: ColleagueCalls;
  readonly actionsByPhone: ActionsByPhone;
  readonly startByPhone: StartActionByPhone;
  readonly promptsByPhone: PromptsByPhone;
  readonly files: RecordedFiles;
  /** Throws when the bytes are not a wav file. */
  readonly loudnessOf: (wav: Uint8Array) => Loudness;
  readonly ids: CallIds;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Serves the numbers that centralists dial, with one flow each. A centralist is engaged until their call is
 * over.
 */
export class ServiceCodes {
  #live = 0;
  #recordings = 0;

  constructor(private readonly parts: ServiceCodesParts) {}

  get liveCalls(): number {
    return this.#live;
  }

  /** Takes a call. Never throws: an error ends this call only. */
  take({ call, dialled, username }: DeskCall): void {
    this.#hold(call, username, (centralist) => this.#conduct(call, centralist, readDialled(dialled)));
  }

  /**
   * Takes over the calls that centralists dialled before a restart. A conversation with a colleague goes on;
   * every other call begins again when the returned function is called. Call it only after the orphaned calls
   * are hung up, because a softphone that still rings would be busy.
   */
  recover(surviving: SurvivingCalls): () => void {
    const callers = new Set(surviving.incoming.map(({ id }) => id));
    const talksWithCaller = ({ id }: SurvivingDeskCall): boolean =>
      surviving.conversations.some(({ a, b }) => (a === id && callers.has(b)) || (b === id && callers.has(a)));
    // A centralist who dialled and now talks to a caller belongs to the tip line.
    const begin = surviving.deskCalls
      .filter((desk) => !talksWithCaller(desk))
      .flatMap((desk) => {
        try {
          return [this.#takeOver(desk, surviving)];
        } catch (error) {
          this.parts.log.error('call of a centralist could not be recovered', {
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

  #takeOver(desk: SurvivingDeskCall, surviving: SurvivingCalls): () => void {
    const { ids, colleagueCalls, telephony } = this.parts;
    const takenOver = telephony.takeOverDeskCall(desk);
    const { call } = takenOver;
    const talk = surviving.conversations.find(({ a, b }) => a === call.id || b === call.id);
    const other = surviving.outgoing.find(({ id }) => talk && [talk.a, talk.b].includes(id) && ids.colleagueOf(id));
    if (!other) return () => this.take(takenOver);
    this.#hold(call, desk.username, (centralist) => colleagueCalls.takeOver(call, centralist, other));
    return () => undefined;
  }

  #hold(call: Call, username: string, work: (centralist: Centralist) => Promise<void>): void {
    const { softphones, log } = this.parts;
    const centralist = softphones.ofUsername(username);
    if (!centralist) {
      log.warn('call from an account without a centralist', { callId: call.id });
      void call.hangUp();
      return;
    }
    softphones.engageDuring(call, centralist.id, 'desk_call');
    this.#live += 1;
    void call.ended.then(() => {
      this.#live -= 1;
    });
    work(centralist)
      .catch((error: unknown) => {
        log.error('call of a centralist failed', {
          callId: call.id,
          centralistId: centralist.id,
          error: error instanceof Error ? error.stack : String(error),
        });
        return sayFailed(call);
      })
      .then(
        () => call.hangUp(),
        () => call.hangUp(),
      )
      .catch(() => undefined);
  }

  async #conduct(call: Call, centralist: Centralist, dialled: Dialled): Promise<void> {
    const { colleagueCalls, actionsByPhone, startByPhone, promptsByPhone } = this.parts;
    const result = await (async () => {
      switch (dialled.type) {
        case 'on_duty':
        case 'off_duty':
          return confirmDuty(call, this.#setDuty(centralist, dialled.type === 'on_duty'));
        case 'start_action':
          return this.#recording((name) => startAction(call, startByPhone.actionsFor(centralist, name)));
        case 'close_action':
          return closeAction(call, {
            offered: await actionsByPhone.theirs(centralist),
            close: (action, result) => actionsByPhone.close(action, result),
          });
        case 'hear_counts':
          return hearCounts(call, {
            offered: await actionsByPhone.any(centralist),
            counts: (action) => actionsByPhone.counts(action),
          });
        case 'hear_myself':
          return this.#recording((name) =>
            hearMyself(call, { recordingName: name(), levelOf: (recorded) => this.#levelOf(recorded.name) }),
          );
        case 'record_prompts':
          return this.#recording((name) => recordPrompts(call, promptsByPhone.actionsFor(centralist, name)));
        case 'extension':
          return colleagueCalls.dial(call, centralist, dialled.extension);
        case 'unknown':
          return sayNumberUnknown(call);
      }
    })();
    const { log } = this.parts;
    log.info('call of a centralist ended', {
      callId: call.id,
      centralistId: centralist.id,
      what: dialled.type,
      result,
    });
  }

  #setDuty(centralist: Centralist, onDuty: boolean): DutyResult {
    const { softphones, log, actionsByPhone } = this.parts;
    try {
      softphones.setDuty(centralist.id, onDuty);
    } catch (error) {
      log.error('duty could not be stored', { centralistId: centralist.id, error: String(error) });
      return 'failed';
    }
    if (onDuty) return 'on_duty';
    return actionsByPhone.runs(centralist) ? 'still_runs' : 'off_duty';
  }

  /** Runs work that records, with names that no earlier process has used. Removes the files afterwards. */
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
          log.warn('recording could not be removed', { name, error: String(error) });
        });
    }
  }

  async #levelOf(name: string): Promise<VoiceLevel> {
    const { files, log, loudnessOf } = this.parts;
    try {
      const wav = await files.read({ name });
      return wav ? voiceLevel(loudnessOf(wav)) : 'none';
    } catch (error) {
      // A file without a single sample cannot be read.
      log.warn('recording could not be measured', { name, error: String(error) });
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
