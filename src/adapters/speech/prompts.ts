import { join, resolve } from 'node:path';
import { PROMPTS, type PromptLanguage, type PromptName } from '../../domain/messages.js';
import { readManifest, COMMITTED_SETTINGS, fill, type Manifest, type PromptSettings } from './manifest.js';
import { respell, type Lexicon } from '../../domain/spoken/lexicon.js';
import { lengthOf, placeOf } from './sound-files.js';
import type { SoundMaker } from './speech.js';

export interface PromptsOptions {
  readonly language: PromptLanguage;
  /** Folder of rendered sounds. */
  readonly folder: string;
  /** The committed sounds, with one folder for each language. */
  readonly soundsFolder: string;
  readonly settings: PromptSettings;
  /** The engine in use; undefined for a language that only the embedded voice speaks. */
  readonly chosen?: SoundMaker;
  /** The embedded voice of this language. */
  readonly embedded: SoundMaker;
  readonly spoken: (text: string) => string;
  /** The administrator's own words for the voice. */
  readonly ownWords: Lexicon;
}

/** The fixed prompts of one language, each with the sound that plays now. */
export class Prompts {
  readonly #places = new Map<PromptName, string>();
  #listener: ((name: PromptName) => Promise<void>) | undefined;

  constructor(
    private readonly manifest: Manifest,
    private readonly options: PromptsOptions,
  ) {}

  get texts(): Manifest['prompts'] {
    return this.manifest.prompts;
  }

  /** What the settings fill in. */
  get words(): PromptSettings {
    return this.options.settings;
  }

  /** Calls back with each prompt that gets another sound. */
  onUse(listener: (name: PromptName) => Promise<void>): void {
    this.#listener = listener;
  }

  /** The prompts that have words. */
  get speaking(): readonly PromptName[] {
    return PROMPTS.filter((name) => this.manifest.prompts[name].text !== '');
  }

  /** The words of a prompt with the settings filled in. */
  textOf(name: PromptName): string {
    return fill(this.manifest.prompts[name].text, this.options.settings);
  }

  /** Whether the committed sound is what this engine says, if it has the same words. */
  isCommittedBy(engine: string, name: PromptName): boolean {
    const { ownWords, spoken } = this.options;
    if (engine !== this.manifest.engine) return false;
    return ownWords.size === 0 || respell(spoken(this.textOf(name)), ownWords).words.length === 0;
  }

  /** Absolute path without extension; undefined before `load`. */
  placeOf(name: PromptName): string | undefined {
    return this.#places.get(name);
  }

  /** From now on this sound is played. Calls that play the old sound go on with that. */
  async use(name: PromptName, place: string): Promise<void> {
    this.#places.set(name, place);
    await this.#listener?.(name);
  }

  /**
   * Finds the sounds that exist. Returns the prompts whose words the settings change, and that have no sound
   * yet.
   */
  async load(): Promise<readonly PromptName[]> {
    const without: PromptName[] = [];
    for (const name of PROMPTS) {
      const place = this.#existing(name);
      if (place === undefined) without.push(name);
      else await this.use(name, place);
    }
    return without;
  }

  /** Goes back to the sound that exists for the engine in use, if there is one. */
  async useExisting(name: PromptName): Promise<void> {
    const place = this.#existing(name);
    if (place !== undefined && place !== this.#places.get(name)) await this.use(name, place);
  }

  /** Has the embedded voice speak these prompts. Throws `SpeechError` when it cannot. */
  async speak(names: readonly PromptName[]): Promise<void> {
    const { embedded, folder } = this.options;
    for (const name of names) {
      const { soundId } = await embedded.render(this.textOf(name));
      await this.use(name, placeOf(folder, soundId));
    }
  }

  /**
   * The sound of the engine in use if it was rendered before, else the committed one, else that of the
   * embedded voice.
   */
  #existing(name: PromptName): string | undefined {
    const { folder, soundsFolder, language, chosen, embedded } = this.options;
    const committed = resolve(soundsFolder, language, name);
    const usable = lengthOf(committed) !== undefined;
    if (this.manifest.prompts[name].text === '') {
      if (usable) return committed;
      throw new Error(`${committed} is missing or damaged: run "npm run sounds"`);
    }
    const text = this.textOf(name);
    const before = chosen === undefined || this.isCommittedBy(chosen.engine, name) ? undefined : chosen.existing(text);
    if (before) return placeOf(folder, before.soundId);
    if (usable && this.#saysTheSame(name, text)) return committed;
    const spoken = embedded.existing(text);
    return spoken && placeOf(folder, spoken.soundId);
  }

  /**
   * Compares the texts first, because most are equal and a start after a crash must not wait for `spoken`.
   */
  #saysTheSame(name: PromptName, text: string): boolean {
    const { spoken } = this.options;
    const committed = fill(this.manifest.prompts[name].text, COMMITTED_SETTINGS);
    return text === committed || spoken(text) === spoken(committed);
  }
}

/** The fixed prompts of a language, not loaded yet. Throws an Error when their manifest cannot be used. */
export async function readPrompts(options: PromptsOptions): Promise<Prompts> {
  return new Prompts(await readManifest(join(options.soundsFolder, options.language)), options);
}
