import type { PromptName } from '../../domain/messages.js';
import { prompt, PROMPTS, rendered } from '../../domain/messages.js';
import { Problem, type FieldProblem } from '../../domain/problem.js';
import { neededFor, PROMPT_SETS, type PromptSet, type Sentence } from '../../domain/prompts/sentences.js';
import {
  allowedSeconds,
  namesLike,
  problemsOf,
  secondsToSay,
  type TakeProblem,
} from '../../domain/prompts/take-check.js';
import {
  LONGEST_READER,
  missingFrom,
  readerOf,
  readerSpelling,
  withoutTakes,
  withTakes,
  type ReaderTakes,
} from '../../domain/prompts/takes.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { RecordedPrompts } from '../../ports/recorded-prompts.js';
import { SpeechError, type SoundFiles } from '../../ports/speech.js';
import type { CheckedTake, KeptTakes, Prompts, PromptsView, SetView } from '../services.js';

export interface PromptServiceParts {
  readonly recorded: RecordedPrompts;
  readonly soundFiles: SoundFiles;
  readonly clock: Clock;
  readonly log: Log;
}

/** The fixed prompts in the voice of a person: checks and keeps recordings, and tells which are missing. */
export class PromptService implements Prompts {
  /** Changes follow one another, because each begins with the takes of the one before. */
  #changing: Promise<unknown> = Promise.resolve();
  readonly #seconds = new Map<string, number>();

  constructor(private readonly parts: PromptServiceParts) {}

  view(): PromptsView {
    const { script, takes } = this.parts.recorded;
    return {
      sets: PROMPT_SETS.map((set) => this.#setView(set)),
      sentences: script.sentences.map((sentence) => ({
        ...sentence,
        seconds: this.#secondsOf(sentence),
        takes: Object.entries(takes.readers).flatMap(([reader, own]) => {
          const take = own[sentence.name];
          if (!take) return [];
          return [{ reader, seconds: take.seconds, at: take.at, current: take.text === sentence.text }];
        }),
      })),
      obsolete: Object.entries(takes.readers).flatMap(([reader, own]) =>
        Object.keys(own).flatMap((name) => (this.#find(name) ? [] : [{ reader, name }])),
      ),
    };
  }

  async check(name: string, wav: Uint8Array): Promise<CheckedTake> {
    const sentence = this.#sentence(name);
    try {
      const { measured, seconds, soundId } = await this.parts.recorded.importTake(wav);
      const problems = problemsOf(sentence.text, measured);
      return {
        soundId,
        seconds,
        problems: problems.map((code) => ({ code, message: problemWords(code, sentence.text) })),
      };
    } catch (error) {
      if (!(error instanceof SpeechError) || error.code === 'engine_failed') throw error;
      throw new Problem('invalid', error.message, [{ field: 'body', message: error.message }]);
    }
  }

  keep(input: {
    readonly reader: string;
    readonly takes: readonly { readonly name: string; readonly soundId: string }[];
    readonly partial: boolean;
  }): Promise<KeptTakes> {
    return this.#inTurn(async () => {
      const reader = readerName(input.reader);
      const made = this.#made(input.takes);
      const { recorded, log } = this.parts;
      const { script } = recorded;
      const before = recorded.takes;
      const after = withTakes(before, reader, made, script);
      const own = after.readers[reader] ?? {};
      const missing = PROMPT_SETS.flatMap((set) => missingFrom(set, own, script));
      if (!input.partial && missing.length > 0) throw incomplete(missing);
      await recorded.replace(after);
      const begun = PROMPT_SETS.filter((set) => {
        const now = readerOf(set, after, script);
        return now !== undefined && now !== readerOf(set, before, script);
      });
      log.info('recorded sentences were kept', { sentences: Object.keys(made).length, begun });
      return { kept: Object.keys(made).length, begun, sets: PROMPT_SETS.map((set) => this.#setView(set)) };
    });
  }

  async record(name: string, reader: string, wav: Uint8Array): Promise<CheckedTake & Partial<KeptTakes>> {
    readerName(reader);
    const checked = await this.check(name, wav);
    if (checked.problems.length > 0) return checked;
    return { ...checked, ...(await this.keep({ reader, takes: [{ name, soundId: checked.soundId }], partial: true })) };
  }

  forget(reader?: string): Promise<void> {
    return this.#inTurn(async () => {
      const { log, recorded } = this.parts;
      if (reader !== undefined && !Object.hasOwn(recorded.takes.readers, reader))
        throw new Problem('not_found', `nothing was recorded by ${reader}`);
      await recorded.replace(withoutTakes(recorded.takes, reader));
      log.info('recorded sentences were forgotten', { all: reader === undefined });
    });
  }

  /** The first sentence from this number on without a take of this reader; undefined when there is none. */
  nextMissing(reader: string, fromNumber = 1): Sentence | undefined {
    const { script, takes } = this.parts.recorded;
    const own = takes.readers[reader] ?? {};
    const missing = script.sentences.filter(({ name, text }) => own[name]?.text !== text);
    return missing.find(({ number }) => number >= fromNumber);
  }

  /** The sentence with this number in the list. */
  numbered(number: number): Sentence | undefined {
    return this.parts.recorded.script.sentences.find((sentence) => sentence.number === number);
  }

  async takeAudio(name: string, reader: string): Promise<Uint8Array> {
    const take = this.parts.recorded.takes.readers[reader]?.[this.#sentence(name).name];
    const wav = take && (await this.parts.soundFiles.wavOf(rendered(take.soundId)));
    if (!wav) throw new Problem('not_found', `there is no recording of ${name} by ${reader}`);
    return wav;
  }

  async audio(name: string): Promise<Uint8Array> {
    const found = PROMPTS.find((one: PromptName) => one === name);
    const wav = found && (await this.parts.soundFiles.wavOf(prompt(found)));
    if (!wav) throw new Problem('not_found', `there is no prompt ${name}`);
    return wav;
  }

  /** Each text is measured once, because that takes a tenth of a millisecond. */
  #secondsOf({ text }: Sentence): number {
    const known = this.#seconds.get(text) ?? secondsToSay(text);
    this.#seconds.set(text, known);
    return known;
  }

  #setView(set: PromptSet): SetView {
    const { script, takes } = this.parts.recorded;
    const needed = neededFor(set, script.texts, script.words);
    return {
      set,
      sentences: needed.size,
      reader: readerOf(set, takes, script) ?? null,
      readers: Object.entries(takes.readers).flatMap(([reader, own]) => {
        const missing = missingFrom(set, own, script).map(({ name }) => name);
        return missing.length === needed.size ? [] : [{ reader, recorded: needed.size - missing.length, missing }];
      }),
    };
  }

