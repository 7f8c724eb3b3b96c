import { PROMPTS, type PromptName } from '../../domain/messages.js';
import type { Log } from '../../ports/log.js';
import { putNamedPrompt } from './named-prompts.js';

/** The places of the prompts in one voice: paths without extension. */
export interface PromptPlaces {
  placeOf(name: PromptName): string | undefined;
}

/**
 * The prompts that are played: recordings of a person where there are any, else the voice of the engine. A
 * call in which a prompt is playing plays on from the file that it has open.
 */
export class PlayedPrompts implements PromptPlaces {
  #recorded: ReadonlyMap<PromptName, string> = new Map();

  constructor(
    private readonly parts: {
      readonly engine: PromptPlaces;
      /** The folder of the prompts that Asterisk's configuration plays by name. */
      readonly namedFolder?: string | undefined;
      readonly log: Log;
    },
  ) {}

  placeOf(name: PromptName): string | undefined {
    return this.#recorded.get(name) ?? this.parts.engine.placeOf(name);
  }

  /** Replaces all recordings at once. Prompts that are not named are played in the voice of the engine. */
  async useRecorded(places: ReadonlyMap<PromptName, string>): Promise<void> {
    this.#recorded = places;
    for (const name of PROMPTS) await this.refresh(name);
  }

  /** Puts the present sound of a prompt where Asterisk's configuration plays it by name. Never rejects. */
  async refresh(name: PromptName): Promise<void> {
    const { log, namedFolder } = this.parts;
    const place = this.placeOf(name);
    if (namedFolder === undefined || place === undefined) return;
    await putNamedPrompt(namedFolder, name, place).catch((error: unknown) => {
      log.error('a prompt that Asterisk plays by name could not be replaced', { prompt: name, error: String(error) });
    });
  }
}
