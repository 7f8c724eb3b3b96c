import { commentLines, proseOf, type Prose } from './prose-of.js';
import type { SourceFile } from './rules.js';

/** Longest comment line, in characters. A line that cannot be broken, such as an address, may be longer. */
const LONGEST = 110;

/**
 * The rule for English that can be checked (CONTRIBUTING.md, "Plain English"): a sentence names its subject.
 * A sentence that begins with a headless "Who rings …" or "What is … is" is found, and so is "for who".
 * Questions are allowed.
 */
export function headless(file: SourceFile): string[] {
  return proseOf(file).flatMap((prose) =>
    sentences(prose).flatMap(({ line, text }) => {
      const reason = headlessIn(text);
      return reason === undefined ? [] : [`${file.path}:${line} ${reason}`];
    }),
  );
}

/** Comment lines over 110 characters. */
export function longComments(file: SourceFile): string[] {
  return commentLines(file).flatMap(({ line, text }) => {
    const canBeBroken = text
      .trim()
      .replace(/^(?:\/\/|\/?\*+|[;#]+)\s*/, '')
      .includes(' ');
    return text.length > LONGEST && canBeBroken ? [`${file.path}:${line} has ${text.length} characters`] : [];
  });
}

/** Verbs with which a noun clause such as "What is stored of a call" goes on. */
const VERB = 'is|are|was|were|has|have|had|may|must|can|cannot|does|do|did';

const FORMS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^who\b/i, 'begins with a headless "Who"'],
  [/^whoever\b/i, 'begins with a headless "Whoever"'],
  [new RegExp(`^what (?:${VERB})\\b.* (?:${VERB}|stays|goes|becomes|counts)\\b`, 'is'), 'has the form "What is … is"'],
  [/\b(?:for|by|to) who(?:ever)?\b/i, 'says "for who", "by who" or "to who"'],
];

function headlessIn(sentence: string): string | undefined {
  if (sentence.endsWith('?')) return undefined;
  return FORMS.find(([pattern]) => pattern.test(sentence))?.[1];
}

/**
 * Sentences with the line on which each begins. Code and quotations are cut out, because they are not our
 * English.
 */
function sentences(prose: Prose): { readonly line: number; readonly text: string }[] {
  const joined = prose.map(({ text }) => text).join('\n');
  const ours = joined.replace(/`[^`]*`|"[^"]{0,80}"|“[^”]*”/g, (quoted) => quoted.replace(/[^\n]/g, '·'));
  return [...ours.matchAll(/\S[\s\S]*?(?:[.!?][*_)]*(?=\s|$)|$)/g)].map(({ 0: text, index }) => ({
    line: prose[ours.slice(0, index).split('\n').length - 1]?.line ?? 0,
    text: text
      .trim()
      .replace(/\s+/g, ' ')
      .replace(/^[*_>\s]+/, ''),
  }));
}
