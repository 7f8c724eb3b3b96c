import { PROMPTS, type PromptName } from '../messages.js';

/**
 * The sentences that a person reads aloud, so that the fixed prompts are played in that person's voice.
 *
 * Most prompts are one sentence of the same name. A prompt that contains the number of the tip line, or a
 * digit that differs within a series, is joined from parts and from recorded digits:
 *
 *   ending         "Ziet u iets? Bel {tipLine}. …"   →  ending.1  digits  ending.2
 *   tip-place-4    "U bent nummer 4 in de rij."      →  tip-place.1  digit-4  tip-place.2
 *
 * So another number of the tip line needs no new recording, and a series needs two parts only.
 */

/** A prompt as the manifest has it. The text of a sound without speech is empty. */
export interface PromptText {
  readonly text: string;
  readonly note?: string;
}
export type PromptTexts = Readonly<Record<PromptName, PromptText>>;

/** The words that the settings decide. `tipLine`: the number as it is shown, such as `0800-0011`. */
export interface PromptWords {
  readonly tipLine: string;
  readonly service: string;
}

/** The prompts of one kind of call. All prompts of a set are played in one voice. */
export const PROMPT_SETS = ['alert', 'tip_line', 'centralists'] as const;
export type PromptSet = (typeof PROMPT_SETS)[number];

/** A sentence to read aloud. */
export interface Sentence {
  /** The name of its file without `.wav`, such as `thanks`, `ending.1` or `digit-4`. */
  readonly name: string;
  /** Its number in the list, counted from 1. */
  readonly number: number;
  readonly text: string;
  /** The whole prompt, with … for its number, if the sentence is a part of it. */
  readonly partOf: string | null;
  /** When the prompt is played, in English, from the manifest. */
  readonly note: string;
  /** The set under which the list shows it. */
  readonly set: PromptSet;
}

/** A part of a prompt: a recorded sentence, or a number said digit by digit. */
export type Piece =
  | { readonly type: 'sentence'; readonly name: string; readonly text: string }
  /** `shown`: the number as it is shown; another character than a digit stands for a longer pause. */
  | { readonly type: 'number'; readonly shown: string; readonly endsSentence: boolean };

const ALERT: ReadonlySet<PromptName> = new Set([
  'alert-prompt',
  'update-prompt',
  'alert-goodbye',
  'ending',
  'ending-child',
  'ending-adult',
  'thanks',
  'closing-prompt',
  'closing-thanks',
]);

const DIGITS: readonly PromptName[] = PROMPTS.filter((name) => name.startsWith('digit-'));

/** The set that a prompt belongs to. The digits are played on the tip line, in personal codes. */
export function setOf(name: PromptName): PromptSet {
  if (ALERT.has(name)) return 'alert';
  const forCentralists = name.startsWith('desk-') || name === 'callback-desk' || name === 'callback-failed';
  return forCentralists ? 'centralists' : 'tip_line';
}

/** Prompts that differ in one digit, and the name that their parts share. */
const SERIES = [
  { base: 'tip-place', member: /^tip-place-(\d)$/ },
  { base: 'tip-choose-key', member: /^tip-choose-(\d)$/ },
] as const;

/** The pieces of a prompt in the order in which they are played. Empty for a sound without speech. */
export function piecesOf(name: PromptName, text: string, { tipLine, service }: PromptWords): readonly Piece[] {
  const words = text.replaceAll('{service}', service);
  const unknown = /\{(?!tipLine\})\w*\}/.exec(words);
  if (unknown) throw new Error(`unknown placeholder ${unknown[0]} in the prompt ${name}`);
  const series = SERIES.flatMap(({ base, member }) => {
    const digit = member.exec(name)?.[1];
    return digit !== undefined && aroundDigit(digit).test(words) ? [{ base, digit }] : [];
  })[0];
  if (series) return cut(words, aroundDigit(series.digit), series.digit, series.base);
  return cut(words, /\{tipLine\}/, tipLine, name);
}

/** A digit that stands alone. */
const aroundDigit = (digit: string): RegExp => new RegExp(`(?<!\\d)${digit}(?!\\d)`);

function cut(text: string, at: RegExp, shown: string, base: string): readonly Piece[] {
  const parts = text.split(at);
  if (parts.length === 1) return hasWords(text) ? [{ type: 'sentence', name: base, text }] : [];
  let count = 0;
  return parts.flatMap((part, index): Piece[] => {
    const number: Piece = { type: 'number', shown, endsSentence: /^\s*[.?!]/.test(part) };
    const words = part.replace(/^[\s.,:;?!]+/, '').trimEnd();
    const sentence = hasWords(words) ? [{ type: 'sentence' as const, name: `${base}.${++count}`, text: words }] : [];
    return index === 0 ? sentence : [number, ...sentence];
  });
}

const hasWords = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);

/**
 * Every sentence of every prompt, in the order of the printed list: the alert call with its digits, the tip
 * line, the centralists. Two prompts may share a sentence.
 */
export function sentencesOf(texts: PromptTexts, words: PromptWords): readonly Sentence[] {
  const found = new Map<string, Omit<Sentence, 'number'>>();
  const add = (name: PromptName, set: PromptSet): void => {
    const { note = '', text } = texts[name];
    const pieces = piecesOf(name, text, words);
    for (const piece of pieces) {
      if (piece.type !== 'sentence' || found.has(piece.name)) continue;
      const whole = text.replaceAll('{service}', words.service).replaceAll('{tipLine}', '…');
      found.set(piece.name, {
        name: piece.name,
        text: piece.text,
        partOf: pieces.length > 1 ? whole : null,
        note,
        set,
      });
    }
  };
  for (const set of PROMPT_SETS) {
    for (const name of PROMPTS) if (setOf(name) === set) add(name, set);
    if (set === 'alert') for (const name of DIGITS) add(name, set);
  }
  return [...found.values()].map((one, index) => ({ ...one, number: index + 1 }));
}

/**
 * The names of the sentences that must be recorded before a set is played in a person's voice. A set with a
 * number in it needs all ten digits, so that another number needs no new recording.
 */
export function neededFor(set: PromptSet, texts: PromptTexts, words: PromptWords): ReadonlySet<string> {
  const pieces = promptsOf(set, texts).flatMap((name) => piecesOf(name, texts[name].text, words));
  const digits = pieces.some(({ type }) => type === 'number') ? DIGITS : [];
  return new Set([...pieces.flatMap((piece) => (piece.type === 'sentence' ? [piece.name] : [])), ...digits]);
}

/** The prompts of a set that have words. */
export const promptsOf = (set: PromptSet, texts: PromptTexts): readonly PromptName[] =>
  PROMPTS.filter((name) => setOf(name) === set && hasWords(texts[name].text));
