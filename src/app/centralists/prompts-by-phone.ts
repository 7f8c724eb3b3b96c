import { rendered } from '../../domain/messages.js';
import { Problem } from '../../domain/problem.js';
import type { Sentence } from '../../domain/prompts/sentences.js';
import { readerOfCentralist } from '../../domain/prompts/takes.js';
import type { GoodTake, RecordPromptsActions, SpokenSentence } from '../../flows/centralists/record-prompts.js';
import type { Recorded } from '../../ports/call.js';
import type { RecordedFiles } from '../../ports/recorded-files.js';
import type { Speech } from '../../ports/speech.js';
import type { Centralist } from '../../ports/stores.js';
import type { PromptService } from '../messages/prompt-service.js';
import type { Pins } from './pins.js';

export interface PromptsByPhoneParts {
  readonly prompts: Pick<PromptService, 'check' | 'keep' | 'nextMissing' | 'numbered'>;
  readonly pins: Pins;
  readonly files: RecordedFiles;
  readonly speech: Pick<Speech, 'render'>;
}

/** Does what the flow asks for when a centralist records the fixed prompts by telephone. */
export class PromptsByPhone {
  constructor(private readonly parts: PromptsByPhoneParts) {}

  /** @param recordingName gives a new name at every call */
  actionsFor({ id, name }: Centralist, recordingName: () => string): RecordPromptsActions {
    const { pins, prompts } = this.parts;
    const reader = readerOfCentralist(name);
    return {
      pinState: () => pins.state(id),
      checkPin: (pin) => pins.check(id, pin),
      recordingName,
      numbered: (number) => this.#said(prompts.numbered(number)),
      nextMissing: (after) => this.#said(prompts.nextMissing(reader, after + 1) ?? prompts.nextMissing(reader)),
      check: (sentence, recorded) => this.#check(reader, sentence, recorded),
    };
  }

  async #said(sentence: Sentence | undefined): Promise<SpokenSentence | undefined> {
    if (!sentence) return undefined;
    const { soundId } = await this.parts.speech.render(sentence.text);
    return { number: sentence.number, said: rendered(soundId) };
  }

  async #check(reader: string, { number }: SpokenSentence, recorded: Recorded): Promise<GoodTake | 'length' | 'sound'> {
    const { files, prompts } = this.parts;
    const wav = await files.read({ name: recorded.name });
    const sentence = prompts.numbered(number);
    if (!wav || !sentence) throw new Error(`recording ${recorded.name} has no file, or no sentence ${number}`);
    const checked = await prompts.check(sentence.name, wav).catch((error: unknown) => {
      if (error instanceof Problem && error.code === 'invalid') return undefined;
      throw error;
    });
    if (!checked) return 'sound';
    if (checked.problems.some(({ code }) => code === 'too_short' || code === 'too_long')) return 'length';
    if (checked.problems.length > 0) return 'sound';
    return {
      sound: rendered(checked.soundId),
      keep: async () => {
        const takes = [{ name: sentence.name, soundId: checked.soundId }];
        const { begun } = await prompts.keep({ reader, takes, partial: true });
        return begun.length > 0 ? 'played' : 'kept';
      },
    };
  }
}