  #made(takes: readonly { readonly name: string; readonly soundId: string }[]): ReaderTakes {
    const { clock, recorded } = this.parts;
    const problems: FieldProblem[] = [];
    const made = takes.flatMap(({ name, soundId }, index) => {
      const sentence = this.#find(name);
      const seconds = recorded.secondsOf(soundId);
      if (!sentence) problems.push({ field: `takes.${index}.name`, message: this.#unknown(name) });
      else if (seconds === undefined)
        problems.push({ field: `takes.${index}.soundId`, message: 'is not the sound of a recording; upload it first' });
      else return [[name, { text: sentence.text, soundId, seconds, at: clock.now() }] as const];
      return [];
    });
    if (problems.length > 0) throw new Problem('invalid', 'these recordings cannot be kept', problems);
    return Object.fromEntries(made);
  }

  #find(name: string): Sentence | undefined {
    return this.parts.recorded.script.sentences.find((sentence) => sentence.name === name);
  }

  #sentence(name: string): Sentence {
    const found = this.#find(name);
    if (!found) throw new Problem('not_found', `${name} ${this.#unknown(name)}`);
    return found;
  }

  #unknown(name: string): string {
    const like = namesLike(
      name,
      this.parts.recorded.script.sentences.map((sentence) => sentence.name),
    );
    return like.length === 0 ? 'is no sentence of the list' : `is no sentence of the list; is it ${like.join(' or ')}?`;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#changing.then(work);
    this.#changing = result.catch(() => undefined);
    return result;
  }
}

/** The name of a reader without spaces at its ends. Throws `Problem('invalid')`. */
function readerName(given: string): string {
  const name = readerSpelling(given);
  const isName = name !== '' && name.length <= LONGEST_READER && !/[\p{Cc}\p{Cf}]/u.test(name) && name !== '__proto__';
  if (isName) return name;
  const message = `must be a name of 1 to ${LONGEST_READER} characters`;
  throw new Problem('invalid', `the reader ${message}`, [{ field: 'reader', message }]);
}

function incomplete(missing: readonly Sentence[]): Problem {
  const fields = missing.map(({ name, text }) => ({ field: name, message: `is missing: ${text}` }));
  return new Problem('invalid', `${missing.length} sentences are missing, so nothing was kept`, fields);
}

/** A problem of a recording, in words. */
function problemWords(problem: TakeProblem, text: string): string {
  const { least, most } = allowedSeconds(text);
  switch (problem) {
    case 'too_short':
      return `is too short for its text, which takes at least ${least.toFixed(1)} seconds`;
    case 'too_long':
      return `is too long for its text, which takes at most ${most.toFixed(1)} seconds`;
    case 'too_soft':
      return 'is too soft: speak louder, or closer to the microphone';
    case 'clipped':
      return 'is distorted: speak softer, or further from the microphone';
    case 'noisy':
      return 'has too much noise in the background';
  }
}
