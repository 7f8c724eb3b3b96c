import type { Action } from '../../domain/action.js';
import { actionWords, planWords, spokenWarning, titleByPhone } from '../../domain/desk-words.js';
import { digitByDigit, rendered, type Sound } from '../../domain/messages.js';
import { Problem } from '../../domain/problem.js';
import type { SpokenDraft, SpokenMessage, SpokenStart, StartActions } from '../../flows/centralists/start-action.js';
import type { Recorded } from '../../ports/call.js';
import type { Log } from '../../ports/log.js';
import { SpeechError, type Speech } from '../../ports/speech.js';
import type { Centralist } from '../../ports/stores.js';
import type { Pins } from './pins.js';
import type { RecordingService } from '../messages/recording-service.js';
import type { Actions, Participants } from '../services.js';

export interface StartActionByPhoneParts {
  readonly actions: Pick<Actions, 'create' | 'start' | 'list'>;
  readonly participants: Pick<Participants, 'count'>;
  readonly pins: Pins;
  readonly recordings: Pick<RecordingService, 'keepSpoken'>;
  readonly speech: Speech;
  readonly log: Log;
}

/** A shorter recording is not a message: nobody can say in less time what to look for. */
const LEAST_SECONDS = 1.5;
const DESCRIPTION = 'Ingesproken per telefoon';

/** Does what the flow asks for when a centralist starts an action by telephone. */
export class StartActionByPhone {
  constructor(private readonly parts: StartActionByPhoneParts) {}

  /** @param recordingName gives a new name at every call */
  actionsFor(centralist: Centralist, recordingName: () => string): StartActions {
    const { participants, pins } = this.parts;
    return {
      pinState: () => pins.state(centralist.id),
      checkPin: (pin) => pins.check(centralist.id, pin),
      recordingName,
      keepMessage: (recorded) => this.#keep(recorded),
      anybodyIn: (area) => participants.count([area]) > 0,
      draft: (input) => this.#draft(centralist, input),
    };
  }

  async #keep(recorded: Recorded): Promise<SpokenMessage | undefined> {
    const kept = await this.parts.recordings.keepSpoken(recorded, LEAST_SECONDS);
    return kept && { recordingId: kept.id, sound: rendered(kept.soundId) };
  }

  async #draft(
    centralist: Centralist,
    { area, kind, message }: Parameters<StartActions['draft']>[0],
  ): Promise<SpokenDraft | 'nobody' | 'failed'> {
    const { actions, log, speech } = this.parts;
    try {
      const { action, plan } = await actions.create({
        kind,
        title: titleByPhone(kind, area),
        description: DESCRIPTION,
        message: { recordingId: message.recordingId },
        area: { postcodes: area },
        centralistId: centralist.id,
        criteria: { timeCritical: true, clearDescription: true },
      });
      if (plan.selected === 0) return 'nobody';
      const warned = (plan.warnings ?? []).flatMap((warning) => spokenWarning(warning) ?? []);
      const mayStart = !(plan.warnings ?? []).some((one) => one.code === 'simulation' && !one.mayStart);
      // The number is rendered before the start, so that the centralist hears it as soon as the action runs.
      const [said, number] = await Promise.all([
        speech.render([planWords(plan), ...warned].join(' ')),
        speech.render(actionWords(action.number)),
      ]);
      return {
        plan: rendered(said.soundId),
        start: mayStart ? (anyway) => this.#start(action, number.soundId, anyway) : null,
      };
    } catch (error) {
      if (!(error instanceof Problem || error instanceof SpeechError)) throw error;
      log.error('action by telephone could not be prepared', {
        centralistId: centralist.id,
        error: String(error),
      });
      return 'failed';
    }
  }

  async #start({ id }: Action, numberSoundId: string, anyway: boolean): Promise<SpokenStart> {
    try {
      await this.parts.actions.start(id, { anyway });
      return { type: 'started', number: rendered(numberSoundId) };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const [first] = error.fields;
      if (error.code === 'look_alike' && first?.action) return { type: 'look_alike', like: this.#nameOf(first.action) };
      this.parts.log.error('action by telephone could not be started', { actionId: id, error: String(error) });
      const nobody = error.code === 'not_ready' && error.fields.some(({ field }) => field.startsWith('area'));
      return { type: nobody ? 'nobody' : 'failed' };
    }
  }

  /**
   * The spoken number and title, from sounds that already exist, so that the centralist does not wait for
   * speech here.
   */
  #nameOf({ id, number }: { readonly id: number; readonly number: number }): readonly Sound[] {
    const titleSoundId = this.parts.actions.list().find((action) => action.id === id)?.titleSoundId ?? null;
    return [...digitByDigit(String(number)), ...(titleSoundId === null ? [] : [rendered(titleSoundId)])];
  }
}
