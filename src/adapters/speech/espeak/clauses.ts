import type { PromptLanguage } from '../../../domain/messages.js';
import { withLetterNames } from './letters.js';
import { withNumbersApart } from './number-words.js';

/** A part of a sentence up to a pause. */
export interface Clause {
  /** Words only. */
  readonly text: string;
  /** Its punctuation: `.`, `!`, `?`, `,`, or empty. */
  readonly mark: string;
  /** How long the pause after it must be, in ms; 0: as long as the voice makes it. */
  readonly pauseMs: number;
}

/** Time for a listener to write: after a sentence, and after each letter or digit of a plate or number. */
export const SENTENCE_PAUSE_MS = 650;
export const SIGN_PAUSE_MS = 350;
/** Between the groups of a telephone number. */
export const GROUP_PAUSE_MS = 500;

/**
 * The sentences of a normalised text as clauses with their pauses. Dutch letters that stand alone are written
 * as they must be said.
 */
export function sentencesOf(script: string, language: PromptLanguage = 'nl'): readonly (readonly Clause[])[] {
  return script
    .split(/(?<=[.!?])\s+/u)
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence))
    .map((sentence) => clausesOf(sentence, language));
}

const DIGIT = '(?:[Nn]ul|[Éé]én|[Tt]wee|[Dd]rie|[Vv]ier|[Vv]ijf|[Zz]es|[Zz]even|[Aa]cht|[Nn]egen)';
const SIGN = String.raw`(?:\p{Lu}|${DIGIT})`;
/**
 * Signs with commas between them; digits may also have spaces, as in "nul acht nul nul, nul nul, één één".
 */
const RUN = new RegExp(
  String.raw`(?<![\p{L}\p{N}'-])${SIGN}(?:, ${SIGN}(?![\p{L}\p{N}'-])|(?<=${DIGIT}) ${DIGIT}(?![\p{L}\p{N}'-]))+`,
  'gu',
);
/** "één één twee" is a name and is said without pauses. Listeners write a longer number down. */
const WRITTEN_DOWN = 4;
/** Marks a pause inside a sentence. The text cannot have these characters: `cleaned` removes them. */
const [SIGN_MARK, GROUP_MARK] = ['\uE001', '\uE002'];

function clausesOf(sentence: string, language: PromptLanguage): readonly Clause[] {
  const [, words = '', end = ''] = /^(.*?)([.!?]?)$/su.exec(sentence) ?? [];
  const parts = words.replace(RUN, marked).split(new RegExp(`(?<=[,${SIGN_MARK}${GROUP_MARK}])`, 'u'));
  return parts.flatMap((part, index) => {
    const text = part.replace(/[,\uE001\uE002]/gu, '').trim();
    if (text === '') return [];
    const last = index === parts.length - 1;
    const pauseMs = last
      ? SENTENCE_PAUSE_MS
      : part.endsWith(SIGN_MARK)
        ? SIGN_PAUSE_MS
        : part.endsWith(GROUP_MARK)
          ? GROUP_PAUSE_MS
          : 0;
    const said = language === 'nl' ? withNumbersApart(withLetterNames(text)) : text;
    return [{ text: said, mark: last ? end : ',', pauseMs }];
  });
}

/** Marks the pauses between the signs of a plate, a telephone number or the letters of a postcode. */
function marked(run: string): string {
  const grouped = / /u.test(run.replaceAll(', ', ','));
  if (grouped && run.split(/,? /u).length < WRITTEN_DOWN) return run;
  return run.replace(/(,?) /gu, (_, comma: string) => (comma && grouped ? GROUP_MARK : SIGN_MARK));
}
